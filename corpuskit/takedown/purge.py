"""What a takedown takes out of `.work`: outputs of steps, and the raw records that were fetched.

- Outputs that the published build was not made of are deleted, as by `corpuskit prune`: nobody
  knows any more what is in them. So are decisions, clusters and counts, which the next build makes
  anew.
- Of the outputs of `extract`, `annotate` and `sign`, the rows of what is taken down are blanked.
  Their number stays, because the rows of all three correspond; the source_ref becomes a mark with
  a hash.
- What `corpuskit tokens` left is deleted.
- Raw records are taken out by the connector that fetched them (`Connector.forget`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import logs, registry
from corpuskit.connectors.base import TakenDown
from corpuskit.errors import CorpuskitError, WorkspaceError
from corpuskit.pipeline.steps import OUTPUTS
from corpuskit.publish.published import Published, TaskOutputs
from corpuskit.publish.token_report import FOLDER as TOKENS
from corpuskit.stage import REASON
from corpuskit.store import Store
from corpuskit.tombstones import MARK, Tombstones, record_hash
from corpuskit.workspace import Workspace

_FACTS: Final = ("source_ref", "url")
_MEASURED: Final = ("id", "text_sha256")

NOT_PURGED: Final = (
    "fetched records, and files of yours, are on the machine that built it: this does not purge "
    "them; name the build's folder there with --local"
)

_log = logs.logger(__name__)


def purge_outputs(store: Store, outputs: Sequence[TaskOutputs], tombstones: Tombstones) -> None:
    """Take everything that tombstones name out of the outputs of steps.

    `outputs` are those that the published build was made of.
    """
    kept = {name for task in outputs for name in _kept_outputs(task)}
    for task in outputs:
        _blank_task(store, task, tombstones)
    for step in OUTPUTS:
        for output in list(store.list(f".work/{step}")):
            if output.name not in kept:
                store.delete(output.name)
    for output in list(store.list(TOKENS)):  # pieces of a tokenizer that was trained are text
        store.delete(output.name)


def outputs_of(workspace: Workspace) -> tuple[TaskOutputs, ...]:
    """What the published build was made of; nothing where that is not known."""
    try:
        record = Published.read(workspace)
    except WorkspaceError as error:
        _log.warning("%s: all outputs are deleted", error)
        return ()
    return record.outputs if record is not None else ()


def _kept_outputs(task: TaskOutputs) -> tuple[str, ...]:
    return (task.extracted, task.annotated, task.signed)


def _blank_task(store: Store, task: TaskOutputs, tombstones: Tombstones) -> None:
    """Blank the rows of a task; the output by which they are found comes last.

    A damaged or missing output is left to the next build, which makes all three anew.
    """
    try:
        rows = _named_rows(store, task, tombstones)
        if rows:
            _blank(store, task.signed, rows, {})
            _blank(store, task.annotated, rows, {"text": ""})
            marks = _marks(store, task, rows)
            _blank(store, task.extracted, rows, {"text": "", "source_ref": marks}, "lz4")
    except (FileNotFoundError, WorkspaceError) as error:
        _log.warning("%s: its outputs are deleted", error)
        for name in _kept_outputs(task):
            store.delete(name)


def _named_rows(store: Store, task: TaskOutputs, tombstones: Tombstones) -> list[int]:
    facts = {name: store.table(task.extracted, [name])[name].to_pylist() for name in _FACTS}
    facts |= {name: store.table(task.annotated, [name])[name].to_pylist() for name in _MEASURED}
    rows = zip(*facts.values(), strict=True)
    return [
        row
        for row, values in enumerate(rows)
        if tombstones.of_document(task.source, **dict(zip(facts, values, strict=True)))
    ]


def _marks(store: Store, task: TaskOutputs, rows: Sequence[int]) -> list[str]:
    refs = store.table(task.extracted, ["source_ref"])["source_ref"].take(pa.array(rows))
    return [MARK + record_hash(task.source, ref or "") for ref in refs.to_pylist()]


def _blank(
    store: Store,
    name: str,
    rows: Sequence[int],
    values: Mapping[str, Any],
    compression: str | None = None,
) -> None:
    """Leave nothing in some rows of an output but the reason why they were lost.

    `values` are put in place of what was there and was not null: one for all or one for each row.
    """
    table = store.table(name)
    chosen = set(rows)
    numbers = pa.array([None if row in chosen else row for row in range(table.num_rows)])
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        if field.name == REASON:
            columns.append(column)
        elif field.name in values:
            columns.append(_replaced(column, rows, values[field.name]))
        else:
            columns.append(pc.take(column, numbers.cast(pa.int64())))
    store.put_table(name, pa.table(columns, schema=table.schema), compression)


def _replaced(column: pa.ChunkedArray, rows: Sequence[int], value: Any) -> pa.Array:
    items = column.to_pylist()
    new_values = [value] * len(rows) if isinstance(value, str) else value
    for row, new in zip(rows, new_values, strict=True):
        items[row] = new if items[row] is not None else None
    return pa.array(items, column.type)


def purge_raw(
    workspace: Workspace, manifest: Mapping[str, Any], tombstones: Tombstones
) -> list[str]:
    """Have connectors take raw records out of what they fetched; a line for each that says how."""
    if not workspace.has_folder:
        return [NOT_PURGED]
    folder = workspace.work / "raw"
    connectors = dict(_connectors(manifest))
    lines = []
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if place.is_dir():
            lines += _forget(place, connectors.get(place.name), tombstones)
    return lines


def _connectors(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and connector of every source of a build."""
    for stage in manifest.get("stages", ()):
        source = stage["options"].get("source")
        if isinstance(source, str):
            yield source, stage["stage"]


def _forget(place: Path, connector: str | None, tombstones: Tombstones) -> list[str]:
    """Failures are told, not raised: the corpus must not stay half done over one of them."""
    taken = TakenDown(place.name, tombstones)
    try:
        if connector is None:
            raise WorkspaceError("no source of the build has this name")
        lines = registry.connector(connector).forget(place, taken)
    except (CorpuskitError, OSError, ValueError) as error:
        _log.warning("%s: not purged", place.name, exc_info=True)
        return [f"{place.name}: what was fetched could not be purged ({error}); delete .work/raw"]
    return [f"{place.name}: {line}" for line in lines]
