"""The match key (corpuskit.text.keys) as tables, for texts whose key needs no look at more than two
neighboring code points.

A text takes the slow road, `match_key` itself, if NFC may change it, before or after case folding,
or if case folding makes several code points of one. `flags` says so per code point, after the
quick check of UAX #15 (section 9), read more strictly:

- SLOW: NFC changes it by itself, or its folded form is not one code point in NFC;
- JOINS: it composes with some starter before it. The text is slow if one of the two pairs
  (last starter, folded or not; this one) composes, or if that starter decomposes.

What is left for NFC is to sort the marks after a starter by their combining class (`classes`), as
in every Burmese text, where people type the asat before the dot below.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.text.keys import FOLDED, MOVED, kept_table
from corpuskit.text.tables import SIZE, Codes, from_code_points

SLOW, JOINS, DECOMPOSES, DROPPED, FIRST, MARK = 1, 2, 4, 8, 16, 32
"""Bits of `flags`. DECOMPOSES: it or its folded form has a canonical decomposition. DROPPED: not
in a key. FIRST: the first of a pair that is spelled in another way. MARK: its combining class is
not 0."""

# Blocks of syllables and ideographs: no case, class 0; Hangul decomposes.
_HANGUL: Final = range(0xAC00, 0xD7A4)
_UNIFORM: Final = (range(0x3400, 0xA000), _HANGUL, range(0x17000, 0x18D00), range(0x20000, 0x2F800))
_ASSIGNED: Final = (range(0x323B0), range(0xE0000, 0xE0200))
_JAMO: Final = range(0x1161, 0x11C3)  # vowels and final consonants, which join by arithmetic


@dataclass(frozen=True, slots=True)
class KeyTables:
    """Tables over all code points, and lists of pairs."""

    folded: Codes
    """The folded code point; single spellings are replaced as well."""
    flags: npt.NDArray[np.uint8]
    classes: npt.NDArray[np.uint8]
    """Canonical combining class."""
    joining: npt.NDArray[np.uint64]
    """Sorted pairs that compose: starter << 32 | mark."""
    pairs: Codes
    """Spellings of two code points: first, second, and the two of the key (the second may be 0);
    shape (m, 4)."""


@lru_cache(maxsize=1)
def key_tables() -> KeyTables:
    """The tables of this interpreter's Unicode version; made once per process, in .06 s."""
    folded = np.arange(SIZE, dtype=np.uint32)
    flags = np.zeros(SIZE, dtype=np.uint8)
    classes = np.zeros(SIZE, dtype=np.uint8)
    joining: set[tuple[int, int]] = set()
    codes = _listed()
    chars = from_code_points(codes.astype(np.uint32))
    classes[codes] = np.fromiter(map(unicodedata.combining, chars), np.uint8, len(chars))
    for char in chars:
        fold = char.casefold()
        if fold == char and not unicodedata.decomposition(char):
            continue
        code, parts = ord(char), _decomposition(char)
        folded[code] = ord(fold[0])
        flags[code] = _flags(char, fold)
        if len(parts) == 2 and unicodedata.normalize("NFC", char) == char:
            joining.add((parts[0], parts[1]))
    flags[_HANGUL.start : _HANGUL.stop] = DECOMPOSES
    flags[_JAMO.start : _JAMO.stop] |= SLOW
    flags[np.isin(folded, [mark for _, mark in joining])] |= JOINS
    flags[classes > 0] |= MARK
    dropped = ~kept_table()
    flags[dropped] |= DROPPED
    flags[dropped & (classes > 0) | (folded != np.arange(SIZE)) & (classes > 0)] |= SLOW
    pairs = _pairs()
    flags[np.isin(folded, pairs[:, 0])] |= FIRST
    for spelling, replaced in FOLDED.items():
        if len(spelling) == 1:
            folded[folded == ord(spelling)] = ord(replaced)
    keys = sorted(starter << 32 | mark for starter, mark in joining)
    return KeyTables(folded, flags, classes, np.array(keys, dtype=np.uint64), pairs)


def _listed() -> npt.NDArray[np.int64]:
    """Assigned code points outside the uniform blocks."""
    is_listed = np.zeros(SIZE, dtype=np.bool_)
    for block in _ASSIGNED:
        is_listed[block.start : block.stop] = True
    for block in _UNIFORM:
        is_listed[block.start : block.stop] = False
    return np.flatnonzero(is_listed)


def _flags(char: str, fold: str) -> int:
    """SLOW and DECOMPOSES of a character that has a case or a decomposition."""
    flags = 0
    if (
        len(fold) > 1
        or unicodedata.normalize("NFC", char) != char
        or unicodedata.normalize("NFC", fold) != fold
        or unicodedata.combining(fold) != unicodedata.combining(char)
    ):
        flags |= SLOW
    if _decomposition(char) or _decomposition(fold[0]):
        flags |= DECOMPOSES
    return flags


def _decomposition(char: str) -> list[int]:
    """The canonical decomposition of a character, one step of it; empty if it has none."""
    mapping = unicodedata.decomposition(char)
    return [int(part, 16) for part in mapping.split()] if mapping and mapping[0] != "<" else []


def _pairs() -> Codes:
    spellings = {**FOLDED, **MOVED}
    rows = [
        [*map(ord, old), *map(ord, new), 0][:4] for old, new in spellings.items() if len(old) == 2
    ]
    return np.array(rows, dtype=np.uint32)
