"""Single rows of a Parquet file; only the pages that hold them are read.

pyarrow reads whole columns of a row group. Where a file has an offset index (the place of each
page of a column), the pages with wanted rows are fetched and put together with a footer of their
own: a small Parquet file of one column, which pyarrow then decodes. It is worth its code: of a file
that Spark 4.3 wrote, of 97.9 MB, 1.9 MB are read in 13 requests where pyarrow reads 50.2 MB in 7
(benchmarks/columnar_index.py --spark).
Formats: github.com/apache/parquet-format, PageIndex.md and parquet.thrift (fields by number).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.connectors.containers.thrift import (
    BINARY,
    I32,
    I64,
    LIST,
    STRUCT,
    Struct,
    ThriftError,
    dumps,
    loads,
)

Span = tuple[int, int]
"""First byte, and the one after the last."""

GAP: Final = 1 << 20
"""Bytes between two pages that are read rather than skipped: about what a line brings in the pause
before a further request. Of 93 MB (benchmarks/columnar_index.py, whole hosts) gaps of 16 KiB read
10.7 in 68 requests, of 256 KiB 14.6 in 38, of 1 MiB 28.2 in 15, whole columns 47.8 in 11."""
MAX_RUN: Final = 1 << 26
"""Bytes read at once; pages beyond them are read next."""

_MAGIC: Final = b"PAR1"
_OF_PAGES: Final = frozenset({8, 10, 11, 12, 13, 14, 15, 16})
"""What column metadata say about the pages left out: statistics, sizes, offsets."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One column of one row group."""

    element: Struct
    meta: Struct
    rows: int
    index: Span

    @property
    def start(self) -> int:
        """Where its first page starts, that of the dictionary if there is one."""
        places: list[int] = [self.meta[field][1] for field in (9, 11) if field in self.meta]
        return min(place for place in places if place > 0)


@dataclass(frozen=True, slots=True)
class _Picked:
    """The pages of a chunk that hold wanted rows."""

    chunk: _Chunk
    dictionary: Span | None
    pages: list[Span]
    rows: int
    """In all of these pages."""
    places: list[int]
    """Of the wanted rows among them."""

    @property
    def spans(self) -> list[Span]:
        """All that is to be read."""
        return [*([self.dictionary] if self.dictionary else []), *self.pages]


class PageIndexError(OSError):
    """A footer or an index of pages that cannot be understood."""


class PageReader:
    """Reads single rows of a file. OSError where it cannot be read, PageIndexError where it is no
    Parquet file or its index is broken."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        size = file.seek(0, 2)
        length = int.from_bytes(_read(file, (max(0, size - 8), size))[:4], "little")
        self._size = size - 8 - length
        with _Broken():
            self._footer = loads(_read(file, (self._size, size - 8)))
            elements = self._footer[2][1][1]
            self._elements: list[Struct] = [element for element in elements[1:] if 5 not in element]
            self._flat = len(self._elements) == len(elements) - 1

    def indexed(self, group: int, names: Iterable[str]) -> bool:
        """Whether the pages of these columns can be found: flat ones with an offset index."""
        with _Broken():
            columns = self._columns(group)
            return self._flat and all({4, 5} <= columns[name].keys() for name in names)

    def rows(self, group: int, names: Sequence[str], wanted: Sequence[int]) -> pa.Table:
        """Rows of a row group by their numbers in it, which ascend; for indexed columns."""
        with _Broken():
            chunks = [self._chunk(group, name) for name in names]
            indexes = _fetch(self._file, [chunk.index for chunk in chunks])
            picked = [self._pick(chunk, indexes[chunk.index], wanted) for chunk in chunks]
            pages = _fetch(self._file, [span for column in picked for span in column.spans])
            columns = [_decode(self._footer, column, pages) for column in picked]
        return pa.table(dict(zip(names, columns, strict=True)))

    def _columns(self, group: int) -> dict[str, Struct]:
        columns = self._footer[4][1][1][group][1][1][1]
        return {name.decode(): column for column in columns for name in column[3][1][3][1][1][:1]}

    def _chunk(self, group: int, name: str) -> _Chunk:
        column = self._columns(group)[name]
        (element,) = (item for item in self._elements if item[4][1].decode() == name)
        start, length = column[4][1], column[5][1]
        rows = self._footer[4][1][1][group][3][1]
        return _Chunk(element, column[3][1], rows, self._inside((start, start + length)))

    def _inside(self, span: Span) -> Span:
        if not 0 < span[0] <= span[1] <= self._size:
            raise ThriftError(f"bytes {span[0]} to {span[1]} of {self._size}")
        return span

    def _pick(self, chunk: _Chunk, index: bytes, wanted: Sequence[int]) -> _Picked:
        """The pages of a chunk with wanted rows, by its offset index."""
        locations: list[Struct] = loads(index)[1][1][1]
        firsts = [location[3][1] for location in locations]
        bounds = [*firsts, chunk.rows]
        if bounds[0] != 0 or any(one >= other for one, other in pairwise(bounds)):
            raise ThriftError("pages out of order")
        numbers = [bisect_right(firsts, row) - 1 for row in wanted]
        pages = list(dict.fromkeys(numbers))
        sizes = [bounds[page + 1] - bounds[page] for page in pages]
        bases = dict(zip(pages, accumulate(sizes, initial=0), strict=False))
        first = locations[0][1][1]
        return _Picked(
            chunk,
            self._inside((chunk.start, first)) if chunk.start < first else None,
            [self._inside(_page(locations[page])) for page in pages],
            sum(sizes),
            [bases[page] + row - firsts[page] for page, row in zip(numbers, wanted, strict=True)],
        )


class _Broken:
    """Turns what a broken footer or index leads to into a PageIndexError."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind and issubclass(kind, (ValueError, LookupError, TypeError, AttributeError)):
            raise PageIndexError(f"its footer or page index is broken ({error})") from None


