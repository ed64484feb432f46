"""A sample of text in collections, read through the connectors as in a build.

Text is decoded, extracted and normalized as in a build, so that thresholds are set on the texts
that the filters will see. Each path is a collection; none may outweigh the others (`balanced`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final

from corpuskit import limits, logs, registry
from corpuskit.chain import run_chain
from corpuskit.connectors.base import Connector, Input
from corpuskit.connectors.paths import list_inputs
from corpuskit.document import RawRecord
from corpuskit.engines.parser_process import ParserDiedError, ParserProcess
from corpuskit.errors import SourceError
from corpuskit.limits import RecordLimits
from corpuskit.stage import DETAIL, REASON, Batch, Stage
from corpuskit.text import words

_log = logs.logger(__name__)

MOST_RECORDS: Final = 20_000
"""Most records used of a collection: those whose texts have the smallest digests, so that the
choice depends neither on their order nor on chance. A quantile of so many is exact to 3 digits."""

LEAST_WORDS: Final = 30
"""Words that a document needs. Article 1 of the Universal Declaration of Human Rights, two
sentences, has 30 in English; Gopher's shortest document has 50."""

LONG: Final = 1500
"""Code points of a long document, made of short records if necessary: half a page."""

_BATCH: Final = 200
_LIMITS: Final = RecordLimits(memory=1 << 40)
"""Of time per batch; all texts of a file are held in memory."""
_TABLES: Final = (".parquet", ".parq", ".csv", ".tsv")
_COMPRESSED: Final = (".gz", ".gzip", ".zst", ".zstd", ".bz2")
_FROM_RECORD: Final = ("source_ref", "content_type", "url", "title", REASON, DETAIL)


