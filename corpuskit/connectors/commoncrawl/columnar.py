"""Captures from Common Crawl's columnar index: only a little of its Parquet files is read.

A row group is passed over where its statistics tell that no wanted top-level domain is in it;
else the columns that decide are read, and of the others the pages that hold a wanted row (the
whole columns where the file does not tell where its pages are).
Columns: commoncrawl.org, "Index to WARC files and URLs in columnar format".
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit.connectors.commoncrawl.captures import IndexPage, from_index
from corpuskit.connectors.commoncrawl.listing import ListingStore
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions, is_url
from corpuskit.connectors.containers.parquet_pages import PageIndexError, PageReader
from corpuskit.connectors.fetching.errors import AskedToWaitError, HttpError
from corpuskit.connectors.fetching.range_file import RangeFile
from corpuskit.connectors.fetching.session import Session
from corpuskit.connectors.paths import list_inputs
from corpuskit.engines.parser_process import ParserDiedError, ParserProcess
from corpuskit.errors import SourceError

TAIL: Final = 1 << 17
"""Bytes asked for first, from the end: footers of Common Crawl's index, of 30 columns and some
dozens of row groups, fit."""

_TLD: Final = "url_host_tld"
_HOST: Final = "url_host_name"
_LANGUAGES: Final = "content_languages"
_NAMES: Final = {
    "url": "url",
    "fetch_time": "timestamp",
    "fetch_status": "status",
    "content_mime_detected": "mime-detected",
    "content_digest": "digest",
    _LANGUAGES: "languages",
    "content_truncated": "truncated",
    "warc_filename": "filename",
    "warc_record_offset": "offset",
    "warc_record_length": "length",
}
"""Columns, and the index server's names for them."""
_OPTIONAL: Final = frozenset({_LANGUAGES, "content_truncated"})
"""Columns that indexes of old crawls do not have: before CC-MAIN-2018-34 and CC-MAIN-2019-47 (as
Common Crawl announced them)."""


def states(options: CommonCrawlOptions, root: Path) -> list[list[Any]]:
    """What tells whether local files of the index are still the same: name, size, time."""
    places = [place for place in options.index if not is_url(place)]
    paths = [Path(item.path) for place in places for item in list_inputs(place, root)]
    stats = [(path.name, path.stat()) for path in paths if path.exists()]
    return [[name, state.st_size, state.st_mtime_ns] for name, state in stats]


def pages(
    options: CommonCrawlOptions,
    root: Path,
    store: ListingStore,
    session: Session,
    request: str,
    report: Callable[[str], None],
) -> Iterator[IndexPage]:
    """The wanted captures of each file of the index, in the order of the files' names."""
    with ParserProcess() as process:
        parts = asks(options, root, store, session, request, process)
        for number, ask in enumerate(parts):
            yield ask()
            report(f"file {number + 1:,} of {len(parts):,} of the columnar index")


def asks(
    options: CommonCrawlOptions, root: Path, store: ListingStore, session: Session, request: str,
    process: ParserProcess,
) -> list[Callable[[], IndexPage]]:  # fmt: skip
    """Per file of the index what gives its wanted captures: as they were kept, or read and kept."""
    files = store.cached(f"{request}/files", lambda: _files(options, root, session))
    return [
        partial(
            store.page, f"{request}/{number:05d}", partial(read, place, options, session, process)
        )
        for number, place in enumerate(files)
    ]


def _files(options: CommonCrawlOptions, root: Path, session: Session) -> list[str]:
    files: list[str] = []
    for place in options.index:
        if place.endswith(("paths", "paths.gz")):
            files += _listed(place, options, root, session)
        elif is_url(place):
            files.append(place)
        else:
            files += [item.path for item in list_inputs(place, root)]
    return files


def _listed(place: str, options: CommonCrawlOptions, root: Path, session: Session) -> list[str]:
    """The files that a list of paths names; of Common Crawl's subsets only the pages."""
    if is_url(place):
        reply = session.get(place)
        if reply.status != 200:
            raise SourceError(f"{place}: HTTP {reply.status}")
        data = reply.content
    else:
        data = (root / place).read_bytes()
    try:
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise SourceError(f"{place} is not a list of paths ({error})") from error
    paths = [line.strip() for line in text.splitlines() if line.strip()]
    wanted = [path for path in paths if "/subset=" not in path or "/subset=warc/" in path]
    if not wanted or any(path.startswith("<") for path in wanted):
        raise SourceError(f"{place} is not a list of paths of Parquet files")
    return [f"{options.data_url}/{path}" for path in wanted]


