"""The connector `warc`: pages from web archives, WARC 1.0 and 1.1 (ISO 28500) and ARC.

Archives may be plain, or compressed with gzip or zstd (with a dictionary at the start of the file
or without), per record or as a whole.
Records of type response, resource and conversion (the text of a WET file) become raw records;
all others, and those that cannot be used, come with their reason. What the headers and
meta elements of a page say about text mining and training is read, and what robots.txt,
tdmrep.json and license documents of its host say that are records of the same archive; the policy
decides (docs/rights.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from corpuskit.connectors.base import Connector, ConnectorOptions, Input, Piece
from corpuskit.connectors.containers.compression import DictionaryError, open_binary
from corpuskit.connectors.containers.warc_layout import ArchiveLayout, frames, layout_of
from corpuskit.connectors.containers.warc_records import to_record
from corpuskit.connectors.containers.warc_scan import cut
from corpuskit.connectors.containers.warc_terms import answers_at
from corpuskit.connectors.fetching.archived_opt_outs import judge
from corpuskit.connectors.fetching.archived_terms import NO_TERMS, ArchivedTerms
from corpuskit.connectors.paths import list_inputs
from corpuskit.connectors.reasons import CORRUPT, EMPTY, UNREADABLE, UNSUPPORTED_TYPE
from corpuskit.document import RawRecord


class WarcOptions(ConnectorOptions):
    """What a [[source]] says to the connector `warc`."""

    path: str = Field(
        description="A WARC or ARC file, a folder of them or a glob, relative to the recipe."
    )
    source_type: Literal["web", "commoncrawl", "wiki"] = Field(
        "web", description="What the archive is of, kept in every row."
    )
    opt_outs: Literal["respect", "note"] = Field(
        default="respect",
        description="Pages that opt out of text mining or training: `respect` rejects those whose "
        "opt-outs bind (`[policy] opt_outs`); `note` only records them, for archives that you have "
        "a license or other right to use.",
    )


class WarcConnector(Connector):
    """Pages from web archives.

    `scan` cuts where records begin. Positions are offsets in the stored file where each gzip
    member or zstd frame holds one record, and in what the file decompresses to otherwise;
    `warc` (file, offset, length) of a record counts in the same way.
    """

    name: ClassVar[str] = "warc"
    version: ClassVar[str] = "5"
    source_type: ClassVar[str] = "web"
    libraries: ClassVar[tuple[str, ...]] = (
        "beautifulsoup4", "charset-normalizer", "fastwarc", "lxml", "zstandard",
    )  # fmt: skip
    fetch_only: ClassVar[frozenset[str]] = frozenset({"opt_outs"})
    Options: ClassVar[type[ConnectorOptions]] = WarcOptions
    options: WarcOptions

    def __init__(self, options: ConnectorOptions, root: Path, store: Path | None = None) -> None:
        super().__init__(options, root, store)
        self.source_type = self.options.source_type  # type: ignore[misc]  # per instance here

    def inputs(self) -> list[Input]:
        """The archives in the order of their names."""
        return list_inputs(self.options.path, self.root)

    def scan(self, item: Input) -> list[Piece]:
        """Cut an archive where records begin."""
        pieces: list[Piece] = []
        try:
            with open_binary(item.path) as file:
                layout = layout_of(file, item.name)
                if layout is not None:
                    pieces = cut(file, layout)
        except (OSError, DictionaryError):  # read() says why
            pass
        return pieces or [Piece(0, 1, 1, 0)]

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The records of a piece."""
        try:
            layout = self._layout(item)
            if layout is None:
                yield _no_archive(item)
                return
            terms = _terms(item.path, layout, piece.terms, item.sha256)
            for frame in frames(item.path, layout, piece.start, piece.stop):
                yield judge(to_record(frame, item.name), terms)
        except OSError as error:
            yield RawRecord(
                source_ref=f"warc:{item.name}", reason=UNREADABLE, detail=error.strerror
            )
        except DictionaryError as error:
            yield RawRecord(source_ref=f"warc:{item.name}", reason=CORRUPT, detail=str(error))

    def _layout(self, item: Input) -> ArchiveLayout | None:
        with open_binary(item.path) as file:
            return layout_of(file, item.name)


@lru_cache(maxsize=2)
def _terms(
    path: str, layout: ArchiveLayout, positions: tuple[int, ...], sha256: str | None
) -> ArchivedTerms:
    """The terms that an archive holds, once for all pieces that a worker reads of it."""
    del sha256  # so that a file that changed is read again
    return ArchivedTerms(answers_at(path, layout, frozenset(positions))) if positions else NO_TERMS


def _no_archive(item: Input) -> RawRecord:
    empty = not Path(item.path).stat().st_size
    return RawRecord(
        source_ref=f"warc:{item.name}",
        reason=EMPTY if empty else UNSUPPORTED_TYPE,
        detail=None if empty else "neither WARC nor ARC",
    )
