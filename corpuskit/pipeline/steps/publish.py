"""The step `publish`: write the shards, each once, from the batches routed to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.errors import LedgerError
from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.published_files import PublishedFilesStep, standing_files
from corpuskit.pipeline.steps.route import RouteStep, batches_for, published_schema
from corpuskit.progress import counted
from corpuskit.publish.contamination import COLUMN as CONTAMINATION
from corpuskit.publish.contamination import count_benchmarks
from corpuskit.publish.edits import COLUMNS, count_edits
from corpuskit.publish.published import PublishedFile, digest_of, forget, write_note
from corpuskit.publish.shards import Shard, write_shard
from corpuskit.store import Store
from corpuskit.work_meter import count

WRITING: Final = Ingredient("publish", "3", libraries=("pyarrow",))


@dataclass(frozen=True)
class ShardTask(Task):
    """One shard to be written."""

    number: int
    shard: Shard
    routed: tuple[str, ...]
    schema: pa.Schema
    metadata: Mapping[str, str]

    @property
    def output(self) -> str:
        """The shard itself is what it leaves."""
        return self.shard.name


def publish(job: Job[ShardTask]) -> PublishedFile:
    """Write a shard and note what is in it, as it is on disk."""
    task, store = job.task, job.workspace.store
    batches: list[pa.RecordBatch] = []
    for name in task.routed:
        batches += batches_for(store, name, task.number)
    table = pa.Table.from_batches(batches, task.schema)
    if table.num_rows != task.shard.rows:
        raise LedgerError(
            f"{task.shard.name}: {task.shard.rows} documents planned, {table.num_rows} found"
        )
    forget(store, task.shard.name)
    with store.writing(task.shard.name) as file:
        write_shard(file, table, task.schema, {**task.metadata, "lang": task.shard.lang})
    written = _as_written(store, task)
    if written.rows != task.shard.rows:
        raise LedgerError(
            f"{task.shard.name}: {task.shard.rows} documents planned, {written.rows} written"
        )
    write_note(store, written)
    count(written.rows, written.text_bytes or 0)
    return written


def _as_written(store: Store, task: ShardTask) -> PublishedFile:
    """What stands on disk, counted in the file and not in what was meant to be written."""
    sources: Counter[str] = Counter()
    with store.reading(task.shard.name) as source, pq.ParquetFile(source) as file:
        rows = file.metadata.num_rows
        batches = list(file.iter_batches(columns=["source", CONTAMINATION, *COLUMNS]))
    for batch in batches:
        for entry in batch.column("source").value_counts().to_pylist():
            sources[entry["values"]] += entry["counts"]
    edits = count_edits(batches)
    return PublishedFile(
        path=task.shard.name,
        kind="data",
        key=task.key,
        bytes=store.size(task.shard.name) or 0,
        sha256=digest_of(store, task.shard.name),
        rows=rows,
        lang=task.shard.lang,
        split=task.shard.split,
        text_bytes=task.shard.text_bytes,
        sources=dict(sorted(sources.items())),
        edits={code: count.to_json() for code, count in sorted(edits.items())},
        contamination=count_benchmarks(batches),
    )


class PublishStep(PublishedFilesStep):
    """A task per shard."""

    name = "publish"
    function = staticmethod(publish)

    def tasks(self, state: State) -> Sequence[Task]:
        """One per shard."""
        return shard_tasks(state, state.tasks[RouteStep.name])

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Keep the notes of all shards, in order."""
        before = super().after(state, tasks, results)
        documents = counted(sum(note.rows for note in state.results[self.name]), "document")
        return f"{before} · {documents}" if before else documents


def shard_tasks(state: State, routed: Sequence[Task]) -> list[Task]:
    """The tasks of `publish`, given those of `route`."""
    plan = state.plan
    shards: Sequence[Shard] = state.results[AssignStep.name]
    metadata = {"build_id": state.build_id, "recipe_hash": plan.recipe.sha256}
    schema = published_schema(plan)
    names = tuple(task.output for task in routed)
    made_of = [task.key for task in routed]
    return [
        ShardTask(
            PublishStep.name,
            plan.identity.task_key(PublishStep.name, made_of, number, shard.name, metadata),
            number,
            shard,
            names,
            schema,
            metadata,
        )
        for number, shard in enumerate(shards)
    ]


def shards_stand(state: State, routed: Sequence[Task]) -> bool:
    """Whether everything that is made of routed rows is published already."""
    return all(file is not None for file in standing_files(state, shard_tasks(state, routed)))
