"""The step `dedup`: find duplicates over everything that was kept so far.

It is one task, so that a worker and not the parent holds the corpus's signatures; in its memory
documents are rows of arrays, never Python objects.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.dedup import DEDUP_VERSION
from corpuskit.dedup.cluster import Stars, find_stars
from corpuskit.dedup.reasons import EXACT, NEAR
from corpuskit.dedup.signatures import Signature, from_bytes
from corpuskit.identity import Ingredient
from corpuskit.minhash_objects import NUM_PERM
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import AnnotateStep
from corpuskit.pipeline.steps.gather import FIELDS, GatherStep
from corpuskit.pipeline.steps.sign import SignStep
from corpuskit.recipe import Recipe
from corpuskit.stage import REASON
from corpuskit.store import Store

EXAMPLES: Final = 10
"""Duplicates whose places are named in the row of the document that was kept for them."""

SUMMARY: Final = b"corpuskit"
"""Key of the table's metadata under which its summary stands, as JSON."""


@dataclass(frozen=True)
class GatheredOutputs:
    """Outputs of one task that finding duplicates reads."""

    gathered: str
    annotated: str
    signed: str


@dataclass(frozen=True)
class ClusterTask(Task):
    """Everything that was kept so far."""

    parts: tuple[GatheredOutputs, ...]
    threshold: float
    near: bool


def find_duplicates(job: Job[ClusterTask]) -> None:
    """Leave one row per document that was kept so far, by task and row, with what dedup found.

    Columns: task, row, id, lang, text_bytes, cluster (id of the kept document), cluster_size,
    reason (null for the kept), duplicate_of, similarity, examples (places of up to ten
    duplicates, null where there are none).
    """
    task, store = job.task, job.workspace.store
    table = gathered(store, task.parts)
    stars = find_stars(
        ids=table["id"],
        text_sha256=table["text_sha256"],
        signatures=_signatures(store, task.parts, table),
        shingle_counts=table["shingle_count"].to_numpy(),
        rank=_rank(table),
        texts=_Texts(store, task.parts, table),
        threshold=task.threshold,
        near=task.near,
    )
    clusters = _clusters(table, stars)
    summary = {"complete": stars.complete, "documents": clusters.num_rows}
    about = {SUMMARY: json.dumps(summary).encode()}
    store.put_table(task.output, clusters.replace_schema_metadata(about))


def gathered(store: Store, parts: Sequence[GatheredOutputs]) -> pa.Table:
    """What was gathered of all tasks, with the task's number in front."""
    tables = []
    for number, part in enumerate(parts):
        table = store.table(part.gathered)
        numbers = pa.array(np.full(table.num_rows, number, dtype=np.int32))
        tables.append(table.add_column(0, pa.field("task", pa.int32()), numbers))
    empty = FIELDS.insert(0, pa.field("task", pa.int32())).empty_table()
    return pa.concat_tables([empty, *tables]).combine_chunks()


def _signatures(store: Store, parts: Sequence[GatheredOutputs], table: pa.Table) -> Signature:
    """The signatures of the gathered rows, shape (n, permutations), each copied once."""
    starts = _starts(table, len(parts))
    rows = table["row"].to_numpy()
    matrix = np.zeros((table.num_rows, NUM_PERM), dtype=np.uint32)
    for number, part in enumerate(parts):
        here = slice(starts[number], starts[number + 1])
        if here.start < here.stop:
            column = store.table(part.signed, ["signature"])["signature"]
            matrix[here] = from_bytes(column.take(pa.array(rows[here])))
    return matrix


def _starts(table: pa.Table, parts: int) -> npt.NDArray[np.int64]:
    """Where the rows of each task begin; one more at the end."""
    return np.searchsorted(table["task"].to_numpy(), np.arange(parts + 1))


def _rank(table: pa.Table) -> npt.NDArray[np.int64]:
    """Which member of a cluster is best, as a rank over all documents; lower is better.

    A known license first (a corpus must be accountable), then more text, then surer
    language, then id. Scores count to four places: processors differ in the last bits, and
    fastText adds 1e-5.
    """
    order = pc.sort_indices(
        table.set_column(
            table.schema.get_field_index("lang_score"),
            "lang_score",
            pc.round(table["lang_score"], ndigits=4),
        ),
        sort_keys=[
            ("licensed", "descending"), ("text_bytes", "descending"),
            ("lang_score", "descending"), ("id", "ascending"),
        ],
    )  # fmt: skip
    rank = np.empty(table.num_rows, dtype=np.int64)
    rank[order.to_numpy()] = np.arange(table.num_rows)
    return rank


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


class _Texts:
    """Texts by row of the gathered table, read from the tasks' outputs."""

    def __init__(self, store: Store, parts: Sequence[GatheredOutputs], table: pa.Table) -> None:
        self.store, self.parts = store, parts
        self.task, self.row = table["task"].to_numpy(), table["row"].to_numpy()

    def __call__(self, rows: Sequence[int]) -> list[str]:
        chosen = np.asarray(rows, dtype=np.int64)
        texts: list[str] = [""] * len(chosen)
        for task in np.unique(self.task[chosen]):
            at = np.flatnonzero(self.task[chosen] == task)
            column = self.store.table(self.parts[int(task)].annotated, ["text"])["text"]
            texts_of_task = column.take(pa.array(self.row[chosen[at]])).to_pylist()
            for index, text in zip(at.tolist(), texts_of_task, strict=True):
                texts[index] = text or ""
        return texts


class DedupStep(Step):
    """One task over all that was gathered."""

    name = "dedup"
    function = staticmethod(find_duplicates)

    def tasks(self, state: State) -> Sequence[Task]:
        """One task."""
        before = list(
            zip(
                *(state.tasks[step.name] for step in (GatherStep, AnnotateStep, SignStep)),
                strict=True,
            )
        )
        options = state.plan.recipe.dedup
        parts = tuple(
            GatheredOutputs(gather.output, annotate.output, sign.output)
            for gather, annotate, sign in before
        )
        key = state.plan.identity.task_key(self.name, [gather.key for gather, *_ in before])
        return [ClusterTask(self.name, key, parts, options.threshold, options.near)]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Keep what is small: how many documents there were, and whether all were compared."""
        summary = summary_of(state.workspace.store, tasks[0].output)
        state.results[self.name] = summary
        compared = f"{summary['documents']:,} documents compared"
        return compared if results else f"done before · {compared}"


def summary_of(store: Store, name: str) -> dict[str, Any]:
    """The summary that a task left in its table's metadata."""
    metadata = store.table(name, []).schema.metadata or {}
    summary: dict[str, Any] = json.loads(metadata[SUMMARY])
    return summary


def ingredient(recipe: Recipe) -> Ingredient:
    """What clusters depend on."""
    return Ingredient("dedup", DEDUP_VERSION, recipe.dedup.model_dump(), ("numpy",))
