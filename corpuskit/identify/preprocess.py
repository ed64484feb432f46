"""How a text is prepared for a model of our own, in training and in prediction.

A label table names it: `[model] preprocess = "lid-sea-1"`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from corpuskit.text.clusters import well_formed
from corpuskit.text.tables import (
    FORMAT,
    LETTER,
    MARK,
    SIZE,
    Codes,
    class_table,
    code_points,
    from_code_points,
)

# The third part is `\S+@\S+`, tried at the start of a token alone, so that the search stays linear.
_ADDRESS: Final = re.compile(
    r"https?://\S+|www\.\S+|(?<!\S)(?=\S[^\s@]*+@\S)\S+|@\w+", re.IGNORECASE
)
_APOSTROPHES: Final = "'\u2019\u02bc\u2018`\u0060"
_SIMPLE: Final = re.compile(r"(?<=\w)'(?=\w)")


_IN_ASCII: Final = {
    code: "'" if chr(code) in _APOSTROPHES else " "
    for code in range(128)
    if not chr(code).isalpha()
}
_NOTHING: Final = 0xFFFFFFFF
"""In the table of characters: nothing. Format characters (ZWSP, ZWNJ) are inside words."""


@lru_cache(maxsize=1)
def _kept_characters() -> Codes:
    """What every code point becomes: itself (letters, marks), an apostrophe, a space or nothing."""
    classes = class_table()
    table = np.full(SIZE, ord(" "), dtype=np.uint32)
    kept = np.flatnonzero((classes == LETTER) | (classes == MARK))
    table[kept] = kept
    table[classes == FORMAT] = _NOTHING
    table[[ord(char) for char in _APOSTROPHES]] = ord("'")
    return table


def _words_and_apostrophes(text: str) -> str:
    if text.isascii():
        return text.translate(_IN_ASCII)
    codes = _kept_characters()[code_points(text)]
    return from_code_points(codes[codes != _NOTHING])


def lid_sea_1(text: str) -> str:
    """One line in NFC and lower case: no addresses, digits, punctuation; apostrophes in words."""
    bare = unicodedata.normalize("NFC", well_formed(text)).lower()
    if "@" in bare or "://" in bare or "www." in bare:
        bare = _ADDRESS.sub(" ", bare)
    marked = _words_and_apostrophes(bare)
    if "'" in marked:
        marked = _SIMPLE.sub("\ue000", marked).replace("'", " ").replace("\ue000", "'")
    return " ".join(marked.split())


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
    small = line.lower()
    if small == line:
        return False
    capital = line.upper()
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


class PreparedTexts:
    """Texts as lines for a model; those of the last batch are kept, so that what asks about one of
    them again does not prepare it again."""

    def __init__(self, prepare: Callable[[str], str]) -> None:
        self._prepare = prepare
        self._last: dict[str, str] = {}

    def lines(self, texts: Sequence[str]) -> list[str]:
        """The lines of a batch of texts."""
        lines = [self._prepare(text) for text in texts]
        self._last = dict(zip(texts, lines, strict=True))
        return lines

    def line(self, text: str) -> str:
        """The line of one text."""
        line = self._last.get(text)
        return self._prepare(text) if line is None else line
