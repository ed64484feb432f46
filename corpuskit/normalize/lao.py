"""Lao: vowel AM as one character, marks in their place, two E as one EI.

No library does this. Unicode Standard 16.2: U+0EB3 is one character, although it looks like two
and NFKC splits it. HO NO and HO MO (U+0EDC, U+0EDD) look like HO and NO or MO only in some
fonts: they are folded in the match key, not here.
"""

from __future__ import annotations

from typing import Final

from corpuskit.normalize.edits import EditRule, Edits, until_stable
from corpuskit.normalize.tonal import tonal_rules

TONES: Final = "\u0ec8-\u0ecb"
# The semivowel LO below is part of the initial consonant; NIGGAHITA is also the vowel O (ກໍ່);
# the cancellation mark makes a letter silent.
_TONAL: Final[tuple[EditRule, ...]] = tonal_rules(
    "lao",
    tones=TONES,
    ranks=("\u0ebc", "\u0eb1\u0eb4-\u0eb9\u0ebb\u0ecd", f"{TONES}\u0ecc"),
    following="\u0eb0\u0eb2\u0ebd",
    doubled=("\u0ec0", "\u0ec1"),
)


def repair(text: str, edits: Edits) -> str:
    """Apply the rules until nothing changes."""
    return until_stable(_TONAL, text, edits)


RULES: Final[tuple[EditRule, ...]] = (repair,)
"""Repairs for the Lao script, in their order."""
