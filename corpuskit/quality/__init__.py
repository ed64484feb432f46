"""Quality: what a text looks like, and whether a policy keeps it.

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
        OTHER: "The text is in a language that the recipe does not ask for.",
    }
    bounds: dict[str, list[str]] = {}
    for rule in RULES.values():
        word = "below the least" if rule.bound == "min" else "above the most"
        bounds.setdefault(rule.reason, []).append(word)
        signal = SIGNALS[rule.signal]
        beyond = " or ".join(bounds[rule.reason])
        measured = f"{signal.description[0].upper()}{signal.description[1:]} ({signal.unit})"
        meanings[rule.reason] = f"{measured}: {beyond} that the policy allows."
    return meanings


REASONS: Final[dict[str, str]] = _reasons()
"""What each reason code of the stages `language` and `quality` means, in one sentence."""
