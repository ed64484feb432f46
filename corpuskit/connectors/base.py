"""The contract of every connector: list inputs, cut them into pieces, read a piece.

    inputs()          the source's files, in a fixed order, named independently of the machine
    fetch(context)    only where `remote()` is true: acquire what is missing into `store`
    scan(input)       where an input may be cut: runs of whole records
    read(input, piece)  the raw records of a run, in order

`scan` and `read` run in worker processes. Reading the pieces of an input one by one gives
exactly the records that reading it whole gives. A damaged record is yielded with a
`reason`; only a source that cannot be listed or opened at all raises SourceError.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from corpuskit.document import RawRecord
from corpuskit.errors import SourceError
from corpuskit.tombstones import Tombstones

MAX_CONTENT_BYTES = 10_000_000
"""Largest content that is read into memory, decompressed; a page beyond it is a reason
(`read/too_large`), not a document. The largest of the 1,164 pages of the test data has 0.3 MB."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file of a source."""

    name: str
    """POSIX path relative to the source's root: the same on every machine."""
    path: str
    """Where it is on this machine."""
    sha256: str | None = None
    """Hex sha256 of its stored bytes, where the caller of `read` knows it already."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of whole records of one input; `start` and `stop` are the connector's own units."""

    start: int
    stop: int
    records: int
    """How many records, about: for packing pieces into tasks."""
    bytes: int
    """How many raw (decompressed) bytes, about."""
    terms: tuple[int, ...] = ()
    """Positions of records of the same input that say how others may be used, as robots.txt does
    for the pages of an archive; only their connector reads them."""


@dataclass(frozen=True, slots=True)
class Agent:
    """Who fetches: said to every server in the User-Agent."""

    operator: str
    contact: str
    """E-mail address or URL under which a site's owner reaches the operator."""
    recipe: str = ""
    """Hex sha256 of the recipe that asks, where there is one."""


class Judge(Protocol):
    """Tells what a page is worth to the recipe, before a build reads it."""

    languages: tuple[str, ...]
    """The wanted languages, as codes of the catalogue."""

    def __call__(self, page: RawRecord) -> int:
        """Characters of text in the wanted languages. Any number of threads may ask."""
        ...


def never_excluded(url: str) -> str | None:
    """Every URL may be asked."""
    return None


def unnoted(line: str) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class FetchContext:
    """What a connector needs to fetch, beside its options; any number of threads may use it."""

    agent: Agent
    report: Callable[[str], None]
    """Takes one line on how far the fetch is."""
    judge: Judge | None = None
    """Only for connectors with `judged`; None where nobody can tell what pages are worth, as of
    languages that no model knows."""
    excluded: Callable[[str], str | None] = never_excluded
    """Why a URL must not be asked, in a few words (its excluded domain); None where it may. The
    reason code of such a page is `read/excluded`."""
    taken_down: Callable[[str], str | None] = never_excluded
    """Why a URL must not be asked that was taken down; `excluded` gives it as well. For connectors
    that keep what they chose before a takedown."""
    note: Callable[[str], None] = unnoted
    """Takes one line that stays on screen, where `report`'s are replaced by the next."""
    binding: Collection[str] | None = None
    """Opt-out protocols that bind (`fetching.opt_out_protocols`): a page that one of them reserves
    is not asked for, or not kept; None for all of them."""


@dataclass(frozen=True)
class TakenDown:
    """Tells which records of a source were taken down."""

    source: str
    tombstones: Tombstones

    def __call__(self, *, source_ref: str | None = None, url: str | None = None) -> bool:
        """Whether a tombstone names a record by its source_ref, URL, domain or source."""
        named = self.tombstones.of_document(self.source, source_ref=source_ref, url=url)
        return named is not None


@dataclass(frozen=True)
class FetchEstimate:
    """What a fetch would take, as far as that can be told before it."""

    requests: int
    bytes: int
    seconds: float
    """On the clock, from the pauses between requests alone."""
    records: int
    basis: tuple[str, ...] = ()
    """What was measured or asked, and what is assumed, a sentence each."""


class ConnectorOptions(BaseModel):
    """What a [[source]] of the recipe may say to a connector, beside the keys of every source."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Connector(ABC):
    """One kind of source."""

    name: ClassVar[str]
    version: ClassVar[str]
    source_type: ClassVar[str]
    """Value of the column `source_type`, one of names.SOURCE_TYPES."""
    Options: ClassVar[type[ConnectorOptions]] = ConnectorOptions

    fetches: ClassVar[bool] = False
    """Whether it acquires its inputs over a network, into `store`, before they are listed."""

    judged: ClassVar[bool] = False
    """Whether it chooses what to acquire by the judge of its FetchContext."""

    fetch_only: ClassVar[frozenset[str]] = frozenset()
    """Options that say what to acquire, or what the policy makes of it, and nothing of how it is
    read: when they change, what was acquired and extracted before stands."""

    libraries: ClassVar[tuple[str, ...]] = ()
    """PyPI distributions whose version can change what `scan` or `read` yields: parsers and
    decompressors, not what only fetches."""

    reasons: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Reason codes `read/...` that its records have beyond those of `reasons.REASONS`, each with
    its meaning in a sentence."""

    def __init__(self, options: ConnectorOptions, root: Path, store: Path | None = None) -> None:
        """`root` is the folder that relative paths in `options` start from; `store` the folder
        of this source's raw records within the build, where a connector that fetches keeps
        them in a standard form (WARC, dump, table)."""
        self.options = options
        self.root = root
        self.store = store

    def remote(self) -> bool:
        """Whether it fetches with these very options: some kinds read local files as well."""
        return self.fetches

    def fetch(self, context: FetchContext) -> None:
        """Acquire what is missing into `store`; only called where `remote()` is true.

        Runs in the parent process. Stopped at any moment and called again it goes on where it
        stopped and leaves the same records; called when all is there it does nothing.
        A connector that chooses what to ask asks `context.excluded` first. Raises SourceError
        where the source as a whole cannot be fetched; single records that are lost are kept
        with their reason.
        """
        raise SourceError(f"the connector {self.name!r} fetches nothing")

    @classmethod
    def forget(cls, store: Path, taken: TakenDown) -> list[str]:
        """Take what was taken down out of `store`; a line on what was done, or still holds it.

        Called with nothing else known, and again where it was interrupted. A connector that keeps
        records in files that it cannot change leaves this as it is: people are told the files.
        """
        files = sorted(path.relative_to(store).as_posix() for path in store.rglob("*")
                       if path.is_file())  # fmt: skip
        if not files:
            return []
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        return [
            f"fetched files still hold what was taken down ({', '.join(files[:3])}{more}); later "
            "builds reject it. Delete the files where it must go from there as well"
        ]

    def asks(self) -> list[str]:
        """What `fetch` would ask of whom, a line each; nothing where nothing is fetched."""
        return []

    def estimate(self, context: FetchContext) -> FetchEstimate | None:
        """What `fetch` would take, from what an index or the options say; no record is fetched.
        None where that cannot be told. Raises SourceError where the index cannot be asked."""
        return None

    @abstractmethod
    def inputs(self) -> list[Input]:
        """The source's files in a fixed order; SourceError if there are none."""

    @abstractmethod
    def scan(self, item: Input) -> list[Piece]:
        """Cut an input into pieces of at most about 1,000 records or 64 MB, in order."""

    @abstractmethod
    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The records of a piece, in order, lost ones with their reason."""
