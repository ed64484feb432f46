"""Policy: the one place that decides which documents are kept, over all facts of a row.

verdicts = judge_texts(["..."], language="khm_Khmr")

`rules` has the rules as data and where they come from, `exclusions` what must not be used,
`decide` applies them. Stages measure and never decide; a connector asks the same exclusions before
it fetches.
"""

from __future__ import annotations

from typing import Final

from corpuskit.policy.decide import Verdict, judge
from corpuskit.policy.decontamination import REASONS as _DECONTAMINATION
from corpuskit.policy.exclusions import Exclusions, exclusions_of
from corpuskit.policy.fact_rules import Broken, FactRule
from corpuskit.policy.personal_data import PersonalDataRule
from corpuskit.policy.rights import LicenseRule, OptOutRule
from corpuskit.policy.rules import REASONS as _WITHOUT_THRESHOLD
from corpuskit.policy.rules import Policy, SignalRule, resolve_thresholds, signal_rules
from corpuskit.policy.safety_lists import ListRule
from corpuskit.policy.strings import judge_texts
from corpuskit.policy.takedowns import REASONS as _TAKEDOWN
from corpuskit.policy.takedowns import TakedownRule
from corpuskit.thresholds import RULES, SIGNALS

__all__ = [
    "REASONS",
    "Broken",
    "Exclusions",
    "FactRule",
    "LicenseRule",
    "ListRule",
    "OptOutRule",
    "PersonalDataRule",
    "Policy",
    "SignalRule",
    "TakedownRule",
    "Verdict",
    "exclusions_of",
    "judge",
    "judge_texts",
    "resolve_thresholds",
    "signal_rules",
]


def _reasons() -> dict[str, str]:
    meanings = {
        **_WITHOUT_THRESHOLD,
        **LicenseRule.reasons,
        **OptOutRule.reasons,
        **_TAKEDOWN,
        **PersonalDataRule.reasons,
        **_DECONTAMINATION,
    }
    bounds: dict[str, list[str]] = {}
    for rule in RULES.values():
        bound = "below the minimum" if rule.bound == "min" else "above the maximum"
        bounds.setdefault(rule.reason, []).append(bound)
        signal = SIGNALS[rule.signal]
        broken = " or ".join(bounds[rule.reason])
        description = f"{signal.description[0].upper()}{signal.description[1:]} ({signal.unit})"
        meanings[rule.reason] = f"{description}: {broken} of the policy."
    return meanings


REASONS: Final[dict[str, str]] = _reasons()
"""What each reason code of the stages `policy`, `takedown`, `privacy`, `decontamination`,
`language` and `quality` means."""
