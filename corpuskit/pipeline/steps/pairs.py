"""The step `pairs`: the exact similarity of candidates, from their texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.dedup.bands import Rows
from corpuskit.dedup.verify import similar_pairs
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.candidates import CandidatesStep
from corpuskit.pipeline.steps.partitioned import (
    ComparedTask,
    PartitionedStep,
    compared,
    key_of_part,
    rounds_of,
)
from corpuskit.pipeline.summary import SUMMARY
from corpuskit.store import Store


@dataclass(frozen=True)
class PairsTask(ComparedTask):
    """Candidates whose smaller number is in one range."""

    partition: int
    candidates: tuple[str, ...]
    earlier: tuple[str, ...]
    """Candidates of earlier rounds, which have been compared."""
    threshold: float


def compare_pairs(job: Job[PairsTask]) -> None:
    """Leave the pairs that reach the threshold, with their similarity; the summary says how many
    candidates no earlier round has compared."""
    task, store = job.task, job.workspace.store
    pairs = _candidates(store, task.candidates, task.partition)
    if task.earlier:
        known = _as_records(_candidates(store, task.earlier, task.partition))
        pairs = pairs[~np.isin(_as_records(pairs), known)]
    numbers, at = np.unique(pairs, return_inverse=True)
    documents = task.documents(store)

    def texts(rows: Sequence[int]) -> list[str]:
        return documents.texts(numbers[np.asarray(rows, dtype=np.int64)].tolist())

    counts = documents.shingle_counts(numbers)
    similar, similarity = similar_pairs(at.reshape(pairs.shape), texts, counts, task.threshold)
    columns = {
        "first": numbers[similar[:, 0]],
        "second": numbers[similar[:, 1]],
        "similarity": similarity,
    }
    about = {SUMMARY: json.dumps({"new": len(pairs)}).encode()}
    store.put_table(task.output, pa.table(columns).replace_schema_metadata(about))


def _candidates(store: Store, outputs: Sequence[str], partition: int) -> Rows:
    """The pairs of a partition, each once; most are found in several bands."""
    batches = [np.zeros((0, 2), dtype=np.int64)]
    for output in outputs:
        with store.table_file(output) as file:
            batch = file.batch(partition)
            batches.append(np.stack([column.to_numpy() for column in batch.columns], axis=1))
    pairs: Rows = np.unique(np.concatenate(batches), axis=0)
    return pairs


def _as_records(pairs: Rows) -> npt.NDArray[np.void]:
    """One value per pair, to look for whole pairs."""
    return np.ascontiguousarray(pairs).view([("first", np.int64), ("second", np.int64)]).ravel()


class PairsStep(PartitionedStep):
    """A task per partition."""

    name = "pairs"
    function = staticmethod(compare_pairs)

    def parts(self, state: State) -> Sequence[Task]:
        """One per range of documents."""
        candidates = state.tasks[CandidatesStep.name]
        outputs = tuple(task.output for task in candidates)
        earlier = tuple(name for done in rounds_of(state) for name in done.candidates)
        reads = [*outputs, *earlier]
        everything = compared(state)
        return [
            PairsTask(
                self.name,
                key_of_part(state, self.name, partition, reads),
                **everything,
                partition=partition,
                candidates=outputs,
                earlier=earlier,
                threshold=state.plan.recipe.dedup.threshold,
            )
            for partition in range(len(candidates))
        ]
