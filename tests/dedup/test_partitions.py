"""Candidates in parts: the same as in one process, for any number of partitions."""

from __future__ import annotations

import numpy as np
import pytest

from corpuskit.dedup import bands, partitions
from corpuskit.dedup.bands import candidate_pairs, layout
from corpuskit.dedup.partitions import (
    LARGEST,
    WHOLE,
    band_keys,
    memory_of_machine,
    pairs_in_partition,
    partition_of,
    partitions_for,
    with_shingles,
)
from corpuskit.dedup.signatures import EMPTY
from corpuskit.minhash_objects import NUM_PERM

BANDS, WIDTH = layout(0.8, NUM_PERM)


def corpus(count: int, *, family: int = 0) -> np.ndarray:
    """Signatures, a third of which agree with another in 70 to 100 % of the values; `family` of
    them agree in their first bands, as pages of a template do, and in little else."""
    draw = np.random.default_rng(count + family)
    matrix = draw.integers(0, 2**32, (count, NUM_PERM), dtype=np.uint32)
    for row in range(0, count - 1, 3):
        agree = draw.random(NUM_PERM) < draw.uniform(0.7, 1.0)
        matrix[row + 1] = np.where(agree, matrix[row], matrix[row + 1])
    matrix[:family, : 2 * WIDTH] = 7
    matrix[count // 2] = EMPTY
    return matrix


def found(
    matrix: np.ndarray, rank: np.ndarray, parts: int, memory: int = 10**9
) -> tuple[set[tuple[int, int]], bool]:
    """The candidates of all partitions."""
    numbers = np.flatnonzero(with_shingles(matrix))
    keys = band_keys(matrix[numbers], 0.8)
    documents = np.repeat(numbers, BANDS)
    flat = keys.ravel()
    partition = partition_of(flat, parts)
    pairs: set[tuple[int, int]] = set()
    complete = True
    for number in range(parts):
        here = partition == number
        candidates = pairs_in_partition(
            flat[here],
            documents[here],
            lambda rows: rank[rows],
            lambda rows: matrix[rows],
            threshold=0.8,
            num_perm=NUM_PERM,
            memory=memory,
        )
        pairs |= {(int(first), int(second)) for first, second in candidates.pairs}
        complete = complete and candidates.complete
    return pairs, complete


@pytest.mark.parametrize("parts", [1, 2, 8])
@pytest.mark.parametrize("family", [0, 40])
def test_the_candidates_are_those_of_one_process(
    monkeypatch: pytest.MonkeyPatch, parts: int, family: int
) -> None:
    monkeypatch.setattr(bands, "BUCKET", 16)
    monkeypatch.setattr(bands, "HEADS", 8)
    matrix = corpus(300, family=family)
    rank = np.random.default_rng(1).permutation(len(matrix))
    order = np.argsort(rank)
    whole = candidate_pairs(matrix, 0.8, order)
    expected = {tuple(sorted((int(order[a]), int(order[b])))) for a, b in whole.pairs}
    pairs, complete = found(matrix, rank, parts)
    assert pairs == expected
    assert complete is whole.complete is (family == 0)
    assert len(pairs) > 60


def test_little_memory_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    matrix = corpus(200)
    rank = np.arange(len(matrix))
    plain, _ = found(matrix, rank, 2)
    real = partitions._runs

    def runs(sizes: np.ndarray, most: int) -> list[tuple[int, int]]:
        cut = list(real(sizes, most))
        asked.append(len(cut))
        return cut

    monkeypatch.setattr(partitions, "_runs", runs)
    assert found(matrix, rank, 2, memory=40_000)[0] == plain
    assert max(asked) > 3


def test_keys_of_different_bands_are_different() -> None:
    same = np.full((2, NUM_PERM), 9, dtype=np.uint32)
    keys = band_keys(same, 0.8)
    assert keys.shape == (2, BANDS)
    assert (keys[0] == keys[1]).all()
    assert len(np.unique(keys[0])) == BANDS


def test_texts_without_shingles_are_left_out() -> None:
    matrix = np.array([[EMPTY] * NUM_PERM, [EMPTY] * (NUM_PERM - 1) + [1]], dtype=np.uint32)
    assert with_shingles(matrix).tolist() == [False, True]


def test_no_keys_give_no_candidates() -> None:
    empty = np.zeros((0, NUM_PERM), dtype=np.uint32)
    assert found(empty, np.zeros(0, dtype=np.int64), 2) == (set(), True)


def test_partitions_follow_from_documents_and_memory() -> None:
    assert partitions_for(1_000, 1_000 * WHOLE, BANDS) == 1
    assert partitions_for(1_001, 1_000 * WHOLE, BANDS) == 8
    assert partitions_for(100_000_000, 4_000_000_000, BANDS) == 128
    assert partitions_for(10**12, 10**6, BANDS) == LARGEST


def test_every_key_has_a_partition() -> None:
    keys = np.random.default_rng(5).integers(0, 2**64, 1000, dtype=np.uint64)
    assert set(partition_of(keys, 8).tolist()) == set(range(8))
    assert set(partition_of(keys, 1).tolist()) == {0}


def test_the_machine_has_memory() -> None:
    assert memory_of_machine() > 100_000_000
