"""How a text is prepared for a model of our own, in training and in prediction.

A label table names it: `[model] preprocess = "lid-sea-1"`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

import numpy as np

from corpuskit.text.clusters import well_formed
from corpuskit.text.tables import code_points

# The third part is `\S+@\S+`, tried at the start of a token alone, so that the search stays linear.
_ADDRESS: Final = re.compile(
    r"https?://\S+|www\.\S+|(?<!\S)(?=\S[^\s@]*+@\S)\S+|@\w+", re.IGNORECASE
)
_APOSTROPHES: Final = "'\u2019\u02bc\u2018`\u0060"
_SIMPLE: Final = re.compile(r"(?<=\w)'(?=\w)")


class _CharTable(dict[int, str]):
    """Translation table: letters and marks stay, anything else becomes a space or nothing."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        kind = unicodedata.category(char)
        if char in _APOSTROPHES:
            kept = "'"
        elif kind[0] in "LM":
            kept = char
        else:  # format characters (ZWSP, ZWNJ) are inside words, all others between them
            kept = "" if kind == "Cf" or char == "\u200b" else " "
        self[code] = kept
        return kept


_KEPT: Final = _CharTable()


def lid_sea_1(text: str) -> str:
    """One line in NFC and lower case: no addresses, digits, punctuation; apostrophes in words."""
    bare = _ADDRESS.sub(" ", unicodedata.normalize("NFC", well_formed(text)).lower())
    marked = _SIMPLE.sub("\ue000", bare.translate(_KEPT))
    return " ".join(marked.replace("'", " ").replace("\ue000", "'").split())


def plain(text: str) -> str:
    """One line of valid UTF-8 in NFC: what lid.176 and GlotLID were trained on.

    A text with more capitals than small letters is put in small letters, since these models have
    hardly seen any: of 2,366 texts put in capitals, lid.176 finds the language of .63 like this,
    as of the texts as they are, and else of .16.
    """
    line = unicodedata.normalize("NFC", well_formed(text)).replace("\n", " ")
    return _small(line) if _is_in_capitals(line) else line


def _is_in_capitals(line: str) -> bool:
    """Whether the line has more capitals than small letters."""
    small, capital = line.lower(), line.upper()
    if len(small) != len(line) or len(capital) != len(line):  # as with \u0130 or \u00df
        return sum(map(str.isupper, line)) > sum(map(str.islower, line))
    codes = code_points(line)
    capitals = np.count_nonzero(code_points(small) != codes)
    return bool(capitals > np.count_nonzero(code_points(capital) != codes))


def _small(line: str) -> str:
    """The line in small letters; where there is a dotted capital I, as in Turkish, the other one
    becomes a dotless letter."""
    if "\u0130" in line:
        line = line.replace("I", "\u0131").replace("\u0130", "i")
    return line.lower()


PREPROCESS: Final[dict[str, Callable[[str], str]]] = {"plain": plain, "lid-sea-1": lid_sea_1}
"""By the name used in label tables."""
