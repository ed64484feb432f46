"""Count every row at every stage, and list those that were lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from corpuskit import schema
from corpuskit.ledger import Ledger
from corpuskit.pipeline.deduplicate import TaskOutput
from corpuskit.stage import DETAIL, REASON
from corpuskit.workspace import Workspace

STAGES: Final = (
    "read", "decode", "screen", "extract", "normalize", "language", "quality", "dedup", "publish",
)  # fmt: skip
"""Stages of the ledger in order; a reason code starts with the stage it was lost at."""

_SEGMENTS: Final = {
    "extract": ("read", "decode", "screen", "extract"),
    "annotate": ("normalize",),
    "decide": ("language", "quality"),
}


def tally(
    workspace: Workspace, tasks: Sequence[TaskOutput], clusters: pa.Table, published: dict[str, int]
) -> Ledger:
    """The ledger of a build. Each segment's rows are counted in that segment's own output, and
    the documents published (`published`, per source) in the shards, so that a row lost between
    two of them shows."""
    ledger = Ledger()
    for task in tasks:
        for segment, stages in _SEGMENTS.items():
            _count(ledger, task.source, stages, _reasons(workspace, task, segment))
    _count_clusters(ledger, tasks, clusters)
    for source in dict.fromkeys(task.source for task in tasks):
        ledger.add("publish", [None] * published.get(source, 0), source)
    return ledger


def _reasons(workspace: Workspace, task: TaskOutput, segment: str) -> list[str | None]:
    """Reasons of the rows that reached a segment."""
    path = {"extract": task.extract, "annotate": task.annotate, "decide": task.decide}[segment]
    reasons: list[str | None] = workspace.read_table(path, [REASON])[REASON].to_pylist()
    first = _SEGMENTS[segment][0]
    return [one for one in reasons if one is None or _position(one) >= STAGES.index(first)]


def _position(reason: str) -> int:
    stage = reason.partition("/")[0]
    return STAGES.index(stage)


def _count(
    ledger: Ledger, source: str, stages: Sequence[str], reasons: Sequence[str | None]
) -> None:
    remaining = list(reasons)
    for stage in stages:
        here = [
            one if one is not None and one.startswith(f"{stage}/") else None for one in remaining
        ]
        ledger.add(stage, here, source)
        remaining = [own for own, lost in zip(remaining, here, strict=True) if lost is None]


def _count_clusters(ledger: Ledger, tasks: Sequence[TaskOutput], clusters: pa.Table) -> None:
    sources = np.array([task.source for task in tasks], dtype=object)
    of_row = sources[clusters["task"].to_numpy()] if len(tasks) else np.array([], dtype=object)
    reasons = np.array(clusters[REASON].to_pylist(), dtype=object)
    for source in dict.fromkeys(sources.tolist()):
        ledger.add("dedup", reasons[of_row == source].tolist(), source)


def rejects(
    workspace: Workspace, tasks: Sequence[TaskOutput], clusters: pa.Table
) -> Iterator[pa.Table]:
    """One table of REJECTS rows per task, in order."""
    task_of_row = clusters["task"].to_numpy()
    bounds = np.searchsorted(task_of_row, np.arange(len(tasks) + 1))
    for number, task in enumerate(tasks):
        duplicates = clusters.slice(bounds[number], bounds[number + 1] - bounds[number])
        yield _rejects_of(workspace, task, duplicates)


def _rejects_of(workspace: Workspace, task: TaskOutput, duplicates: pa.Table) -> pa.Table:
    decided = workspace.read_table(task.decide).to_pydict()
    extracted = workspace.read_table(task.extract, ["url", "source_ref"]).to_pydict()
    annotated = workspace.read_table(task.annotate, ["id", "lang", "lang_score"]).to_pydict()
    doubled = {row["row"]: row for row in duplicates.to_pylist() if row[REASON] is not None}
    rows: list[dict[str, Any]] = []
    for row, own in enumerate(decided[REASON]):
        double = doubled.get(row, {})
        reason = own or double.get(REASON)
        if reason is None:
            continue
        broken = decided["broken"][row] or []
        first = broken[0] if broken else {}
        rows.append(
            {
                "id": annotated["id"][row],
                "url": extracted["url"][row],
                "source": task.source,
                "source_ref": extracted["source_ref"][row],
                "stage": reason.partition("/")[0],
                "reason": reason,
                "detail": decided[DETAIL][row],
                **{name: first.get(name) for name in ("rule", "value", "threshold")},
                "broken": broken,
                "lang": annotated["lang"][row],
                "lang_score": annotated["lang_score"][row],
                "duplicate_of": double.get("duplicate_of"),
                "similarity": double.get("similarity"),
            }
        )
    return pa.Table.from_pylist(rows, schema=schema.REJECTS)
