"""The barrier: gather what was kept so far, find duplicates over all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.dedup import DEDUP_VERSION, cluster
from corpuskit.recipe.models import DedupTable
from corpuskit.stage import REASON
from corpuskit.workspace import Workspace, task_key


@dataclass(frozen=True)
class TaskOutput:
    """Where the outputs of one task's segments are."""

    source: str
    extract: Path
    annotate: Path
    signature: Path
    decide: Path


def clusters_path(workspace: Workspace, tasks: Sequence[TaskOutput], options: DedupTable) -> Path:
    """Where the clusters of these outputs are."""
    names = [[one.annotate.name, one.signature.name, one.decide.name] for one in tasks]
    return workspace.path("cluster", task_key(DEDUP_VERSION, names, options.model_dump()))


def deduplicate(workspace: Workspace, tasks: Sequence[TaskOutput], options: DedupTable) -> pa.Table:
    """One row per document that was kept so far: task, row, id and what dedup found.

    Its metadata say whether every candidate was compared (`complete`). Columns: task, row
    (int64), id, lang, text_bytes, cluster, cluster_size, reason
    (null for the kept), duplicate_of, similarity.
    """
    path = clusters_path(workspace, tasks, options)
    if not path.exists():
        workspace.write_table(path, _deduplicate(workspace, tasks, options))
    return workspace.read_table(path)


def _deduplicate(
    workspace: Workspace, tasks: Sequence[TaskOutput], options: DedupTable
) -> pa.Table:
    gathered = [_gather(workspace, number, task) for number, task in enumerate(tasks)]
    table = pa.concat_tables(gathered).combine_chunks() if gathered else _EMPTY.empty_table()
    found = cluster(
        ids=table["id"].to_pylist(),
        text_sha256=table["text_sha256"].to_pylist(),
        signatures=table["signature"],
        shingle_counts=table["shingle_count"].to_numpy(),
        rank=_rank(table),
        texts=_TextsOf(workspace, tasks, table),
        threshold=options.threshold,
        near=options.near,
    )
    clusters = pa.table(
        {
            **{name: table[name] for name in ("task", "row", "id", "lang", "text_bytes")},
            "cluster": pa.array(found.cluster_id, pa.string()),
            "cluster_size": pa.array(found.cluster_size, pa.int64()),
            REASON: pa.array(found.reason, pa.string()),
            "duplicate_of": pa.array(found.duplicate_of, pa.string()),
            "similarity": pa.array(found.similarity, pa.float32()),
        }
    )
    complete = {"complete": str(found.complete).lower()}
    return clusters.replace_schema_metadata(complete)


_EMPTY: Final = pa.schema(
    [
        pa.field("task", pa.int64()), pa.field("row", pa.int64()), pa.field("id", pa.string()),
        pa.field("text_sha256", pa.string()), pa.field("lang", pa.string()),
        pa.field("lang_score", pa.float32()), pa.field("text_bytes", pa.int64()),
        pa.field("licensed", pa.bool_()), pa.field("signature", pa.binary()),
        pa.field("shingle_count", pa.int32()),
    ]
)  # fmt: skip


def _gather(workspace: Workspace, number: int, task: TaskOutput) -> pa.Table:
    """The rows of one task that no decision has dropped."""
    reasons = workspace.read_table(task.decide, [REASON])[REASON]
    rows = np.flatnonzero(pc.is_null(reasons).to_numpy(zero_copy_only=False))
    taken = pa.array(rows)
    annotated = workspace.read_table(
        task.annotate, ["id", "text_sha256", "lang", "lang_score", "text_bytes"]
    ).take(taken)
    signed = workspace.read_table(task.signature, ["signature", "shingle_count"]).take(taken)
    licenses = workspace.read_table(task.extract, ["license"]).take(taken)["license"]
    columns: Mapping[str, Any] = {
        **{name: annotated[name] for name in annotated.column_names},
        **{name: signed[name] for name in signed.column_names},
        "task": pa.array(np.full(len(rows), number, dtype=np.int64)),
        "row": pa.array(rows.astype(np.int64)),
        "licensed": pc.is_valid(licenses),
    }
    return pa.table({field.name: columns[field.name] for field in _EMPTY}, schema=_EMPTY)


def _rank(table: pa.Table) -> npt.NDArray[np.int64]:
    """Which member of a cluster is best, as a rank over all documents; lower is better.

    A known license first (a corpus must be accountable), then more text, then surer
    language, then id.
    """
    order = pc.sort_indices(
        table,
        sort_keys=[
            ("licensed", "descending"), ("text_bytes", "descending"),
            ("lang_score", "descending"), ("id", "ascending"),
        ],
    )  # fmt: skip
    rank = np.empty(table.num_rows, dtype=np.int64)
    rank[order.to_numpy()] = np.arange(table.num_rows)
    return rank


class _TextsOf:
    """Texts by row of the gathered table, read from the tasks' outputs."""

    def __init__(self, workspace: Workspace, tasks: Sequence[TaskOutput], table: pa.Table) -> None:
        self.workspace, self.tasks = workspace, tasks
        self.task, self.row = table["task"].to_numpy(), table["row"].to_numpy()

    def __call__(self, rows: Sequence[int]) -> list[str]:
        chosen = np.asarray(rows, dtype=np.int64)
        texts: list[str] = [""] * len(chosen)
        for task in np.unique(self.task[chosen]):
            at = np.flatnonzero(self.task[chosen] == task)
            column = self.workspace.read_table(self.tasks[int(task)].annotate, ["text"])["text"]
            found = column.take(pa.array(self.row[chosen[at]])).to_pylist()
            for index, text in zip(at.tolist(), found, strict=True):
                texts[index] = text or ""
        return texts
