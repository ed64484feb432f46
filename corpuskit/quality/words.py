"""Signals of a text's words: how many, how long, how varied; stop words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from corpuskit.quality.shares import Columns, Floats, per
from corpuskit.quality.word_counts import UNIQUE_WINDOW, BatchWordCounts
from corpuskit.text import TextBatch
from corpuskit.text.clusters import cluster_lengths
from corpuskit.text.tables import DIGIT, LETTER, MARK
from corpuskit.text.words import in_words


def word_signals(
    texts: TextBatch,
    counts: BatchWordCounts,
    langs: Sequence[str | None],
    stop_words: Mapping[str, frozenset[str]],
) -> Columns:
    """Signals of the texts' words, one array of len(texts) each.

    Words are segmented by corpuskit.text.words, and their length is in grapheme clusters:
    Gopher's bounds on the length of a word in letters reject every text in these scripts. Stop
    words are NaN if the language has no list.
    """
    clusters, in_word = cluster_counts(texts)
    kinds, share = _stop_words(counts, langs, stop_words)
    return {
        "clusters": clusters,
        "words": counts.words.astype(np.float64),
        "mean_word_clusters": per(in_word, counts.words),
        "longest_word": counts.longest.astype(np.float64),
        "alphabetic_word_share": per(counts.alphabetic, counts.words),
        "identifier_share": per(counts.identifier_chars, counts.chars),
        "unique_word_share": per(counts.distinct, np.minimum(counts.words, UNIQUE_WINDOW)),
        "stop_words": kinds,
        "stop_word_share": share,
    }


def repetition_signals(counts: BatchWordCounts) -> Columns:
    """Shares of the words' code points that are in repeated n-grams; see `signal_name`."""
    return {name: per(chars, counts.chars) for name, chars in counts.repeated.items()}


def cluster_counts(texts: TextBatch) -> tuple[Floats, Floats]:
    """Grapheme clusters per text, and those that begin with a letter, mark or digit."""
    total = np.diff(texts.offsets).astype(np.float64)
    in_word = texts.class_counts[:, (LETTER, MARK, DIGIT)].sum(axis=1).astype(np.float64)
    for row, text in enumerate(texts.texts):
        lengths = cluster_lengths(text)
        if lengths is not None:
            total[row] = len(lengths)
            firsts = texts.offsets[row] + np.cumsum(lengths) - lengths
            in_word[row] = np.count_nonzero(in_words(texts.codes[firsts]))
    return total, in_word


def _stop_words(
    counts: BatchWordCounts,
    langs: Sequence[str | None],
    stop_words: Mapping[str, frozenset[str]],
) -> tuple[Floats, Floats]:
    """Different stop words per text, and the share of its words that are stop words."""
    kinds = np.full(len(langs), np.nan)
    hits = np.zeros(len(langs), dtype=np.int64)
    for row, lang in enumerate(langs):
        listed = stop_words.get(lang or "")
        if listed is not None:
            times = counts.kinds[row]
            matches = listed.intersection(times)
            kinds[row] = len({word.casefold() for word in matches})
            hits[row] = sum(times[word] for word in matches)
    return kinds, np.where(np.isnan(kinds), np.nan, per(hits, counts.words))