@dataclass(frozen=True)
class Collection:
    """The texts of one origin, in order."""

    name: str
    records: tuple[str, ...]

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The texts; short ones are joined to LEAST_WORDS words or more."""
        return tuple(_documents(self.records))

    @cached_property
    def long_documents(self) -> tuple[str, ...]:
        """Documents joined to LONG code points or more."""
        return tuple(joined(self.documents, len, LONG, "\n"))


@dataclass(frozen=True)
class Sample:
    """Collections, and the number of records that could not be read, by reason code."""

    collections: tuple[Collection, ...]
    lost: Counter[str] = field(default_factory=Counter)

    @property
    def records(self) -> int:
        """Number of texts in all collections."""
        return sum(len(collection.records) for collection in self.collections)

    @property
    def digest(self) -> str:
        """First 12 hex digits of the sha256 of all texts; identifies the sample in a profile."""
        state = hashlib.sha256()
        for collection in self.collections:
            for text in (collection.name, *collection.records):
                state.update(hashlib.sha256(text.encode("utf-8", "replace")).digest())
        return state.hexdigest()[:12]


def joined(
    texts: Iterable[str], size: Callable[[str], int], least: int, between: str
) -> Iterator[str]:
    """Join texts in order until each has `least`; a short rest is added to the last one."""
    held: list[str] = []
    total, last = 0, None
    for text in texts:
        held.append(text)
        total += size(text)
        if total >= least:
            if last is not None:
                yield last
            last, held, total = between.join(held), [], 0
    if last is not None:
        yield between.join([last, *held]) if held else last


def _word_count(text: str) -> int:
    return len(words(text))


def _documents(records: Sequence[str]) -> Iterator[str]:
    short: list[str] = []
    for record in records:
        if _word_count(record) >= LEAST_WORDS:
            yield from joined(short, _word_count, LEAST_WORDS, " ")
            short = []
            yield record
        else:
            short.append(record)
    yield from joined(short, _word_count, LEAST_WORDS, " ")


def balanced(sizes: Sequence[int], least: int) -> list[int]:
    """How many units of each collection count: not more than of all others together.

    But at least `least` of each count; a single collection counts completely.
    """
    if len(sizes) < 2:
        return list(sizes)
    return [min(size, max(least, sum(sizes) - size)) for size in sizes]


def spread(units: Sequence[str], count: int) -> list[str]:
    """`count` evenly spaced units."""
    return [units[at * len(units) // count] for at in range(count)]


def read_sample(paths: Sequence[Path], *, text_column: str = "text") -> Sample:
    """Read each path (a file, a folder, JSONL, a table) as a collection.

    Raises SourceError if a path does not exist or has no files, or if no text can be read from
    it.
    """
    lost: Counter[str] = Counter()
    names = _names(paths)
    collections = tuple(
        Collection(name, tuple(_smallest(_texts(path, text_column, lost))))
        for name, path in zip(names, paths, strict=True)
    )
    empty = [
        str(path)
        for path, collection in zip(paths, collections, strict=True)
        if not collection.records
    ]
    if empty:
        reasons = ", ".join(f"{code} {count}" for code, count in lost.most_common())
        raise SourceError(f"no text in {', '.join(empty)} ({reasons or 'no records'})")
    return Sample(collections, lost)


def _names(paths: Sequence[Path]) -> list[str]:
    """The last part of each path; the whole path if two are the same."""
    names = [path.name or str(path) for path in paths]
    twice = {name for name, count in Counter(names).items() if count > 1}
    return [str(path) if name in twice else name for name, path in zip(names, paths, strict=True)]


def _smallest(texts: Iterable[str]) -> list[str]:
    listed = list(texts)
    if len(listed) <= MOST_RECORDS:
        return listed
    _log.info("using %d of %d records of a collection", MOST_RECORDS, len(listed))
    order = sorted(range(len(listed)), key=lambda at: _digest(listed[at]))
    return [listed[at] for at in sorted(order[:MOST_RECORDS])]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _texts(path: Path, text_column: str, lost: Counter[str]) -> Iterator[str]:
    """Texts of a path after extraction and normalization; counts lost records by reason."""
    with ParserProcess(_LIMITS) as process:
        for connector, item in _inputs(path, text_column):
            try:
                texts, reasons = process.run(_texts_of_input, None, connector, item)
            except ParserDiedError as error:
                _log.warning("%s: %s", item.name, error)
                lost[f"read/{error.cause}"] += 1
                continue
            lost.update(reasons)
            yield from texts


def _texts_of_input(
    file: None, connector: Connector, item: Input
) -> tuple[list[str], Counter[str]]:
    """Texts of an input, and how many records are lost by reason.

    Runs in a process of its own, which a damaged file may end.
    """
    chain: list[Stage] = [registry.stage(name)() for name in ("decode", "extract", "normalize")]
    records = (record for piece in connector.scan(item) for record in connector.read(item, piece))
    texts: list[str] = []
    lost: Counter[str] = Counter()
    while batch := list(islice(records, _BATCH)):
        limits.beat()
        done = run_chain(chain, _raw(batch))
        for text, reason in zip(done["text"], done[REASON], strict=True):
            if reason:
                lost[reason] += 1
            else:
                texts.append(text)
    return texts, lost


def _raw(records: Sequence[RawRecord]) -> Batch:
    columns: dict[str, Sequence[Any]] = {
        name: [getattr(record, name) for record in records] for name in _FROM_RECORD
    }
    columns["_content"] = [record.content for record in records]
    columns["_charset"] = [record.charset for record in records]
    return Batch(columns)


def _inputs(path: Path, text_column: str) -> Iterator[tuple[Connector, Input]]:
    """Every file with the connector that reads it: tables by their name, others as files."""
    root = Path()
    files = _connector("files", {"path": str(path), "text_column": text_column}, root)
    for item in list_inputs(str(path), root):
        if _is_table(item.name):
            options = {"path": item.path, "map": {"text": text_column}}
            table = _connector("tables", options, root)
            try:
                inputs = table.inputs()
            except SourceError as error:
                raise SourceError(f"{error}; choose the column with --text-column") from error
            yield from ((table, table_input) for table_input in inputs)
        else:
            yield files, item


def _connector(name: str, options: dict[str, Any], root: Path) -> Connector:
    kind = registry.connector(name)
    connector: Connector = kind(kind.Options.model_validate(options), root)
    return connector


def _is_table(name: str) -> bool:
    bare = Path(name.lower())
    if bare.suffix in _COMPRESSED:
        bare = bare.with_suffix("")
    return bare.suffix in _TABLES
