"""Which licenses a document may have, and which opt-outs bind."""

from __future__ import annotations

from typing import Any

import pytest

from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.opt_out_protocols import PROTOCOLS
from corpuskit.document import OptOutSignal, Tdm
from corpuskit.policy import LicenseRule, OptOutRule, Policy, judge
from corpuskit.stage import Batch

KHMER = "khm_Khmr"


def reasons(rule: Any, source: str = "", **columns: list[Any]) -> list[str | None]:
    count = len(next(iter(columns.values())))
    facts = Batch({"lang": [KHMER] * count, "quality": [{}] * count, **columns})
    policy = Policy((KHMER,), fact_rules=(rule,))
    return [verdict.reason for verdict in judge(facts, policy, source)]


LICENSES = ["CC-BY-4.0", "CC-BY-NC-4.0", "MIT OR CC0-1.0", "CC0-1.0 AND CC-BY-NC-4.0", None,
            "NOASSERTION"]  # fmt: skip
REFUSED, UNKNOWN = "policy/license", "policy/license_unknown"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (LicenseRule(), [None] * 6),
        (LicenseRule(("CC0-1.0", "CC-BY-4.0")), [None, REFUSED, None, REFUSED, None, None]),
        (LicenseRule(None, "reject"), [None, None, None, None, UNKNOWN, UNKNOWN]),
        (LicenseRule(("cc-by-4.0",), "reject"),
         [None, REFUSED, REFUSED, REFUSED, UNKNOWN, UNKNOWN]),
    ],
)  # fmt: skip
def test_licenses(rule: LicenseRule, expected: list[str | None]) -> None:
    assert reasons(rule, license=LICENSES) == expected


def tdm(*signals: tuple[str, str]) -> Tdm:
    return opt_outs.verdict([OptOutSignal(kind=kind, value=value) for kind, value in signals])


NOAI = tdm(("x-robots-tag", "noai"))
AIPREF = tdm(("content-usage", "train-ai=n"))
CC = tdm(("robots-content-usage", "train-genai=n;exceptions=cc-cr"))
GRANTED = tdm(("content-signal", "ai-train=yes"))
FACTS = [NOAI, AIPREF, CC, GRANTED, tdm(), None]
BROKEN = "policy/opt_out"


@pytest.mark.parametrize(
    ("protocols", "expected"),
    [
        (PROTOCOLS, [BROKEN, BROKEN, BROKEN, None, None, None]),
        (("aipref",), [None, BROKEN, None, None, None, None]),
        (("cc-signals", "robots-tag"), [BROKEN, None, BROKEN, None, None, None]),
        ((), [None] * 6),
    ],
)
def test_opt_outs(protocols: tuple[str, ...], expected: list[str | None]) -> None:
    assert reasons(OptOutRule(protocols), tdm=FACTS) == expected


def test_opt_outs_of_a_source_that_may_be_used_are_only_noted() -> None:
    rule = OptOutRule(PROTOCOLS, frozenset({"licensed"}))
    assert reasons(rule, "licensed", tdm=[NOAI]) == [None]
    assert reasons(rule, "other", tdm=[NOAI]) == [BROKEN]
    assert rule.of_source("other") == OptOutRule(PROTOCOLS)


def test_details_say_what_was_seen() -> None:
    facts = Batch({"lang": [KHMER], "quality": [{}], "tdm": [NOAI], "license": ["MIT"]})
    rules = (LicenseRule(("ISC",)), OptOutRule(PROTOCOLS))
    (verdict,) = judge(facts, Policy((KHMER,), fact_rules=rules))
    assert [broken.rule for broken in verdict.broken] == ["license", "opt_out"]
    assert [broken.detail for broken in verdict.broken] == ["MIT", "x-robots-tag: noai"]


def test_keys_do_not_depend_on_order() -> None:
    assert LicenseRule(("B", "A")).as_json() == LicenseRule(("A", "B", "A")).as_json()
    assert OptOutRule(("rsl", "aipref")).as_json() == OptOutRule(("aipref", "rsl")).as_json()
