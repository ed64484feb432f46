"""How much calibrated rules remove of a collection that they were not calibrated on.

    python benchmarks/left_out.py ../shared/data
    python benchmarks/left_out.py ../shared/data --stop-words

For every language of the catalogue with two collections or more, each with 20 documents at
least: thresholds and stop words from all others together, with and without the margins of
corpuskit.calibrate.methods, and the share of the one left out that they remove.

`--stop-words`: the rules on stop words alone, set on one, two, three or more collections (each
alone, and all but one), and what they remove of every other one.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clean_text import collections
from benchmarks.report import table
from corpuskit.calibrate import Collection, Sample
from corpuskit.calibrate.derive import Derivation, derive, thresholds_of
from corpuskit.calibrate.limits import LEAST
from corpuskit.calibrate.measure import SampleSignals, measure
from corpuskit.calibrate.methods import MEASURED
from corpuskit.languages import Language, languages

LEAST_LEFT_OUT = 20
TODAY = date(2026, 1, 1)
BARE = tuple(replace(method, margin=1.0, known=None) for method in MEASURED)
STOP_WORD_RULES = tuple(method for method in MEASURED if "stop_word" in method.key)

KINDS = {
    "bible": "the Bible", "debian": "Debian's manuals", "docusaurus": "Docusaurus manuals",
    "global": "Global ASP's stories", "libreoffice": "LibreOffice help", "mtrss": "MTRSS",
    "mynews": "myNews", "ntrex": "NTREX-128", "nusaparagraph": "NusaWrites",
    "nusatranslation": "NusaWrites", "nusawrites": "NusaWrites", "nusax": "NusaX",
    "oldiseed": "OLDI-Seed", "tatoeba": "Tatoeba", "ud": "Universal Dependencies",
    "udhr": "the UDHR", "wisesight": "Wisesight",
}  # fmt: skip
"""Names of sources; those of the same name share rows."""


def sample(texts: dict[str, list[str]]) -> Sample:
    """The collections of one language, each text once."""
    named: dict[str, dict[str, None]] = {}
    for source, rows in texts.items():
        name = KINDS[source.removeprefix("lid-").partition("-")[0]]
        named.setdefault(name, {}).update(dict.fromkeys(rows))
    return Sample(tuple(Collection(name, tuple(named[name])) for name in sorted(named)))


def large(texts: dict[str, list[str]]) -> list[Collection]:
    """The collections of a language that are large enough."""
    return [
        collection
        for collection in sample(texts).collections
        if len(collection.documents) >= LEAST_LEFT_OUT
    ]


def set_on(profile: Language, others: Sequence[Collection]) -> Derivation | None:
    """The calibration on some collections; None if they are too small."""
    if sum(len(collection.documents) for collection in others) < LEAST:
        return None
    return derive(profile, Sample(tuple(others)), TODAY)


def measured(profile: Language, collection: Collection, derivation: Derivation) -> SampleSignals:
    words = derivation.stop_words.words if derivation.stop_words else ()
    return measure(profile, {collection.name: collection.documents}, words)


def judged(profile: Language, texts: dict[str, list[str]]) -> Iterator[tuple[int, int, int]]:
    """Per collection left out: its documents, removed with margins, removed without."""
    everything = sample(texts).collections
    for left_out in large(texts):
        derivation = set_on(profile, [other for other in everything if other.name != left_out.name])
        if derivation:
            inside = measured(profile, left_out, derivation)
            bounds = {method.key: derivation.bounds.get(method.key) for method in MEASURED}
            policy = {key: bound.value for key, bound in bounds.items() if bound}
            bare = thresholds_of(derivation.balanced, BARE)
            yield (
                len(inside),
                int(np.count_nonzero(inside.rejected(policy))),
                int(np.count_nonzero(inside.rejected({key: bare[key] for key in policy}))),
            )


def stop_words(data: Path) -> list[dict[str, Any]]:
    """A row per number of collections that rules on stop words were set on."""
    texts = collections(data)
    shares: dict[int, list[float]] = defaultdict(list)
    for profile in languages():
        listed = large(texts.get(profile.code, {}))
        choices = [[collection] for collection in listed]
        if len(listed) > 2:
            choices += [
                [other for other in listed if other.name != collection.name]
                for collection in listed
            ]
        for chosen in choices:
            names = {collection.name for collection in chosen}
            rest = [collection for collection in listed if collection.name not in names]
            shares[min(len(chosen), 3)] += _removed_by_words(profile, chosen, rest)
    return [
        {"collections": "3 or more" if count == 3 else count, "tests": len(removed),
         "mean": float(np.mean(removed)), "above_1_percent": sum(share > 0.01 for share in removed),
         "above_5_percent": sum(share > 0.05 for share in removed), "worst": max(removed)}
        for count, removed in sorted(shares.items())
    ]  # fmt: skip


def _removed_by_words(
    profile: Language, chosen: Sequence[Collection], rest: Sequence[Collection]
) -> Iterator[float]:
    """Share of each other collection that the rules remove, however few they are set on."""
    derived = set_on(profile, chosen)
    policy = thresholds_of(derived.balanced, STOP_WORD_RULES) if derived else {}
    if derived and derived.stop_words and policy:
        for collection in rest:
            yield float(measured(profile, collection, derived).rejected(policy).mean())


def run(data: Path) -> list[dict[str, Any]]:
    """A row per language, and one for all."""
    texts = collections(data)
    rows = []
    for profile in languages():
        judgments = list(judged(profile, texts.get(profile.code, {})))
        if judgments:
            rows.append(_row(profile.code, judgments))
    total = [(row["documents"], row["removed"], row["without_margins"]) for row in rows]
    whole = {
        "collections": sum(row["collections"] for row in rows),
        "worst": max(row["worst"] for row in rows),
    }
    return [*rows, _row("all", total) | whole]


def _row(name: str, judgments: list[tuple[int, int, int]]) -> dict[str, Any]:
    documents, removed, without = (sum(column) for column in zip(*judgments, strict=True))
    return {
        "language": name,
        "collections": len(judgments),
        "documents": documents,
        "removed": removed,
        "share": removed / documents,
        "worst": max(lost / count for count, lost, _ in judgments),
        "without_margins": without,
    }


if __name__ == "__main__":
    shown = stop_words if "--stop-words" in sys.argv else run
    print(table(shown(Path(sys.argv[1]))))
