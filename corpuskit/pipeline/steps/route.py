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
import pyarrow as pa

from corpuskit import schema
from corpuskit.identity import Ingredient
from corpuskit.pipeline.plan import Plan
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import AnnotateStep
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.dedup import SUMMARY
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.publish.rows import RowSource, published_rows
from corpuskit.publish.shards import Shard

ROUTING: Final = Ingredient("route", "1", libraries=("pyarrow",))

GROUP: Final = 64
"""Tasks whose rows are routed into one output: the writer of a shard opens one file for so many,
and one task's rows are in memory at a time."""


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
    """Leave record batches of published rows, one per task and shard; which are whose is in the
    metadata: `{"batches": {shard: [numbers]}}`."""
    task, store = job.task, job.workspace.store
    assigned = store.table(task.assigned)
    bounds = np.searchsorted(
        assigned["task"].to_numpy(), np.arange(task.first, task.first + len(task.sources) + 1)
    )
    slices = [assigned.slice(start, stop - start) for start, stop in pairwise(bounds)]
    batches: dict[int, list[int]] = {}
    for number, shard in enumerate(shard for rows in slices for shard in _shards(rows)):
        batches.setdefault(shard, []).append(number)
    about = {SUMMARY: json.dumps({"batches": batches}).encode()}
    with (
        store.writing(task.output) as file,
        pa.ipc.new_file(file, task.schema.with_metadata(about)) as writer,
    ):
        for source, rows in zip(task.sources, slices, strict=True):
            if rows.num_rows:
                writer_batches = _batches(job, source, rows)
                for batch in writer_batches:
                    writer.write_batch(batch)


def _shards(rows: pa.Table) -> list[int]:
    shards: list[int] = np.unique(rows["shard"].to_numpy()).tolist()
    return shards


def _batches(job: Job[RouteTask], source: RowSource, rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """The rows of one task, a batch per shard in the order of their numbers."""
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
    table = published_rows(job.workspace.store, source, chosen, columns, task.schema)
    order = np.argsort(number, kind="stable")
    table = table.take(pa.array(order)).combine_chunks()
    starts = np.searchsorted(number[order], _shards(rows))
    for start, stop in zip(starts, [*starts[1:], len(order)], strict=True):
        yield from _one_batch(table.slice(start, stop - start))


def _one_batch(table: pa.Table) -> list[pa.RecordBatch]:
    batches: list[pa.RecordBatch] = table.combine_chunks().to_batches()
    if len(batches) != 1:
        raise AssertionError(f"rows for one shard came in {len(batches)} batches")
    return batches


def batches_for(source: Any, shard: int) -> list[pa.RecordBatch]:
    """The batches of a shard in an opened output of this step."""
    reader = pa.ipc.open_file(source)
    summary = json.loads((reader.schema.metadata or {})[SUMMARY])
    return [reader.get_batch(number) for number in summary["batches"].get(str(shard), [])]


class RouteStep(Step):
    """A task per group of tasks; nothing where all shards stand already."""

    name = "route"
    function = staticmethod(route)

    def tasks(self, state: State) -> Sequence[Task]:
        """Groups of consecutive tasks."""
        (assigned,) = state.tasks[AssignStep.name]
        shards: Sequence[Shard] = state.results[AssignStep.name]
        before = list(
            zip(state.tasks[ExtractStep.name], state.tasks[AnnotateStep.name], strict=True)
        )
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
