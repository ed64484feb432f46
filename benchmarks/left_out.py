"""What calibrated rules remove of a collection that they were not calibrated on.

    python benchmarks/left_out.py ../shared/data

For every language of the catalogue with two collections or more, each with 20 documents at
least: thresholds from all others together, with and without the margins of
corpuskit.calibrate.methods, and the share of the one left out that they remove.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clean_text import collections
from benchmarks.report import table
from corpuskit.calibrate import Collection, Sample
from corpuskit.calibrate.derive import derive, thresholds_of
from corpuskit.calibrate.limits import LEAST
from corpuskit.calibrate.methods import MEASURED
from corpuskit.languages import Language, languages

LEAST_LEFT_OUT = 20

KINDS = {
    "bible": "the Bible", "debian": "Debian's manuals", "docusaurus": "Docusaurus manuals",
    "global": "Global ASP's stories", "libreoffice": "LibreOffice help", "mtrss": "MTRSS",
    "mynews": "myNews", "ntrex": "NTREX-128", "nusaparagraph": "NusaWrites",
    "nusatranslation": "NusaWrites", "nusawrites": "NusaWrites", "nusax": "NusaX",
    "oldiseed": "OLDI-Seed", "tatoeba": "Tatoeba", "ud": "Universal Dependencies",
    "udhr": "the UDHR", "wisesight": "Wisesight",
}  # fmt: skip
"""What sources are called; those of one name share rows."""


def sample(texts: dict[str, list[str]]) -> Sample:
    """The collections of one language, each text once."""
    named: dict[str, dict[str, None]] = {}
    for source, rows in texts.items():
        name = KINDS[source.removeprefix("lid-").partition("-")[0]]
        named.setdefault(name, {}).update(dict.fromkeys(rows))
    return Sample(tuple(Collection(name, tuple(named[name])) for name in sorted(named)))


def judged(profile: Language, texts: dict[str, list[str]]) -> Iterator[tuple[int, int, int]]:
    """Per collection left out: its documents, removed with margins, removed without."""
    found = derive(profile, sample(texts), date(2026, 1, 1))
    bare = tuple(replace(one, margin=1.0, known=None) for one in MEASURED)
    units = found.balanced
    for at in range(len(units.collections)):
        inside = found.documents.of(found.documents.owners == at)
        others = units.of(units.owners != at)
        if len(inside) >= LEAST_LEFT_OUT and len(others) >= LEAST:
            removed = (
                int(np.count_nonzero(inside.rejected(thresholds_of(others, methods))))
                for methods in (MEASURED, bare)
            )
            with_margins, without = removed
            yield len(inside), with_margins, without


def run(data: Path) -> list[dict[str, Any]]:
    """A row per language, and one for all."""
    texts = collections(data)
    rows = []
    for profile in languages():
        found = list(judged(profile, texts.get(profile.code, {})))
        if found:
            rows.append(_row(profile.code, found))
    total = [(row["documents"], row["removed"], row["without_margins"]) for row in rows]
    whole = {
        "collections": sum(one["collections"] for one in rows),
        "worst": max(one["worst"] for one in rows),
    }
    return [*rows, _row("all", total) | whole]


def _row(name: str, found: list[tuple[int, int, int]]) -> dict[str, Any]:
    documents, removed, without = (sum(column) for column in zip(*found, strict=True))
    return {
        "language": name,
        "collections": len(found),
        "documents": documents,
        "removed": removed,
        "share": removed / documents,
        "worst": max(one / count for count, one, _ in found),
        "without_margins": without,
    }


if __name__ == "__main__":
    print(table(run(Path(sys.argv[1]))))
