"""Arabic script, Jawi first: letters are not stretched.

The digit two (U+0662) marks reduplication in Jawi and stays. Letters typed with the look-alikes
of other languages (KAF, GA) are folded in the match key, not here: they are other letters.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.edits import Remove, Rule

# Unicode Standard 9.2: tatweel stretches a word to fill its line. Only between letters of one
# word, marks between them counted in; at a word's edge it forces a joined form, as in the sign
# for Hijri years, or bears a mark.
_LETTERS: Final = "\u0620-\u063f\u0641-\u065f\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f"
RULES: Final[tuple[Rule, ...]] = (
    Remove(
        "tatweel_removed",
        re.compile(
            f"(?<=[{_LETTERS}])\u0640+(?=[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u0750-\u077f])"
        ),
    ),
)
"""Repairs for the Arabic script, in their order."""
