"""The rules over safety lists."""

from __future__ import annotations

from corpuskit.policy import ListRule, Policy, judge
from corpuskit.policy.rules import ledger_stages
from corpuskit.stage import Batch

KHMER = "khm_Khmr"


def entry(name: str, count: int, share: float | None = None) -> dict[str, object]:
    return {"list": name, "count": count, "share": share}


def test_documents_beyond_a_bound_are_lost() -> None:
    rules = (ListRule("bad_sites", max_count=0), ListRule("toxic", max_count=3, max_share=0.1))
    rows = [[entry("bad_sites", 1)], [entry("toxic", 3, 0.1)], [entry("toxic", 4, 0.25)], [], None]
    facts = Batch({"lang": [KHMER] * 5, "lists": rows, "quality": [{}] * 5})
    verdicts = judge(facts, Policy((KHMER,), fact_rules=rules))
    reasons = [verdict.reason for verdict in verdicts]
    assert reasons == ["lists/bad_sites", None, "lists/toxic", None, None]
    assert verdicts[2].detail == "toxic count 4 > 3"
    assert [rule.as_row() for rule in verdicts[2].broken] == [
        {"rule": "max_toxic_count", "value": 4, "threshold": 3},
        {"rule": "max_toxic_share", "value": 0.25, "threshold": 0.1},
    ]


def test_each_list_has_a_reason_of_its_own() -> None:
    policy = Policy((KHMER,), fact_rules=(ListRule("toxic", max_count=3),))
    assert ledger_stages(policy) == ("policy", "lists", "language", "quality")
    assert policy.meanings().keys() == {"lists/toxic"}
    assert policy.as_json()["facts"] == [["ListRule", ["toxic", 3, None]]]
