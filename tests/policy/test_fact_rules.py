"""Rules over facts of any kind: which columns they read, in which order they decide."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from corpuskit.errors import StageError
from corpuskit.policy import Broken, Exclusions, FactRule, Policy, judge
from corpuskit.policy.rules import ledger_stages
from corpuskit.stage import Batch

KHMER = "khm_Khmr"


@dataclass(frozen=True)
class NoticeRule(FactRule):
    """Refuses documents whose license or title is listed, but not of a trusted source."""

    refused: tuple[str, ...]
    trusted: frozenset[str] = frozenset()
    reasons: ClassVar[Mapping[str, str]] = {
        "policy/notice": "The license is refused.",
        "notices/title": "The title is refused.",
    }
    reads: ClassVar[tuple[str, ...]] = ("license", "title")

    def as_json(self) -> Any:
        return {"refused": list(self.refused), "trusted": sorted(self.trusted)}

    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        for row, (license_, title) in enumerate(zip(facts["license"], facts["title"], strict=True)):
            if license_ in self.refused and source not in self.trusted:
                yield row, Broken("refused_license", reason="policy/notice", detail=license_)
            if title in self.refused:
                yield row, Broken("refused_title", reason="notices/title", detail=title)

    def of_source(self, source: str) -> NoticeRule:
        return NoticeRule(self.refused, self.trusted & {source})


RULE = NoticeRule(("MIT", "Casino"), frozenset({"ours", "theirs"}))


def facts(**columns: Sequence[Any]) -> Batch:
    given: dict[str, Any] = {
        "lang": [KHMER, KHMER, "eng_Latn", None],
        "quality": [{"clusters": 10.0}] * 4,
        "license": ["MIT", None, "MIT", "CC0-1.0"],
        "title": ["Casino", None, None, "Casino"],
        "url": ["https://a.example/", None, None, None],
    }
    return Batch(given | columns)


def test_a_rule_over_facts_holds_in_every_language_and_decides_before_its_rules() -> None:
    policy = Policy((KHMER,), {KHMER: {"min_clusters": 40}}, fact_rules=(RULE,))
    both, short, foreign, unknown = judge(facts(), policy, "web")
    assert both.reason == "policy/notice"
    assert [str(rule.rule) for rule in both.broken] == [
        "refused_license", "refused_title", "min_clusters",
    ]  # fmt: skip
    assert short.reason == "quality/clusters"
    assert (foreign.reason, foreign.detail) == ("policy/notice", "MIT")
    assert unknown.reason == "notices/title"


def test_exclusions_decide_before_it() -> None:
    excluded = {"web": Exclusions(frozenset({"a.example"}))}
    policy = Policy((KHMER,), exclusions=excluded, fact_rules=(RULE,))
    assert judge(facts(), policy, "web")[0].reason == "policy/excluded_domain"


def test_its_options_may_differ_by_source() -> None:
    policy = Policy((KHMER,), fact_rules=(RULE,))
    assert judge(facts(), policy, "ours")[0].reason == "notices/title"
    assert policy.of_source("ours").fact_rules == (
        NoticeRule(("MIT", "Casino"), frozenset({"ours"})),
    )
    assert policy.as_json("ours")["facts"] == [
        ["NoticeRule", {"refused": ["MIT", "Casino"], "trusted": ["ours"]}]
    ]


def test_the_ledger_and_the_meanings_have_its_reasons() -> None:
    policy = Policy((KHMER,), fact_rules=(RULE,))
    assert ledger_stages(policy) == ("policy", "notices", "language", "quality")
    assert policy.meanings() == dict(RULE.reasons)
    assert policy.columns == ("license", "title")


def test_a_column_that_nobody_left_is_an_error() -> None:
    batch = facts()
    batch.columns.pop("title")
    with pytest.raises(StageError, match="needs the column 'title'"):
        judge(batch, Policy((KHMER,), fact_rules=(RULE,)))


def test_rules_travel_to_workers() -> None:
    policy = Policy((KHMER,), fact_rules=(RULE,))
    assert pickle.loads(pickle.dumps(policy)) == policy
