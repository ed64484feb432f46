"""Vietnamese in UTF-8 that was decoded as Windows-1252, with bytes lost on the way.

Two kinds of bytes get lost. A0 becomes a no-break space and later a space, so that "Th\u00c3 nh"
stands for "Th\u00e0nh". 81, 8D, 8F, 90 and 9D are not assigned in Windows-1252 and are dropped. A
sequence is completed only where one letter of Vietnamese is possible; the others stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_SHAPES: Final = "\u0302\u0306\u031b"  # circumflex, breve, horn
_BASES: Final = "aeiouyAEIOUY"
_LETTERS: Final = frozenset(
    char
    for base in _BASES
    for shape in ("", *_SHAPES)
    for tone in ("", *_TONES)
    if len(char := unicodedata.normalize("NFC", base + shape + tone)) == 1 and ord(char) > 0x7F
) | {"\u0110", "\u0111"}


def _as_read(char: str) -> str | None:
    """The character as Windows-1252 shows its UTF-8; None if a byte is not assigned there."""
    try:
        return char.encode().decode("cp1252")
    except UnicodeDecodeError:
        return None


def _in_latin_1(char: str) -> str:
    return char.encode().decode("latin-1")


_MARKS: Final = frozenset(_TONES + _SHAPES)
_READ: Final = {
    read: char
    for char in sorted(_LETTERS | _MARKS)
    for read in (_as_read(char), _in_latin_1(char))
    if read is not None
}
_PUNCTUATION: Final = {read: char for char in "–—‘’“”•…" if (read := _as_read(char)) is not None}


def _any_of(keys: list[str]) -> str:
    return "|".join(map(re.escape, sorted(keys, key=len, reverse=True)))


_SEQUENCE: Final = re.compile(_any_of([*_READ, *_PUNCTUATION]))
# Sequences that hardly occur but in Vietnamese: letters of the block U+1EA0 to U+1EF9, and a letter
# with a combining tone.
_CERTAIN: Final = re.compile(
    _any_of([read for read, char in _READ.items() if ord(char) >= 0x1EA0])
    + "|(?<=[A-Za-z\u00a0-\u00bf])(?:"
    + _any_of([read for read, char in _READ.items() if char in _MARKS])
    + ")"
)
# A second or third byte that only Windows-1252 shows so: bytes without a character there are lost.
_OF_WINDOWS: Final = re.compile(
    "[\u00c3-\u00c6\u00cc\u00ba\u00bb][\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2018-\u2022\u2013\u2014\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
_HIGH: Final = re.compile("[^\x00-\x7f]")
_LEADS: Final = re.compile("[\u00c3\u00c4\u00cc]|\u00e1\u00bb")  # of sequences that lost a byte
_ASCII_LETTER: Final = re.compile("[A-Za-z]")
_MAX_OTHERS: Final = 0.1
"""Most other characters outside ASCII per sequence: 7 or more in 158 lines of Thai read so."""
_LEAST_ASCII: Final = 0.25
"""Fewest ASCII letters per sequence: at least 1 in 1,561 Vietnamese texts read so; Thai alone has
none."""

_Completion = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
# A grave with a final behind it is one syllable, since no word is a final alone; a space behind the
# space, or the end of a phrase, shows that the first one was the byte.
_SPACES: Final[tuple[_Completion, ...]] = (
    (re.compile("\u00c3 (?=(?:nh|ng|n|m|i|y|o|u)(?![^\\W\\d_]))"), "\u00e0"),
    (re.compile("\u00c3 (?= )|\u00c3(?=[.,;:!?)]|$)"), "\u00e0"),
    (re.compile("\u00c3 (?=[^\\W\\d_])"), "\u00e0 "),
)
# C4 90 is D with stroke: of C4 81, 8D, 8F and 9D none is Vietnamese; CC 81 is the acute. E1 BB with
# 81, 8D, 8F, 90 or 9D (\u1ec1 \u1ecd \u1ecf \u1ed0 \u1edd): behind u with horn only the last is
# possible, behind i and y only the first, but gi is a consonant.
_LOST: Final[tuple[_Completion, ...]] = (
    (re.compile("\u00c4(?=[^\\W\\d_])"), "\u0110"),
    (re.compile("(?<=[A-Za-z\u00c0-\u01b0\u0300-\u0323])\u00cc(?![\u0080-\u00bf])"), "\u0301"),
    (re.compile("(?<=\u01b0)\u00e1\u00bb(?=[cimnptu])"), "\u1edd"),
    (re.compile("(?<=[iy])(?<![gG]i)\u00e1\u00bb(?=[munc])"), "\u1ec1"),
)


def as_vietnamese(line: str) -> str:
    """The line with its letters decoded, if it is Vietnamese that was decoded wrongly."""
    if not _CERTAIN.search(line) or not _is_vietnamese(line):
        return line
    lossy = _OF_WINDOWS.search(line) is not None
    for pattern, replacement in _SPACES:
        line = pattern.sub(replacement, line)
    line = _SEQUENCE.sub(lambda match: _READ.get(match[0]) or _PUNCTUATION[match[0]], line)
    for pattern, replacement in _LOST if lossy else ():
        line = pattern.sub(replacement, line)
    return unicodedata.normalize("NFC", line)


def _is_vietnamese(line: str) -> bool:
    """Whether all but a few characters outside ASCII are Vietnamese, or sequences for it."""
    rest, sequences = _SEQUENCE.subn("", line)
    if len(_ASCII_LETTER.findall(rest)) < _LEAST_ASCII * sequences:
        return False
    others = [char for char in _HIGH.findall(_LEADS.sub("", rest)) if not _is_expected(char)]
    return len(others) <= _MAX_OTHERS * sequences


def _is_expected(char: str) -> bool:
    return char in _LETTERS or char in _MARKS or char in _PUNCTUATION.values() or char.isspace()
