"""Arabic script, Jawi above all: remove the stretching of letters.

The digit two (U+0662) marks reduplication in Jawi and stays. Letters typed with look-alikes from
other languages (KAF, GA) are folded in the match key, not here: they are different letters.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.edits import EditRule, Remove

# Unicode Standard 9.2: tatweel stretches a word to fill its line. It is removed only between
# letters of one word, with or without marks on them; at a word's edge it forces a joined form,
# as in the sign for Hijri years, or carries a mark.
_LETTERS: Final = "\u0620-\u063f\u0641-\u065f\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f"
RULES: Final[tuple[EditRule, ...]] = (
    Remove(
        "tatweel_removed",
        re.compile(
            f"(?<=[{_LETTERS}])\u0640+(?=[\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u0750-\u077f])"
        ),
    ),
)
"""Repairs for the Arabic script, in their order."""
