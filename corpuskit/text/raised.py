"""Raised and lowered characters in plain text: 10² where a page writes `10<sup>2</sup>`.

Without them 10 to the power of 2 would read 102. Ordinals and abbreviations (1<sup>st</sup>,
M<sup>me</sup>) are letters, and stay as they are.
"""

from __future__ import annotations

from typing import Final

_TABLES: Final = {
    "sup": str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ"),
    "sub": str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"),
}
"""Unicode Standard, block Superscripts and Subscripts, and three characters of Latin-1."""
_MARKS: Final = {"sup": "^", "sub": "_"}
_ALONE: Final = frozenset("+-−n")
"""Characters that are raised without a digit beside them: Na⁺, xⁿ."""

RAISED: Final = frozenset(_MARKS)
"""Elements of HTML whose text stands above or below the line."""


def raised(text: str, element: str, before: str = "") -> str:
    """`text` as it reads inside the element `sup` or `sub`, where `before` stands before it.

    Digits and signs become superscripts or subscripts. Digits of other scripts have none: after a
    letter or a digit the mark `^` or `_` stands before them. All else, such as the number of a
    note in brackets, is returned as it is.
    """
    table, inner = _TABLES[element], text.strip()
    has_digit = any(char.isdecimal() for char in inner)
    if not (has_digit or inner in _ALONE):
        return text
    if all(ord(char) in table for char in inner if not char.isspace()):
        return text.translate(table)
    if has_digit and before[-1:].isalnum() and (inner[0].isalnum() or inner[0] in _ALONE):
        return _MARKS[element] + text.lstrip()
    return text
