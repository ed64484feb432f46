"""Tasks that run a chain of stages over rows: what they read, and how they store the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa

from corpuskit import schema
from corpuskit.chain import run_chain
from corpuskit.connectors.base import Input, Piece
from corpuskit.connectors.calls import read_piece
from corpuskit.document import Evidence, RawRecord
from corpuskit.licenses import NOASSERTION
from corpuskit.pipeline.segments import Segment
from corpuskit.pipeline.sources import SourcePlan
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.stage import DETAIL, REASON, Batch

FROM_CONNECTOR: Final[tuple[str, ...]] = (
    "source_ref", "url", "fetched_at", "http_status", "content_type", "payload_digest", "warc",
    "title", "published_at", "published_at_source", "lang_declared", "license",
    "license_confidence", "license_evidence", "robots", "tdm", "reason", "detail",
)  # fmt: skip
"""Fields of a raw record that become columns."""

_OUTCOME: Final = (pa.field(REASON, pa.string()), pa.field(DETAIL, pa.string()))

CRASHED: Final[dict[str, str]] = {
    "read/crashed": "Reading this part of a file kills the process that does it, each time.",
    "extract/crashed": "Decoding or extracting this record kills the process that does it.",
    "normalize/crashed": "Normalizing, identifying or measuring this text kills the process.",
}
"""Code -> its meaning in one sentence; see `crashes`."""

_DIED: Final = "the worker died even when this record ran alone"


@dataclass(frozen=True)
class ScannedInput:
    """What a scan found of one input."""

    input: Input
    sha256: str
    bytes: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class InputPiece:
    """One piece of one input, as a task reads it."""

    input: Input
    sha256: str
    piece: Piece


@dataclass(frozen=True)
class MapTask(Task):
    """A task that runs a segment over records, or over the rows of an earlier output."""

    segment: Segment
    source: SourcePlan
    pieces: tuple[InputPiece, ...] = ()
    """What it reads of the source's inputs."""
    reads: str | None = None
    """Name of the earlier output that it reads instead."""
    columns: tuple[str, ...] = ()
    """Columns of that output that its stages are given."""
    unreadable: frozenset[int] = frozenset()
    """Pieces whose reading kills a worker; each becomes one lost record."""
    deadly: frozenset[int] = frozenset()
    """Rows whose processing kills a worker; they are lost before the segment."""

    @property
    def label(self) -> str:
        """The source and the first inputs, for messages."""
        inputs = list(dict.fromkeys(piece.input.name for piece in self.pieces))
        return f"source {self.source.name!r}" + (f", {', '.join(inputs[:3])}" if inputs else "")


def following_tasks(
    state: State, step: str, segment: Segment, before: Sequence[MapTask], columns: tuple[str, ...]
) -> list[Task]:
    """A task of `step` per task before it, which runs `segment` over `columns` of its output."""
    return [
        MapTask(
            step,
            state.plan.identity.task_key(step, task.key),
            segment,
            task.source,
            reads=task.output,
            columns=columns,
        )
        for task in before
    ]


def run_segment(job: Job[MapTask]) -> Batch:
    """Run a task's segment over its rows, marked as being worked on (see crashes)."""
    task = job.task
    with job.workspace.running(task.step, task.key):
        return run_chain(task.segment.make(), rows_of(job))


def rows_of(job: Job[MapTask]) -> Batch:
    """What the task's segment is given: its records, or the rows of an earlier output."""
    task = job.task
    if task.reads is None:
        return _without_deadly(task, _raw_batch(read(job), task.source))
    table = job.workspace.store.table(task.reads, task.columns)
    rows = Batch({name: table.column(name).to_pylist() for name in task.columns})
    return _without_deadly(task, rows)


def read(job: Job[MapTask]) -> list[RawRecord]:
    """The records of a task's pieces, in order."""
    task = job.task
    source = job.placed(task.source)
    connector = source.open()
    records: list[RawRecord] = []
    for number, part in enumerate(task.pieces):
        if number in task.unreadable:
            records.append(_unreadable(part))
        else:
            item = replace(source.with_place(part.input), sha256=part.sha256)
            records += read_piece(connector, source.name, item, part.piece)
    return records


def _unreadable(part: InputPiece) -> RawRecord:
    ref = f"{part.input.name}#{part.piece.start}-{part.piece.stop}"
    return RawRecord(source_ref=ref, reason="read/crashed", detail=_DIED)


def _without_deadly(task: MapTask, batch: Batch) -> Batch:
    """The batch with the deadly rows marked as lost."""
    if not task.deadly:
        return batch
    reasons, details = list(batch.get(REASON)), list(batch.get(DETAIL))
    code = "extract/crashed" if task.pieces else "normalize/crashed"
    for row in task.deadly:
        if reasons[row] is None:
            reasons[row], details[row] = code, _DIED
    return batch.with_reasons(reasons, details)


def _raw_batch(records: Sequence[RawRecord], source: SourcePlan) -> Batch:
    columns = raw_columns(records)
    _declare_license(columns, source)
    return Batch({**columns})


def raw_columns(records: Sequence[RawRecord]) -> dict[str, list[Any]]:
    """What the first segment is given of records."""
    return {
        **{name: [getattr(record, name) for record in records] for name in FROM_CONNECTOR},
        "_content": [record.content for record in records],
        "_charset": [record.charset for record in records],
        "_headers": [record.headers for record in records],
    }


def _declare_license(columns: dict[str, list[Any]], source: SourcePlan) -> None:
    """The operator's word on the whole source, for records that say nothing of their own."""
    if source.license == NOASSERTION:
        return
    where = source.license_verified_by or "recipe"
    statement = Evidence(kind="operator", value=source.license, where=where)
    for row, license_ in enumerate(columns["license"]):
        if license_ is None:
            columns["license"][row] = source.license
            columns["license_confidence"][row] = "declared"
        evidence = columns["license_evidence"][row] or []
        columns["license_evidence"][row] = [*evidence, statement]


def stored_fields(segment: Segment, *first: pa.Field) -> list[pa.Field]:
    """The fields of a segment's output: `first`, what its stages add, reason and detail."""
    fields = {field.name: field for field in first}
    fields |= {name: schema.FIELDS.get(name, field) for name, field in segment.fields.items()}
    return [*fields.values(), *_OUTCOME]


def store_batch(
    job: Job[MapTask], batch: Batch, fields: Sequence[pa.Field], compression: str | None = None
) -> None:
    """Leave the columns `fields` of a batch as the task's output."""
    columns: Mapping[str, Sequence[Any]] = {field.name: batch.get(field.name) for field in fields}
    table = schema.to_table(columns, fields)
    job.workspace.store.put_table(job.task.output, table, compression)
