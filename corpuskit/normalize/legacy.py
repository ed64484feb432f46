"""Text typed for a font that draws another script or other letters: found, never converted.

Before Unicode, Khmer was typed in Limon and fonts like it, which have their letters at the code
points of Latin ones. Without the font such a page is garbage in Latin script, which no later
stage tells from a language that it does not know.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.normalize.legacy_vietnamese import vietnamese_font

LEAST_LETTERS: Final = 40
"""Letters A to Z from which a text is judged; the shortest of 15 Limon texts has 49."""

# The two cases of a letter are two Khmer consonants, so that case changes inside words: .102 to
# .184 of the letters in Limon texts; names written in one (ChampionshipOfClubs) reach .11.
_CASE_CHANGES: Final = re.compile("[a-z](?=[A-Z])")
LEAST_CASE_CHANGES: Final = 0.06

# Signs of Latin-1 stand for letters, between letters: .016 to .078 of the letters in Limon texts,
# none in code, in random Base64 or in any of 23,943 texts that have the case changes.
_SIGNS: Final = re.compile("(?<=[A-Za-z])[\u00a1-\u00bf\u00d7\u00f7](?=[A-Za-z])")
LEAST_SIGNS: Final = 0.01

_LETTERS: Final = re.compile("[A-Za-z]")


def legacy_font(text: str) -> str | None:
    """The kind of font of the time before Unicode that the text was typed for: `limon` (Khmer
    in Latin codes), `vni` or `tcvn3` (Vietnamese)."""
    return "limon" if _is_limon(text) else vietnamese_font(text)


def _is_limon(text: str) -> bool:
    changes = len(_CASE_CHANGES.findall(text))
    if not changes:
        return False
    letters = len(_LETTERS.findall(text))
    return (
        letters >= LEAST_LETTERS
        and changes >= LEAST_CASE_CHANGES * letters
        and len(_SIGNS.findall(text)) >= LEAST_SIGNS * letters
    )
