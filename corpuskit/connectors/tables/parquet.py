"""Rows of Parquet files: where they may be cut, and reading a run of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit import logs
from corpuskit.connectors import cursors
from corpuskit.connectors.base import Piece
from corpuskit.connectors.containers.compression import Damage, open_binary
from corpuskit.connectors.pieces import BYTES, records_of_piece
from corpuskit.connectors.reasons import CORRUPT
from corpuskit.connectors.tables.values import first_indices, python_values

_log = logs.logger(__name__)

FIRST_ROW: Final = b"corpuskit.first_row"
"""Key in the schema of a sample: the number of its first row in the file that it was taken from."""

MAX_ROWS_PER_BYTE: Final = 1_000
"""Rows that a byte of a file can hold: pages of 20,000 equal values, which pyarrow writes, take
some 30 bytes."""
MAX_EMPTY_ROWS: Final = 1_000_000
"""Rows that a file of any size may claim: usual row groups have fewer."""

_BATCH = 64  # rows in memory at a time: texts of 10 MB are read, larger ones met
_BUFFER = 1 << 20

RowOrDamage = dict[str, Any] | Damage


class BrokenFileError(Exception):
    """A file that is not Parquet, has lost its end or claims what cannot be; the message says
    which."""


@contextmanager
def opened(path: str) -> Iterator[pq.ParquetFile]:
    """An open file; BrokenFileError if it is not whole, OSError if it cannot be opened."""
    with open_binary(path) as file:
        size = file.seek(0, 2)
        file.seek(0)
        try:
            # Column chunks are read in buffers, not whole: a row group can be as large as a disk.
            table = pq.ParquetFile(
                file, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True
            )
        except UnicodeDecodeError as error:
            raise BrokenFileError(f"the name of a column is not UTF-8: {error}"[:200]) from None
        except (pa.ArrowException, OSError) as error:
            raise BrokenFileError(str(error)[:200]) from error
        with table:
            check(table, size)
            yield table


def check(table: pq.ParquetFile, size: int) -> None:
    """BrokenFileError where the footer of a file of `size` bytes claims what cannot be."""
    meta = table.metadata
    counts = [meta.row_group(group).num_rows for group in range(meta.num_row_groups)]
    if min(counts, default=0) < 0 or sum(counts) > MAX_EMPTY_ROWS + MAX_ROWS_PER_BYTE * size:
        raise BrokenFileError(f"it claims {sum(counts)} rows in {size} bytes")


def column_names(table: pq.ParquetFile) -> list[str]:
    """The names of a file's columns; a name may come twice."""
    return list(table.schema_arrow.names)


def first_row(table: pq.ParquetFile) -> int:
    """Number of the first row: 0 but in a sample."""
    return int((table.schema_arrow.metadata or {}).get(FIRST_ROW, b"0"))


def is_sample(table: pq.ParquetFile) -> bool:
    """Whether it holds only the rows that were asked for."""
    return FIRST_ROW in (table.schema_arrow.metadata or {})


def wanted_groups(total: int, span: tuple[int, int] | None) -> range:
    """The row groups that are asked for, of those there are."""
    return range(total) if span is None else range(*span)[: max(0, total - span[0])]


def runs(
    table: pq.ParquetFile, columns: Sequence[str], groups: range, limit: int | None
) -> list[Piece]:
    """Cut rows, counted from the file's first, into pieces: of whole small row groups or within
    a large one."""
    pieces: list[Piece] = []
    start = rows_before(table, groups.start)
    end = start + limit if limit is not None else None
    for group in groups:
        meta = table.metadata.row_group(group)
        rows = meta.num_rows if end is None else min(meta.num_rows, end - start)
        if rows > 0:
            _cut(pieces, start, rows, _row_bytes(table, group, columns))
        start += meta.num_rows
    return pieces


