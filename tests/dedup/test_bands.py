"""Bands: what passes, with which probability, and that large buckets cost little."""

from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH

from corpuskit.dedup import bands
from corpuskit.dedup.bands import candidate_pairs, layout, pass_probability, sieve
from corpuskit.dedup.shingles import ShingleSets
from corpuskit.dedup.signatures import EMPTY, signatures
from corpuskit.minhash_objects import NUM_PERM


def of_similarity(similarity: float, pairs: int, seed: int = 0) -> np.ndarray:
    """Signatures of pairs of random sets of that Jaccard similarity, one after the other."""
    draw = np.random.default_rng(seed)
    common = 400
    alone = round(common * (1 - similarity) / similarity / 2)
    hashes, offsets = [], [0]
    for _ in range(pairs):
        both = draw.integers(0, 2**63, common, dtype=np.uint64)
        for _ in range(2):
            unique = draw.integers(0, 2**63, alone, dtype=np.uint64)
            hashes.append(np.concatenate((both, unique)))
            offsets.append(offsets[-1] + common + alone)
    return signatures(ShingleSets(np.concatenate(hashes), np.array(offsets)))


def test_the_layout_follows_the_threshold():
    assert layout(0.8, NUM_PERM) == (20, 6)
    assert layout(0.5, NUM_PERM) == (40, 3)
    assert layout(1.0, NUM_PERM) == (1, NUM_PERM)
    for threshold in np.arange(0.5, 1.0, 0.05):
        count, rows = layout(threshold, NUM_PERM)
        assert count * rows <= NUM_PERM
        assert pass_probability(threshold, count, rows) >= 0.995


def test_the_sum_that_is_written_beside_the_layout():
    assert pass_probability(0.8, 20, 6) == pytest.approx(0.9977, abs=5e-5)
    assert pass_probability(0.8, 14, 8) == pytest.approx(0.924, abs=5e-4)
    assert sieve(0.8, NUM_PERM) == 81
    assert sieve(1.0, NUM_PERM) == NUM_PERM


@pytest.mark.parametrize(("similarity", "least", "most"), [(0.82, 0.99, 1), (0.5, 0, 0.01)])
def test_pairs_pass_as_often_as_computed(similarity, least, most):
    candidates = candidate_pairs(of_similarity(similarity, 1000), 0.8)
    planted = {(2 * row, 2 * row + 1) for row in range(1000)}
    pairs = {(first, second) for first, second in candidates.pairs.tolist()}
    assert least <= len(pairs & planted) / 1000 <= most
    assert pairs <= planted
    assert candidates.complete


def test_the_bands_are_those_of_datasketch():
    rows = of_similarity(0.7, 200)
    index = MinHashLSH(num_perm=NUM_PERM, params=layout(0.8, NUM_PERM))
    pairs = set()
    for row, values in enumerate(rows):
        first = MinHash(hashvalues=values, scheme="affine32")
        pairs |= {(second, row) for second in index.query(first)}
        index.insert(row, first)
    alike = {(a, b) for a, b in pairs if (rows[a] == rows[b]).sum() >= sieve(0.8, NUM_PERM)}
    assert alike
    assert {(first, second) for first, second in candidate_pairs(rows, 0.8).pairs.tolist()} == alike


def test_texts_without_shingles_are_in_no_pair():
    assert not len(candidate_pairs(np.full((5, NUM_PERM), EMPTY, dtype=np.uint32), 0.8).pairs)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare(count):
    candidates = candidate_pairs(np.zeros((count, NUM_PERM), dtype=np.uint32), 0.8)
    assert candidates.pairs.shape == (0, 2)
    assert candidates.complete


def test_a_large_bucket_is_compared_with_its_best_only():
    count = 5000
    candidates = candidate_pairs(np.zeros((count, NUM_PERM), dtype=np.uint32), 0.8)
    assert candidates.pairs.tolist() == [[0, second] for second in range(1, count)]
    assert not candidates.complete


def test_every_family_in_a_large_bucket_has_a_best_of_its_own():
    draw = np.random.default_rng(0)
    families = draw.integers(0, 2**32 - 1, (3, NUM_PERM), dtype=np.uint32)
    families[:, :6] = 7
    rows = np.tile(families, (300, 1))
    # All but the best of each family have a value of their own in every band but the first.
    rows[3:, 6::6] = draw.integers(0, 2**32 - 1, (897, 19), dtype=np.uint32)
    candidates = candidate_pairs(rows, 0.8)
    assert candidates.pairs.tolist() == sorted(
        [family, second] for family in range(3) for second in range(family + 3, 900, 3)
    )


def test_small_and_large_buckets_side_by_side(monkeypatch):
    monkeypatch.setattr(bands, "BUCKET", 3)
    rows = np.repeat(np.arange(3, dtype=np.uint32)[:, None], NUM_PERM, axis=1)
    candidates = candidate_pairs(np.repeat(rows, [3, 1, 4], axis=0), 0.8)
    assert candidates.pairs.tolist() == [[0, 1], [0, 2], [1, 2], [4, 5], [4, 6], [4, 7]]


def test_the_work_in_a_bucket_of_unlike_texts_is_bounded(monkeypatch):
    monkeypatch.setattr(bands, "HEADS", 10)
    # One band of six values is the same in all, the rest in none: one bucket, nothing alike.
    draw = np.random.default_rng(0)
    rows = draw.integers(0, 2**32 - 1, (2000, NUM_PERM), dtype=np.uint32)
    rows[:, :6] = 7
    candidates = candidate_pairs(rows, 0.8)
    assert not len(candidates.pairs)
    assert not candidates.complete
