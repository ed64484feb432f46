"""Tasks that run a chain of stages over rows: what they read, and how they store the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import logs, schema
from corpuskit.connectors.base import Input, Piece
from corpuskit.document import Evidence, RawRecord
from corpuskit.errors import StageError
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.pipeline.guarded import FAILED, Finish, ProgressMark, SegmentRun, unchanged
from corpuskit.pipeline.reading import PieceReader
from corpuskit.pipeline.segments import Segment
from corpuskit.pipeline.sources import SourcePlan
from corpuskit.pipeline.step import Culprit, GuardedTask, Job, State, Task
from corpuskit.stage import DETAIL, REASON, Batch
from corpuskit.work_meter import count

FROM_CONNECTOR: Final[tuple[str, ...]] = (
    "source_ref", "url", "fetched_at", "http_status", "content_type", "payload_digest", "warc",
    "title", "published_at", "published_at_source", "lang_declared", "license",
    "license_confidence", "license_evidence", "robots", "tdm", "reason", "detail",
)  # fmt: skip
"""Fields of a raw record that become columns."""

_log = logs.logger(__name__)

_OUTCOME: Final = (pa.field(REASON, pa.string()), pa.field(DETAIL, pa.string()))


@dataclass(frozen=True)
class ScannedInput:
    """What a scan found of one input."""

    input: Input
    sha256: str
    bytes: int
    pieces: tuple[Piece, ...]
    lost: tuple[str, str] | None = None
    """Reason and detail of an input that cannot be scanned; its one piece stands for it."""
    is_known: bool = False
    """Whether an earlier run scanned it, and it was not read again."""


@dataclass(frozen=True)
class InputPiece:
    """One piece of one input, as a task reads it."""

    input: Input
    sha256: str
    piece: Piece
    lost: tuple[str, str] | None = None
    """Reason and detail of an input that could not be scanned; it is not read."""


@dataclass(frozen=True)
class MapTask(GuardedTask):
    """A task that runs a segment over records, or over the rows of an earlier output."""

    segment: Segment
    source: SourcePlan
    pieces: tuple[InputPiece, ...] = ()
    """What it reads of the source's inputs."""
    reads: str | None = None
    """Name of the earlier output that it reads instead."""
    columns: tuple[str, ...] = ()
    """Columns of that output that its stages are given."""
    split: frozenset[int] = frozenset()
    """Pieces that are read record by record, because one of their records does harm."""

    @property
    def label(self) -> str:
        """The source and the first inputs, for messages."""
        inputs = list(dict.fromkeys(piece.input.name for piece in self.pieces))
        return f"source {self.source.name!r}" + (f", {', '.join(inputs[:3])}" if inputs else "")

    @property
    def stream(self) -> str | None:
        """The input of its first piece."""
        return f"{self.source.name}/{self.pieces[0].input.name}" if self.pieces else None

    def closer(self, culprit: Culprit) -> MapTask | None:
        """A piece of several records is read record by record, once."""
        if culprit.kind != "piece":
            return None
        (number,) = culprit.numbers
        if number in self.split or self.pieces[number].piece.records <= 1:
            return None
        return replace(self, split=self.split | {number})


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
            limits=state.plan.limits,
        )
        for task in before
    ]


def run_segment(job: Job[MapTask], finish: Finish = unchanged) -> Batch:
    """Run a task's segment over its rows, marked as being worked on (see crashes).

    `finish` adds what the step itself makes of the result.
    """
    task = job.task
    with job.workspace.running(task.step, task.key):
        progress = ProgressMark(job.progress_file) if task.careful else None
        rows = rows_of(job, progress)
        if progress is not None:
            progress.note("setup")
        run = SegmentRun(task.segment.make(), task.limits, task.label, finish, progress)
        return run.run(rows)


def run_alone(job_and_culprit: tuple[Job[MapTask], Culprit | None]) -> None:
    """Try one culprit of a task by itself, or without one only what comes before the records.

    Leaves no output and no mark: only whether this process lives on is of interest.
    """
    job, culprit = job_and_culprit
    task = job.task
    if culprit is None:
        if task.reads is None:
            job.placed(task.source).open()
        task.segment.make()
    elif culprit.kind == "row":
        row = rows_of(job).take([culprit.numbers[0]])
        SegmentRun(task.segment.make(), task.limits, task.label, unchanged).row(row)
    else:
        PieceReader(job).alone(culprit)


