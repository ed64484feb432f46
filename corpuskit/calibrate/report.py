"""The report of a calibration: one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from corpuskit.calibrate.calibration import Calibration, RuleRow
from corpuskit.calibrate.curves import Panel, panel
from corpuskit.calibrate.plot import svg

_STYLE: Final = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem;
       padding: 0 1rem; color: #222; background: #fff }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #ddd;
         font-variant-numeric: tabular-nums }
th:first-child, td:first-child, td.word { text-align: left }
.calibrated td:first-child { font-weight: 600 }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(34rem, 1fr)); gap: 1.5rem }
figure { margin: 0 } figcaption { font-weight: 600 } svg { width: 100%; height: auto }
.fatal { color: #a00 } .words { line-height: 2 } small { color: #666 }
"""


def write_report(calibration: Calibration, folder: Path) -> Path:
    """Write `report.html` into a folder, creating it, and return the path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.html"
    path.write_text("\n".join(_page(calibration)) + "\n", encoding="utf-8")
    return path


def _page(calibration: Calibration) -> Iterator[str]:
    name = f"{calibration.profile.name} ({calibration.profile.code})"
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(name)}</title>'
    yield f"<style>{_STYLE}</style><h1>Calibration of {escape(name)}</h1>"
    yield f"<p>{escape(_summary(calibration))}</p>"
    yield from _problems(calibration)
    yield from _collections(calibration)
    yield from _rules(calibration)
    yield from _words(calibration)
    yield "<h2>What each threshold would remove</h2>"
    yield "<p>Share removed (vertical) against the threshold (horizontal). Vertical lines: the "
    yield "threshold set (solid), the default (dotted), FineWeb-2's (dashed).</p>"
    yield '<div class="panels">'
    for row in calibration.rows():
        yield _figure(calibration, row)
    yield "</div></html>"


def _summary(calibration: Calibration) -> str:
    text = f"{calibration.derived.about}. The rules remove {calibration.removed:.1%} of the sample"
    if calibration.noise_rejected is not None:
        text += f" and {calibration.noise_rejected:.1%} of the noise"
    if calibration.removed_by_fineweb2 is not None:
        text += f"; FineWeb-2's thresholds would remove {calibration.removed_by_fineweb2:.1%} of it"
    return f"{text}."


def _problems(calibration: Calibration) -> Iterator[str]:
    if calibration.problems:
        yield "<h2>To look at</h2><ul>"
        for problem in calibration.problems:
            kind = ' class="fatal"' if problem.fatal else ""
            yield f"<li{kind}><b>{escape(problem.code)}</b>: {escape(problem.message)}</li>"
        yield "</ul>"


def _collections(calibration: Calibration) -> Iterator[str]:
    units, even = calibration.derived.documents, calibration.derived.balanced
    removed = units.shares(units.rejected(calibration.policy))
    yield "<h2>The sample</h2><table><tr><th>collection<th>documents<th>that count<th>removed</tr>"
    for at, name in enumerate(units.collections):
        counts = (int((part.owners == at).sum()) for part in (units, even))
        cells = "".join(f"<td>{count:,}" for count in counts)
        yield f"<tr><td>{escape(name)}{cells}<td>{removed.get(name, 0):.1%}</tr>"
    yield "</table>"


def _rules(calibration: Calibration) -> Iterator[str]:
    heads = ("rule", "threshold", "from", "removes", "left out", "of noise", "FineWeb-2", "10 %")
    yield f"<h2>The rules</h2><table><tr>{''.join(f'<th>{head}' for head in heads)}</tr>"
    for row in calibration.rows():
        numbers = (_share(row.removed), _share(row.left_out), _share(row.noise),
                   _number(row.fineweb2), _number(row.ten_percent))  # fmt: skip
        cells = "".join(f"<td>{number}" for number in numbers)
        yield (
            f'<tr class="{row.origin}"><td>{row.rule}<td>{row.threshold:g}'
            f'<td class="word">{row.origin}{cells}</tr>'
        )
    yield "</table><p><small>left out: the largest share that a rule removes of a collection if "
    yield "set on the others alone. 10 %: FineWeb-2's ten percent tail on this sample.</small></p>"
    for key, why in calibration.derived.unset.items():
        yield f"<p><b>{key}</b> is not set: {escape(why)}</p>"


def _words(calibration: Calibration) -> Iterator[str]:
    listed = calibration.derived.stop_words
    words = " · ".join(listed.words) if listed else "none"
    yield f'<h2>Stop words</h2><p class="words">{escape(words)}</p>'
    theirs = calibration.fineweb2
    if theirs:
        debris = theirs.debris(calibration.profile.script)
        ours = set(listed.words) if listed else set()
        shared = sum(word in ours for word in theirs.stop_words)
        rest = f"; debris: {', '.join(map(repr, debris))}" if debris else ""
        text = f"FineWeb-2 has {len(theirs.stop_words)}, {shared} of them in this list{rest}."
        yield f"<p>{escape(text)}</p>"


def _figure(calibration: Calibration, row: RuleRow) -> str:
    default, theirs = calibration.default_of(row.rule), row.fineweb2
    lines = {"set": row.threshold, "default": default, "FineWeb-2": theirs}
    marks = {name: value for name, value in lines.items() if value is not None}
    curves: Panel = panel(
        row.rule, calibration.derived.documents, calibration.noise, list(marks.values())
    )
    return f"<figure><figcaption>{row.rule}</figcaption>{svg(curves, marks)}</figure>"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
