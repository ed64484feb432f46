"""Which document goes into which shard, and the writing of a shard.

Documents are sorted by id within a language and split, and cut into shards of about equal
text. A shard is assembled from the rows of many tasks, sorted and written by one worker, so
neither the number of workers nor the size of tasks shows in its bytes.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.workspace import Workspace, atomic_file

ROW_GROUP: Final = 2_000
"""Rows per row group: at 2 to 10 kB of text a document, a few MB that a reader can skip."""
COMPRESSION_LEVEL: Final = 3
"""zstd-3: level 1 is 1.35 times as fast and 32 % larger, level 6 takes 2.9 times as long for
10 % less (measured on 2026-11 hardware, docs/performance notes)."""
TRAIN: Final = "train"
VALIDATION: Final = "validation"

_SPLIT_SALT: Final = "corpuskit-split-1"


@dataclass(frozen=True)
class Kept:
    """The documents to publish, one per row of equally long arrays."""

    task: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    id: npt.NDArray[np.str_]
    lang: npt.NDArray[np.str_]
    cluster: npt.NDArray[np.str_]
    cluster_size: npt.NDArray[np.int64]
    text_bytes: npt.NDArray[np.int64]


@dataclass(frozen=True)
class ShardPart:
    """Rows of one task that go into a shard, with what dedup found of them."""

    tables: tuple[Path, ...]
    """Outputs of the task's segments; rows correspond, a later table's columns win."""
    constants: Mapping[str, Any]
    """Columns with one value for the whole task (source, source_type, ...)."""
    defaults: Mapping[str, Any]
    """What stands in a column where a row has no value of its own."""
    rows: tuple[int, ...]
    clusters: tuple[str, ...]
    cluster_sizes: tuple[int, ...]


@dataclass(frozen=True)
class Shard:
    """One published file and what goes into it."""

    name: str
    lang: str
    split: str
    parts: tuple[ShardPart, ...]
    text_bytes: int


def split_of(cluster: str, validation: float) -> str:
    """Split by a hash of the duplicate cluster, so that no duplicate crosses it."""
    digest = hashlib.sha256(f"{_SPLIT_SALT}:{cluster}".encode()).digest()
    return VALIDATION if int.from_bytes(digest[:8], "big") / 2**64 < validation else TRAIN


def shard_name(lang: str, split: str, number: int, count: int) -> str:
    """`data/khm_Khmr-00000-of-00004.parquet`; the validation split says so in the name."""
    middle = "" if split == TRAIN else f"-{split}"
    return f"data/{lang}{middle}-{number:05d}-of-{count:05d}.parquet"


def assign(kept: Kept, shard_size: int, validation: float) -> Iterator[tuple[str, str, str, Any]]:
    """(name, lang, split, indices into `kept` sorted by id) of every shard, in order of names."""
    splits = np.array([split_of(str(one), validation) for one in kept.cluster], dtype=np.str_)
    for lang in sorted(set(kept.lang.tolist())):
        for split in (TRAIN, VALIDATION):
            rows = np.flatnonzero((kept.lang == lang) & (splits == split))
            if not len(rows):
                continue
            rows = rows[np.argsort(kept.id[rows], kind="stable")]
            shards = _cut(rows, kept.text_bytes[rows], shard_size)
            for number, shard in enumerate(shards):
                yield shard_name(lang, split, number, len(shards)), lang, split, shard


def _cut(
    rows: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], target: int
) -> list[npt.NDArray[np.int64]]:
    """Cut rows in order into runs of about `target` bytes: as many as fit, of equal size."""
    total = int(sizes.sum())
    count = max(1, math.ceil(total / target))
    middles = np.cumsum(sizes) - sizes / 2
    number = np.minimum((middles * count / max(total, 1)).astype(np.int64), count - 1)
    return [rows[number == one] for one in range(count) if (number == one).any()]


def write_shard(
    workspace: Workspace, shard: Shard, schema: pa.Schema, metadata: Mapping[str, str]
) -> int:
    """Assemble, sort and write a shard; the number of its rows."""
    pieces = [_rows_of(workspace, part, schema) for part in shard.parts]
    table = pa.concat_tables(pieces).sort_by("id").combine_chunks()
    about = {**(schema.metadata or {}), **{k.encode(): v.encode() for k, v in metadata.items()}}
    about[b"lang"] = shard.lang.encode()
    with (
        atomic_file(workspace.folder / shard.name, workspace.scratch) as file,
        pq.ParquetWriter(
            file,
            schema.with_metadata(about),
            compression="zstd",
            compression_level=COMPRESSION_LEVEL,
            version="2.6",
            write_statistics=True,
        ) as writer,
    ):
        writer.write_table(table.cast(writer.schema), row_group_size=ROW_GROUP)
    return int(table.num_rows)


def _rows_of(workspace: Workspace, part: ShardPart, schema: pa.Schema) -> pa.Table:
    """A part's rows with exactly the columns of `schema`."""
    rows = pa.array(part.rows, type=pa.int64())
    columns: dict[str, pa.ChunkedArray] = {}
    for path in part.tables:
        table = workspace.read_table(path)
        wanted = [name for name in table.column_names if name in schema.names]
        columns |= {name: table.column(name).take(rows) for name in wanted}
    columns["dedup_cluster"] = pa.chunked_array([list(part.clusters)], type=pa.string())
    columns["dedup_cluster_size"] = pa.chunked_array([list(part.cluster_sizes)], type=pa.int32())
    count = len(part.rows)
    for field in schema:
        if field.name in part.constants:
            constant = [part.constants[field.name]] * count
            columns[field.name] = pa.chunked_array([constant], type=field.type)
        elif field.name not in columns:
            columns[field.name] = pa.chunked_array([pa.nulls(count, field.type)])
        if field.name in part.defaults:
            columns[field.name] = _filled(columns[field.name], part.defaults[field.name])
    arrays = [columns[field.name].cast(field.type) for field in schema]
    return pa.Table.from_arrays(arrays, names=schema.names)


def _filled(column: pa.ChunkedArray, default: Any) -> pa.ChunkedArray:
    """The column with `default` for its nulls; Arrow's own fill_null knows no structs."""
    if not column.null_count:
        return column
    values = [default if value is None else value for value in column.to_pylist()]
    return pa.chunked_array([values], type=column.type)


def part_rows(
    kept: Kept, indices: Sequence[int] | npt.NDArray[np.int64]
) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """(task, indices into `kept`) for every task that `indices` touch, tasks in order."""
    chosen = np.asarray(indices, dtype=np.int64)
    tasks = kept.task[chosen]
    for task in np.unique(tasks):
        yield int(task), chosen[tasks == task]
