"""What is held out of the seeds, and the bound that is set on it."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import Guess
from corpuskit.identify.labels import Reading, is_negative
from corpuskit.identify.seeds import NEGATIVE, Row

HELD: Final = 10
"""One text of so many is held out, for thresholds and the report."""
HELD_NEGATIVE: Final = 10
"""One negative language of so many is held out wholly, as a language never seen."""
MIN_SCORE: Final = 0.5
"""Below, no language has a majority: with it macro-F1 is .976, without .975."""
BOUNDS: Final = (0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999)
MAX_LOSS: Final = 0.01
"""Of recall. For sea-1 it sets .995. On texts in languages never seen (seen when this was chosen)
.98 accepts 4.8 %, .995 3.6, .998 3.0; but on OLDI Seed, left out, .998 takes macro-F1 to .824."""
MIN_RECALL: Final = 0.95
"""The recall that a corpus can afford."""
FEW_LETTERS: Final = 10
SHORT: Final = 30
SHORT_SCORE: Final = 0.9
"""Measured on one to fifteen words cut out of held-out texts in Latin letters. Of those with fewer
than 11 letters .65 are named rightly, and .73 of what has a score of .9: they are left alone. With
11 to 15 letters it is .78 (.85 with a score of .9), to 20 .85 (.91), to 30 .90 (.94), to 40 .94."""


def split(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """What is trained on and what is held out, by the digest of text or negative language."""
    parts: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        if row.label.startswith(NEGATIVE) and row.source:
            held = zlib.crc32(row.label.encode()) % HELD_NEGATIVE == 0
        else:
            held = zlib.crc32(row.text.encode()) % HELD == 0
        parts[held].append(row)
    return parts


def reading(preprocess: str, min_known: float = 0.0) -> Reading:
    """How our own models are read."""
    return Reading(
        preprocess,
        MIN_SCORE,
        (),
        min_known,
        few_letters=FEW_LETTERS,
        short=SHORT,
        short_score=SHORT_SCORE,
    )


def calibrate(model: FastTextModel, held: Sequence[Row], preprocess: str) -> Reading:
    """How much the negative labels must leave to the known ones for an answer to be believed.

    As much as costs at most MAX_LOSS of the known texts and leaves MIN_RECALL, each language with
    one vote. Held-out negatives cannot say it: they are few, and kin of those trained on.
    """
    known: dict[str, list[float]] = defaultdict(list)
    for row, guesses in zip(held, model.guess([row.text for row in held]), strict=True):
        if row.label in model.codes:
            known[row.label].append(_left(guesses) if _is_right(guesses, row.label) else 0.0)
    least = max(MIN_RECALL, _share(known, MIN_SCORE) - MAX_LOSS)
    best = max((bound for bound in BOUNDS if _share(known, bound) >= least), default=0.0)
    return reading(preprocess, best)


def _is_right(guesses: Sequence[Guess], label: str) -> bool:
    return bool(guesses) and guesses[0].codes[0] == label and guesses[0].score >= MIN_SCORE


def _left(guesses: Sequence[Guess]) -> float:
    return 1.0 - sum(one.score for one in guesses if is_negative(one.codes[0]))


def _share(scores: dict[str, list[float]], bound: float) -> float:
    shares = [sum(one >= bound for one in found) / len(found) for found in scores.values()]
    return sum(shares) / len(shares) if shares else 0.0
