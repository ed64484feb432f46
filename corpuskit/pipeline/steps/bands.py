"""The step `bands`: the keys of signatures by which candidates meet, laid out by partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit.dedup.bands import Rows
from corpuskit.dedup.partitions import Keys, band_keys, partition_of, with_shingles
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.partitioned import (
    BANDS,
    LEADERS,
    SIGNATURES,
    PartitionedStep,
    key_of_part,
    partitions_of,
    rounds_of,
)
from corpuskit.pipeline.steps.signatures import JoinedTask, joined_outputs
from corpuskit.store import Store

SCHEMA: Final = pa.schema([pa.field("key", pa.uint64()), pa.field("document", pa.int64())])


@dataclass(frozen=True)
class BandsTask(JoinedTask):
    """A group of tasks whose signatures are cut into bands; `parts` are theirs alone."""

    leaders: str
    stars: str | None
    """What an earlier round found; the documents it dropped are left out."""
    threshold: float
    partitions: int


def cut_into_bands(job: Job[BandsTask]) -> None:
    """Leave a record batch per partition with the keys of leaders and whose they are."""
    task, store = job.task, job.workspace.store
    flat, documents = _keys(store, task)
    partition = partition_of(flat, task.partitions)
    order = np.argsort(partition, kind="stable")
    edges = np.searchsorted(partition[order], np.arange(task.partitions + 1))
    batches = (
        pa.record_batch([flat[order[start:stop]], documents[order[start:stop]]], schema=SCHEMA)
        for start, stop in pairwise(edges.tolist())
    )
    store.put_batches(task.output, SCHEMA, batches)


def _keys(store: Store, task: BandsTask) -> tuple[Keys, Rows]:
    """The keys of a group, and whose they are."""
    numbers = _compared_numbers(store, task)
    signatures = task.documents(store).signatures(numbers)
    filled = with_shingles(signatures)
    keys = band_keys(signatures[filled], task.threshold)
    return keys.ravel(), np.repeat(numbers[filled], keys.shape[1])


def _compared_numbers(store: Store, task: BandsTask) -> Rows:
    """The numbers of the task's documents that are leaders and have not been dropped."""
    first, last = task.starts[0], task.starts[-1]
    leader: Rows = store.table(task.leaders, ["number"])["number"][first:last].to_numpy()
    documents = np.flatnonzero(leader >= 0)
    if task.stars is not None:
        keeper = store.table(task.stars, ["keeper"])["keeper"].to_numpy()
        documents = documents[keeper[leader[documents]] == leader[documents]]
    return documents + first


class BandsStep(PartitionedStep):
    """A task per group of tasks."""

    name = BANDS
    function = staticmethod(cut_into_bands)
    shown = False

    def parts(self, state: State) -> Sequence[Task]:
        """One per group of tasks."""
        (leaders,) = state.tasks[LEADERS]
        rounds = rounds_of(state)
        stars = rounds[-1].stars if rounds else None
        options = (state.plan.recipe.dedup.threshold, partitions_of(state))
        return [
            BandsTask(
                self.name,
                key_of_part(state, self.name, group.key, stars),
                group.parts,
                group.starts,
                (joined,),
                leaders.output,
                stars,
                *options,
            )
            for group, joined in zip(state.tasks[SIGNATURES], joined_outputs(state), strict=True)
        ]
