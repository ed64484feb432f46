"""Which texts of a batch a rule could touch, by one pass over their code points.

Most texts are canonical already, and rules that look for what is not there take most of the time.
The look is conservative: it may name a text that no rule changes, and never misses one that a rule
for all scripts changes. What the repairs of a script change is for these repairs to say
(LETTERS_NEEDED names the scripts whose repairs start at a rare character).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.normalize import (
    common,
    invisible,
    jawi,
    khmer,
    mojibake,
    mojibake_thai,
    vietnamese,
)
from corpuskit.text import TextBatch
from corpuskit.text.tables import SIZE, Classes, Codes

_Flags = npt.NDArray[np.bool_]

# What a character may be part of; one bit each.
_CHANGED, _LATIN_RUN, _MARK, _LEAD, _TRAIL, _THAI_LEAD, _THAI_TRAIL, _HIGH = (
    1 << bit for bit in range(8)
)
_SPACE, _NEWLINE, _ZWSP = ord(" "), ord("\n"), ord(invisible.ZWSP)
_MARKS: Final = 16
"""Combining marks in a row that send a text to the rules; they cut after 30, words have four."""

LETTERS_NEEDED: Final = frozenset(("Arab", "Latn"))
"""Scripts whose repairs change nothing in a text without one of the characters flagged here."""

PLACES: Final[Mapping[str, Callable[[Codes], npt.NDArray[np.int64]]]] = {
    "Khmr": khmer.places_to_repair,
}
"""Scripts that have a look of their own."""

_RANGE: Final = re.compile("(.)-(.)|(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What the look says about each text of a batch; shape (n,)."""

    changeable: _Flags
    """A rule for all scripts could change the text, apart from normalization form C."""
    high: _Flags
    """It has characters from U+00A1 to U+00FF, without which no text is typed for a font of the
    time before Unicode."""

    def is_canonical(self, row: int, text: str) -> bool:
        """Whether no rule for all scripts changes this text."""
        if self.changeable[row]:
            return False
        return text.isascii() or unicodedata.is_normalized("NFC", text)


class RepairLook:
    """Which texts of a batch the repairs of their scripts could change."""

    def __init__(self, texts: TextBatch) -> None:
        self._texts = texts
        self._repairable: dict[str, _Flags] = {}

    def is_spared(self, row: int, script: str) -> bool:
        """Whether it is certain that the repairs of `script` do not change a canonical text."""
        if script in LETTERS_NEEDED:
            return True
        if script not in PLACES:
            return False
        if script not in self._repairable:
            places = PLACES[script](self._texts.codes)
            self._repairable[script] = _with_places(self._texts, places)
        return not self._repairable[script][row]


def first_look(texts: TextBatch, *, zwsp: str = "keep") -> FirstLook:
    """Look at all texts of a batch at once; `zwsp` as the rules take it."""
    codes, offsets = texts.codes, texts.offsets
    flags = _table()[codes]
    places = (
        np.flatnonzero(flags & _CHANGED),
        _ends_of_runs(flags & _LATIN_RUN != 0, mojibake_thai.RUN),
        _ends_of_runs(flags & _MARK != 0, _MARKS),
        np.flatnonzero((flags[:-1] & _LEAD != 0) & (flags[1:] & _TRAIL != 0)) + 1,
        _ends_of_triples(flags),
        _odd_spaces(codes),
        invisible.misplaced_zwsp(texts) if zwsp == "keep" else np.flatnonzero(codes == _ZWSP),
    )
    changeable = _with_places(texts, np.concatenate(places))
    filled = np.flatnonzero(np.diff(offsets))
    for edges in (offsets[filled], offsets[filled + 1] - 1):
        at_edge = codes[edges]
        changeable[filled[(at_edge == _SPACE) | (at_edge == _NEWLINE)]] = True
    return FirstLook(changeable, _with_places(texts, np.flatnonzero(flags & _HIGH)))


def _with_places(texts: TextBatch, places: npt.NDArray[np.int64]) -> _Flags:
    """Whether each text has one of these places of the batch. A pattern that begins in the text
    before is a false alarm, and harmless."""
    flags = np.zeros(len(texts), dtype=np.bool_)
    flags[np.searchsorted(texts.offsets, places, side="right") - 1] = True
    return flags


def _ends_of_runs(flags: _Flags, length: int) -> npt.NDArray[np.int64]:
    """Where `length` flagged characters in a row end."""
    width = 1
    while width < length and flags.any():
        step = min(width, length - width)
        flags = flags[step:] & flags[:-step]
        width += step
    return np.flatnonzero(flags) + length - 1


def _ends_of_triples(flags: Classes) -> npt.NDArray[np.int64]:
    """Where three letters of UTF-8 in a row, shown in Thai letters, may have their last second
    byte."""
    starts = (flags[:-1] & _THAI_LEAD != 0) & (flags[1:] & _THAI_TRAIL != 0)
    return np.flatnonzero(starts[6:] & starts[3:-3] & starts[:-6]) + 7


def _odd_spaces(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Where a space follows another or touches a line end, and the third of three line ends."""
    newline = codes == _NEWLINE
    white = newline | (codes == _SPACE)
    pairs = white[1:] & white[:-1] & ~(newline[1:] & newline[:-1])
    blank = newline[2:] & newline[1:-1] & newline[:-2]
    return np.concatenate((np.flatnonzero(pairs) + 1, np.flatnonzero(blank) + 2))


@lru_cache(maxsize=1)
def _table() -> Classes:
    """The bits of every code point."""
    table = np.zeros(SIZE, dtype=np.uint8)
    changed = (common.REMOVABLE, common.NEWLINES, common.SPACES, common.LIGATURES)
    for characters in (*changed, invisible.JOINERS, jawi.CHANGED, vietnamese.CHANGED):
        _add(table, _ranges(characters), _CHANGED)
    _add(table, [(0x80, 0x9F)], _CHANGED)  # controls, or Windows-1252
    _add(table, ((code, code) for code in mojibake_thai.MISREAD_LETTERS), _LATIN_RUN)
    _add(table, _ranges(mojibake.LEADS), _LEAD)
    _add(table, _ranges(mojibake.TRAILS), _TRAIL)
    _add(table, _ranges(mojibake_thai.TRIPLE_LEADS), _THAI_LEAD)
    _add(table, _ranges(mojibake_thai.TRIPLE_SECONDS), _THAI_TRAIL)
    _add(table, [(0xA1, 0xFF)], _HIGH)
    table[common.is_mark()] |= _MARK
    return table


def _add(table: Classes, ranges: Iterable[tuple[int, int]], bit: int) -> None:
    for first, last in ranges:
        table[first : last + 1] |= bit


def _ranges(characters: str) -> list[tuple[int, int]]:
    """First and last code point of each range of a character class without its brackets."""
    return [
        (ord(first or alone), ord(last or alone))
        for first, last, alone in _RANGE.findall(characters)
    ]
