"""The rejects: one row per record that did not reach the corpus, with every rule it broke."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.schema import REJECTS

ROWS_PER_FILE: Final = 1_000_000
ROW_GROUP: Final = 50_000


def rejects_name(number: int, count: int) -> str:
    """`rejects/rejects-00000-of-00001.parquet`."""
    return f"rejects/rejects-{number:05d}-of-{count:05d}.parquet"


def files_of(total: int, per_file: int = ROWS_PER_FILE) -> list[tuple[str, int, int]]:
    """(name, first row, row behind the last) of every file; one file where there is no row."""
    count = max(1, -(-total // per_file))
    return [
        (rejects_name(number, count), number * per_file, min(total, (number + 1) * per_file))
        for number in range(count)
    ]


def as_rejects(table: pa.Table) -> pa.Table:
    """Rows of a file of rejects with all columns of REJECTS: an earlier version wrote fewer."""
    columns = [
        table[field.name] if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in REJECTS
    ]  # fmt: skip
    return pa.table(columns, schema=REJECTS)


def write_rejects(file: IO[bytes], tables: Iterable[pa.Table]) -> int:
    """Write tables of REJECTS rows, in order; their number.

    Row groups are cut at fixed numbers of rows, however the rows come in.
    """
    rows = 0
    with pq.ParquetWriter(file, REJECTS, compression="zstd", version="2.6") as writer:
        for group in regroup(tables, ROW_GROUP):
            writer.write_table(group)
            rows += group.num_rows
    return rows


def regroup(tables: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
    """The same rows in tables of exactly `size` rows, the last one smaller."""
    waiting: list[pa.Table] = []
    rows = 0
    for table in tables:
        waiting.append(table)
        rows += table.num_rows
        while rows >= size:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, size).combine_chunks()
            waiting, rows = [whole.slice(size)], rows - size
    if rows:
        yield pa.concat_tables(waiting).combine_chunks()