def _page(location: Struct) -> Span:
    start = location[1][1]
    return start, start + location[2][1]


def _fetch(file: BinaryIO, spans: list[Span]) -> dict[Span, bytes]:
    """What stands in spans, by as few reads as GAP and MAX_RUN allow."""
    content = {}
    for run in _runs(sorted(set(spans))):
        start, stop = run[0][0], max(stop for _, stop in run)
        data = _read(file, (start, stop))
        content.update({span: data[span[0] - start : span[1] - start] for span in run})
    return content


def _runs(spans: list[Span]) -> Iterator[list[Span]]:
    run: list[Span] = []
    for span in spans:
        if run and (span[0] - run[-1][1] > GAP or span[1] - run[0][0] > MAX_RUN):
            yield run
            run = []
        run.append(span)
    if run:
        yield run


def _read(file: BinaryIO, span: Span) -> bytes:
    file.seek(span[0])
    data = file.read(span[1] - span[0])
    if len(data) != span[1] - span[0]:
        raise OSError(f"it ends before byte {span[1]}")
    return data


def _decode(footer: Struct, picked: _Picked, read: dict[Span, bytes]) -> pa.ChunkedArray:
    """The wanted rows of a column, from pages that were read."""
    pages = b"".join(read[span] for span in picked.spans)
    file = _MAGIC + pages + _footer(footer, picked, len(pages))
    column = pq.ParquetFile(pa.BufferReader(file)).read().column(0)
    return column.take(pa.array(picked.places, pa.int64()))


def _footer(footer: Struct, picked: _Picked, size: int) -> bytes:
    """The end of a Parquet file that has nothing but these pages."""
    meta = {field: held for field, held in picked.chunk.meta.items() if field not in _OF_PAGES}
    first = len(_MAGIC)
    if picked.dictionary:
        meta[11] = I64, first
        first += picked.dictionary[1] - picked.dictionary[0]
    meta |= {5: (I64, picked.rows), 7: (I64, size), 9: (I64, first)}
    column: Struct = {2: (I64, 0), 3: (STRUCT, meta)}
    group: Struct = {1: (LIST, (STRUCT, [column])), 2: (I64, size), 3: (I64, picked.rows)}
    root: Struct = {4: (BINARY, b"schema"), 5: (I32, 1)}
    made = {field: footer[field] for field in (1, 6) if field in footer} | {
        2: (LIST, (STRUCT, [root, picked.chunk.element])),
        3: (I64, picked.rows),
        4: (LIST, (STRUCT, [group])),
    }
    data = dumps(made)
    return data + len(data).to_bytes(4, "little") + _MAGIC
