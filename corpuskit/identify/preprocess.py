"""How a text is prepared for a model of our own, in training and in prediction.

A label table names it: `[model] preprocess = "lid-sea-2"`.
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


_ACCENTED: Final = {
    ord(unicodedata.normalize("NFC", vowel + mark)): vowel
    for vowel in "aeiou"
    for mark in "\u0300\u0301\u0302"
}
"""Vowels with a grave, an acute or a circumflex, and without."""


_CONSONANT: Final = (
    "\u1000-\u1021\u103f\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\uaa60-\uaa7a"
)
_UNIT: Final = re.compile(
    # A Myanmar syllable starts with a consonant that neither closes the one before nor is stacked.
    f"(?<=\\S)(?<!\u1039)(?=[{_CONSONANT}](?![\u103a\u1039]))"
    "|(?<=[\u3400-\u9fff])(?=\\S)|(?<=\\S)(?=[\u3400-\u9fff])"
)
"""Where Myanmar and Han text is cut: both are written without spaces between words."""


def lid_sea_2(text: str) -> str:
    """As `lid_sea_1`, but with vowels without grave, acute and circumflex, and with spaces between
    Myanmar syllables and Han characters.

    In Austronesian languages these marks show stress or a schwa, in some texts and not in others:
    of Madurese interface texts, which have them, a model of accent-free seeds recognizes .26.
    Letters that only Vietnamese has keep their marks. Pairs of syllables tell Rakhine from Burmese,
    which the letters inside long phrases do not.
    """
    line = lid_sea_1(text)
    if line.isascii():
        return line
    return _UNIT.sub(" ", line.translate(_ACCENTED))


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


PREPROCESS: Final[dict[str, Callable[[str], str]]] = {
    "plain": plain,
    "lid-sea-1": lid_sea_1,
    "lid-sea-2": lid_sea_2,
}
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
