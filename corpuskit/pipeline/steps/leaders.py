"""The step `leaders`: the order of documents by rank, and the best document of every text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from corpuskit.dedup.bands import Rows
from corpuskit.dedup.cluster import Ranking, rank_documents
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.earlier import earlier_matches, unmatched
from corpuskit.pipeline.steps.gathered import RANKED, gathered, rank_of
from corpuskit.pipeline.steps.partitioned import (
    LEADERS,
    STARS,
    ComparedTask,
    PartitionedStep,
    compared,
    earlier_outputs,
    key_of_part,
)
from corpuskit.pipeline.summary import SUMMARY, summary_of
from corpuskit.store import Store


@dataclass(frozen=True)
class LeadersTask(ComparedTask):
    """All that was gathered, and what it has in common with earlier corpora."""

    earlier: tuple[str, ...]


def find_leaders(job: Job[LeadersTask]) -> None:
    """Leave a table of as many rows as documents.

    `order` and `leader` are by place in the order of rank: the document there, and the place of
    the best document with the same text. `number` is by document: which of the leaders it is, by
    rank, -1 for all others. Documents that are like earlier ones are not ranked: `order` counts
    the others, and has -1 at its end for them.
    """
    task, store = job.task, job.workspace.store
    table = gathered(store, task.parts, ["text_sha256", *RANKED])
    count = table.num_rows
    new = unmatched(earlier_matches(store, task.earlier), count)
    if len(new) < count:
        table = table.take(pa.array(new)).combine_chunks()
    ranking = rank_documents(table["id"], table["text_sha256"], rank_of(table))
    leaders = ranking.leaders
    number = np.full(count, -1, dtype=np.int64)
    number[new[ranking.order[leaders]]] = np.arange(len(leaders))
    columns = {
        "order": _padded(ranking.order, count),
        "leader": _padded(ranking.leader, count),
        "number": number,
    }
    summary = {"leaders": len(leaders), "ranked": len(new)}
    about = {SUMMARY: json.dumps(summary).encode()}
    store.put_table(task.output, pa.table(columns).replace_schema_metadata(about))


def _padded(values: Rows, count: int) -> Rows:
    return np.pad(values, (0, count - len(values)), constant_values=-1)


def ranking_in(store: Store, output: str) -> Ranking:
    """The ranking in an output of this step."""
    table = store.table(output, ["order", "leader"])
    ranked = summary_of(store, output)["ranked"]
    return Ranking(*(column.to_numpy()[:ranked] for column in table.columns))


class LeadersStep(PartitionedStep):
    """One task over all that was gathered."""

    name = LEADERS
    function = staticmethod(find_leaders)
    shown = False

    def parts(self, state: State) -> Sequence[Task]:
        """One task."""
        key = key_of_part(state, self.name)
        return [LeadersTask(self.name, key, **compared(state), earlier=earlier_outputs(state))]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Rounds of comparing begin anew."""
        state.results[STARS] = []
        return super().after(state, tasks, results)
