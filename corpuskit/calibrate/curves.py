"""Removal curves: the share of texts that a rule removes at every possible threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.calibrate.measure import SampleSignals
from corpuskit.thresholds import RULES, SIGNALS

Values = npt.NDArray[np.float64]

_POINTS: Final = 120
_OUTER: Final = 0.995
"""Quantile of clean text that the axis shows if a signal has no highest value."""


@dataclass(frozen=True)
class Curve:
    """One line: shares removed at the thresholds of the rule's axis."""

    name: str
    removed: Values
    units: int


@dataclass(frozen=True)
class Panel:
    """One rule: an axis of thresholds and a curve for the sample, its collections and noise."""

    rule: str
    thresholds: Values
    curves: tuple[Curve, ...]


def panel(
    rule: str, clean: SampleSignals, noise: SampleSignals | None, marks: list[float]
) -> Panel:
    """The curves of one rule; `marks` are thresholds that the axis must include."""
    name = RULES[rule].signal
    parts = [("clean text", clean)]
    parts += [
        (collection, clean.of(clean.owners == at))
        for at, collection in enumerate(clean.collections)
        if len(clean.collections) > 1
    ]
    parts += [("noise", noise)] if noise is not None else []
    axis = _axis(name, clean.signals[name], marks)
    curves = tuple(Curve(label, _removed(rule, units, axis), len(units)) for label, units in parts)
    return Panel(rule, axis, curves)


def _axis(signal: str, values: Values, marks: list[float]) -> Values:
    known = values[~np.isnan(values)]
    highest = float(np.quantile(known, _OUTER)) if len(known) else 1.0
    highest = max([highest, *marks]) * 1.2
    return np.linspace(0, min(highest, max(SIGNALS[signal].highest, *marks)) or 1.0, _POINTS)


def _removed(rule: str, units: SampleSignals, axis: Values) -> Values:
    values = np.sort(units.signals[RULES[rule].signal])
    if not len(values):
        return np.zeros(len(axis))
    known = values[~np.isnan(values)]
    if RULES[rule].bound == "min":
        return np.searchsorted(known, axis, side="left") / len(values)
    return (len(known) - np.searchsorted(known, axis, side="right")) / len(values)
