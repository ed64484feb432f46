"""N-grams of match keys: eight successive code points, as 64-bit hashes.

Measured on the 4,202 items and the documents of benchmarks/decontamination.py `--lengths`; the page
docs/decontamination.md has the table. Code points serve every script alike: words lose what an edit
touches as a whole and need spaces, clusters need a segmentation of every document and find no more.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.text.tables import Codes

Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

LENGTH: Final = 8
"""Code points in an n-gram."""
STRIDE: Final = 4
"""The first look at a document takes every fourth n-gram."""

_FACTOR: Final = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio, odd: the base of the polynomial."""
_POWERS: Final = {power: np.uint64(pow(_FACTOR, power, 1 << 64)) for power in (1, 2, 4)}
_SHIFT: Final = np.uint64(33)


def ngram_hashes(codes: Codes) -> Hashes:
    """A hash of the n-gram that starts at each code point; shape (max(0, len(codes) - 7),).

    A polynomial of the eight code points modulo 2^64, mixed so that its first bits are spread.
    """
    hashes = codes.astype(np.uint64)
    for power, factor in _POWERS.items():
        hashes = hashes[:-power] * factor + hashes[power:]
    return _mix(hashes)


def sampled_hashes(codes: Codes, starts: Positions) -> Hashes:
    """The hashes of the n-grams that start at `starts`, as `ngram_hashes` has them."""
    hashes = codes[starts].astype(np.uint64)
    for offset in range(1, LENGTH):
        hashes *= _POWERS[1]
        hashes += codes[starts + offset]
    return _mix(hashes)


def _mix(word: Hashes) -> Hashes:
    """MurmurHash3's 64-bit finalizer (A. Appleby, public domain): a bijection that spreads bits."""
    word ^= word >> _SHIFT
    word *= np.uint64(0xFF51AFD7ED558CCD)
    word ^= word >> _SHIFT
    word *= np.uint64(0xC4CEB9FE1A85EC53)
    word ^= word >> _SHIFT
    return word


def starts_of(
    offsets: Positions, stride: int = 1
) -> tuple[Positions, Positions]:
    """Where n-grams of each key start, every `stride`-th counted from the key's own start, and the
    key that each belongs to. `offsets` are the keys' places, shape (n + 1,)."""
    lengths = np.diff(offsets)
    counts = np.maximum(lengths - LENGTH + stride, 0) // stride
    owners = np.repeat(np.arange(len(lengths)), counts)
    within = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    return offsets[:-1][owners] + within * stride, owners
