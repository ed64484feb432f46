"""The step `leaders`: the order of documents by rank, and the best document of every text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from corpuskit.dedup.cluster import Ranking, rank_documents
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.gathered import RANKED, gathered, rank_of
from corpuskit.pipeline.steps.partitioned import (
    LEADERS,
    STARS,
    ComparedTask,
    PartitionedStep,
    compared,
    key_of_part,
)
from corpuskit.pipeline.summary import SUMMARY
from corpuskit.store import Store


def find_leaders(job: Job[ComparedTask]) -> None:
    """Leave a table of as many rows as documents.

    `order` and `leader` are by place in the order of rank: the document there, and the place of
    the best document with the same text. `number` is by document: which of the leaders it is, by
    rank, -1 for all others.
    """
    task, store = job.task, job.workspace.store
    table = gathered(store, task.parts, ["text_sha256", *RANKED])
    ranking = rank_documents(table["id"], table["text_sha256"], rank_of(table))
    leaders = ranking.leaders
    number = np.full(len(ranking.order), -1, dtype=np.int64)
    number[ranking.order[leaders]] = np.arange(len(leaders))
    columns = {"order": ranking.order, "leader": ranking.leader, "number": number}
    about = {SUMMARY: json.dumps({"leaders": len(leaders)}).encode()}
    store.put_table(task.output, pa.table(columns).replace_schema_metadata(about))


def ranking_in(store: Store, output: str) -> Ranking:
    """The ranking in an output of this step."""
    table = store.table(output, ["order", "leader"])
    return Ranking(*(column.to_numpy() for column in table.columns))


class LeadersStep(PartitionedStep):
    """One task over all that was gathered."""

    name = LEADERS
    function = staticmethod(find_leaders)
    shown = False

    def parts(self, state: State) -> Sequence[Task]:
        """One task."""
        return [ComparedTask(self.name, key_of_part(state, self.name), **compared(state))]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Rounds of comparing begin anew."""
        state.results[STARS] = []
        return super().after(state, tasks, results)
