"""One panel of removal curves as SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Final

from markupsafe import Markup

from corpuskit.calibrate.curves import Curve, Panel

_WIDTH, _HEIGHT = 560, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 150, 12, 34
_CLEAN, _NOISE = "var(--kept)", "var(--lost)"
# Okabe and Ito's palette without blue and vermilion, used for the first two lines.
_OTHERS: Final = ("#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8a8a00", "#7f5fa8", "#7d8590")
_DASHES: Final = {"set": "none", "default": "1 3", "FineWeb-2": "6 4"}
_LEGEND: Final = 9
"""Most lines of the legend: the noise, the sample and its largest collections."""


def svg(panel: Panel, marks: Mapping[str, float]) -> Markup:
    """The curves of a rule; `marks` are thresholds by name (a key of _DASHES)."""
    curves = _chosen(panel.curves)
    parts = [*_frame(panel), *_lines(panel, curves), *_marks(panel, marks), *_legend(curves)]
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    label = escape(_label(panel, curves, marks))
    return Markup(f'<svg {size} role="img" aria-label="{label}">{"".join(parts)}</svg>')


def _label(panel: Panel, curves: list[tuple[Curve, str, float]], marks: Mapping[str, float]) -> str:
    """The chart in a sentence: what is removed at each mark."""
    texts = []
    for name, value in marks.items():
        at = min(int((panel.thresholds < value).sum()), len(panel.thresholds) - 1)
        shares = ", ".join(f"{curve.removed[at]:.1%} of {curve.name}" for curve, *_ in curves[:2])
        texts.append(f"{name} {value:g} removes {shares}")
    return f"{panel.rule}: {'; '.join(texts) or 'no threshold'}"


def _chosen(curves: tuple[Curve, ...]) -> list[tuple[Curve, str, float]]:
    """Curves with color and width; collections by size, largest first."""
    clean, rest = curves[0], [curve for curve in curves[1:] if curve.name != "noise"]
    noise = [(curve, _NOISE, 2.4) for curve in curves if curve.name == "noise"]
    largest = sorted(rest, key=lambda curve: -curve.units)[: min(len(_OTHERS), _LEGEND - 2)]
    others = [(curve, _OTHERS[at], 1.0) for at, curve in enumerate(largest)]
    return [(clean, _CLEAN, 2.4), *noise, *others]


def _x(panel: Panel, value: float) -> float:
    width = _WIDTH - _LEFT - _RIGHT
    return _LEFT + width * value / float(panel.thresholds[-1])


def _y(share: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - share)


def _frame(panel: Panel) -> Iterator[str]:
    right = _WIDTH - _RIGHT
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _y(share)
        yield f'<path d="M{_LEFT} {y:.1f}H{right}" style="stroke:var(--line)"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>'
    for step in range(5):
        value = float(panel.thresholds[-1]) * step / 4
        at = f'x="{_x(panel, value):.1f}" y="{_HEIGHT - 14}"'
        yield f'<text {at} text-anchor="middle">{value:.4g}</text>'


def _lines(panel: Panel, curves: list[tuple[Curve, str, float]]) -> Iterator[str]:
    for curve, color, width in reversed(curves):
        points = " ".join(
            f"{_x(panel, value):.1f},{_y(share):.1f}"
            for value, share in zip(panel.thresholds.tolist(), curve.removed.tolist(), strict=True)
        )
        yield f'<polyline points="{points}" style="stroke:{color}" stroke-width="{width}"/>'


def _marks(panel: Panel, marks: Mapping[str, float]) -> Iterator[str]:
    for name, value in marks.items():
        x = _x(panel, max(value, 0.0))
        yield (
            f'<path d="M{x:.1f} {_TOP}V{_HEIGHT - _BOTTOM}" style="stroke:var(--text)" '
            f'stroke-width="1.3" stroke-dasharray="{_DASHES[name]}">'
            f"<title>{escape(name)} {value:g}</title></path>"
        )


def _legend(curves: list[tuple[Curve, str, float]]) -> Iterator[str]:
    x = _WIDTH - _RIGHT + 10
    for at, (curve, color, width) in enumerate(curves):
        y = _TOP + 8 + 17 * at
        name = curve.name if len(curve.name) <= 18 else f"{curve.name[:17]}…"
        yield f'<path d="M{x} {y}h14" style="stroke:{color}" stroke-width="{width}"/>'
        yield f'<text x="{x + 19}" y="{y + 4}">{escape(name)}<title>{curve.units}</title></text>'
