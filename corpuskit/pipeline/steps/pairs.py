"""The step `pairs`: the exact similarity of candidates, from their texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.dedup.bands import Rows
from corpuskit.dedup.verify import similar_pairs
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.candidates import CandidatesStep
from corpuskit.pipeline.steps.partitioned import (
    PartitionedStep,
    compared,
    key_of_part,
    memory_of,
    rounds_of,
)
from corpuskit.pipeline.steps.signatures import JoinedTask, joined_outputs
from corpuskit.pipeline.summary import SUMMARY
from corpuskit.store import Store

PAIR: Final = 100
"""Bytes that a candidate takes while it is compared: both numbers as read and as sorted, and its
similarity."""
_SHARE: Final = 4
"""Of the memory one part is for the candidates of a task; the shingles of their texts have a bound
of their own (dedup.verify)."""


@dataclass(frozen=True)
class PairsTask(JoinedTask):
    """Candidates whose smaller number is in some ranges."""

    first: int
    last: int
    """Ranges from `first` up to and without `last`."""
    candidates: tuple[str, ...]
    earlier: tuple[str, ...]
    """Candidates of earlier rounds, which have been compared."""
    threshold: float


def compare_pairs(job: Job[PairsTask]) -> None:
    """Leave the pairs that reach the threshold, with their similarity; the summary says how many
    candidates no earlier round has compared."""
    task, store = job.task, job.workspace.store
    pairs = _candidates(store, task.candidates, task)
    if task.earlier:
        known = _as_records(_candidates(store, task.earlier, task))
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


def _candidates(store: Store, outputs: Sequence[str], task: PairsTask) -> Rows:
    """The pairs of the task's ranges, each once; most are found in several bands."""
    batches = [np.zeros((0, 2), dtype=np.int64)]
    for output in outputs:
        with store.table_file(output) as file:
            for number in range(task.first, task.last):
                if file.rows[number]:
                    batch = file.batch(number)
                    columns = [column.to_numpy() for column in batch.columns]
                    batches.append(np.stack(columns, axis=1))
    pairs: Rows = np.unique(np.concatenate(batches), axis=0)
    return pairs


def _as_records(pairs: Rows) -> npt.NDArray[np.void]:
    """One value per pair, to look for whole pairs."""
    return np.ascontiguousarray(pairs).view([("first", np.int64), ("second", np.int64)]).ravel()


class PairsStep(PartitionedStep):
    """A task per run of ranges, as many candidates as `[dedup] memory` allows."""

    name = "pairs"
    function = staticmethod(compare_pairs)

    def parts(self, state: State) -> Sequence[Task]:
        """Runs of ranges; each round has its own."""
        candidates = state.tasks[CandidatesStep.name]
        outputs = tuple(task.output for task in candidates)
        earlier = tuple(name for done in rounds_of(state) for name in done.candidates)
        reads = [*outputs, *earlier]
        everything = compared(state)
        sizes = _sizes(state.workspace.store, reads, len(candidates))
        return [
            PairsTask(
                self.name,
                key_of_part(state, self.name, first, last, reads),
                **everything,
                joined=joined_outputs(state),
                first=first,
                last=last,
                candidates=outputs,
                earlier=earlier,
                threshold=state.plan.recipe.dedup.threshold,
            )
            for first, last in _runs(sizes, memory_of(state) // _SHARE // PAIR)
        ]


def _sizes(store: Store, outputs: Sequence[str], ranges: int) -> Rows:
    """How many candidates each range has, those that were found several times as often; none
    where `dedup` has deleted them, which is then done."""
    sizes = np.zeros(ranges, dtype=np.int64)
    for output in outputs:
        if store.exists(output):
            with store.table_file(output) as file:
                sizes += np.asarray(file.rows)
    return sizes


def _runs(sizes: Rows, most: int) -> Iterator[tuple[int, int]]:
    """Runs of ranges of about `most` candidates, exceeded by one range at most."""
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // max(most, 1))) + 1
    yield from pairwise([0, *cuts.tolist(), len(sizes)])
