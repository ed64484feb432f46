"""What was taken out of published documents, counted in the shards themselves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.ledger import FOREIGN_LINE, Removed

COLUMN = "foreign_lines"


def count_removed(shards: Iterable[Path]) -> dict[str, Removed]:
    """By reason, over all documents of the shards; nothing for a reason without a line, or for
    shards of before the column came."""
    total = Removed()
    for path in shards:
        with pq.ParquetFile(path) as file:
            if COLUMN in file.schema_arrow.names:
                for batch in file.iter_batches(columns=[COLUMN]):
                    for lines in _given(batch.column(0)):
                        total.add(lines)
    return {FOREIGN_LINE: total} if total.documents else {}


def _given(column: pa.Array) -> list[list[dict[str, object]]]:
    """The lists that hold something; most documents have none."""
    return [one for one in column.drop_null().to_pylist() if one]
