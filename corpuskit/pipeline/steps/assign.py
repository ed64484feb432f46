"""The step `assign`: which document goes into which shard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.dedup.cluster import as_bytes
from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.summary import SUMMARY, summary_of
from corpuskit.publish.shards import Shard, assign
from corpuskit.stage import REASON

ASSIGNMENT: Final = Ingredient("assign", "2")


@dataclass(frozen=True)
class AssignTask(Task):
    """All clusters."""

    clusters: str
    shard_size: int
    validation: float


def assign_shards(job: Job[AssignTask]) -> None:
    """Leave one row per document to be published, by task and row: task, row,
    text_bytes, shard, count, examples.

    The shards themselves are listed in the table's summary.
    """
    task, store = job.task, job.workspace.store
    table = store.table(task.clusters)
    table = table.filter(pc.is_null(table[REASON])).combine_chunks()
    shards: list[Shard] = []
    number = np.zeros(table.num_rows, dtype=np.int32)
    if table.num_rows:
        assigned = assign(
            as_bytes(table["id"]),
            as_bytes(table["lang"]),
            table["text_bytes"].to_numpy(),
            task.shard_size,
            task.validation,
        )
        for shard, rows in assigned:
            number[rows] = len(shards)
            shards.append(shard)
    summary = {"shards": [asdict(shard) for shard in shards]}
    result = pa.table(
        {
            **{name: table[name] for name in ("task", "row", "text_bytes")},
            "shard": pa.array(number),
            "count": pc.subtract(table["cluster_size"], 1),
            "examples": table["examples"],
        }
    )
    about = {SUMMARY: json.dumps(summary).encode()}
    store.put_table(task.output, result.replace_schema_metadata(about))


class AssignStep(Step):
    """One task over all clusters."""

    name = "assign"
    function = staticmethod(assign_shards)
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """One task."""
        (clusters,) = state.tasks[DedupStep.name]
        output = state.plan.recipe.output
        options = (output.shard_size, output.validation)
        key = state.plan.identity.task_key(self.name, clusters.key, options)
        return [AssignTask(self.name, key, clusters.output, *options)]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """The list of shards is small: keep it."""
        summary = summary_of(state.workspace.store, tasks[0].output)
        state.results[self.name] = [Shard(**shard) for shard in summary["shards"]]
        return ""
