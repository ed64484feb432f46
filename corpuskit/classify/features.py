"""Texts as hashed character n-grams."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

BITS: Final = 16
"""Features are numbered from 0 to 2^16 - 1."""
LONGEST: Final = 4
"""Code points of the longest n-gram."""
CHARS: Final = 3_000
"""Code points of a text that are looked at: a reviewer sees its beginning as well."""

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Features:
    """Features of texts, row by row: numbers and values of row i from `starts[i]` to
    `starts[i + 1]`. The values of a row have length 1."""

    starts: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def times(self, weights: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """The sum of the weights of each row's features."""
        products = self.values * weights[self.numbers]
        sums = np.concatenate([[0.0], np.cumsum(products)])
        result: npt.NDArray[np.float64] = sums[self.starts[1:]] - sums[self.starts[:-1]]
        return result

    def dense(self, first: int, last: int) -> npt.NDArray[np.float32]:
        """Rows `first` to `last` as a matrix."""
        matrix = np.zeros((last - first, 1 << BITS), dtype=np.float32)
        for row in range(first, last):
            here = slice(self.starts[row], self.starts[row + 1])
            matrix[row - first, self.numbers[here]] = self.values[here]
        return matrix

    def sum_of(self, factors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The sum of all rows, each times its factor."""
        repeated = np.repeat(factors, np.diff(self.starts))
        sums = np.bincount(self.numbers, self.values * repeated, minlength=1 << BITS)
        return sums.astype(np.float64)


def hashed_ngrams(texts: Sequence[str]) -> Features:
    """The n-grams of 1 to 4 code points of each text: log(1 + count), normalized to length 1.

    Compared are NFC, case-folded texts with single spaces.
    """
    rows = [_row(text) for text in texts]
    lengths = [len(numbers) for numbers, _ in rows]
    empty = np.zeros(0)
    return Features(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate([empty, *(numbers for numbers, _ in rows)]).astype(np.int64),
        np.concatenate([empty, *(values for _, values in rows)]),
    )


def _row(text: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    normal = unicodedata.normalize("NFC", text[:CHARS]).casefold()
    line = f" {' '.join(normal.split())} "
    codes = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    numbers = np.concatenate(
        [_hashes(codes, size) for size in range(1, LONGEST + 1) if size <= len(codes)]
    )
    distinct, counts = np.unique(numbers, return_counts=True)
    values = np.log1p(counts)
    return distinct, values / np.linalg.norm(values)


def _hashes(codes: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.int64]:
    count = len(codes) - size + 1
    mixed = np.full(count, size, dtype=np.uint64)
    for offset in range(size):
        mixed = (mixed ^ codes[offset : offset + count]) * _MULTIPLIER
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)
