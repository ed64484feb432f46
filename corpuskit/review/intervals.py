"""Shares with their uncertainty: Wilson's interval, and how many judgments one takes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

Z95: Final = 1.959963984540054
"""Standard normal quantile of .975."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval."""

    share: float
    low: float
    high: float
    judged: int
    """Documents that it rests on."""

    def __str__(self) -> str:
        return f"{self.share:.0%} ({self.low:.0%} to {self.high:.0%}, {self.judged:,} judged)"


def wilson(successes: float, trials: float, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval (Wilson 1927) of a share; (0, 1) without trials."""
    if trials <= 0:
        return 0.0, 1.0
    share, square = successes / trials, z * z
    center = (share + square / (2 * trials)) / (1 + square / trials)
    spread = math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    half = z * spread / (1 + square / trials)
    return max(0.0, center - half), min(1.0, center + half)


def weighted_share(judged: Iterable[tuple[float, float]]) -> Share | None:
    """The share of pairs (value between 0 and 1, weight of the document), None without any.

    The interval is Wilson's for the effective number of documents, (sum of weights)² over the sum
    of squared weights (Kish 1965).
    """
    pairs = [(value, weight) for value, weight in judged if weight > 0]
    total = math.fsum(weight for _, weight in pairs)
    if not pairs:
        return None
    share = math.fsum(value * weight for value, weight in pairs) / total
    effective = total**2 / math.fsum(weight**2 for _, weight in pairs)
    low, high = wilson(share * effective, effective)
    return Share(share, low, high, len(pairs))


def sample_size(half_width: float, population: int) -> int:
    """Documents to judge so that Wilson's 95 % interval is at most `half_width` to either side.

    For a share of one half, where it is widest, with the correction for a finite population.
    """
    if not 0 < half_width < 0.5:
        raise ValueError(f"half_width lies between 0 and 0.5, got {half_width}")
    size = max(1.0, Z95**2 * (1 / (4 * half_width**2) - 1))
    corrected = size / (1 + (size - 1) / population) if population else 0.0
    return min(population, math.ceil(corrected - 1e-9))


def binomial_tail(successes: int, trials: int) -> float:
    """Two-sided exact p-value of a fair coin: McNemar's exact test over discordant documents."""
    if trials == 0:
        return 1.0
    extreme = max(successes, trials - successes)
    tail = sum(math.comb(trials, count) for count in range(extreme, trials + 1))
    return min(1.0, float(2 * tail / 2**trials))
