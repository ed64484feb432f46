"""Find and convert Zawgyi, a font encoding that is easily taken for Burmese in Unicode.

Zawgyi text comes from every kind of source: NTREX-128's Burmese is Zawgyi in 1,299 of 1,300
lines. So every text in Burmese script is checked by myanmartools' model (Markov chains of
code points, trained by Google), line by line and as a whole.
"""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from myanmartools import ZawgyiDetector

from corpuskit import logs
from corpuskit.normalize.burmese_syllables import is_well_formed
from corpuskit.normalize.edits import Edits
from corpuskit.normalize.zawgyi_convert import convert_zawgyi
from corpuskit.text.tables import SIZE, code_points

_log = logs.logger(__name__)

NEWLINE: Final = ord("\n")

CERTAIN: Final = math.log(0.95 / 0.05)
"""Least log odds for converting a line: probability .95. At this bound one of the 1,501 lines of
Unicode Burmese, Shan, Mon and Rakhine in the test data is taken for Zawgyi: it is misspelled;
AMID_UNICODE spares it."""

EVEN: Final = 0.0
"""Least log odds for converting a line of a document that is certainly Zawgyi as a whole. The
converted line must have less: if it still looks like Zawgyi it was something else."""

AMID_UNICODE: Final = 2 * CERTAIN
"""Least log odds for converting a line of a document that is certainly Unicode as a whole: the
document's certainty counts against the line's."""

_Numbers = npt.NDArray[np.float64]


def zawgyi_probability(text: str) -> float:
    """Probability (0 to 1) that the text is in Zawgyi; 0.5 for text without Burmese letters."""
    return 1 / (1 + math.exp(-min(max(float(_log_odds(text).sum()), -700.0), 700.0)))


def repair_zawgyi(text: str, edits: Edits) -> str:
    """Convert the lines that are in Zawgyi; a line is one edit.

    A line that is well-formed as Unicode needs another one that is not and is certainly Zawgyi:
    the model alone takes 61 of 51,480 words of the test data for Zawgyi, and lines of Pa'O.
    """
    odds = _log_odds(text)
    whole = odds.sum()
    least = EVEN if whole >= CERTAIN else AMID_UNICODE if whole <= -CERTAIN else CERTAIN
    suspects = np.flatnonzero((odds >= least) & (odds != 0)).tolist()  # 0: no Burmese letter
    if not suspects:
        return text
    _log.debug("%d lines look like Zawgyi", len(suspects))
    lines = text.split("\n")
    broken = [at for at in suspects if not is_well_formed(lines[at])]
    if not any(odds[at] >= CERTAIN for at in broken):
        suspects = broken
    if not suspects:
        return text
    converted = convert_zawgyi("\n".join([lines[at] for at in suspects]))
    after = _log_odds(converted)
    for at, line, odd in zip(suspects, converted.split("\n"), after.tolist(), strict=True):
        if line != lines[at] and odd < EVEN:
            lines[at] = line
            edits["zawgyi_converted"] += 1
    return "\n".join(lines)


def _log_odds(text: str) -> _Numbers:
    """Log odds of Zawgyi against Unicode, per line: the sum over all pairs of adjacent letters.
    Line ends and all characters outside the model's alphabet count as one letter."""
    codes = code_points(text)
    weights, letters = _model()
    numbers = np.concatenate(([0], letters[codes], [0]))
    pairs = np.concatenate(([0.0], np.cumsum(weights[numbers[:-1], numbers[1:]])))
    ends = np.append(np.flatnonzero(codes == NEWLINE), len(codes))
    starts = np.concatenate(([0], ends[:-1] + 1))
    odds: _Numbers = pairs[ends + 1] - pairs[starts]
    return odds


@lru_cache(maxsize=1)
def _model() -> tuple[_Numbers, npt.NDArray[np.int64]]:
    """Log odds per pair of the model's letters, shape (n, n), and the letter of each code point.

    The package's own loop over a text only reaches half a million characters a second.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # it uses a deprecated way to open its resource
        detector = ZawgyiDetector()
    size = len(detector._chars) + 1
    weights = -np.nan_to_num(np.array(detector._params, dtype=np.float64)).reshape(size, size)
    letters = np.zeros(SIZE, dtype=np.int64)
    letters[[ord(char) for char in detector._chars]] = np.arange(1, size)
    return weights, letters