def read(
    place: str, options: CommonCrawlOptions, session: Session, process: ParserProcess
) -> IndexPage:
    """The wanted captures of one file. SourceError if it is not a columnar index."""
    try:
        with closing(_open(place, session)) as file:
            return process.run(_read, file, place, options)
    except AskedToWaitError:
        raise
    except (HttpError, OSError, pa.ArrowException, UnicodeDecodeError, ParserDiedError) as error:
        raise SourceError(f"the columnar index cannot be read: {place}: {error}") from error


def _open(place: str, session: Session) -> BinaryIO:
    if is_url(place):
        return RangeFile(session, place, TAIL)  # type: ignore[return-value]  # has all that pyarrow asks
    return Path(place).open("rb")


def _read(opened: BinaryIO, place: str, options: CommonCrawlOptions) -> IndexPage:
    """Runs in a process of its own, which Arrow may end."""
    file = pq.ParquetFile(opened, pre_buffer=True)
    there = set(file.schema_arrow.names)
    deciding = _deciding(options)
    needed = dict.fromkeys([*deciding, *(name for name in _NAMES if name not in _OPTIONAL)])
    if missing := [name for name in needed if name not in there]:
        raise SourceError(
            f"{place} has no column {', '.join(missing)}; is it of Common Crawl's columnar index?"
        )
    rest = [name for name in _NAMES if name in there and name not in deciding]
    page = IndexPage()
    for group in range(file.metadata.num_row_groups):
        if not _may_hold(file.metadata.row_group(group), options):
            page.skipped["row group"] += 1
            continue
        known = file.read_row_group(group, columns=deciding)
        if wanted := pc.indices_nonzero(_mask(known, options)).to_pylist():
            more = _rows(opened, file, group, rest, wanted)
            rows = zip(known.take(wanted).to_pylist(), more.to_pylist(), strict=True)
            _take(page, [one | two for one, two in rows], f"{place} row group {group}", options)
    return page


def _rows(
    opened: BinaryIO, file: pq.ParquetFile, group: int, names: list[str], wanted: list[int]
) -> pa.Table:
    """Rows of a row group, from their pages alone where those can be found."""
    try:
        pages = PageReader(opened)
        if pages.indexed(group, names):
            return pages.rows(group, names, wanted)
    except PageIndexError:  # pyarrow may still read the whole columns, or says what is wrong
        pass
    return file.read_row_group(group, columns=names).take(wanted)


def _deciding(options: CommonCrawlOptions) -> list[str]:
    """The columns that tell whether a row is asked for."""
    asked = ((_LANGUAGES, options.languages), (_TLD, options.tld), (_HOST, options.domains))
    return [name for name, values in asked if values]


def _may_hold(group: Any, options: CommonCrawlOptions) -> bool:
    """Whether a row group may hold a wanted top-level domain, by its statistics."""
    wanted = {tld.rpartition(".")[2] for tld in (*options.tld, *options.domains)}
    for number in range(group.num_columns):
        column = group.column(number)
        if wanted and column.path_in_schema == _TLD:
            known = column.statistics
            if known is not None and known.has_min_max:
                return any(known.min <= tld <= known.max for tld in wanted)
    return True


def _mask(table: pa.Table, options: CommonCrawlOptions) -> Any:
    """Which rows are asked for: in one of the languages, and below one of the hosts."""
    masks = []
    if options.languages:
        masks.append(
            _any(pc.match_substring(table[_LANGUAGES], code) for code in options.languages)
        )
    places = [pc.equal(table[_TLD], tld) for tld in options.tld]
    for domain in options.domains:
        places.append(pc.equal(table[_HOST], domain))
        places.append(pc.ends_with(table[_HOST], f".{domain}"))
    if places:
        masks.append(_any(places))
    mask = masks[0] if len(masks) == 1 else pc.and_kleene(*masks)
    return pc.fill_null(mask, False)


def _any(masks: Any) -> Any:
    first, *others = masks
    for mask in others:
        first = pc.or_kleene(first, mask)
    return first


def _take(
    page: IndexPage, rows: list[dict[str, Any]], where: str, options: CommonCrawlOptions
) -> None:
    """Add rows to a page, under the names that the index server has for the columns."""
    for row in rows:
        time = row["fetch_time"]
        named = {there: row.get(here) for here, there in _NAMES.items()}
        named["timestamp"] = time.strftime("%Y%m%d%H%M%S") if isinstance(time, datetime) else time
        capture = from_index(named)
        if capture is None:
            page.invalid.append(f"{where} {row['url']}")
        else:
            page.add(capture, options.languages)
