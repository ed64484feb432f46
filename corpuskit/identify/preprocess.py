"""How a text is prepared for a model of our own, in training and in prediction.

A label table names it: `[model] preprocess = "lid-sea-1"`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from corpuskit.text.clusters import well_formed

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
    """One line of valid UTF-8 in NFC: what lid.176 and GlotLID were trained on."""
    return unicodedata.normalize("NFC", well_formed(text)).replace("\n", " ")


PREPROCESS: Final[dict[str, Callable[[str], str]]] = {"plain": plain, "lid-sea-1": lid_sea_1}
"""By the name used in label tables."""
