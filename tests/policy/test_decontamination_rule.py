"""The rule over evaluation items: which documents it rejects, and what it says of them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from corpuskit.policy import Broken, Policy, judge
from corpuskit.policy.decontamination import EVALUATION_ITEM, ContaminationRule
from corpuskit.policy.rules import ledger_stages
from corpuskit.schema import CONTAMINATION


def item(name: str, score: float) -> dict[str, Any]:
    return {"benchmark": "quiz", "item": name, "score": score}


def facts(*items: list[dict[str, Any]] | None) -> pa.Table:
    return pa.table(
        {
            "lang": ["khm_Khmr"] * len(items),
            "quality": pa.array([{"clusters": 90.0}] * len(items)),
            "contamination": pa.array(items, CONTAMINATION),
        }
    )


def test_documents_with_items_are_rejected_and_the_items_named() -> None:
    policy = Policy(("khm_Khmr",), fact_rules=(ContaminationRule(),))
    many = [item(str(number), 1 - number / 10) for number in range(5)]
    clean, whole, several, unknown = judge(facts([], [item("7", 0.7)], many, None), policy)
    assert clean.passed
    assert unknown.passed
    assert whole.reason == EVALUATION_ITEM
    assert whole.detail == "quiz 7 (0.70)"
    assert whole.broken == (Broken("evaluation_item", 0.7, 0.0),)
    assert several.detail == "quiz 0 (1.00), quiz 1 (0.90), quiz 2 (0.80) and 2 more"
    assert "decontamination" in ledger_stages(policy)


@pytest.mark.parametrize(("least", "rejected"), [(0.6999, True), (0.7, True), (0.7001, False)])
def test_a_least_score(least: float, *, rejected: bool) -> None:
    policy = Policy(("khm_Khmr",), fact_rules=(ContaminationRule(least),))
    (verdict,) = judge(facts([item("7", 0.7), item("8", 0.2)]), policy)
    assert verdict.passed is not rejected
    assert "quiz 8" not in (verdict.detail or "")


def test_another_least_score_is_another_policy() -> None:
    rules = [Policy(("khm_Khmr",), fact_rules=(ContaminationRule(least),)) for least in (0.0, 0.5)]
    assert rules[0].as_json() != rules[1].as_json()
