"""Lao: vowel AM as one character, tones after the vowel, two E as one EI.

No library does this. Unicode Standard 16.2: U+0EB3 is one character, although it looks like two
and NFKC splits it. HO NO and HO MO (U+0EDC, U+0EDD) look like HO and NO or MO only in some
fonts: they are folded in the match key, not here.
"""

from __future__ import annotations

from typing import Final

from corpuskit.normalize.edits import EditRule
from corpuskit.normalize.tonal import tonal_rules

RULES: Final[tuple[EditRule, ...]] = tonal_rules(
    "lao",
    tones="\u0ec8-\u0ecb",
    vowels="\u0eb1\u0eb4-\u0eb9\u0ebb",
    doubled=("\u0ec0", "\u0ec1"),
)
"""Repairs for the Lao script, in their order."""
