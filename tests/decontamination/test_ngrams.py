"""Hashes of n-grams: the same wherever and however they are taken."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.decontamination.ngrams import LENGTH, SEED, STRIDE, hashes_at, hashes_of, starts_of
from corpuskit.text.keys import match_keys

TEXTS = ["ភាសាខ្មែរជាភាសាផ្លូវការ", "", "abc", "abcdefghi", "สวัสดีครับทุกคน", "abcdefghij" * 9]


@given(st.lists(st.integers(0, 60), max_size=8), st.integers(1, 12), st.integers(1, 5))
def test_starts_are_those_of_each_key(lengths: list[int], length: int, stride: int) -> None:
    offsets = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    starts, owners = starts_of(offsets, length, stride)
    expected = [
        (start, number)
        for number, (begin, size) in enumerate(zip(offsets.tolist(), lengths, strict=False))
        for start in range(begin, begin + size - length + 1, stride)
    ]
    assert list(zip(starts.tolist(), owners.tolist(), strict=True)) == expected


def test_a_hash_does_not_depend_on_what_stands_around() -> None:
    codes, offsets = match_keys(TEXTS)
    for length in (LENGTH, SEED):
        starts, owners = starts_of(offsets, length, STRIDE)
        together = hashes_at(codes, starts, length)
        for number in range(len(TEXTS)):
            key = codes[offsets[number] : offsets[number + 1]]
            assert np.array_equal(together[owners == number], hashes_of(key, length)[::STRIDE])


def test_other_code_points_or_another_order_have_another_hash() -> None:
    codes, _ = match_keys(["abcdefbacdefabcdegabcdef"])
    hashes = hashes_of(codes, LENGTH).tolist()
    assert hashes[0] == hashes[18]
    assert len({hashes[0], hashes[6], hashes[12]}) == 3
