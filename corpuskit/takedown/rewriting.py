"""Published files written again without what is taken down, each whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpuskit import schema
from corpuskit.policy.takedowns import STAGE, TAKEN_DOWN
from corpuskit.publish.published import digest_of, forget
from corpuskit.publish.redact import without_details
from corpuskit.publish.rejects import as_rejects, regroup, write_rejects
from corpuskit.publish.shards import ROW_GROUP, shard_writer
from corpuskit.store import Store
from corpuskit.takedown.journal import RejectsChange, ShardChange


def rewrite_shard(store: Store, path: str, change: ShardChange) -> None:
    """Take documents out of a shard; one in which none is left is deleted."""
    if not _is_before(store, path, change.sha256):
        return
    forget(store, path)
    with store.reading(path) as source, pq.ParquetFile(source) as file:
        if file.metadata.num_rows == len(change.remove):
            store.delete(path)
            return
        with (
            store.writing(path) as target,
            shard_writer(target, file.schema_arrow) as writer,
        ):
            for table in regroup(_staying(file, change), ROW_GROUP):
                writer.write_table(table.cast(writer.schema), row_group_size=ROW_GROUP)


def _staying(file: pq.ParquetFile, change: ShardChange) -> Iterator[pa.Table]:
    """The documents that stay, batch by batch."""
    gone = np.asarray(change.remove, dtype=np.int64)
    first = 0
    for batch in file.iter_batches(ROW_GROUP):
        numbers = np.arange(first, first + batch.num_rows)
        first += batch.num_rows
        rows = pa.Table.from_batches([batch])
        changed = [
            (number - int(numbers[0]), change.keepers[str(number)])
            for number in numbers.tolist()
            if str(number) in change.keepers
        ]
        if changed:
            rows = _without_examples(rows, changed)
        yield rows.filter(pa.array(~np.isin(numbers, gone)))


def _without_examples(rows: pa.Table, changed: Sequence[tuple[int, Sequence[str]]]) -> pa.Table:
    """Rows whose column `duplicates` no longer names duplicates that go."""
    values = rows["duplicates"].to_pylist()
    for row, places in changed:
        examples = values[row]["examples"]
        left = [place for place in examples or () if place not in places]
        values[row] = {
            "count": values[row]["count"] - len(places),
            "examples": left or None,
        }
    at = rows.schema.get_field_index("duplicates")
    field = rows.schema.field(at)
    return rows.set_column(at, field, pa.array(values, field.type))


def rewrite_rejects(store: Store, path: str, change: RejectsChange) -> None:
    """Take what rows say out of a file of rejects, and add rows for documents that go."""
    if not _is_before(store, path, change.sha256):
        return
    forget(store, path)
    with store.reading(path) as source, pq.ParquetFile(source) as file:
        table = without_details(_with_text(file.read()), list(change.redact))
    if change.moved:
        table = _moved(table, change.moved)
    with store.writing(path) as target:
        write_rejects(target, [as_rejects(table), _added(change.added)])


def _with_text(table: pa.Table) -> pa.Table:
    """Rejects of a build of before there was a column `text`, with an empty one."""
    if "text" in table.column_names:
        return table
    return table.append_column("text", pa.nulls(table.num_rows, pa.string()))


def _moved(table: pa.Table, rows: Sequence[int]) -> pa.Table:
    moved = np.zeros(table.num_rows, dtype=bool)
    moved[list(rows)] = True
    for name, value in (("stage", STAGE), ("reason", TAKEN_DOWN)):
        at = table.schema.get_field_index(name)
        column = pc.if_else(pa.array(moved), value, table[name])
        table = table.set_column(at, table.schema.field(at), column)
    return table


def _added(counts: Mapping[str, int]) -> pa.Table:
    sources = [source for source, count in counts.items() for _ in range(count)]
    columns: dict[str, list[Any]] = {field.name: [None] * len(sources) for field in schema.REJECTS}
    columns |= {
        "source": sources,
        "stage": [STAGE] * len(sources),
        "reason": [TAKEN_DOWN] * len(sources),
    }
    return pa.table(columns, schema=schema.REJECTS)


def _is_before(store: Store, path: str, sha256: str) -> bool:
    """Whether a file is as it was before the takedown; one that is gone was emptied."""
    return store.exists(path) and digest_of(store, path) == sha256


def data_entry(store: Store, entry: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest's entry of a file, counted in the file as it is now."""
    path = entry["path"]
    new = {**entry, "bytes": store.size(path), "sha256": digest_of(store, path)}
    with store.reading(path) as source, pq.ParquetFile(source) as file:
        new["rows"] = file.metadata.num_rows
        if entry["kind"] == "data":
            batches = file.iter_batches(columns=["text"])
            new["text_bytes"] = sum(
                pc.sum(pc.binary_length(batch["text"])).as_py() or 0 for batch in batches
            )
    return new
