"""The step `earlier`: which documents are like some of an earlier corpus (`[dedup] against`).

New documents are held in memory, as many as `[dedup] memory` allows, and every part of every index
passes by once. So the cost grows with what is new, and with one reading of the indexes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa

from corpuskit.dedup.bands import Rows
from corpuskit.earlier import (
    MATCHES,
    EarlierCorpus,
    HeldTexts,
    IndexPart,
    best_matches,
    match_parts,
)
from corpuskit.earlier.parts import as_words
from corpuskit.identity import Ingredient
from corpuskit.pipeline.plan import Plan
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.gather import GatherStep
from corpuskit.pipeline.steps.gathered import gathered_outputs
from corpuskit.pipeline.steps.partitioned import (
    DEDUP,
    EARLIER,
    ComparedTask,
    clusters_key,
    memory_of,
)
from corpuskit.pipeline.summary import SUMMARY, summary_of
from corpuskit.store import Store
from corpuskit.tombstones import NO_TOMBSTONES

HELD: Final = 2_000
"""Bytes that a new document takes while it is looked for: its signature, its keys twice, the table
of bits, digest and counts."""
_SHARE: Final = 2
"""Of the memory one part is for the documents that are held."""
_LEAST_ROWS: Final = 100_000
"""Documents of earlier corpora that a task has at least, if there are as many: it reads the new
documents, too."""


@dataclass(frozen=True)
class EarlierTask(ComparedTask):
    """New documents, of consecutive tasks, and parts of earlier corpora.

    Where the earlier corpora are is in the task: it is the same on every machine, as the recipe
    names it.
    """

    corpora: tuple[EarlierCorpus, ...]
    chosen: tuple[tuple[int, int], ...]
    """Numbers of a corpus and of a part of it."""
    threshold: float
    near: bool

    @property
    def compared_parts(self) -> list[tuple[int, EarlierCorpus, IndexPart]]:
        """The parts, each with its corpus and the number of that."""
        return [
            (corpus, self.corpora[corpus], self.corpora[corpus].parts[part])
            for corpus, part in self.chosen
        ]


def find_earlier(job: Job[EarlierTask]) -> None:
    """Leave the best match of each document that has one, as MATCHES by the number of the document
    over all tasks; the summary says whether every candidate was compared."""
    task, store = job.task, job.workspace.store
    matches, complete = match_parts(_held(store, task), task.compared_parts)
    rows = pa.array(matches["row"].to_numpy() + task.starts[0])
    matches = matches.set_column(0, MATCHES.field("row"), rows)
    about = {SUMMARY: json.dumps({"complete": complete}).encode()}
    store.put_table(task.output, matches.replace_schema_metadata(about))


def _held(store: Store, task: EarlierTask) -> HeldTexts:
    documents = task.documents(store)
    first, last = task.starts[0], task.starts[-1]
    digests = [
        store.table(part.gathered, ["text_sha256"])["text_sha256"].to_pylist()
        for part in task.parts
    ]
    numbers = np.arange(first, last)
    return HeldTexts(
        as_words(bytes.fromhex("".join(digest for part in digests for digest in part))),
        documents.signatures(numbers) if task.near else None,
        documents.shingle_counts(numbers),
        lambda rows: documents.texts([first + row for row in rows]),
        task.threshold,
    )


def earlier_matches(store: Store, outputs: Sequence[str]) -> pa.Table:
    """The best match of each document, over all outputs of this step."""
    tables = [store.table(name).replace_schema_metadata(None) for name in outputs]
    return best_matches(pa.concat_tables([MATCHES.empty_table(), *tables]))


def unmatched(matches: pa.Table, count: int) -> Rows:
    """The numbers of the documents that have no match, in rising order."""
    new = np.ones(count, dtype=np.bool_)
    new[matches["row"].to_numpy()] = False
    return np.flatnonzero(new)


class EarlierStep(Step):
    """A task per group of new documents and group of parts; none without earlier corpora."""

    name = EARLIER
    function = staticmethod(find_earlier)
    optional = True

    def tasks(self, state: State) -> Sequence[Task]:
        """The groups of new documents, each with all groups of parts."""
        plan = state.plan
        if not plan.earlier:
            return []
        gathered = state.tasks[GatherStep.name]
        parts, counts = gathered_outputs(state), state.results[GatherStep.name]
        starts = [0, *np.cumsum(counts).tolist()]
        most = max(1, memory_of(state) // _SHARE // HELD)
        options = plan.recipe.dedup
        corpora = tuple(replace(corpus, tombstones=NO_TOMBSTONES) for corpus in plan.earlier)
        return [
            EarlierTask(
                self.name,
                plan.identity.task_key(
                    self.name, first, [task.key for task in gathered[first:last]], chosen
                ),
                parts[first:last],
                tuple(starts[first : last + 1]),
                corpora,
                chosen,
                options.threshold,
                options.near,
            )
            for first, last in _runs(counts, most)
            for chosen in part_groups(plan.earlier, _LEAST_ROWS)
        ]

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """All, where the clusters made of them stand; else those whose outputs do."""
        clusters = Task(DEDUP, clusters_key(state, tasks))
        if state.workspace.store.exists(clusters.output):
            return set(range(len(tasks)))
        return super().standing(state, tasks)

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Say what the documents were compared with."""
        documents = sum(corpus.documents for corpus in state.plan.earlier)
        before = super().after(state, tasks, results)
        return " · ".join(filter(None, (before, f"{documents:,} earlier documents")))


def _runs(counts: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Runs of tasks of about `most` documents, exceeded by one task at most."""
    cuts = np.flatnonzero(np.diff(np.cumsum(counts) // most)) + 1
    yield from pairwise([0, *cuts.tolist(), len(counts)] if counts else [0])


def part_groups(
    corpora: Sequence[EarlierCorpus], least: int
) -> Iterator[tuple[tuple[int, int], ...]]:
    """Groups of parts of at least `least` documents, the last one excepted."""
    group: list[tuple[int, int]] = []
    rows = 0
    for number, corpus in enumerate(corpora):
        for at, part in enumerate(corpus.parts):
            group.append((number, at))
            rows += part.rows
            if rows >= least:
                yield tuple(group)
                group, rows = [], 0
    if group:
        yield tuple(group)


def all_compared(store: Store, outputs: Sequence[str]) -> bool:
    """Whether every candidate of all outputs was compared."""
    return all(summary_of(store, name)["complete"] for name in outputs)


def ingredient(plan: Plan) -> Ingredient:
    """What matches depend on."""
    options = plan.recipe.dedup
    about = {
        "earlier": [corpus.summary() for corpus in plan.earlier],
        "threshold": options.threshold,
        "near": options.near,
    }
    return Ingredient("earlier", "1", about, ("numpy",))
