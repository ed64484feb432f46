"""From the outputs of a task to rows of the published schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.store import Store

WHERE_UNKNOWN: Final[dict[str, Any]] = {
    "license": NOASSERTION,
    "license_confidence": "assumed",
    "robots": {"verdict": "not_checked"},
    "tdm": {"verdict": "unknown", "signals": []},
}
"""What stands in a column where a row has no value of its own."""


@dataclass(frozen=True)
class RowSource:
    """Outputs of one task, with what is the same for all of its rows."""

    outputs: tuple[str, ...]
    """Names of tables whose rows correspond; a later one's columns win."""
    constants: Mapping[str, Any]
    """Columns with one value (source, source_type)."""


def published_rows(
    store: Store,
    source: RowSource,
    rows: pa.Array,
    columns: Mapping[str, pa.Array],
    schema: pa.Schema,
) -> pa.Table:
    """Rows of a task with exactly the columns of `schema`; `columns` has those that
    earlier steps found out about these very rows."""
    read: dict[str, pa.ChunkedArray] = {}
    for output, wanted in _wanted(store, source.outputs, schema).items():
        table = store.table(output, wanted)
        read |= {name: table.column(name).take(rows) for name in wanted}
    read |= {name: pa.chunked_array([values]) for name, values in columns.items()}
    arrays = [_column(field, read, source.constants, len(rows)) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _wanted(store: Store, outputs: Sequence[str], schema: pa.Schema) -> dict[str, list[str]]:
    """Per output the columns to read of it: no column is read twice."""
    owner: dict[str, str] = {}
    for output in outputs:
        with store.table_file(output) as file:
            names = file.schema.names
        owner |= {name: output for name in names if name in schema.names}
    return {output: [n for n, o in owner.items() if o == output] for output in outputs}


def _column(
    field: pa.Field, read: Mapping[str, pa.ChunkedArray], constants: Mapping[str, Any], count: int
) -> pa.ChunkedArray:
    if field.name in constants:
        value = pa.scalar(constants[field.name], field.type)
        return pa.chunked_array([pa.repeat(value, count)])
    column = read.get(field.name)
    if column is None:
        column = pa.chunked_array([pa.nulls(count, field.type)])
    if field.name in WHERE_UNKNOWN:
        column = _filled(column, WHERE_UNKNOWN[field.name])
    return column.cast(field.type)


def _filled(column: pa.ChunkedArray, default: Any) -> pa.ChunkedArray:
    """The column with `default` for its nulls; Arrow's own fill_null knows no structs."""
    if not column.null_count:
        return column
    if column.null_count == len(column):
        value = pa.scalar(default, column.type)
        return pa.chunked_array([pa.repeat(value, len(column))], type=column.type)
    values = [default if value is None else value for value in column.to_pylist()]
    return pa.chunked_array([values], type=column.type)
