"""Quality: measure texts, and decide by a policy which to keep.

signals = quality_signals(["..."], language="khm_Khmr")     # facts
verdicts = judge_texts(["..."], language="khm_Khmr")        # decisions
"""

from __future__ import annotations

from typing import Final

from corpuskit.quality.policy import (
    OTHER,
    UNDETERMINED,
    Broken,
    Policy,
    Verdict,
    judge,
    resolve_policy,
)
from corpuskit.quality.signals import Signals
from corpuskit.quality.strings import judge_texts, quality_signals
from corpuskit.thresholds import RULES, SIGNALS

__all__ = [
    "REASONS",
    "Broken",
    "Policy",
    "Signals",
    "Verdict",
    "judge",
    "judge_texts",
    "quality_signals",
    "resolve_policy",
]


def _reasons() -> dict[str, str]:
    meanings = {
        UNDETERMINED: "No language was recognized with enough certainty.",
        OTHER: "The text is in a language that the recipe does not list.",
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
"""The meaning of each reason code of the stages `language` and `quality`, in one sentence."""
