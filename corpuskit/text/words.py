"""Words in every script by one call.

Where a text holds letters of a script that does not divide words by spaces, ICU's
dictionary break iterator cuts it (Thai, Lao, Khmer, Burmese, Han, Kana); elsewhere
words are what stands between spaces, without the punctuation around them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from icu4py.breakers import WordBreaker

from corpuskit.text.clusters import well_formed
from corpuskit.text.tables import DIGIT, LETTER, MARK, SCRIPT_IDS
from corpuskit.text.tables import Codes, class_table, code_points, script_table

UNSPACED: Final[tuple[str, ...]] = ("Hani", "Hira", "Kana", "Khmr", "Laoo", "Mymr", "Thai")
"""Scripts that write words without spaces between them and that ICU has a dictionary for."""

_ZWSP: Final = "\u200b"


def is_unspaced(codes: Codes) -> bool:
    """Whether any code point belongs to a script that needs dictionary segmentation."""
    present = np.bincount(script_table()[codes], minlength=1)
    ids = [SCRIPT_IDS[script] for script in UNSPACED if SCRIPT_IDS[script] < len(present)]
    return bool(present[ids].any())


def words(text: str) -> list[str]:
    """The text's words, in order: every segment with a letter, mark or digit in it.

    ZWSP counts as a word boundary everywhere and is in no word.
    """
    codes = code_points(text)
    if is_unspaced(codes):
        return _dictionary_words(text)
    return [word for piece in text.replace(_ZWSP, " ").split() if (word := _strip(piece))]


def _dictionary_words(text: str) -> list[str]:
    segments = WordBreaker(well_formed(text).replace(_ZWSP, "\n"), "en")
    return [segment for segment in segments if _is_word(segment)]


def _is_word(segment: str) -> bool:
    table = class_table()
    return any(LETTER <= table[ord(char)] <= DIGIT for char in segment)


def _strip(piece: str) -> str:
    """`piece` without what is no letter, mark or digit at its two ends."""
    if piece.isalnum():
        return piece
    table = class_table()
    kept = [at for at, char in enumerate(piece) if LETTER <= table[ord(char)] <= DIGIT]
    return piece[kept[0] : kept[-1] + 1] if kept else ""


assert LETTER < MARK < DIGIT  # `_is_word` and `_strip` test for the range
