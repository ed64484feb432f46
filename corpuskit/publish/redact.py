"""Rows of the rejects that a tombstone names: they are counted, and say nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.tombstones import Tombstones

KEPT: Final = ("source", "stage", "reason")
"""Columns of a row that was taken down: what the ledger counts."""
_FACTS: Final = ("source", "id", "source_ref", "url", "earlier_url", "duplicate_of")


def redact(rejects: pa.Table, tombstones: Tombstones) -> pa.Table:
    """Rejects without what rows say that a tombstone names."""
    if not tombstones or not rejects.num_rows:
        return rejects
    columns = (rejects[name].to_pylist() for name in _FACTS)
    named = [
        row
        for row, (source, identifier, ref, url, earlier_url, earlier) in enumerate(
            zip(*columns, strict=True)
        )
        if tombstones.of_document(source, id=identifier, source_ref=ref, url=url)
        or (earlier_url and tombstones.of_document("", url=earlier_url))
        or (earlier and tombstones.of_document("", id=earlier))
    ]
    return without_details(rejects, named)


def without_details(rejects: pa.Table, rows: Sequence[int]) -> pa.Table:
    """Rejects of which some rows keep nothing but KEPT."""
    if not rows:
        return rejects
    chosen = set(rows)
    numbers = pa.array(
        [None if row in chosen else row for row in range(rejects.num_rows)], pa.int64()
    )
    return pa.table(
        [
            column if field.name in KEPT else _nulled(column, numbers)
            for field, column in zip(rejects.schema, rejects.columns, strict=True)
        ],
        schema=rejects.schema,
    )


def _nulled(column: pa.ChunkedArray, numbers: pa.Array) -> Any:
    return pc.take(column, numbers)
