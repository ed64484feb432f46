"""Find text typed for a font that draws other letters; it is never converted.

Before Unicode, Khmer was typed in Limon and similar fonts, which have their letters at the code
points of Latin ones. Without the font such a page is garbage in Latin script, which later stages
cannot distinguish from an unknown language.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from corpuskit.normalize.legacy_vietnamese import vietnamese_font
from corpuskit.text.tables import code_points

LEAST_LETTERS: Final = 40
"""Texts with fewer letters A to Z are not judged; the shortest of 15 Limon texts has 49."""

# The two cases of a letter are two Khmer consonants, so case changes inside words: .102 to .184
# of the letters in Limon texts; names written as one word (ChampionshipOfClubs) reach .11.
LEAST_CASE_CHANGES: Final = 0.06

# Latin-1 signs stand for letters and occur between letters: .016 to .078 of the letters in Limon
# texts; none in code, in random Base64 or in any of 23,943 texts with such case changes.
_SIGNS: Final = re.compile("(?<=[A-Za-z])[\u00a1-\u00bf\u00d7\u00f7](?=[A-Za-z])")
LEAST_SIGNS: Final = 0.01


def legacy_font(text: str) -> str | None:
    """The kind of pre-Unicode font that the text was typed for: `limon` (Khmer in Latin codes),
    `vni` or `tcvn3` (Vietnamese); None for Unicode text."""
    return "limon" if _is_limon(text) else vietnamese_font(text)


def _is_limon(text: str) -> bool:
    codes = code_points(text)
    small = (codes >= ord("a")) & (codes <= ord("z"))
    capital = (codes >= ord("A")) & (codes <= ord("Z"))
    changes = int(np.count_nonzero(small[:-1] & capital[1:]))
    if not changes:
        return False
    letters = int(np.count_nonzero(small) + np.count_nonzero(capital))
    return (
        letters >= LEAST_LETTERS
        and changes >= LEAST_CASE_CHANGES * letters
        and len(_SIGNS.findall(text)) >= LEAST_SIGNS * letters
    )
