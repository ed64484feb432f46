"""The report of a calibration: one self-contained HTML file."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from corpuskit.calibrate.calibration import Calibration, RuleRow
from corpuskit.calibrate.curves import panel
from corpuskit.calibrate.plot import svg
from corpuskit.html import render


def write_report(calibration: Calibration, folder: Path) -> Path:
    """Write `report.html` into a folder, creating it, and return the path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "report.html"
    path.write_text(_page(calibration), encoding="utf-8")
    return path


def _page(calibration: Calibration) -> str:
    return render(
        "calibration.html",
        name=f"{calibration.profile.name} ({calibration.profile.code})",
        code=calibration.profile.code,
        summary=_summary(calibration),
        problems=calibration.problems,
        collections=_collections(calibration),
        rows=calibration.rows(),
        unset=calibration.derived.unset,
        words=calibration.derived.stop_words.words if calibration.derived.stop_words else (),
        compared=_compared_words(calibration),
        figures=[(row.rule, _figure(calibration, row)) for row in calibration.rows()],
    )


def _summary(calibration: Calibration) -> str:
    text = f"{calibration.derived.about}. The rules remove {calibration.removed:.1%} of the sample"
    if calibration.noise_rejected is not None:
        text += f" and {calibration.noise_rejected:.1%} of the noise"
    if calibration.removed_by_fineweb2 is not None:
        text += f"; FineWeb-2's thresholds would remove {calibration.removed_by_fineweb2:.1%} of it"
    return f"{text}."


def _collections(calibration: Calibration) -> list[tuple[str, int, int, float]]:
    """Name, documents, documents that count, share removed."""
    units, even = calibration.derived.documents, calibration.derived.balanced
    removed = units.shares(units.rejected(calibration.policy))
    return [
        (
            name,
            int((units.owners == at).sum()),
            int((even.owners == at).sum()),
            removed.get(name, 0.0),
        )
        for at, name in enumerate(units.collections)
    ]


def _compared_words(calibration: Calibration) -> str:
    """How the stop words differ from FineWeb-2's; nothing if it has none."""
    theirs = calibration.fineweb2
    if not theirs:
        return ""
    debris = theirs.debris(calibration.profile.script)
    listed = calibration.derived.stop_words
    ours = set(listed.words) if listed else set()
    shared = sum(word in ours for word in theirs.stop_words)
    rest = f"; debris: {', '.join(map(repr, debris))}" if debris else ""
    return f"FineWeb-2 has {len(theirs.stop_words)}, {shared} of them in this list{rest}."


def _figure(calibration: Calibration, row: RuleRow) -> Markup:
    default, theirs = calibration.default_of(row.rule), row.fineweb2
    lines = {"set": row.threshold, "default": default, "FineWeb-2": theirs}
    marks = {name: value for name, value in lines.items() if value is not None}
    curves = panel(row.rule, calibration.derived.documents, calibration.noise, list(marks.values()))
    return svg(curves, marks)
