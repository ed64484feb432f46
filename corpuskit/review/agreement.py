"""Krippendorff's alpha: how far reviewers agree beyond chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from corpuskit.review.questions import Level

Value = str | int | bool


def krippendorff_alpha(
    units: Iterable[Sequence[Value]], level: Level = "nominal", order: Sequence[Value] = ()
) -> float | None:
    """Krippendorff's alpha of the values that each unit was given, by whatever number of reviewers.

    Units with fewer than two values do not count. `order` has the values of an ordinal scale from
    low to high. 1 is full agreement, 0 what chance gives; below .667 Krippendorff (2019, Content
    Analysis, chapter 12) draws no conclusions. None where nothing can be said: no unit has two
    values, or all values are the same.
    """
    pairs = [list(unit) for unit in units if len(unit) > 1]
    present = {value for unit in pairs for value in unit}
    values = list(order) or sorted(present, key=str)
    if len(present) < 2:
        return None
    coincidences = _coincidences(pairs, values)
    totals = coincidences.sum(axis=0)
    distances = _ordinal(totals) if level == "ordinal" else 1.0 - np.eye(len(values))
    observed = float((coincidences * distances).sum())
    expected = float((np.outer(totals, totals) * distances).sum()) / (float(totals.sum()) - 1)
    return 1.0 - observed / expected


def _coincidences(
    units: Sequence[Sequence[Value]], values: Sequence[Value]
) -> npt.NDArray[np.float64]:
    """How often two values met in a unit, each unit weighing as much as it has values."""
    place = {value: number for number, value in enumerate(values)}
    table = np.zeros((len(values), len(values)))
    for unit in units:
        counts = np.bincount([place[value] for value in unit], minlength=len(values))
        table += (np.outer(counts, counts) - np.diag(counts)) / (len(unit) - 1)
    return table


def _ordinal(totals: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Squared distances of ranks: all values between two, and half of the two themselves."""
    middle = np.cumsum(totals) - totals / 2
    squared: npt.NDArray[np.float64] = (middle[:, None] - middle[None, :]) ** 2
    return squared
