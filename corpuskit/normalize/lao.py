"""Lao: SARA AM whole, tones behind the vowel, the two E as one.

No library does it. Unicode Standard 16.2: U+0EB3 is one character, although it is drawn from
two and NFKC takes it apart. HO NO and HO MO (U+0EDC, U+0EDD) are drawn like HO and NO or MO
only in some fonts: they are folded in the match key, not here.
"""

from __future__ import annotations

from typing import Final

from corpuskit.normalize.edits import Rule
from corpuskit.normalize.tonal import tonal_rules

RULES: Final[tuple[Rule, ...]] = tonal_rules(
    "lao",
    tones="\u0ec8-\u0ecb",
    vowels="\u0eb1\u0eb4-\u0eb9\u0ebb",
    doubled=("\u0ec0", "\u0ec1"),
)
"""Repairs for the Lao script, in their order."""
