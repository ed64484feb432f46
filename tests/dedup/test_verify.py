"""Verification is exact, and fetches texts in bounded calls."""

from __future__ import annotations

import numpy as np
import pytest

from corpuskit.dedup import verify
from corpuskit.dedup.shingles import jaccard, shingle_sets
from corpuskit.dedup.verify import similar_pairs

WORDS = ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh"]
TEXTS = [" ".join(WORDS[at:] + WORDS[:at] + WORDS[at : at + 4]) for at in range(10)] + ["", "x"]
SETS = shingle_sets(TEXTS)
PAIRS = np.array([(first, second) for first in range(12) for second in range(first + 1, 12)])


def fetch(rows):
    return [TEXTS[row] for row in rows]


@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
def test_the_pairs_are_those_of_at_least_the_threshold(threshold):
    exact = {(a, b): jaccard(SETS[a], SETS[b]) for a, b in PAIRS.tolist()}
    pairs, similarities = similar_pairs(PAIRS, fetch, SETS.counts, threshold)
    verified = {(a, b): s for (a, b), s in zip(pairs.tolist(), similarities, strict=True)}
    assert verified == {pair: value for pair, value in exact.items() if value >= threshold}


def test_a_pair_at_the_threshold_is_similar():
    # 4 of 5 shingles in common: exactly .8, whatever the rounding of .8.
    texts = ["abcdefg", "abcdefgh"]
    counts = shingle_sets(texts).counts
    assert counts.tolist() == [4, 5]
    pairs, similarities = similar_pairs(
        np.array([[0, 1]]), lambda rows: [texts[row] for row in rows], counts, 0.8
    )
    assert (pairs.tolist(), similarities.tolist()) == ([[0, 1]], [0.8])


@pytest.mark.parametrize(("kept", "fetched"), [(1, 1), (120, 60), (500, 100), (1 << 24, 1 << 20)])
def test_bounds_change_what_is_fetched_at_once_and_nothing_else(monkeypatch, kept, fetched):
    whole = similar_pairs(PAIRS, fetch, SETS.counts, 0.6)
    monkeypatch.setattr(verify, "_KEPT", max(kept, 2))
    monkeypatch.setattr(verify, "_FETCHED", fetched)
    calls: list[int] = []

    def counted(rows):
        calls.append(int(SETS.counts[rows].sum()))
        assert list(rows) == sorted(set(rows))
        return fetch(rows)

    pairs, similarities = similar_pairs(PAIRS, counted, SETS.counts, 0.6)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    assert np.array_equal(pairs[order], whole[0])
    assert np.array_equal(similarities[order], whole[1])
    assert max(calls) <= fetched + SETS.counts.max()


def test_nothing_is_fetched_for_no_pairs_or_for_sizes_too_far_apart():
    def never(rows):
        raise AssertionError(rows)

    none = np.zeros((0, 2), dtype=np.int64)
    assert similar_pairs(none, never, SETS.counts, 0.8)[0].shape == (0, 2)
    # 1 shingle against 60: no Jaccard similarity above 1/60.
    assert similar_pairs(np.array([[0, 11]]), never, SETS.counts, 0.5)[0].shape == (0, 2)
