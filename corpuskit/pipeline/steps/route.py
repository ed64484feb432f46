"""The step `route`: the rows of every task, laid out shard by shard.

Publishing would otherwise read every task's output once per shard. Here each output is read once,
and only the columns that are published; the rows for each shard are a record batch of their own,
so that the writer of a shard reads its batches and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import schema
from corpuskit.identity import Ingredient
from corpuskit.pipeline.plan import Plan
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import annotated_tasks
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.summary import SUMMARY
from corpuskit.publish.rows import RowSource, published_rows
from corpuskit.publish.shards import Shard
from corpuskit.store import Store

ROUTING: Final = Ingredient("route", "3", libraries=("pyarrow",))

GROUP: Final = 64
"""Tasks whose rows are routed into one output: the writer of a shard opens one file for so many."""

PART_BYTES: Final = 64_000_000
"""Bytes of text that are in memory at once and give one batch per shard, if a task has no more:
with a batch per task and shard, 60 tasks and 73 shards gave 4,380 batches of three rows."""


@dataclass(frozen=True)
class RouteTask(Task):
    """Consecutive tasks whose rows are laid out by shard."""

    first: int
    """Number of the first of the tasks."""
    sources: tuple[RowSource, ...]
    assigned: str
    splits: tuple[str, ...]
    """Per shard, its split."""
    schema: pa.Schema


def route(job: Job[RouteTask]) -> None:
    """Leave record batches of published rows, one per shard for every run of tasks of about
    PART_BYTES; which are whose is in the metadata: `{"batches": {shard: [numbers]}}`."""
    task, store = job.task, job.workspace.store
    assigned = store.table(task.assigned)
    bounds = np.searchsorted(
        assigned["task"].to_numpy(), np.arange(task.first, task.first + len(task.sources) + 1)
    )
    slices = [assigned.slice(start, stop - start) for start, stop in pairwise(bounds)]
    parts = list(_parts(task.sources, slices))
    batches: dict[int, list[int]] = {}
    for number, shard in enumerate(shard for part in parts for shard in _shards(part)):
        batches.setdefault(shard, []).append(number)
    about = {SUMMARY: json.dumps({"batches": batches}).encode()}
    schema = task.schema.with_metadata(about)
    rows = (batch for part in parts for batch in _batches(job, part))
    store.put_batches(task.output, schema, rows)


Part = Sequence[tuple[RowSource, pa.Table]]
"""Consecutive tasks, each with its rows of what was assigned."""


def _parts(sources: Sequence[RowSource], slices: Sequence[pa.Table]) -> Iterator[Part]:
    """Runs of tasks of about PART_BYTES of text; tasks without rows are left out."""
    part: list[tuple[RowSource, pa.Table]] = []
    size = 0
    for source, rows in zip(sources, slices, strict=True):
        if not rows.num_rows:
            continue
        added = pc.sum(rows["text_bytes"]).as_py()
        if part and size + added > PART_BYTES:
            yield part
            part, size = [], 0
        part.append((source, rows))
        size += added
    if part:
        yield part


def _shards(part: Part) -> list[int]:
    shards: list[int] = np.unique(_numbers(part)).tolist()
    return shards


def _numbers(part: Part) -> npt.NDArray[np.int32]:
    """The shard of every row of a part."""
    return np.concatenate([rows["shard"].to_numpy() for _, rows in part])


def _batches(job: Job[RouteTask], part: Part) -> Iterator[pa.RecordBatch]:
    """The rows of a part, a batch per shard in the order of their numbers."""
    number = _numbers(part)
    order = np.argsort(number, kind="stable")
    table = pa.concat_tables([_rows(job, source, rows) for source, rows in part])
    table = table.combine_chunks().take(pa.array(order))
    starts = np.searchsorted(number[order], _shards(part))
    for start, stop in zip(starts, [*starts[1:], len(order)], strict=True):
        yield from _one_batch(table.slice(start, stop - start))


def _rows(job: Job[RouteTask], source: RowSource, rows: pa.Table) -> pa.Table:
    """The published rows of one task."""
    task = job.task
    number = rows["shard"].to_numpy()
    split = pa.array([task.splits[shard] for shard in number.tolist()], pa.string())
    duplicates = pa.StructArray.from_arrays(
        [
            rows["count"].combine_chunks().cast(pa.int32()),
            rows["examples"].combine_chunks().cast(schema.DUPLICATES.field("examples").type),
        ],
        fields=list(schema.DUPLICATES),
    )
    columns = {"split": split, "duplicates": duplicates}
    chosen = rows["row"].combine_chunks()
    return published_rows(job.workspace.store, source, chosen, columns, task.schema)


def _one_batch(table: pa.Table) -> list[pa.RecordBatch]:
    batches: list[pa.RecordBatch] = table.combine_chunks().to_batches()
    if len(batches) != 1:
        raise AssertionError(f"rows for one shard came in {len(batches)} batches")
    return batches


def batches_for(store: Store, output: str, shard: int) -> list[pa.RecordBatch]:
    """The batches of a shard in an output of this step."""
    with store.table_file(output) as file:
        summary = json.loads((file.schema.metadata or {})[SUMMARY])
        return [file.batch(number) for number in summary["batches"].get(str(shard), [])]


class RouteStep(Step):
    """A task per group of tasks; nothing where all shards stand already."""

    name = "route"
    function = staticmethod(route)

    def tasks(self, state: State) -> Sequence[Task]:
        """Groups of consecutive tasks."""
        (assigned,) = state.tasks[AssignStep.name]
        shards: Sequence[Shard] = state.results[AssignStep.name]
        before = list(zip(state.tasks[ExtractStep.name], annotated_tasks(state), strict=True))
        published = published_schema(state.plan)
        splits = tuple(shard.split for shard in shards)
        constants = {source.name: _constants(source) for source in state.plan.sources}
        tasks: list[Task] = []
        for first in range(0, len(before), GROUP):
            group = before[first : first + GROUP]
            key = state.plan.identity.task_key(
                self.name, assigned.key, first, [annotated.key for _, annotated in group]
            )
            sources = tuple(
                RowSource((extracted.output, annotated.output), constants[annotated.source.name])
                for extracted, annotated in group
            )
            tasks.append(
                RouteTask(self.name, key, first, sources, assigned.output, splits, published)
            )
        return tasks

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """All, where everything that is made of them is published; else those that stand."""
        from corpuskit.pipeline.steps.publish import shards_stand

        if shards_stand(state, tasks):
            return set(range(len(tasks)))
        return super().standing(state, tasks)

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Say nothing of it but when it was done before."""
        return super().after(state, tasks, results)


def published_schema(plan: Plan) -> pa.Schema:
    """The schema of the corpus, with the columns of the recipe's own stages."""
    quality = plan.annotate.fields["quality"]
    extra = [field for spec in plan.extra_stages for field in spec.fields]
    return schema.document_schema(quality, extra)


def _constants(source: Any) -> dict[str, Any]:
    """Columns with one value for every row of a source."""
    return {"source": source.name, "source_type": source.source_type}
