"""From counts by bin to a histogram: which bins are a bar, and what the axis says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from corpuskit.html import HistogramChart
from corpuskit.publish.report.bins import (
    NOTHING,
    PER_DECADE,
    SHARE_BINS,
    SLACK,
    edge_of,
    is_share,
)

_BARS: Final = 40
_LEAST_BARS: Final = 20
_OUTER: Final = 0.002
"""Share of values at either end that the axis may leave to its outermost bars."""


@dataclass(frozen=True)
class _Axis:
    """Bars of `width` bins each, from the bin `first`; before them one for NOTHING if there is."""

    first: int
    width: int
    bars: int
    has_nothing: bool

    @property
    def total(self) -> int:
        return self.bars + self.has_nothing

    def bar(self, number: int) -> int:
        if self.has_nothing and number == NOTHING:
            return 0
        at = (number - self.first) // self.width
        return min(max(at, 0), self.bars - 1) + self.has_nothing

    def place(self, number: float) -> float:
        at = (number - self.first) / self.width + self.has_nothing
        return min(max(at / self.total, 0.0), 1.0)


def chart_of(
    signal: str,
    label: str,
    kept: Mapping[int, int],
    lost: Mapping[int, int] | None = None,
    bound: str = "",
    threshold: float | None = None,
) -> HistogramChart:
    """A histogram of values by bin; an edge of a bar is at the threshold."""
    lost = lost or {}
    limit = None if threshold is None else _threshold_bin(signal, threshold)
    axis = _axis(signal, kept, lost, limit)
    heights = []
    for counts in (kept, lost):
        bars = [0] * axis.total
        for number, count in counts.items():
            bars[axis.bar(number)] += count
        heights.append(bars)
    mark = None
    if limit is not None and threshold is not None:
        words = "at least" if bound == "min" else "at most"
        mark = (axis.place(limit), f"{words} {threshold:g}")
    return HistogramChart(label, heights[0], heights[1], _ticks(signal, axis), mark)


def _threshold_bin(signal: str, threshold: float) -> float:
    if is_share(signal):
        return threshold * SHARE_BINS
    return math.log10(threshold) * PER_DECADE if threshold > 0 else float(NOTHING)


def _axis(
    signal: str, kept: Mapping[int, int], lost: Mapping[int, int], limit: float | None
) -> _Axis:
    both = [n for counts in (kept, lost) for n in counts if n != NOTHING]
    has_nothing = any(NOTHING in counts for counts in (kept, lost))
    ends = [_end(counts, share) for counts in (kept, lost) for share in (_OUTER, 1 - _OUTER)]
    marks = [n for n in ends if n is not None] if both else []
    if limit is not None and limit > NOTHING:
        marks.append(math.floor(limit + SLACK))
    low, high = (min(marks), max(marks)) if marks else (0, 1)
    if is_share(signal) and low < SHARE_BINS / 20:
        low = 0
    width = max(1, -(-(high - low + 1) // _BARS))
    if limit is not None and limit > NOTHING:
        low -= (low - math.floor(limit + SLACK)) % width
    bars = max((high - low) // width + 1, _LEAST_BARS)
    if is_share(signal):
        low -= width * max(0, (low + bars * width - SHARE_BINS) // width)
    return _Axis(low, width, bars, has_nothing)


def _end(counts: Mapping[int, int], share: float) -> int | None:
    total, seen = sum(n for at, n in counts.items() if at != NOTHING), 0
    for number in sorted(counts):
        seen += counts[number] if number != NOTHING else 0
        if number != NOTHING and seen >= share * total:
            return number
    return None


def _ticks(signal: str, axis: _Axis) -> list[tuple[float, str]]:
    ticks = [(0.5 / axis.total, "0")] if axis.has_nothing else []
    last = axis.first + axis.bars * axis.width
    for step in (0.0, 0.5, 1.0)[len(ticks) :]:
        number = axis.first + step * (last - axis.first)
        value = edge_of(signal, number)
        ticks.append((axis.place(number), _written(value)))
    return ticks


def _written(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"