def rows_of(job: Job[MapTask], progress: ProgressMark | None = None) -> Batch:
    """What the task's segment is given: its records, or the rows of an earlier output."""
    task = job.task
    if task.reads is None:
        records = read(job, progress)
        contents = (record.content for record in records)
        octets = (memoryview(content).nbytes for content in contents if content is not None)
        count(len(records), sum(octets))
        return without_culprits(task, _raw_batch(records, task.source))
    table = job.workspace.store.table(task.reads, task.columns)
    sizes = pc.binary_length(table["text"]) if "text" in task.columns else None
    count(table.num_rows, (pc.sum(sizes).as_py() or 0) if sizes is not None else 0)
    rows = Batch({name: table.column(name).to_pylist() for name in task.columns})
    return without_culprits(task, rows)


def read(job: Job[MapTask], progress: ProgressMark | None = None) -> list[RawRecord]:
    """The records of a task's pieces, in order."""
    return PieceReader(job, progress).records()


CULPRITS: Final = {
    "extract": "extract",
    "annotate": "normalize",
    "repeats": "repeated_text",
    "sign": "signature",
}
"""Per segment, the stage at which a row is lost that ends its process: within a process that died
nobody knows how far it came."""


def without_culprits(task: MapTask, batch: Batch) -> Batch:
    """The batch with the rows marked as lost that are set aside."""
    culprits = [culprit for culprit in task.culprits if culprit.kind == "row"]
    if not culprits:
        return batch
    reasons, details = list(batch.get(REASON)), list(batch.get(DETAIL))
    for culprit in culprits:
        (row,) = culprit.numbers
        if reasons[row] is None:
            reasons[row] = f"{CULPRITS[task.segment.name]}/{culprit.cause}"
            details[row] = task.detail(culprit.cause)
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
    try:
        table = schema.to_table(_columns(batch, fields), fields)
    except StageError as error:
        batch = _without_unstorable(job.task, batch, fields, error)
        table = schema.to_table(_columns(batch, fields), fields)
    job.workspace.store.put_table(job.task.output, table, compression)


def _columns(batch: Batch, fields: Sequence[pa.Field]) -> Mapping[str, Sequence[Any]]:
    return {field.name: batch.get(field.name) for field in fields}


def _without_unstorable(
    task: MapTask, batch: Batch, fields: Sequence[pa.Field], error: StageError
) -> Batch:
    """The batch without values that Arrow cannot hold; rows that have one are lost at the stage
    that adds the column. Raises `error` where a column has no other values: its stage is wrong."""
    columns = dict(batch.columns)
    reasons, details = list(batch.get(REASON)), list(batch.get(DETAIL))
    for field in fields:
        values = list(batch.get(field.name))
        wrong = [row for row, value in enumerate(values) if not _is_storable(value, field)]
        if wrong and len(wrong) == sum(value is not None for value in values):
            raise error
        code = f"{_stage_of(task, field.name)}/{FAILED}"
        for row in wrong:
            _log.warning("%s: %s is lost as %s: its %s is not %s", task.label,
                         batch.get("source_ref")[row], code, field.name, field.type)  # fmt: skip
            values[row] = None
            if reasons[row] is None:
                reasons[row], details[row] = code, f"{field.name} is not {field.type}"
        columns[field.name] = values
    return Batch(columns).with_reasons(reasons, details)


def _is_storable(value: Any, field: pa.Field) -> bool:
    try:
        schema.to_table({field.name: [value]}, [field])
    except StageError:
        return False
    return True


def _stage_of(task: MapTask, column: str) -> str:
    """The stage that adds a column; `read` where it comes from the connector."""
    makers = [
        spec.kind.name
        for spec in task.segment.specs
        if any(field.name == column for field in spec.fields)
    ]
    if makers:
        return str(makers[-1])
    return "read" if task.reads is None else CULPRITS[task.segment.name]
