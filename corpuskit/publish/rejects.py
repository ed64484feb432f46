"""The rejects: one row per record that did not reach the corpus, with every rule it broke."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.schema import REJECTS
from corpuskit.workspace import Workspace, atomic_file

ROWS_PER_FILE: Final = 1_000_000
ROW_GROUP: Final = 50_000


def rejects_name(number: int, count: int) -> str:
    """`rejects/rejects-00000-of-00001.parquet`."""
    return f"rejects/rejects-{number:05d}-of-{count:05d}.parquet"


def write_rejects(
    workspace: Workspace, tables: Iterable[pa.Table], total: int, per_file: int = ROWS_PER_FILE
) -> list[tuple[str, int]]:
    """Write tables of REJECTS rows, in order, as files of `per_file` rows: (name, rows) of each.

    `total` is how many rows there will be. Row groups are cut at fixed numbers of rows, however
    the rows come in.
    """
    count = max(1, -(-total // per_file))
    written: list[tuple[str, int]] = []
    groups = _regroup(tables, min(ROW_GROUP, per_file))
    for number in range(count):
        name = rejects_name(number, count)
        rows = 0
        with (
            atomic_file(workspace.folder / name, workspace.scratch) as file,
            pq.ParquetWriter(file, REJECTS, compression="zstd", version="2.6") as writer,
        ):
            while rows < per_file and (group := next(groups, None)) is not None:
                writer.write_table(group)
                rows += group.num_rows
        written.append((name, rows))
    return written


def _regroup(tables: Iterable[pa.Table], size: int) -> Iterator[pa.Table]:
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
