"""Documents on both sides of a threshold, the closest first: what a changed one would change."""

from __future__ import annotations

import difflib
from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.errors import UnknownNameError
from corpuskit.inspection.queries import SampleQuery
from corpuskit.inspection.samples import SHOWN, Sample
from corpuskit.publish import Build
from corpuskit.thresholds import RULES, SIGNALS


@dataclass(frozen=True, slots=True, order=True)
class NearDocument:
    """A document and where it is from a threshold."""

    distance: float
    """From the threshold, as a share of it; absolute where the threshold is 0."""
    id: str
    rule: str
    value: float
    threshold: float


def near_threshold(
    build: Build, rule: str, count: int, query: SampleQuery
) -> tuple[Sample, Sample]:
    """The documents that a rule nearly rejected, and those that it rejected by little.

    Each row has `near`, a NearDocument. Sides have up to `count` rows, the closest first; totals
    are the documents that were compared and those that broke the rule. UnknownNameError, with a
    guess, for a rule that is not in force.
    """
    thresholds = _thresholds(build, rule)
    kept, kept_total = _closest(_kept(build, rule, thresholds, query), count)
    lost, lost_total = _closest(_lost(build, rule, query), count)
    return (
        Sample(_with_rows(build, "data", kept), kept_total),
        Sample(_with_rows(build, "rejects", lost), lost_total),
    )


def _thresholds(build: Build, rule: str) -> dict[str, float]:
    """By language the threshold of a rule."""
    policies: Mapping[str, Mapping[str, float]] = build.manifest["policies"]
    in_force = list(dict.fromkeys(name for policy in policies.values() for name in policy))
    if rule not in in_force:
        near = [name for name in in_force if name.endswith(f"_{rule}")]
        near += difflib.get_close_matches(rule, in_force, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        known = "is off in this build" if rule in RULES else "is not a rule of this build"
        raise UnknownNameError(f"{rule!r} {known}{hint} (there are {', '.join(in_force)})")
    return {code: policy[rule] for code, policy in policies.items() if rule in policy}


def _column(build: Build, rule: str) -> pc.Expression:
    signal = RULES[rule].signal if rule in RULES else rule.partition("_")[2]
    if signal in SIGNALS and SIGNALS[signal].stage == "quality":
        return pc.field("quality", signal)
    if signal not in build.dataset.schema.names:
        raise UnknownNameError(f"the documents have no column {signal!r} for the rule {rule!r}")
    return pc.field(signal)


def _kept(
    build: Build, rule: str, thresholds: Mapping[str, float], query: SampleQuery
) -> Iterator[NearDocument]:
    columns = {"id": pc.field("id"), "lang": pc.field("lang"), "value": _column(build, rule)}
    if not build.names("data"):
        return
    for batch in build.select("data", columns, query.documents()):
        values = batch["value"].cast(pa.float64())
        for identifier, lang, value in zip(
            *(column.to_pylist() for column in (batch["id"], batch["lang"], values)), strict=True
        ):
            if value is not None and lang in thresholds:
                yield _near(identifier, rule, value, thresholds[lang])


def _lost(build: Build, rule: str, query: SampleQuery) -> Iterator[NearDocument]:
    columns = {"id": pc.field("id"), "broken": pc.field("broken")}
    for batch in build.select("rejects", columns, query.rejects()):
        for identifier, broken in zip(*(c.to_pylist() for c in batch.columns), strict=True):
            for item in broken or ():
                if item["rule"] == rule and identifier and item["value"] is not None:
                    yield _near(identifier, rule, item["value"], item["threshold"])


def _near(identifier: str, rule: str, value: float, threshold: float) -> NearDocument:
    distance = abs(value - threshold)
    share = distance / abs(threshold) if threshold else distance
    return NearDocument(share, identifier, rule, value, threshold)


def _closest(documents: Iterator[NearDocument], count: int) -> tuple[list[NearDocument], int]:
    closest: list[NearDocument] = []
    total = 0
    for document in documents:
        total += 1
        if len(closest) < count or (closest and document < closest[-1]):
            insort(closest, document)
            del closest[count:]
    return closest, total


def _with_rows(build: Build, kind: str, documents: list[NearDocument]) -> list[dict[str, Any]]:
    if not documents:
        return []
    names = [document.id for document in documents]
    columns = list(SHOWN) if kind == "data" else None
    found = build.head(kind, len(names), columns, where=pc.field("id").isin(names))
    rows = {row["id"]: row for row in found}
    return [{**rows[document.id], "near": document} for document in documents
            if document.id in rows]  # fmt: skip
