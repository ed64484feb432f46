"""The step `stars`: which documents are kept, after all pairs that are known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from corpuskit.dedup.cluster import choose_stars
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.candidates import CandidatesStep
from corpuskit.pipeline.steps.pairs import PairsStep
from corpuskit.pipeline.steps.partitioned import (
    BANDS,
    LEADERS,
    STARS,
    PartitionedStep,
    StarsRound,
    key_of_part,
    rounds_of,
)
from corpuskit.pipeline.summary import SUMMARY, summary_of


@dataclass(frozen=True)
class StarsTask(Task):
    """The near-duplicates of this round and of those before it."""

    leaders: str
    candidates: tuple[str, ...]
    """Outputs of this round."""
    pairs: tuple[str, ...]
    earlier: tuple[str, ...]
    """Pairs of earlier rounds."""


def find_kept(job: Job[StarsTask]) -> None:
    """Leave, per leader by its number, which leader is kept for it (`keeper`) and their similarity.

    The summary has `complete`, whether every candidate was compared, and `again`, whether another
    round may find more.
    """
    task, store = job.task, job.workspace.store
    number = store.table(task.leaders, ["number"])["number"].to_numpy()
    tables = [store.table(name) for name in (*task.earlier, *task.pairs)]
    ends = [
        np.concatenate([table[name].to_numpy() for table in tables]) for name in ("first", "second")
    ]
    similarities = np.concatenate([table["similarity"].to_numpy() for table in tables])
    pairs = np.stack([number[end] for end in ends], axis=1)
    leaders = summary_of(store, task.leaders)["leaders"]
    keeper, similarity = choose_stars(pairs, similarities, leaders)
    complete = all(summary_of(store, name)["complete"] for name in task.candidates)
    new = sum(summary_of(store, name)["new"] for name in task.pairs)
    again = new > 0 and not (complete and not task.earlier)
    about = {SUMMARY: json.dumps({"complete": complete, "again": again}).encode()}
    table = pa.table({"keeper": keeper, "similarity": similarity})
    store.put_table(task.output, table.replace_schema_metadata(about))


class StarsStep(PartitionedStep):
    """One task a round."""

    name = STARS
    function = staticmethod(find_kept)
    shown = False

    def parts(self, state: State) -> Sequence[Task]:
        """One task over what the partitions found."""
        (leaders,) = state.tasks[LEADERS]
        candidates, pairs = (
            tuple(task.output for task in state.tasks[step.name])
            for step in (CandidatesStep, PairsStep)
        )
        earlier = tuple(name for done in rounds_of(state) for name in done.pairs)
        key = key_of_part(state, self.name, pairs, earlier)
        return [StarsTask(self.name, key, leaders.output, candidates, pairs, earlier)]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Keep the names of what the round left; a round that `dedup` needs no more left none."""
        if tasks and state.workspace.store.exists(tasks[0].output):
            outputs = (state.tasks[step.name] for step in (CandidatesStep, PairsStep))
            candidates, pairs = (tuple(task.output for task in step) for step in outputs)
            done = StarsRound(tasks[0].output, candidates, pairs)
            state.results[self.name] = [*rounds_of(state), done]
        return super().after(state, tasks, results)

    def again(self, state: State) -> str | None:
        """Another round, where one may find more."""
        rounds = rounds_of(state)
        if rounds and summary_of(state.workspace.store, rounds[-1].stars)["again"]:
            return BANDS
        return None
