"""The step `candidates`: documents that share a key and whose signatures agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit.dedup.bands import Rows
from corpuskit.dedup.partitions import pairs_in_partition
from corpuskit.minhash_objects import NUM_PERM
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.partitioned import (
    BANDS,
    LEADERS,
    PartitionedStep,
    compared,
    key_of_part,
    memory_of,
    partitions_of,
)
from corpuskit.pipeline.steps.signatures import JoinedTask, joined_outputs
from corpuskit.pipeline.summary import SUMMARY
from corpuskit.store import Store

SCHEMA: Final = pa.schema([pa.field("first", pa.int64()), pa.field("second", pa.int64())])


@dataclass(frozen=True)
class CandidatesTask(JoinedTask):
    """One partition of keys."""

    partition: int
    partitions: int
    bands: tuple[str, ...]
    leaders: str
    threshold: float
    memory: int


def find_candidates(job: Job[CandidatesTask]) -> None:
    """Leave a record batch of pairs for each range of documents, by the smaller number, of as many
    ranges as there are partitions; the summary says whether every bucket was compared whole."""
    task, store = job.task, job.workspace.store
    keys, documents = _records(store, task)
    ranks = store.table(task.leaders, ["number"])["number"]

    def places(numbers: Rows) -> Rows:
        chosen: Rows = ranks.take(pa.array(numbers)).to_numpy()
        return chosen

    candidates = pairs_in_partition(
        keys,
        documents,
        places,
        task.documents(store).signatures,
        threshold=task.threshold,
        num_perm=NUM_PERM,
        memory=task.memory,
    )
    owner = candidates.pairs[:, 0] * task.partitions // max(task.starts[-1], 1)
    edges = np.searchsorted(owner, np.arange(task.partitions + 1))  # pairs are sorted
    batches = (
        pa.record_batch(
            [candidates.pairs[start:stop, 0], candidates.pairs[start:stop, 1]], schema=SCHEMA
        )
        for start, stop in pairwise(edges.tolist())
    )
    about = {SUMMARY: json.dumps({"complete": candidates.complete}).encode()}
    store.put_batches(task.output, SCHEMA.with_metadata(about), batches)


def _records(store: Store, task: CandidatesTask) -> tuple[np.ndarray, Rows]:
    """Keys of the partition, and whose they are."""
    keys, documents = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    for output in task.bands:
        with store.table_file(output) as file:
            batch = file.batch(task.partition)
            keys.append(batch.column(0).to_numpy())
            documents.append(batch.column(1).to_numpy())
    return np.concatenate(keys), np.concatenate(documents)


class CandidatesStep(PartitionedStep):
    """A task per partition."""

    name = "candidates"
    function = staticmethod(find_candidates)

    def parts(self, state: State) -> Sequence[Task]:
        """One per partition of keys."""
        (leaders,) = state.tasks[LEADERS]
        bands = state.tasks[BANDS]
        partitions = partitions_of(state)
        reads = [task.key for task in bands]
        everything = compared(state)
        return [
            CandidatesTask(
                self.name,
                key_of_part(state, self.name, partition, reads),
                **everything,
                joined=joined_outputs(state),
                partition=partition,
                partitions=partitions,
                bands=tuple(task.output for task in bands),
                leaders=leaders.output,
                threshold=state.plan.recipe.dedup.threshold,
                memory=memory_of(state),
            )
            for partition in range(partitions)
        ]
