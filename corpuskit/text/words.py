"""Words of many texts in one call, with a rule for each script.

| script | words are | source |
|---|---|---|
| Thai, Lao, Khmer, Burmese, Han, Kana | segments by ICU's dictionaries | UAX #29, ICU 78 |
| Myanmar, in languages without a dictionary | syllables (text.syllables) | UTN #11 |
| Tibetan | syllables: text between tsheg, shad and similar marks | Unicode Standard 13.4 |
| any other | text between spaces, without the punctuation around it | |
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from icu4py.breakers import WordBreaker

from corpuskit.text.clusters import well_formed
from corpuskit.text.spans import Positions, Spans, in_texts, merged
from corpuskit.text.syllables import SCRIPT as MYANMAR
from corpuskit.text.syllables import cut_syllables
from corpuskit.text.tables import (
    DIGIT,
    LETTER,
    MARK,
    PUNCTUATION,
    SCRIPT_IDS,
    SPACE,
    Codes,
    class_table,
    code_points,
    script_table,
)

UNSPACED: Final[tuple[str, ...]] = ("Hani", "Hira", "Kana", "Khmr", "Laoo", "Mymr", "Thai")
"""Scripts without spaces between words for which ICU has a dictionary."""

_ZWSP: Final = "\u200b"
# Put between concatenated texts: nothing joins across a paragraph separator, whatever is on its
# sides (WB3a, WB3b), and unlike a line feed it does not combine with a carriage return.
_BETWEEN: Final = "\u2029"
# Controls that are spaces for `str.split` but not in Unicode.
_SEPARATORS: Final = range(0x1C, 0x20)

_Flags = npt.NDArray[np.bool_]


def is_unspaced(codes: Codes) -> bool:
    """Whether any code point belongs to a script that needs dictionary segmentation."""
    return bool(unspaced_table()[codes].any())


def words(text: str) -> list[str]:
    """The text's words, in order; see `word_spans`."""
    return word_spans([text]).cut([text])[0]


def word_spans(texts: Sequence[str], syllabic: Collection[int] = ()) -> Spans:
    """The words of each text: segments with at least one letter, mark or digit.

    `syllabic`: the texts (by number) in a language of the Myanmar script that ICU has no
    dictionary for; their parts in that script are cut into syllables. ZWSP is a word boundary
    everywhere and never part of a word.
    """
    listed = frozenset(syllabic)
    groups: dict[tuple[bool, bool], list[int]] = {}
    for row, text in enumerate(texts):
        by_syllable = row in listed
        groups.setdefault((_by_dictionary(text, by_syllable), by_syllable), []).append(row)
    parts = [
        (rows, _spans([texts[row] for row in rows], *kind)) for kind, rows in sorted(groups.items())
    ]
    return parts[0][1] if len(parts) == 1 else merged(parts, len(texts))


def _by_dictionary(text: str, by_syllable: bool) -> bool:
    if text.isascii():
        return False
    codes = code_points(text)
    needed = unspaced_table()[codes]
    if by_syllable:
        needed &= script_table()[codes] != SCRIPT_IDS[MYANMAR]
    return bool(needed.any())


def _spans(texts: Sequence[str], by_dictionary: bool, by_syllable: bool) -> Spans:
    joined = _BETWEEN.join(texts) + _BETWEEN
    codes = code_points(joined)
    cuts = np.zeros(len(codes), dtype=np.bool_)
    if by_dictionary:
        cuts = _dictionary_cuts(joined) | _meetings(codes)
    if by_syllable:
        in_myanmar, begins = cut_syllables(codes)
        cuts = np.where(in_myanmar, begins, cuts | begins)
    starts, stops = _segments(codes, cuts) if by_dictionary else _trimmed(codes, cuts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + len(_BETWEEN)
    return in_texts(starts, stops, np.concatenate(([0], np.cumsum(lengths))))


def _dictionary_cuts(text: str) -> _Flags:
    """The code points at which ICU begins a segment."""
    breaker = WordBreaker(well_formed(text).replace(_ZWSP, "\n"), "en")
    lengths = np.fromiter(map(len, breaker), np.int64)
    cuts = np.zeros(len(text), dtype=np.bool_)
    cuts[np.cumsum(lengths) - lengths] = True
    return cuts


def _meetings(codes: Codes) -> _Flags:
    """The code points at which a word in a script without spaces meets a number or a word in
    another script: ICU joins the two (rules WB5 to WB10 of UAX #29)."""
    counted, unspaced = in_words(codes), _is_unspaced_letter()[codes]
    meets = counted[1:] & counted[:-1] & (unspaced[1:] != unspaced[:-1])
    meets &= ~(_is_shared_mark()[codes[1:]])
    return np.concatenate((np.zeros(min(1, len(codes)), dtype=np.bool_), meets))


def _segments(codes: Codes, cuts: _Flags) -> tuple[Positions, Positions]:
    """Start and stop of every segment that has a letter, mark or digit."""
    starts = np.flatnonzero(cuts)
    stops = np.append(starts[1:], len(codes))
    counted = np.concatenate(([0], np.cumsum(in_words(codes))))
    worded = counted[stops] > counted[starts]
    return starts[worded], stops[worded]


def _trimmed(codes: Codes, cuts: _Flags) -> tuple[Positions, Positions]:
    """Segments from the first to the last letter, mark or digit between two spaces or cuts."""
    piece = np.cumsum(gap_table()[codes] | cuts)
    at = np.flatnonzero(in_words(codes))
    pieces = piece[at]
    changes = np.flatnonzero(np.diff(pieces)) + 1
    firsts = np.concatenate(([0], changes)) if len(at) else changes
    lasts = np.append(changes, len(at)) - 1 if len(at) else changes
    return at[firsts], at[lasts] + 1


@lru_cache(maxsize=1)
def unspaced_table() -> _Flags:
    """Whether each code point belongs to a script that needs dictionary segmentation."""
    return np.isin(script_table(), [SCRIPT_IDS[script] for script in UNSPACED])


@lru_cache(maxsize=1)
def _is_unspaced_letter() -> _Flags:
    """Letters and marks of scripts that need dictionary segmentation, without their digits."""
    letters: _Flags = unspaced_table() & (class_table() != DIGIT)
    return letters


@lru_cache(maxsize=1)
def _is_shared_mark() -> _Flags:
    """Combining marks that belong to the letter before them, whatever its script."""
    shared: _Flags = (class_table() == MARK) & (script_table() == 0)
    return shared


@lru_cache(maxsize=1)
def gap_table() -> _Flags:
    """Whether each code point stands between words, in scripts that need no dictionary."""
    gaps: _Flags = class_table() == SPACE
    gaps |= (script_table() == SCRIPT_IDS["Tibt"]) & (class_table() == PUNCTUATION)
    gaps[[ord(_ZWSP), *_SEPARATORS]] = True
    return gaps


def in_words(codes: Codes) -> _Flags:
    """Whether each code point is a letter, mark or digit; every word has at least one."""
    classes = class_table()[codes]
    return (classes >= LETTER) & (classes <= DIGIT)


assert LETTER < MARK < DIGIT  # `in_words` tests for the range
