"""Bullets that a PDF gives as private characters.

Word draws bullets in Symbol and Wingdings, whose characters are private ones (U+F0B7): the words of
such a PDF are whole, and nothing is wrong with its text layer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from unicodedata import category

from corpuskit.connectors.documents.pdf_char import Char

BULLET: Final = "\u2022"

_PICTURES: Final = re.compile(
    r"(?:[A-Z]{6}\+)?(?:wingdings|webdings|zapf ?dingbats)", re.IGNORECASE
)
"""Fonts, with the tag of a subset, that have no letters."""

_NEW_LINE: Final = 0.6  # em, as pdf_chars.NEW_LINE
_GAP: Final = 0.2  # em, as pdf_chars.GAP
_COLUMN: Final = 3.0  # em, as pdf_chars.JUMP


def with_bullets(chars: Sequence[Char]) -> list[Char]:
    """The characters with U+2022 for signs that no character is named for and that stand alone at
    the start of a line, or are of a font of pictures."""
    result = list(chars)
    shown = [index for index, char in enumerate(chars) if not char.text.isspace()]
    for place, index in enumerate(shown):
        char = chars[index]
        if not _is_unknown(char):
            continue
        before = chars[shown[place - 1]] if place else None
        after = chars[index + 1] if index + 1 < len(chars) else None
        is_alone = _starts(before, char) and _ends(char, after)
        if is_alone or (_is_private(char) and _PICTURES.match(char.font)):
            result[index] = replace(char, text=BULLET, unmapped=False)
    return result


def _is_private(char: Char) -> bool:
    return category(char.text[:1]) == "Co"


def _is_unknown(char: Char) -> bool:
    return char.unmapped or char.text == "\ufffd" or _is_private(char)


def _starts(before: Char | None, char: Char) -> bool:
    return before is None or _distance(before, char) > _COLUMN * char.em


def _ends(char: Char, after: Char | None) -> bool:
    if after is None or after.text.isspace() or after.apart:
        return True
    return _distance(char, after) > _GAP * char.em


def _distance(first: Char, second: Char) -> float:
    """The gap between two characters of a line; endless between lines."""
    if abs(first.y - second.y) > _NEW_LINE * max(first.em, second.em):
        return float("inf")
    return max(second.x - first.right, first.x - second.right)
