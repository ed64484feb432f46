"""The contract of every connector: list inputs, cut them into pieces, read a piece.

    inputs()          the source's files, in a fixed order, named independently of the machine
    scan(input)       where an input may be cut: runs of whole records
    read(input, piece)  the raw records of a run, in order

`scan` and `read` run in worker processes. Reading the pieces of an input one by one gives
exactly the records that reading it whole gives. A damaged record is yielded with a
`reason`; only a source that cannot be listed or opened at all raises SourceError.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from corpuskit.document import RawRecord

MAX_CONTENT_BYTES = 10_000_000
"""Largest content that is read into memory, decompressed: the limit of RFC 9309-era crawlers'
pages is far below; a page beyond it is a reason (`read/too_large`), not a document."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file of a source."""

    name: str
    """POSIX path relative to the source's root: the same on every machine."""
    path: str
    """Where it is on this machine."""
    sha256: str | None = None
    """Hex sha256 of its stored bytes, where whoever hands it to `read` knows it already."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of whole records of one input; `start` and `stop` are the connector's own units."""

    start: int
    stop: int
    records: int
    """How many records, about: for packing pieces into tasks."""
    bytes: int
    """How many raw (decompressed) bytes, about."""


class ConnectorOptions(BaseModel):
    """What a [[source]] of the recipe may say to a connector, beside the keys of every source."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Connector(ABC):
    """One kind of source."""

    name: ClassVar[str]
    version: ClassVar[str]
    source_type: ClassVar[str]
    """Value of the column `source_type`: web, commoncrawl, wiki, table, file or oai."""
    Options: ClassVar[type[ConnectorOptions]] = ConnectorOptions

    def __init__(self, options: ConnectorOptions, root: Path) -> None:
        """`root` is the folder that relative paths in `options` start from."""
        self.options = options
        self.root = root

    @abstractmethod
    def inputs(self) -> list[Input]:
        """The source's files in a fixed order; SourceError if there are none."""

    @abstractmethod
    def scan(self, item: Input) -> list[Piece]:
        """Cut an input into pieces of at most about 1,000 records or 64 MB, in order."""

    @abstractmethod
    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The records of a piece, in order, lost ones with their reason."""
