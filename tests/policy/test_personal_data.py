"""The rule over personal data."""

from __future__ import annotations

from corpuskit.policy import PersonalDataRule, Policy, judge
from corpuskit.policy.rules import ledger_stages
from corpuskit.stage import Batch

KHMER = "khm_Khmr"


def batch(*counts: list[dict[str, object]] | None) -> Batch:
    columns = {"lang": [KHMER] * len(counts), "pii": list(counts), "quality": [{}] * len(counts)}
    return Batch(columns)


def test_documents_with_a_rejected_kind_are_lost_for_each() -> None:
    policy = Policy((KHMER,), fact_rules=(PersonalDataRule(("card", "nik")),))
    facts = batch(
        [{"kind": "email", "count": 3}],
        [{"kind": "card", "count": 2}, {"kind": "nik", "count": 1}],
        [],
        None,
    )
    verdicts = judge(facts, policy)
    assert [verdict.reason for verdict in verdicts] == [None, "privacy/card", None, None]
    assert verdicts[1].detail == "card 2 > 0"
    assert [rule.as_row() for rule in verdicts[1].broken] == [
        {"rule": "max_card", "value": 2, "threshold": 0},
        {"rule": "max_nik", "value": 1, "threshold": 0},
    ]


def test_the_ledger_has_its_stage_and_keys_its_kinds() -> None:
    rule = PersonalDataRule(("card",))
    policy = Policy((KHMER,), fact_rules=(rule,))
    assert ledger_stages(policy) == ("policy", "privacy", "language", "quality")
    assert policy.as_json()["facts"] == [["PersonalDataRule", ["card"]]]
    assert policy.meanings()["privacy/card"].startswith("The text or title holds numbers of")
