"""The step `dedup`: what became of every document that was kept so far.

It is one task, so that a worker and not the parent holds the documents; in its memory they are
rows of arrays, never Python objects. Where their signatures are too much for one process, the steps
of `partitioned` have found the near-duplicates before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.dedup import DEDUP_VERSION
from corpuskit.dedup.bands import Rows
from corpuskit.dedup.cluster import Stars, find_stars
from corpuskit.dedup.reasons import EARLIER, EXACT, NEAR
from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.candidates import CandidatesStep
from corpuskit.pipeline.steps.earlier import all_compared, earlier_matches, unmatched
from corpuskit.pipeline.steps.gathered import (
    RANKED,
    GatheredDocuments,
    GatheredOutputs,
    gathered,
    gathered_outputs,
    rank_of,
    starts_of,
)
from corpuskit.pipeline.steps.leaders import ranking_in
from corpuskit.pipeline.steps.partitioned import (
    BANDS,
    DEDUP,
    LEADERS,
    SIGNATURES,
    clusters_key,
    earlier_outputs,
    rounds_of,
)
from corpuskit.pipeline.summary import SUMMARY, summary_of
from corpuskit.progress import counted
from corpuskit.recipe import Recipe
from corpuskit.stage import REASON
from corpuskit.store import Store

EXAMPLES: Final = 10
"""Duplicates whose places are named in the row of the document that was kept for them."""


@dataclass(frozen=True)
class ClusterTask(Task):
    """Everything that was kept so far."""

    parts: tuple[GatheredOutputs, ...]
    threshold: float
    near: bool
    leaders: str | None = None
    stars: str | None = None
    """What the steps of `partitioned` left, where they have found the near-duplicates."""
    earlier: tuple[str, ...] = ()
    """What the documents have in common with earlier corpora."""
    labels: tuple[str, ...] = ()
    """How each of these corpora is named."""


def find_duplicates(job: Job[ClusterTask]) -> None:
    """Leave one row per document that was kept so far, by task and row, with what dedup found.

    Columns: task, row, id, lang, text_bytes, cluster (id of the kept document), cluster_size,
    reason (null for the kept), duplicate_of, similarity, examples (places of up to ten
    duplicates, null where there are none), earlier_build and earlier_url (of the document of an
    earlier corpus, if that is what duplicate_of names).
    """
    task, store = job.task, job.workspace.store
    matches = earlier_matches(store, task.earlier)
    new = unmatched(matches, gathered(store, task.parts, ["row"]).num_rows)
    stars = _stars(store, task, new)
    table = gathered(store, task.parts, ["row", "id", "lang", "text_bytes", "place"])
    clusters = _clusters(_only(table, new), stars)
    if matches.num_rows:
        earlier = _earlier(table.take(matches["row"]), matches, task.labels)
        clusters = pa.concat_tables([clusters, earlier])
        clusters = clusters.sort_by([("task", "ascending"), ("row", "ascending")])
    summary: dict[str, Any] = {
        "complete": stars.complete and all_compared(store, task.earlier),
        "documents": clusters.num_rows,
    }
    if task.labels:
        counts = np.bincount(matches["corpus"].to_numpy(), minlength=len(task.labels))
        summary["earlier"] = counts.tolist()
    about = {SUMMARY: json.dumps(summary).encode()}
    store.put_table(task.output, clusters.replace_schema_metadata(about))


def _only(table: pa.Table, rows: Rows) -> pa.Table:
    return table if len(rows) == table.num_rows else table.take(pa.array(rows)).combine_chunks()


def _stars(store: Store, task: ClusterTask, new: Rows) -> Stars:
    """Of the documents `new`: found in parts before, or else here."""
    if task.leaders is not None and task.stars is not None:
        kept = store.table(task.stars)
        return ranking_in(store, task.leaders).stars(
            kept["keeper"].to_numpy(),
            kept["similarity"].to_numpy(),
            summary_of(store, task.stars)["complete"],
        )
    table = gathered(store, task.parts, ["text_sha256", "shingle_count", *RANKED])
    documents = GatheredDocuments(store, task.parts, starts_of(table, len(task.parts)))
    table = _only(table, new)
    return find_stars(
        ids=table["id"],
        text_sha256=table["text_sha256"],
        signatures=documents.signatures(new),
        shingle_counts=table["shingle_count"].to_numpy(),
        rank=rank_of(table),
        texts=lambda rows: documents.texts(new[np.asarray(rows, dtype=np.int64)].tolist()),
        threshold=task.threshold,
        near=task.near,
    )


def _clusters(table: pa.Table, stars: Stars) -> pa.Table:
    kept = pa.array(stars.kept)
    names = table["id"].combine_chunks().take(pa.array(stars.keeper))
    nothing = pa.scalar(None, pa.string())
    code = pc.if_else(pa.array(stars.same_text), EXACT, NEAR)
    similarity = pa.array(stars.similarity, pa.float32())
    return pa.table(
        {
            **{name: table[name] for name in ("task", "row", "id", "lang", "text_bytes")},
            "cluster": names,
            "cluster_size": pa.array(stars.sizes.astype(np.int32)),
            REASON: pc.if_else(kept, nothing, code),
            "duplicate_of": pc.if_else(kept, nothing, names),
            "similarity": pc.if_else(kept, pa.scalar(None, pa.float32()), similarity),
            "examples": _examples(table, stars),
            "earlier_build": pa.nulls(table.num_rows, pa.string()),
            "earlier_url": pa.nulls(table.num_rows, pa.string()),
        }
    )


def _earlier(table: pa.Table, matches: pa.Table, labels: Sequence[str]) -> pa.Table:
    """The same columns for documents that are like earlier ones."""
    count = table.num_rows
    return pa.table(
        {
            **{name: table[name] for name in ("task", "row", "id", "lang", "text_bytes")},
            "cluster": matches["id"],
            "cluster_size": pa.array(np.ones(count, dtype=np.int32)),
            REASON: pa.array([EARLIER] * count, pa.string()),
            "duplicate_of": matches["id"],
            "similarity": matches["similarity"].cast(pa.float32()),
            "examples": pa.nulls(count, pa.list_(pa.string())),
            "earlier_build": pa.array(labels, pa.string()).take(matches["corpus"]),
            "earlier_url": matches["url"],
        }
    )


def _examples(table: pa.Table, stars: Stars) -> pa.Array:
    """Per kept document the places of its first duplicates, by id; null for all others."""
    count = table.num_rows
    dropped = np.flatnonzero(~stars.kept)
    by_id = np.empty(count, dtype=np.int64)
    by_id[pc.sort_indices(table["id"]).to_numpy()] = np.arange(count)
    dropped = dropped[np.lexsort((by_id[dropped], stars.keeper[dropped]))]
    keepers = stars.keeper[dropped]
    first = np.searchsorted(keepers, keepers)  # where the run of a keeper begins
    shown = np.arange(len(dropped)) - first < EXAMPLES
    dropped, keepers = dropped[shown], keepers[shown]
    lengths = np.bincount(keepers, minlength=count)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    places = table["place"].combine_chunks().take(pa.array(dropped))
    lists = pa.ListArray.from_arrays(pa.array(offsets), places)
    return pc.if_else(pa.array(lengths > 0), lists, pa.scalar(None, lists.type))


class DedupStep(Step):
    """One task over all that was gathered."""

    name = DEDUP
    function = staticmethod(find_duplicates)
    restarts_at = LEADERS

    def tasks(self, state: State) -> Sequence[Task]:
        """One task."""
        options = state.plan.recipe.dedup
        task = ClusterTask(
            self.name,
            clusters_key(state),
            gathered_outputs(state),
            options.threshold,
            options.near,
            earlier=earlier_outputs(state),
            labels=tuple(corpus.label for corpus in state.plan.earlier),
        )
        if rounds := rounds_of(state):
            (leaders,) = state.tasks[LEADERS]
            task = replace(task, leaders=leaders.output, stars=rounds[-1].stars)
        return [task]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Keep what is small: how many documents there were, and whether all were compared."""
        summary = summary_of(state.workspace.store, tasks[0].output)
        state.results[self.name] = summary
        for name in (SIGNATURES, BANDS, CandidatesStep.name) if results else ():
            for task in state.tasks.get(name, ()):
                state.workspace.store.delete(task.output)
        compared = f"{counted(summary['documents'], 'document')} compared"
        return compared if results else f"done before · {compared}"


def ingredient(recipe: Recipe) -> Ingredient:
    """What clusters depend on beside what they are made of."""
    options = recipe.dedup.model_dump(exclude={"against", "lines", "passages"})
    return Ingredient("dedup", DEDUP_VERSION, options, ("numpy",))
