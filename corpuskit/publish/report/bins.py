"""Bins of measured values that are the same for every file, so that counts can be added up.

Shares fall into 400 equal bins; other values into 100 bins a decade, of which NOTHING is that of
values that are not above 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpuskit.thresholds import SIGNALS

SHARE_BINS: Final = 400
"""Of 0.0025 each: every threshold of two decimals is the edge of one."""
PER_DECADE: Final = 100
NOTHING: Final = -100_000
SLACK: Final = 1e-3
"""Part of a bin by which float32 may miss an edge: .7 is stored as .69999999."""

Bins = npt.NDArray[np.int64]


def is_share(signal: str) -> bool:
    """Whether values of a signal lie in 0 to 1."""
    return signal in SIGNALS and SIGNALS[signal].highest == 1.0


def bins_of(signal: str, values: npt.NDArray[Any]) -> Bins:
    """The bin of each value, none of which may be NaN."""
    numbers = values.astype(np.float64)
    if is_share(signal):
        bins = np.floor(numbers * SHARE_BINS + SLACK)
        return np.clip(bins, 0, SHARE_BINS - 1).astype(np.int64)
    positive = numbers > 0
    logs = np.log10(np.where(positive, numbers, 1.0)) * PER_DECADE + SLACK
    return np.where(positive, np.floor(logs), NOTHING).astype(np.int64)


def edge_of(signal: str, number: float) -> float:
    """The lower edge of a bin."""
    if is_share(signal):
        return min(max(number / SHARE_BINS, 0.0), 1.0)
    return 0.0 if number <= NOTHING else float(10 ** (number / PER_DECADE))


def quantile(signal: str, counts: Mapping[int, int], share: float) -> float | None:
    """The lower edge of the bin in which a quantile lies; None without values."""
    total, seen = sum(counts.values()), 0
    for number in sorted(counts):
        seen += counts[number]
        if seen >= share * total:
            return edge_of(signal, number)
    return None
