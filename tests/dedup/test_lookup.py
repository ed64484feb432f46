"""Candidates against texts that pass by: the same as among all texts at once."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from corpuskit.dedup import lookup
from corpuskit.dedup.bands import candidate_pairs
from corpuskit.dedup.lookup import DigestLookup, SignatureLookup
from corpuskit.dedup.signatures import EMPTY
from corpuskit.minhash_objects import NUM_PERM

HELD, PASSING = 150, 200


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    """Signatures of texts that are held and of others; every third of these is like a held one."""
    draw = np.random.default_rng(8)
    matrix = draw.integers(0, 2**32, (HELD + PASSING, NUM_PERM), dtype=np.uint32)
    for row in range(HELD, HELD + PASSING, 3):
        agree = draw.random(NUM_PERM) < draw.uniform(0.6, 1.0)
        matrix[row] = np.where(agree, matrix[draw.integers(HELD)], matrix[row])
    matrix[7] = EMPTY
    matrix[HELD + 7] = EMPTY
    return matrix


def test_the_candidates_are_those_between_both_sides(matrix: np.ndarray) -> None:
    together = candidate_pairs(matrix, 0.8).pairs
    expected = {(a, b - HELD) for a, b in together.tolist() if a < HELD <= b}
    candidates, agreed = SignatureLookup(matrix[:HELD], 0.8).candidates(matrix[HELD:])
    assert set(map(tuple, candidates.pairs.tolist())) == expected
    assert len(expected) > 20
    assert candidates.complete
    first, second = candidates.pairs.T
    assert agreed.tolist() == (matrix[first] == matrix[HELD + second]).sum(axis=1).tolist()


def test_batches_and_blocks_make_no_difference(
    matrix: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = SignatureLookup(matrix[:HELD], 0.8)
    whole = set(map(tuple, held.candidates(matrix[HELD:])[0].pairs.tolist()))
    monkeypatch.setattr(lookup, "_EXPANDED", 3)
    monkeypatch.setattr(lookup, "_BLOCK", 2)
    parted = {
        (int(first), int(second) + start)
        for start in range(0, PASSING, 40)
        for first, second in held.candidates(matrix[HELD + start :][:40])[0].pairs
    }
    assert parted == whole


def test_of_many_pages_of_a_template_the_first_are_compared(
    matrix: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "BUCKET", 10)
    passing = np.repeat(matrix[3:4], 30, axis=0)
    candidates, _ = SignatureLookup(matrix[:HELD], 0.8).candidates(passing)
    assert candidates.pairs.tolist() == [[3, row] for row in range(10)]
    assert not candidates.complete


def test_nothing_has_no_candidates(matrix: np.ndarray) -> None:
    none = matrix[:0]
    for held, passing in ((none, matrix), (matrix, none), (matrix[7:8], matrix[7:8])):
        candidates, agreed = SignatureLookup(held, 0.8).candidates(passing)
        assert candidates.pairs.shape == (0, 2)
        assert len(agreed) == 0
        assert candidates.complete


def test_equal_digests_are_found() -> None:
    names = [b"a", b"b", b"a", b"c"]
    digests = np.frombuffer(
        b"".join(hashlib.sha256(name).digest() for name in names), dtype="<u8"
    ).reshape(-1, 4)
    held = digests.copy()
    held[3, 3] ^= np.uint64(1)  # agrees in three words only
    pairs = DigestLookup(held).pairs(digests[[0, 3, 1]])
    assert sorted(map(tuple, pairs.tolist())) == [(0, 0), (1, 2), (2, 0)]
    assert DigestLookup(digests[:0]).pairs(digests).shape == (0, 2)
