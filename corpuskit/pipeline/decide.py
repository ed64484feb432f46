"""Decisions over an annotated task: cheap, so they are taken again whenever a threshold changes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from corpuskit import schema
from corpuskit.quality import judge
from corpuskit.quality.policy import POLICY_VERSION
from corpuskit.stage import DETAIL, REASON
from corpuskit.workspace import Workspace, task_key

FIELDS: Final = tuple(
    pa.field(name, kind)
    for name, kind in (
        (REASON, pa.string()),
        (DETAIL, pa.string()),
        ("broken", schema.BROKEN),
    )
)
_JUDGED: Final = ("lang", "lang_score", "script_ratio", "lang_line_share", "quality")


def decision_key(annotated: str, policies: Mapping[str, Mapping[str, float]]) -> str:
    """What the decisions over an annotated task depend on."""
    return task_key(
        annotated, POLICY_VERSION, {code: dict(rule) for code, rule in policies.items()}
    )


def decide(
    workspace: Workspace,
    annotated: Path,
    key: str,
    policies: Mapping[str, Mapping[str, float]],
) -> Path:
    """Judge every row that is still there; write reason, detail and all broken rules per row."""
    path = workspace.path("decide", key)
    if path.exists():
        return path
    table = workspace.read_table(annotated, [*_JUDGED, REASON, DETAIL])
    reasons, details = table[REASON].to_pylist(), table[DETAIL].to_pylist()
    alive = [row for row, reason in enumerate(reasons) if reason is None]
    broken: list[list[dict[str, Any]]] = [[] for _ in reasons]
    remaining = table.select(_JUDGED).take(pa.array(alive, type=pa.int64()))
    verdicts = judge(remaining, policies=policies, wanted=list(policies))
    for row, verdict in zip(alive, verdicts, strict=True):
        reasons[row], details[row] = verdict.reason, verdict.detail
        broken[row] = [
            {"rule": one.rule, "value": one.value, "threshold": one.threshold}
            for one in verdict.broken
        ]
    columns = {REASON: reasons, DETAIL: details, "broken": broken}
    workspace.write_table(path, schema.to_table(columns, FIELDS))
    return path
