"""Texts and facts of chosen records of a build, kept or rejected."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.errors import DamagedOutputError
from corpuskit.publish import Build
from corpuskit.publish.published import Published
from corpuskit.thresholds import RULES
from corpuskit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of one record."""

    text: str
    language: str | None
    source: str
    url: str | None
    reason: str | None
    facts: Mapping[str, Any]


_COLUMNS: Final = (
    "id", "text", "lang", "source", "url", "lang_score", "lid_top", "script_ratio",
    "lang_line_share", "quality",
)  # fmt: skip


def read_details(build: Build, ids: Collection[str]) -> dict[str, Details]:
    """Text and facts of records by id; those whose text is not kept are left out.

    The text of a rejected record is in `.work`, and gone after `prune --all`.
    """
    policies = build.manifest.get("policies") or {}
    details = {}
    for row in _published(build, ids):
        details[row["id"]] = _details(row, policies, None, [])
    missing = set(ids) - details.keys()
    if missing:
        rejects = _rejects(build, missing)
        for row in _annotated(build, rejects):
            about = rejects[row["id"]]
            details[row["id"]] = _details(
                {**row, "source": about["source"], "url": about["url"]},
                policies, about["reason"], about["broken"] or [],
            )  # fmt: skip
    return details


def _details(
    row: Mapping[str, Any],
    policies: Mapping[str, Mapping[str, float]],
    reason: str | None,
    broken: list[dict[str, Any]],
) -> Details:
    lang = row["lang"]
    values = {**row, **(row.get("quality") or {})}
    signals = {}
    for rule in policies.get(lang or "", {}):
        signal = RULES[rule].signal if rule in RULES else rule.partition("_")[2]
        if isinstance(values.get(signal), int | float):
            signals[signal] = float(values[signal])
    facts = {
        "signals": signals,
        "broken": broken,
        "lang_score": row.get("lang_score"),
        "labels": row.get("lid_top") or [],
    }
    return Details(row["text"], lang, row["source"], row["url"], reason, facts)


def _published(build: Build, ids: Collection[str]) -> Iterator[dict[str, Any]]:
    wanted = pa.array(sorted(ids), pa.string())
    names = [*dict.fromkeys((*_COLUMNS, *_added(build)))]
    columns = [name for name in names if name in build.dataset.schema.names]
    for batch in build.documents(columns):
        chosen = batch.filter(pc.is_in(batch["id"], value_set=wanted))
        yield from chosen.to_pylist()


def _added(build: Build) -> list[str]:
    """Columns of stages of the recipe's own."""
    return list(build.manifest.get("signals") or {})


def _rejects(build: Build, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    wanted = pa.array(sorted(ids), pa.string())
    rows: dict[str, dict[str, Any]] = {}
    for batch in build.rejects(["id", "source", "url", "reason", "broken"]):
        chosen = batch.filter(pc.is_in(batch["id"], value_set=wanted))
        rows.update((row["id"], row) for row in chosen.to_pylist())
    return rows


def _annotated(build: Build, ids: Collection[str]) -> Iterator[dict[str, Any]]:
    """Rows of `.work` with a text."""
    record = Published.read(Workspace(build.folder, build.store))
    wanted = pa.array(sorted(ids), pa.string())
    for outputs in record.outputs if record else ():
        try:
            mask = pc.is_in(build.store.table(outputs.annotated, ["id"])["id"], value_set=wanted)
            if not pc.any(mask).as_py():
                continue
            table = build.store.table(outputs.annotated)
        except (FileNotFoundError, DamagedOutputError):
            continue
        columns = [name for name in (*_COLUMNS, *_added(build)) if name in table.column_names]
        rows = table.select(columns).filter(mask).to_pylist()
        yield from (row for row in rows if row.get("text"))
