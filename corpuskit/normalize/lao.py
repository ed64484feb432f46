"""Lao: vowel AM as one character, marks in their place, two E as one EI.

No library does this. Unicode Standard 16.2: U+0EB3 is one character, although it looks like two
and NFKC splits it. HO NO and HO MO (U+0EDC, U+0EDD) look like HO and NO or MO only in some
fonts: they are folded in the match key, not here.
"""

from __future__ import annotations

from typing import Final

from corpuskit.normalize.edits import EditRule, Edits, until_stable
from corpuskit.normalize.tonal import TonalScript, tonal_rules

SCRIPT: Final = TonalScript(
    name="lao",
    consonants="\u0e81-\u0eae\u0edc-\u0edf",
    below="\u0ebc",  # the semivowel LO
    vowels="\u0eb1\u0eb4-\u0eb9\u0ebb\u0ecd",  # with NIGGAHITA, which is also the vowel O (ກໍ່)
    tones="\u0ec8-\u0ecb",
    silent="\u0ecc",
    following="\u0eb0\u0eb2\u0ebd",
    e="\u0ec0",
)
_TONAL: Final[tuple[EditRule, ...]] = tonal_rules(SCRIPT)


def repair(text: str, edits: Edits) -> str:
    """Apply the rules until nothing changes."""
    return until_stable(_TONAL, text, edits)


RULES: Final[tuple[EditRule, ...]] = (repair,)
"""Repairs for the Lao script, in their order."""
