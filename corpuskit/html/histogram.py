"""A histogram as inline SVG: bars of what was kept and lost, and the threshold between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

_WIDTH: Final = 320
_HEIGHT: Final = 132
_MARGIN: Final = 10
_TOP: Final = 22
_BASE: Final = 108
"""Vertical place of the axis."""


@dataclass(frozen=True)
class HistogramChart:
    """What a histogram shows. Bars are of equal width on their axis, whatever its scale."""

    label: str
    """The text alternative: the chart in a sentence."""
    kept: Sequence[int]
    lost: Sequence[int]
    """As many as `kept`; drawn above them."""
    ticks: Sequence[tuple[float, str]]
    """Places on the axis, from 0 (left) to 1 (right), with what is written there."""
    threshold: tuple[float, str] | None = None


def histogram(chart: HistogramChart) -> Markup:
    """The chart; heights are square roots of counts, so that few documents can be seen."""
    highest = max((a + b for a, b in zip(chart.kept, chart.lost, strict=True)), default=0)
    kept, lost = [], []
    width = (_WIDTH - 2 * _MARGIN) / max(len(chart.kept), 1)
    for number, (below, above) in enumerate(zip(chart.kept, chart.lost, strict=True)):
        if not below + above:
            continue
        height = max((_BASE - _TOP) * ((below + above) / highest) ** 0.5, 2.0)
        part = height * below / (below + above)
        x = _MARGIN + number * width
        if below:
            kept.append(_bar(x, _BASE, width, part))
        if above:
            lost.append(_bar(x, _BASE - part, width, height - part))
    parts = [
        Markup('<path class="kept" d="{}"/>').format("".join(kept)) if kept else "",
        Markup('<path class="lost" d="{}"/>').format("".join(lost)) if lost else "",
        Markup('<path class="axis" d="M{} {}H{}"/>').format(_MARGIN, _BASE, _WIDTH - _MARGIN),
        *(_tick(place, text) for place, text in chart.ticks),
        _line(*chart.threshold) if chart.threshold else "",
    ]
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, chart.label, Markup("").join(parts)
    )


def _bar(x: float, bottom: float, width: float, height: float) -> str:
    inner = max(width - 1, 0.5)
    return f"M{x:.1f} {bottom:.1f}v{-height:.1f}h{inner:.1f}v{height:.1f}z"


def _x(place: float) -> float:
    return _MARGIN + place * (_WIDTH - 2 * _MARGIN)


def _anchor(place: float) -> str:
    return "start" if place < 0.1 else "end" if place > 0.9 else "middle"


def _tick(place: float, text: str) -> Markup:
    template = Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>')
    return template.format(_x(place), _HEIGHT - 8, _anchor(place), text)


def _line(place: float, text: str) -> Markup:
    anchor = "start" if place < 0.5 else "end"
    x = _x(place)
    return Markup(
        '<path class="threshold" d="M{:.1f} 4V{}"/>'
        '<text x="{:.1f}" y="14" text-anchor="{}">{}</text>'
    ).format(x, _BASE, x + (5 if anchor == "start" else -5), anchor, text)
