"""What is counted of the words of a batch: by the kernel where that pays, else in numpy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from corpuskit.kernels import count_words as kernel
from corpuskit.quality.repetition import DUPLICATE, OFTEN, TOP, repeated_chars, signal_name
from corpuskit.quality.shares import largest
from corpuskit.quality.vocabulary import Integers, Vocabulary
from corpuskit.text import TextBatch

UNIQUE_WINDOW: Final = 1000
"""Words counted for `unique_word_share`, which falls with a text's length."""


@dataclass(frozen=True, slots=True)
class BatchWordCounts:
    """Counts of n texts, arrays of shape (n,)."""

    words: Integers
    chars: Integers
    """Code points in words."""
    longest: Integers
    """Code points of the longest word; 0 without words."""
    alphabetic: Integers
    """Words with a letter."""
    identifier_chars: Integers
    """Code points in words that look like names in programs."""
    distinct: Integers
    """Different words among the first UNIQUE_WINDOW."""
    repeated: dict[str, Integers]
    """Code points in repeated n-grams, by the name of the signal."""
    kinds: list[dict[str, int]]
    """The different words of each text, in order of first occurrence, with their occurrences."""

    @classmethod
    def of(cls, texts: TextBatch, syllabic: Collection[int] = ()) -> BatchWordCounts:
        """Count the words of every text; `syllabic` texts (by row) are cut by syllable."""
        repetition = kernel.Repetition(TOP[-1], DUPLICATE[-1], OFTEN)
        counted = kernel.counted_words(texts, syllabic, UNIQUE_WINDOW, repetition)
        if counted is None:
            return cls.of_vocabulary(Vocabulary.of(texts, syllabic))
        columns = np.ascontiguousarray(counted.counts.T)
        names = [signal_name(n) for n in (*TOP, *DUPLICATE)]
        return cls(
            columns[kernel.WORDS],
            columns[kernel.CHARS],
            columns[kernel.LONGEST],
            columns[kernel.ALPHABETIC],
            columns[kernel.IDENTIFIER],
            columns[kernel.DISTINCT],
            dict(zip(names, columns[kernel.TOP :], strict=True)),
            counted.kinds,
        )

    @classmethod
    def of_vocabulary(cls, vocabulary: Vocabulary) -> BatchWordCounts:
        """The same counts from numbered words."""
        shapes = vocabulary.shapes
        times = np.bincount(vocabulary.ids, minlength=sum(map(len, vocabulary.seen))).tolist()
        return cls(
            vocabulary.counts,
            vocabulary.per_text(shapes.lengths),
            largest(shapes.lengths, vocabulary.counts).astype(np.int64),
            vocabulary.per_text(shapes.alphabetic),
            vocabulary.per_text(np.where(shapes.identifier, shapes.lengths, 0)),
            _distinct(vocabulary),
            repeated_chars(vocabulary),
            [{word: times[number] for word, number in known.items()} for known in vocabulary.seen],
        )


def _distinct(vocabulary: Vocabulary) -> Integers:
    starts = np.cumsum(vocabulary.counts) - vocabulary.counts
    distinct = [
        len(known)
        if count <= UNIQUE_WINDOW
        else len(np.unique(vocabulary.ids[start : start + UNIQUE_WINDOW]))
        for known, count, start in zip(vocabulary.seen, vocabulary.counts, starts, strict=True)
    ]
    return np.array(distinct, dtype=np.int64)