def _cut(pieces: list[Piece], start: int, rows: int, row_bytes: float) -> None:
    """Add a row group to the last piece where both fit into one, else in equal steps."""
    last = pieces[-1] if pieces else None
    size = int(rows * row_bytes)
    if last and last.records + rows <= records_of_piece() and last.bytes + size <= BYTES:
        pieces[-1] = Piece(last.start, start + rows, last.records + rows, last.bytes + size)
        return
    step = max(1, min(records_of_piece(), int(BYTES / max(row_bytes, 1))))
    for at in range(start, start + rows, step):
        many = min(step, start + rows - at)
        pieces.append(Piece(at, at + many, many, int(many * row_bytes)))


def _row_bytes(table: pq.ParquetFile, group: int, columns: Sequence[str]) -> float:
    """About how many bytes a row of a row group has in the columns that are read."""
    meta = table.metadata.row_group(group)
    size = int(meta.total_byte_size)
    is_small = meta.num_rows <= records_of_piece() and size <= BYTES
    if not is_small and _is_readable(table, group, columns):
        size = sum(
            meta.column(index).total_uncompressed_size
            for index in range(meta.num_columns)
            if _is_read(table.schema.column(index).path, columns)
        )
    return max(0, size) / max(1, int(meta.num_rows))


def _is_read(path: str, columns: Sequence[str]) -> bool:
    return path.split(".", maxsplit=1)[0] in columns or path in columns


def _is_readable(table: pq.ParquetFile, group: int, columns: Sequence[str]) -> bool:
    """Whether Arrow can read the start of a row group's columns.

    Where it cannot, it may end the process when it is asked for the metadata of a column.
    """
    try:
        batches = table.iter_batches(
            1, row_groups=[group], columns=list(columns), use_threads=False
        )
        next(iter(batches), None)
    except (pa.ArrowException, OSError):
        return False
    return True


def rows_before(table: pq.ParquetFile, group: int) -> int:
    """How many rows stand before a row group."""
    counts = (table.metadata.row_group(index).num_rows for index in range(group))
    return sum(counts)


def rows(
    path: str, columns: Sequence[str], start: int, stop: int
) -> Iterator[tuple[int, RowOrDamage]]:
    """Rows [start, stop) with their numbers; one that is lost comes as the damage that it met.

    OSError or BrokenFileError where the file cannot be opened.
    """
    with opened(path) as table:
        at = 0
        for group in range(table.num_row_groups):
            end = at + table.metadata.row_group(group).num_rows
            if start <= at and end <= stop:
                yield from _group(table, columns, group, at)
            elif at < stop and end > start:
                how = json.dumps(["parquet", group, *columns])
                read_all = partial(_alone, path, columns, group, at)
                yield from cursors.between(path, how, start, stop, read_all)
            at = end


def _alone(
    path: str, columns: Sequence[str], group: int, at: int
) -> Iterator[tuple[int, RowOrDamage]]:
    with opened(path) as table:
        yield from _group(table, columns, group, at)


def _group(
    table: pq.ParquetFile, columns: Sequence[str], group: int, at: int
) -> Iterator[tuple[int, RowOrDamage]]:
    """All rows of a row group, numbered from `at`; those that are missing come as damage."""
    end = at + table.metadata.row_group(group).num_rows
    problem = "it ends before its last row"
    try:
        # Arrow reads the rest of a group whole if it is asked to use threads.
        for batch in table.iter_batches(
            _BATCH, row_groups=[group], columns=list(columns), use_threads=False
        ):
            for row in _dicts(batch)[: end - at]:
                yield at, row
                at += 1
    except (pa.ArrowException, OSError) as error:
        problem = str(error)[:160]
    for lost in range(at, end):
        yield lost, Damage(CORRUPT, f"row group {group}: {problem}")


def _dicts(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """Rows as dicts. A value that Python cannot hold (a date beyond the year 9999) is None; text
    that is not UTF-8 comes as bytes."""
    columns: dict[str, list[Any]] = {}
    for name, index in first_indices(batch.schema.names).items():
        columns[name], lost = python_values(batch.column(index))
        if lost:
            kind = batch.schema.field(index).type
            _log.warning("column %r: %d values of type %s cannot be read", name, lost, kind)
    return [
        {name: values[index] for name, values in columns.items()} for index in range(batch.num_rows)
    ]
