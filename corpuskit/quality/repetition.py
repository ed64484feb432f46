"""Signals of repetition inside a text: the n-grams of its words (Rae et al. 2021, A1.1).

An n-gram can repeat only if both (n-1)-grams in it do, so each n only examines the repeats of
n - 1; in clean text few are left after n = 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.quality.vocabulary import Integers, Vocabulary

TOP: Final = (2, 3, 4)
"""n of the most frequent n-grams."""
DUPLICATE: Final = tuple(range(5, 11))
"""n of duplicate n-grams."""

OFTEN: Final = 3
"""Occurrences that make an n-gram frequent. Two occur by chance in a short text: with 2, Gopher's
bounds reject 2.8 % of 5,061 clean paragraphs in 61 languages, with 3 they reject 1.0 %."""


def signal_name(n: int) -> str:
    """The signal of n-grams of this n.

    `top_Ngram_char_fraction`: in all occurrences of the most frequent n-gram that occurs
    at least OFTEN times (of equally frequent ones, the longest, then the first).
    `duplicate_Ngram_char_fraction`: in second and later occurrences of any n-gram. Spaces
    never count, so that scripts with and without them are measured alike; a word in two
    overlapping n-grams counts once.
    """
    return f"{'top' if n in TOP else 'duplicate'}_{n}gram_char_fraction"


def repeated_chars(vocabulary: Vocabulary) -> dict[str, Integers]:
    """Code points of each text's words that are in repeated n-grams, by the name of the signal."""
    columns: dict[str, Integers] = {}
    grams = _Grams.of_words(vocabulary)
    for n in range(2, DUPLICATE[-1] + 1):
        grams = grams.longer()
        starts = _top(vocabulary, grams) if n in TOP else grams.at[grams.again()]
        columns[signal_name(n)] = _covered(vocabulary, n, starts)
    return columns


@dataclass(frozen=True, slots=True)
class _Grams:
    """The n-grams of one n that may repeat, because the (n-1)-grams in them do."""

    n: int
    at: Integers
    """The first word of each, ascending."""
    ids: Integers
    """Number of each; the same for equal n-grams of one text, different across texts."""
    first: Integers
    """Index of the first occurrence, by number."""
    counts: Integers
    """Occurrences, by number."""

    @classmethod
    def of_words(cls, vocabulary: Vocabulary) -> _Grams:
        return cls.numbered(1, np.arange(len(vocabulary.ids)), vocabulary.ids)

    @classmethod
    def numbered(cls, n: int, at: Integers, keys: Integers) -> _Grams:
        _, first, ids, counts = np.unique(
            keys, return_index=True, return_inverse=True, return_counts=True
        )
        return cls(n, at, ids.astype(np.int64), first, counts)

    def longer(self) -> _Grams:
        """The (n+1)-grams that consist of two repeated n-grams at neighboring words.

        Texts share no numbers, so two repeated n-grams at neighboring words are in the same
        text: an n-gram that spans two texts never repeats.
        """
        repeated = self.counts[self.ids] > 1
        at, ids = self.at[repeated], self.ids[repeated]
        follows = np.flatnonzero(at[1:] == at[:-1] + 1)
        keys = ids[follows] * len(self.counts) + ids[follows + 1]
        return _Grams.numbered(self.n + 1, at[follows], keys)

    def again(self) -> npt.NDArray[np.bool_]:
        """Whether each is a second or later occurrence."""
        later = np.ones(len(self.at), dtype=bool)
        later[self.first] = False
        return later


def _top(vocabulary: Vocabulary, grams: _Grams) -> Integers:
    """The places of the most frequent repeated n-gram of each text."""
    frequent = np.flatnonzero(grams.counts >= OFTEN)
    starts = grams.at[grams.first[frequent]]
    ends = np.concatenate(([0], np.cumsum(vocabulary.shapes.lengths)))
    text_of = vocabulary.owners[starts]
    size = ends[starts + grams.n] - ends[starts]
    order = np.lexsort((starts, -size, -grams.counts[frequent], text_of))
    _, best = np.unique(text_of[order], return_index=True)
    is_top = np.zeros(len(grams.counts), dtype=bool)
    is_top[frequent[order[best]]] = True
    return grams.at[is_top[grams.ids]]


def _covered(vocabulary: Vocabulary, n: int, starts: Integers) -> Integers:
    """Code points per text in the words of the n-grams that start at `starts`."""
    is_covered = np.zeros(len(vocabulary.ids), dtype=bool)
    for step in range(n):
        is_covered[starts + step] = True
    return vocabulary.per_text(np.where(is_covered, vocabulary.shapes.lengths, 0))
