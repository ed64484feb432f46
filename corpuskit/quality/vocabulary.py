"""The words of a batch in flat arrays, and the signals that count them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.quality.shares import Columns, Floats, largest, per
from corpuskit.text import TextBatch
from corpuskit.text.tables import DIGIT, LETTER, MARK, class_table, code_points
from corpuskit.text.words import in_words

Integers = npt.NDArray[np.int64]

UNIQUE_WINDOW: Final = 1000
"""Words looked at for `unique_word_share`, which falls with a text's length."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All words of a batch, one after the other."""

    counts: Integers
    """Words per text; shape (n,)."""
    owners: Integers
    """Which text each word belongs to."""
    ids: Integers
    """Number of each word; equal for equal words of one text, never equal across texts."""
    lengths: Integers
    """Code points per word."""
    alphabetic: npt.NDArray[np.bool_]
    """Whether each word has a letter."""
    seen: list[dict[str, int]]
    """The different words of each text, in order of first occurrence, with their ids."""

    @classmethod
    def of(cls, texts: TextBatch) -> Vocabulary:
        """Number the words of every text."""
        seen: list[dict[str, int]] = []
        ids: list[list[int]] = []
        base = 0
        for row in range(len(texts)):
            known: dict[str, int] = {}
            number = known.setdefault
            ids.append([number(word, base + len(known)) for word in texts.words(row)])
            seen.append(known)
            base += len(known)
        counts = np.fromiter(map(len, ids), np.int64, len(ids))
        flat = np.fromiter(chain.from_iterable(ids), np.int64, int(counts.sum()))
        lengths, alphabetic = _shapes(list(chain.from_iterable(seen)))
        owners = np.repeat(np.arange(len(ids)), counts)
        return cls(counts, owners, flat, lengths[flat], alphabetic[flat], seen)

    def per_text(self, values: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Integers:
        """Sum of a value per word over the words of each text."""
        sums = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
        ends = np.cumsum(self.counts)
        return np.asarray(sums[ends] - sums[ends - self.counts])


def _shapes(distinct: list[str]) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Length of each word, and whether it has a letter."""
    lengths = np.fromiter(map(len, distinct), np.int64, len(distinct))
    if not distinct:
        return lengths, np.zeros(0, dtype=bool)
    is_letter = class_table()[code_points("".join(distinct))] == LETTER
    return lengths, np.logical_or.reduceat(is_letter, np.cumsum(lengths) - lengths)


def word_signals(
    texts: TextBatch,
    vocabulary: Vocabulary,
    langs: Sequence[str | None],
    stop_words: Mapping[str, frozenset[str]],
) -> Columns:
    """Signals of the texts' words, one array of len(texts) each.

    Words are ICU's in Thai, Lao, Khmer, Burmese, Chinese and Japanese, and counted in
    grapheme clusters: Gopher's bounds on the length of a word in letters reject every text
    in these scripts. Stop words are NaN where the language has no list.
    """
    clusters, in_word = cluster_counts(texts)
    kinds, share = _stop_words(vocabulary, langs, stop_words)
    return {
        "clusters": clusters,
        "words": vocabulary.counts.astype(np.float64),
        "mean_word_clusters": per(in_word, vocabulary.counts),
        "longest_word": largest(vocabulary.lengths, vocabulary.counts),
        "alphabetic_word_share": per(vocabulary.per_text(vocabulary.alphabetic), vocabulary.counts),
        "unique_word_share": _unique_shares(texts, vocabulary),
        "stop_words": kinds,
        "stop_word_share": share,
    }


def cluster_counts(texts: TextBatch) -> tuple[Floats, Floats]:
    """Grapheme clusters per text, and those that begin with a letter, mark or digit."""
    total = np.zeros(len(texts), dtype=np.float64)
    in_word = texts.class_counts[:, (LETTER, MARK, DIGIT)].sum(axis=1).astype(np.float64)
    for row, text in enumerate(texts.texts):
        clusters = texts.clusters(row)
        total[row] = len(clusters)
        if len(clusters) != len(text):
            lengths = np.fromiter(map(len, clusters), np.int64, len(clusters))
            codes = code_points("".join(clusters))
            in_word[row] = np.count_nonzero(in_words(codes[np.cumsum(lengths) - lengths]))
    return total, in_word


def _unique_shares(texts: TextBatch, vocabulary: Vocabulary) -> Floats:
    counts = np.minimum(vocabulary.counts, UNIQUE_WINDOW)
    distinct = [
        len(known) if count <= UNIQUE_WINDOW else len(set(texts.words(row)[:UNIQUE_WINDOW]))
        for row, (known, count) in enumerate(zip(vocabulary.seen, vocabulary.counts, strict=True))
    ]
    return per(np.array(distinct, dtype=np.int64), counts)


def with_cases(words: Sequence[str]) -> frozenset[str]:
    """A list of stop words with the forms they take at the start of a sentence and in titles."""
    return frozenset(form for word in words for form in (word, word.capitalize(), word.upper()))


def _stop_words(
    vocabulary: Vocabulary,
    langs: Sequence[str | None],
    stop_words: Mapping[str, frozenset[str]],
) -> tuple[Floats, Floats]:
    """Different stop words per text, and the share of its words that are stop words."""
    kinds = np.full(len(langs), np.nan)
    hits = np.zeros(sum(map(len, vocabulary.seen)), dtype=np.int64)
    for row, lang in enumerate(langs):
        listed = stop_words.get(lang or "")
        if listed is not None:
            known = vocabulary.seen[row]
            found = known.keys() & listed
            kinds[row] = len({word.casefold() for word in found})
            hits[[known[word] for word in found]] = 1
    share = per(vocabulary.per_text(hits[vocabulary.ids]), vocabulary.counts)
    return kinds, np.where(np.isnan(kinds), np.nan, share)
