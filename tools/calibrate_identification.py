"""Measure min_lang_score and min_script_ratio of every profile; print them, or write them.

    python tools/calibrate_identification.py ../shared/data             # to standard output
    python tools/calibrate_identification.py ../shared/data --write     # into sources/*.toml

The score's floor puts recall first, as a corpus of a small language must. Of the multiples of
.1 that keep 98 % of the texts of about 300 and of about 1,000 characters whose language was
found it is the lowest that loses no more than .01 of the best precision among them, but .5 (as
likely as all other languages together) where a lower one would do. It is chosen on every second
text; recall and precision are those of the others. The ratio's floor is .9 of
the lowest ratio among those texts and the pages in that language, to the next lower .05: below
it stand pages that are half in another script. Floors are those of the embedded model and mean
nothing for another.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.identification import Labelled, documents, identifier, pages, sentences  # noqa: E402
from corpuskit.identify import Identification  # noqa: E402
from corpuskit.identify.model_spec import ModelSpec  # noqa: E402
from corpuskit.languages import language_codes  # noqa: E402
from corpuskit.names import DEFAULT_MODEL  # noqa: E402
from corpuskit.text import script_share  # noqa: E402

LENGTHS = (300, 1000)
KEPT = 0.98
PRECISION = 0.01
EVEN = 0.5
ENOUGH = 20
"""Texts at each length; of a language with fewer the profile sets no floor."""

Answered = list[tuple[Labelled, Identification]]


def score_line(code: str, levels: Sequence[Answered], today: str) -> str:
    """`min_lang_score` with what it keeps and how often it is right, at each length."""
    floor = best_floor([Level(code, answered[::2]) for answered in levels])
    held = [Level(code, answered[1::2]) for answered in levels]
    about = "; ".join(
        f"{level.texts} held-out texts of {length} characters: recall {level.recall(floor):.2f}, "
        f"precision {level.precision(floor):.2f}"
        for length, level in zip(LENGTHS, held, strict=True)
    )
    return (
        f"min_lang_score = {{ value = {floor:g}, "
        f'from = "measured {today} with {DEFAULT_MODEL}, {about}" }}'
    )


def best_floor(measured: Sequence[Level]) -> float:
    """The lowest that keeps recall, and all but PRECISION of the best precision."""
    steps = [step / 10 for step in range(1, 10)]
    kept = [s for s in steps if all(level.kept(s) >= KEPT for level in measured)] or steps[:1]
    best = [max(level.precision(step) for step in kept) for level in measured]
    good = [
        step
        for step in kept
        if all(m.precision(step) >= top - PRECISION for m, top in zip(measured, best, strict=True))
    ]
    return next((step for step in good if step >= EVEN), good[-1])


class Level:
    """Scores of one language's label at one length: where it is right and where it is not."""

    def __init__(self, code: str, answered: Answered) -> None:
        named = [
            (row.code == code, answer.score) for row, answer in answered if answer.lang == code
        ]
        self.right = np.array([score for right, score in named if right])
        self.wrong = np.array([score for right, score in named if not right])
        self.texts = sum(row.code == code for row, _ in answered)

    def kept(self, floor: float) -> float:
        return float(np.mean(self.right >= floor))

    def recall(self, floor: float) -> float:
        return float(np.sum(self.right >= floor)) / self.texts

    def precision(self, floor: float) -> float:
        hits, misses = np.sum(self.right >= floor), np.sum(self.wrong >= floor)
        return float(hits) / float(hits + misses) if hits else 0.0


def ratio_line(code: str, texts: Sequence[str], pages: Sequence[str], today: str) -> str:
    """`min_script_ratio` with the lowest ratio seen."""
    script = code.partition("_")[2]
    lowest = min(script_share(text, script) for text in (*texts, *pages))
    floor = math.floor(0.9 * lowest * 20) / 20
    origin = f"measured {today} on {len(texts)} texts and {len(pages)} pages: lowest {lowest:.2f}"
    return f'min_script_ratio = {{ value = {floor:g}, from = "{origin}" }}'


def written(profile: str, lines: str) -> str:
    """A profile with these two thresholds replaced, at the head of their table."""
    rest = re.sub(r"(?m)^min_(?:lang_score|script_ratio) = .*\n", "", profile)
    return rest.replace("[language.thresholds]\n", f"[language.thresholds]\n{lines}", 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="into sources/*.toml")
    parser.add_argument("--date", default=date.today().isoformat())
    arguments = parser.parse_args()
    rows = sentences(arguments.data)
    identify = identifier(ModelSpec.of())
    levels: list[Answered] = []
    for length in LENGTHS:
        texts = documents(rows, length)
        answers = identify([row.text for row in texts])
        levels.append(list(zip(texts, answers, strict=True)))
    found_pages = pages(arguments.data)
    for code in language_codes():
        if any(Level(code, answered).right.size < ENOUGH for answered in levels):
            print(f"# {code}: too few texts")
            continue
        texts_of = [row.text for row, _ in levels[0] if row.code == code]
        pages_of = [row.text for row in found_pages if row.code == code]
        score = score_line(code, levels, arguments.date)
        lines = f"{score}\n{ratio_line(code, texts_of, pages_of, arguments.date)}\n"
        path = ROOT / "sources" / f"{code}.toml"
        if arguments.write:
            path.write_text(written(path.read_text(encoding="utf-8"), lines), encoding="utf-8")
        else:
            print(f"# {code}\n{lines}")


if __name__ == "__main__":
    main()
