"""The step `repeat_counts`: which lines and pieces many documents have, a part of the keys each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from corpuskit.dedup.repeat_keys import RANGES, Bounds, Hashes, repeated_keys
from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.partitioned import memory_of
from corpuskit.pipeline.steps.repeat_keys import COLUMNS, RepeatKeysStep, RepeatStep
from corpuskit.recipe import Recipe
from corpuskit.store import Store

COUNTING_VERSION: Final = "1"
RECORD: Final = 160
"""Bytes a record while the keys of a part are counted: three numbers as read, as joined and as
sorted, their order twice, and the marks of new ones; computed from their types, not measured."""
_SHARE: Final = 2
"""Of the memory one part for records, one for the interpreter and what libraries hold."""


def counts_ingredient(recipe: Recipe) -> Ingredient:
    """What counts as repeated."""
    options = {
        name: None if table is None else {"documents": table.documents, "hosts": table.hosts}
        for name, table in (("lines", recipe.dedup.lines), ("passages", recipe.dedup.passages))
    }
    return Ingredient("repeat_counts", COUNTING_VERSION, options, ("numpy",))


@dataclass(frozen=True)
class RepeatCountsTask(Task):
    """Consecutive ranges of keys."""

    keys: tuple[str, ...]
    first: int
    last: int
    """The range behind the last one."""
    bounds: tuple[Bounds | None, ...]


def count_keys(job: Job[RepeatCountsTask]) -> None:
    """Leave the keys that are repeated, sorted, with their numbers of documents and hosts."""
    task, store = job.task, job.workspace.store
    keys, documents, hosts = repeated_keys(_records(store, task), task.bounds)
    columns = {"key": keys, "documents": documents, "hosts": hosts}
    store.put_table(task.output, pa.table(columns))


def _records(store: Store, task: RepeatCountsTask) -> list[Hashes]:
    """The columns of all records of the task's ranges."""
    parts: list[list[Hashes]] = [[np.zeros(0, dtype=np.uint64)] for _ in COLUMNS]
    for output in task.keys:
        with store.table_file(output) as file:
            for number in range(task.first, task.last):
                batch = file.batch(number)
                for part, column in zip(parts, batch.columns, strict=True):
                    part.append(column.to_numpy())
    return [np.concatenate(part) for part in parts]


def parts_for(records: int, memory: int) -> int:
    """In how many parts keys are counted: a power of two, as many as keep each within `memory`."""
    parts = 1
    while parts < RANGES and records * RECORD * _SHARE > memory * parts:
        parts *= 2
    return parts


def _bounds(table: Any) -> Bounds | None:
    return None if table is None else Bounds(table.documents, table.hosts)


class RepeatCountsStep(RepeatStep):
    """A task per part of the keys."""

    name = "repeat_counts"
    function = staticmethod(count_keys)
    shown = False
    restarts_at = RepeatKeysStep.name

    def parts(self, state: State) -> Sequence[Task]:
        """As many as the memory asks for."""
        dedup, identity = state.plan.recipe.dedup, state.plan.identity
        before = state.tasks[RepeatKeysStep.name]
        reads = [task.key for task in before]
        parts = parts_for(state.results[RepeatKeysStep.name], memory_of(state))
        step = RANGES // parts
        return [
            RepeatCountsTask(
                self.name,
                identity.task_key(self.name, reads, first, first + step),
                tuple(task.output for task in before),
                first,
                first + step,
                (_bounds(dedup.lines), _bounds(dedup.passages)),
            )
            for first in range(0, RANGES, step)
        ]
