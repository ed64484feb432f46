"""Quantiles with confidence, without assuming a distribution.

A tolerance limit is an order statistic; with CONFIDENCE, at most a share TAIL of the population
lies beyond it (S. S. Wilks, "Determination of sample sizes for setting tolerance limits", Annals
of Mathematical Statistics 12, 1941). The k-th smallest of n values is one if
P(Binomial(n, TAIL) >= k) >= CONFIDENCE. If there are too few values for k = 1, the smallest value
is a limit for a larger tail; with fewer than 59 values (a tail of 5 %) there is no limit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.thresholds import Bound

TAIL: Final = 0.01
"""Share of clean text that may lie beyond a limit."""
CONFIDENCE: Final = 0.95
WIDEST_TAIL: Final = 0.05
"""Share that may lie beyond the limit of the smallest sample."""

LEAST: Final = math.ceil(math.log(1 - CONFIDENCE) / math.log(1 - WIDEST_TAIL))
"""Units needed for a limit: 59."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limit:
    """A tolerance limit."""

    value: float
    tail: float
    """With CONFIDENCE, at most this share of the population lies beyond the limit."""
    units: int

    def __str__(self) -> str:
        return f"{self.value:.3g} ({1 - self.tail:.1%} of {self.units} units' population)"


def tolerance_limit(values: Values, bound: Bound) -> Limit | None:
    """The limit on the side of a rule's bound; None with fewer than LEAST values."""
    known = np.sort(values[~np.isnan(values)])
    count = len(known)
    if count < LEAST:
        return None
    rank = max(1, tolerance_rank(count))
    tail = TAIL if tolerance_rank(count) else 1 - (1 - CONFIDENCE) ** (1 / count)
    value = known[rank - 1] if bound == "min" else known[count - rank]
    return Limit(float(value), tail, count)


def tolerance_rank(count: int, tail: float = TAIL, confidence: float = CONFIDENCE) -> int:
    """The largest k for which the k-th of `count` values is a limit; 0 if there is none."""
    below, rank = 0.0, 0
    while True:  # P(Binomial >= rank + 1) = 1 - sum of P(Binomial = 0 .. rank)
        below += _binomial(count, rank, tail)
        if 1 - below < confidence:
            return rank
        rank += 1


def _binomial(count: int, hits: int, share: float) -> float:
    ways = math.lgamma(count + 1) - math.lgamma(hits + 1) - math.lgamma(count - hits + 1)
    return math.exp(ways + hits * math.log(share) + (count - hits) * math.log1p(-share))


def wilson(hits: int, count: int) -> tuple[float, float]:
    """95 % interval of a share (E. B. Wilson, "Probable inference", JASA 22, 1927)."""
    if not count:
        return 0.0, 1.0
    z, share = 1.959964, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    half /= 1 + z * z / count
    return max(0.0, middle - half), min(1.0, middle + half)
