"""Thresholds that judged documents speak for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpuskit.review.intervals import binomial_tail
from corpuskit.review.sampling import Item
from corpuskit.thresholds import RULES

LEAST: Final = 30
"""Judged documents that a suggestion needs, a third of them good and a third not."""
CANDIDATES: Final = 20
"""Thresholds that are tried per rule, at quantiles of the judged documents."""
SIGNIFICANCE: Final = 0.05
"""Of McNemar's exact test between old and new threshold, divided by the number of candidates
(Bonferroni), because the best of them is taken."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A threshold that decides more judged documents as the reviewers do.

    The numbers are judged documents, so they say which way a change goes, not how many documents
    of the build it concerns.
    """

    language: str
    rule: str
    threshold: float
    """As it is."""
    suggested: float
    judged: int
    bad_rejected: int
    """Documents that are not good, are kept now and would be rejected."""
    good_recovered: int
    """Good documents that are rejected now and would be kept."""
    good_lost: int
    """Good documents that are kept now and would be rejected."""
    bad_kept: int
    """Documents that are not good, are rejected now and would be kept."""

    def __str__(self) -> str:
        gains = f"{self.bad_rejected} bad rejected, {self.good_recovered} good recovered"
        losses = f"{self.good_lost} good lost, {self.bad_kept} bad kept"
        change = f"{self.threshold:.4g} -> {self.suggested:.4g}"
        return f"{self.rule} {change} of {self.judged} judged: {gains}; {losses}"


def suggest_thresholds(
    policies: Mapping[str, Mapping[str, float]], judged: Sequence[tuple[Item, float]]
) -> tuple[Suggestion, ...]:
    """Thresholds for which the judged documents give enough evidence.

    `policies` are the thresholds in force per language; `judged` has documents with the share of
    reviewers who find them good.
    """
    suggestions = []
    for language, rules in policies.items():
        here = [(item, good >= 0.5) for item, good in judged if item.language == language]
        for rule, threshold in rules.items():
            documents = list(_decided_by(rule, here))
            if (suggestion := _suggest(language, rule, threshold, documents)) is not None:
                suggestions.append(suggestion)
    return tuple(suggestions)


def _decided_by(rule: str, judged: Sequence[tuple[Item, bool]]) -> Iterator[tuple[float, bool]]:
    """(value, is good) of the documents that this rule alone decides about: published ones, and
    those that broke no other rule."""
    signal = RULES[rule].signal if rule in RULES else rule.partition("_")[2]
    for item, is_good in judged:
        value = item.facts["signals"].get(signal)
        broken = [entry["rule"] for entry in item.facts["broken"]]
        if value is not None and (item.reason is None or broken == [rule]):
            yield value, is_good


def _suggest(
    language: str, rule: str, threshold: float, documents: Sequence[tuple[float, bool]]
) -> Suggestion | None:
    values = np.array([value for value, _ in documents], dtype=np.float32)
    good = np.array([is_good for _, is_good in documents], dtype=bool)
    if len(good) < LEAST or min(good.sum(), (~good).sum()) < LEAST / 3:
        return None
    candidates = _candidates(values)
    if not len(candidates):
        return None
    right = [int((_kept(values, rule, candidate) == good).sum()) for candidate in candidates]
    best = float(candidates[int(np.argmax(right))])
    before, after = _kept(values, rule, threshold), _kept(values, rule, best)
    suggestion = Suggestion(
        language, rule, threshold, best, len(good),
        bad_rejected=int((before & ~after & ~good).sum()),
        good_recovered=int((~before & after & good).sum()),
        good_lost=int((before & ~after & good).sum()),
        bad_kept=int((~before & after & ~good).sum()),
    )  # fmt: skip
    gains = suggestion.bad_rejected + suggestion.good_recovered
    losses = suggestion.good_lost + suggestion.bad_kept
    if gains <= losses or binomial_tail(gains, gains + losses) > SIGNIFICANCE / len(candidates):
        return None
    return suggestion


def _candidates(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Round numbers between the judged values."""
    quantiles = np.quantile(values.astype(np.float64), np.linspace(0, 1, CANDIDATES + 2)[1:-1])
    return np.unique([float(f"{quantile:.3g}") for quantile in quantiles])


def _kept(values: npt.NDArray[np.float32], rule: str, threshold: float) -> Any:
    return values >= threshold if rule.startswith("min_") else values <= threshold
