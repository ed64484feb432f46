"""The words of a batch, numbered, in flat arrays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np
import numpy.typing as npt

from corpuskit.text import TextBatch
from corpuskit.text.tables import LETTER, Codes, class_table, code_points

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shapes:
    """Properties of words, one value per word."""

    lengths: Integers
    """Code points."""
    alphabetic: npt.NDArray[np.bool_]
    """Whether it has a letter."""
    identifier: npt.NDArray[np.bool_]
    """Whether it looks like a name in a program: snake_case or camelCase in ASCII letters and
    digits. Base64 does too; web addresses do not count."""

    @classmethod
    def of(cls, words: list[str]) -> Shapes:
        """Shapes of words; none may be empty."""
        lengths = np.fromiter(map(len, words), np.int64, len(words))
        if not words:
            return cls(lengths, np.zeros(0, dtype=bool), np.zeros(0, dtype=bool))
        starts = np.cumsum(lengths) - lengths
        codes = code_points("".join(words))
        letter = class_table()[codes] == LETTER
        named = np.logical_or.reduceat(_name_joints(codes, starts), starts)
        address = np.array(["://" in word for word in words])
        return cls(lengths, np.logical_or.reduceat(letter, starts), named & ~address)

    def at(self, ids: Integers) -> Shapes:
        """The shapes of words given by number."""
        return Shapes(self.lengths[ids], self.alphabetic[ids], self.identifier[ids])


def _name_joints(codes: Codes, starts: Integers) -> npt.NDArray[np.bool_]:
    """Where a capital follows a small letter, or an underscore is between letters or digits."""
    kind = np.zeros(129, dtype=np.uint8)
    kind[ord("0") : ord("9") + 1] = kind[ord("A") : ord("Z") + 1] = 1
    kind[ord("A") : ord("Z") + 1] |= 2
    kind[ord("a") : ord("z") + 1] = 1 | 4
    kind[ord("_")] = 8
    kinds = kind[np.minimum(codes, 128)]
    before, after = np.roll(kinds, 1), np.roll(kinds, -1)
    before[starts] = 0
    after[starts - 1] = 0  # the end of each word; that of the last is at -1
    camel = ((before & 4) > 0) & ((kinds & 2) > 0)
    snake = (kinds == 8) & ((before & 1) > 0) & ((after & 1) > 0)
    return np.asarray(camel | snake)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words of a batch, one after the other."""

    counts: Integers
    """Words per text; shape (n,)."""
    owners: Integers
    """Which text each word belongs to."""
    ids: Integers
    """Number of each word; the same for equal words of one text, different across texts."""
    shapes: Shapes
    seen: list[dict[str, int]]
    """The different words of each text, in order of first occurrence, with their ids."""

    @classmethod
    def of(cls, texts: TextBatch, syllabic: Collection[int] = ()) -> Vocabulary:
        """Number the words of every text; `syllabic` texts (by row) are cut by syllable."""
        seen: list[dict[str, int]] = []
        ids: list[list[int]] = []
        base = 0
        for words in texts.words(syllabic):
            known = dict(zip(dict.fromkeys(words), count(base)))
            ids.append(list(map(known.__getitem__, words)))
            seen.append(known)
            base += len(known)
        counts = np.fromiter(map(len, ids), np.int64, len(ids))
        flat = np.fromiter(chain.from_iterable(ids), np.int64, int(counts.sum()))
        shapes = Shapes.of(list(chain.from_iterable(seen)))
        owners = np.repeat(np.arange(len(ids)), counts)
        return cls(counts, owners, flat, shapes.at(flat), seen)

    def per_text(self, values: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Integers:
        """Sum of a value per word over the words of each text."""
        sums = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
        ends = np.cumsum(self.counts)
        return np.asarray(sums[ends] - sums[ends - self.counts])


def with_cases(words: Sequence[str]) -> frozenset[str]:
    """Words with their forms at the start of a sentence and in titles."""
    return frozenset(form for word in words for form in (word, word.capitalize(), word.upper()))
