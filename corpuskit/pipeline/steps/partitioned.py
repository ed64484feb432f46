"""What the steps share that find near-duplicates in parts.

    leaders      one task       ranks, and the best document of every text
    signatures   per group      signatures of many tasks, in one output
    bands        per group      keys of signatures, laid out by partition
    candidates   per partition  documents that share a key and whose signatures agree
    pairs        per range      exact similarity of candidates, from the texts
    stars        one task       which documents are kept

A corpus whose signatures fit into the memory of one process (`[dedup] memory`) is left to the step
`dedup` alone; the documents kept are the same. Where a bucket is too large to compare all of it,
`bands` to `stars` run again without the documents dropped so far, until nothing new is found, as
`dedup.cluster.find_stars` does it in one process.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from corpuskit.dedup.bands import layout
from corpuskit.dedup.partitions import memory_of_machine, partitions_for
from corpuskit.minhash_objects import NUM_PERM
from corpuskit.pipeline.step import State, Step, Task
from corpuskit.pipeline.steps.gather import GatherStep
from corpuskit.pipeline.steps.gathered import GatheredDocuments, GatheredOutputs, gathered_outputs
from corpuskit.store import Store

LEADERS: Final = "leaders"
SIGNATURES: Final = "signatures"
BANDS: Final = "bands"
STARS: Final = "stars"
DEDUP: Final = "dedup"
EARLIER: Final = "earlier"


@dataclass(frozen=True)
class ComparedTask(Task):
    """A task that reads gathered documents of all tasks by their numbers."""

    parts: tuple[GatheredOutputs, ...]
    starts: tuple[int, ...]

    def documents(self, store: Store) -> GatheredDocuments:
        """The documents."""
        return GatheredDocuments(store, self.parts, self.starts)


@dataclass(frozen=True)
class StarsRound:
    """What one round left, for the rounds after it and for `dedup`."""

    stars: str
    candidates: tuple[str, ...]
    pairs: tuple[str, ...]


def rounds_of(state: State) -> list[StarsRound]:
    """The rounds that are done."""
    rounds: list[StarsRound] = state.results.get(STARS, [])
    return rounds


def memory_of(state: State) -> int:
    """Bytes that a process may take."""
    return state.plan.recipe.dedup.memory or memory_of_machine()


def partitions_of(state: State) -> int:
    """In how many partitions the documents are compared; 1 where one process compares all."""
    dedup = state.plan.recipe.dedup
    if not dedup.near:
        return 1
    bands, _ = layout(dedup.threshold, NUM_PERM)
    return partitions_for(sum(state.results[GatherStep.name]), memory_of(state), bands)


def compared(state: State) -> dict[str, Any]:
    """The fields of a ComparedTask."""
    starts = [0]
    for count in state.results[GatherStep.name]:
        starts.append(starts[-1] + count)
    return {"parts": gathered_outputs(state), "starts": tuple(starts)}


def clusters_key(state: State, earlier: Sequence[Task] | None = None) -> str:
    """The key of the output of `dedup`, which does not depend on partitions.

    `earlier` are the tasks of the step `earlier` while it is asked whether they are done.
    """
    gathered = [task.key for task in state.tasks[GatherStep.name]]
    if not state.plan.earlier:
        return state.plan.identity.task_key(DEDUP, gathered)
    matched = state.tasks.get(EARLIER, ()) if earlier is None else earlier
    return state.plan.identity.task_key(DEDUP, gathered, [task.key for task in matched])


def earlier_outputs(state: State) -> tuple[str, ...]:
    """Names of the outputs that say which documents are like earlier ones."""
    return tuple(task.output for task in state.tasks.get(EARLIER, ()))


def key_of_part(state: State, step: str, *reads: Any) -> str:
    """The key of a task: which gathered documents, in how many partitions, what else it reads."""
    parts = [clusters_key(state), partitions_of(state), *reads]
    return state.plan.identity.task_key(step, *parts)


class PartitionedStep(Step):
    """A step that has tasks only where documents are compared in several partitions."""

    optional = True
    restarts_at: ClassVar[str] = LEADERS

    def tasks(self, state: State) -> Sequence[Task]:
        """None where one process compares all documents."""
        return self.parts(state) if partitions_of(state) > 1 else []

    @abstractmethod
    def parts(self, state: State) -> Sequence[Task]:
        """The tasks, where there are several partitions."""

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """All, where what is made of them stands; else those whose outputs do."""
        clusters = Task(DEDUP, clusters_key(state))
        if state.workspace.store.exists(clusters.output):
            return set(range(len(tasks)))
        return super().standing(state, tasks)
