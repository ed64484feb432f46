"""Lists of words, counted in texts of any script by one pass of Aho-Corasick.

Texts and words are compared by their match key (corpuskit.text.keys): case, zero-width spaces,
punctuation and the ways to type a letter do not count. In scripts with spaces a match begins and
ends where a word does; in scripts without, where a dictionary divides the text, or for longer
words where a character begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from corpuskit.text.clusters import clusters
from corpuskit.text.keys import folded_text, kept_table
from corpuskit.text.tables import (
    DIGIT,
    LETTER,
    MARK,
    class_table,
    code_points,
    from_code_points,
)
from corpuskit.text.words import unspaced_table, word_spans

if TYPE_CHECKING:
    from ahocorasick_rs import AhoCorasick

LONG_WORD: Final = 4
"""Clusters from which a word in a script without spaces need not begin and end where a dictionary
divides the text: slang is not in dictionaries. See benchmarks/safety_lists.py."""


@dataclass(frozen=True, slots=True)
class ListCount:
    """What a text has of the words of a list."""

    count: int
    """Occurrences; of overlapping ones the first, of those the longest."""
    chars: int
    """Characters of the text's match key in them."""


class KeyedText:
    """A text, its match key and where each character of that stands; shared by all lists."""

    def __init__(self, text: str) -> None:
        self._folded = folded_text(text)
        self._codes = code_points(self._folded)
        self._places = np.flatnonzero(kept_table()[self._codes])
        self.key = from_code_points(self._codes[self._places])

    def divisions(self, first: int, behind: int) -> frozenset[int]:
        """The characters `first + 1` to `behind` of the key before which a space or a mark was that
        divides words, counted from `first`."""
        places = self._places[first:behind]
        gaps = np.flatnonzero(np.diff(places) > 1)
        return frozenset(
            int(gap) + 1
            for gap in gaps
            if not np.isin(self._codes[places[gap] + 1 : places[gap + 1]], _JOINING).all()
        )

    def is_whole(self, first: int, behind: int, is_long: bool) -> bool:
        """Whether a word may begin and end with these characters of the key."""
        start, stop = int(self._places[first]), int(self._places[behind - 1]) + 1
        return self._is_edge(start, start - 1, start, self._starts, is_long) and self._is_edge(
            stop, stop, stop - 1, self._stops, is_long
        )

    def _is_edge(
        self, at: int, outer: int, inner: int, divided: Callable[[], frozenset[int]], is_long: bool
    ) -> bool:
        """Whether a word may begin or end at a place, between its neighbors out- and inside."""
        if not 0 <= outer < len(self._codes):
            return True
        left, right = int(self._codes[at - 1]), int(self._codes[at])
        if class_table()[right] == MARK or left in _STACKING or left in _BEFORE_CONSONANTS:
            return False
        outside = int(self._codes[outer])
        if class_table()[outside] not in _WRITTEN:
            return True
        is_unspaced = unspaced_table()[[outside, int(self._codes[inner])]]
        if is_unspaced.all():
            return is_long or at in divided()
        return bool(is_unspaced.any())  # a change of script

    def _starts(self) -> frozenset[int]:
        return self._spans[0]

    def _stops(self) -> frozenset[int]:
        return self._spans[1]

    @cached_property
    def _spans(self) -> tuple[frozenset[int], frozenset[int]]:
        """Where words start and where they stop, by dictionary."""
        spans = word_spans([self._folded])
        return frozenset(spans.starts.tolist()), frozenset(spans.stops.tolist())


_WRITTEN: Final = (LETTER, MARK, DIGIT)
_JOINING: Final = np.array([0x200B, 0x200C, 0x200D, 0x2060, 0xAD], dtype=np.uint32)
"""Characters that the key drops and that divide no word."""
_STACKING: Final = frozenset((0x17D2, 0x1039, 0x1A60))
"""Signs that put the next consonant below: Khmer coeng, Myanmar and Tai Tham virama."""
_BEFORE_CONSONANTS: Final = frozenset(map(ord, "เแโใไເແໂໃໄ"))
"""Thai and Lao vowels that stand before the consonant that they belong to."""


@dataclass(frozen=True, slots=True)
class ListedWord:
    """An entry of a list."""

    key: str
    divisions: frozenset[int]
    """Where the entry itself is divided, as `KeyedText.divisions` counts."""
    is_long: bool
    """Whether it has LONG_WORD clusters."""

    def is_at(self, first: int, text: KeyedText) -> bool:
        """Whether what has its key is this word: whole, divided as it is or between all letters."""
        behind = first + len(self.key)
        if not text.is_whole(first, behind, self.is_long):
            return False
        inner = text.divisions(first, behind)
        return inner <= self.divisions or len(inner) == len(self.key) - 1


class ListedWords:
    """Words and phrases of a list; immutable once made."""

    def __init__(self, entries: Iterable[str]) -> None:
        words: dict[str, ListedWord] = {}
        for entry in entries:
            word = _word_of(entry)
            if word is not None:
                known = words.get(word.key)
                divisions = word.divisions | (known.divisions if known else frozenset())
                words[word.key] = ListedWord(word.key, divisions, word.is_long)
        self._words = [words[key] for key in sorted(words)]
        self._automaton = _automaton([word.key for word in self._words])

    def __len__(self) -> int:
        return len(self._words)

    def count(self, text: KeyedText) -> ListCount:
        """What a text has of the list."""
        if self._automaton is None:
            return ListCount(0, 0)
        hits = self._automaton.find_matches_as_indexes(text.key, overlapping=True)
        matches = [
            (first, -behind)
            for number, first, behind in hits
            if self._words[number].is_at(first, text)
        ]
        chosen = list(_apart(sorted(matches)))
        return ListCount(len(chosen), sum(behind - first for first, behind in chosen))


def _apart(matches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    end = 0
    for first, negative in matches:
        if first >= end:
            end = -negative
            yield first, end


def _word_of(entry: str) -> ListedWord | None:
    text = KeyedText(entry)
    if not text.key:
        return None
    is_long = len(clusters(entry)) >= LONG_WORD
    return ListedWord(text.key, text.divisions(0, len(text.key)), is_long)


def _automaton(keys: list[str]) -> AhoCorasick | None:
    from ahocorasick_rs import AhoCorasick

    return AhoCorasick(keys) if keys else None
