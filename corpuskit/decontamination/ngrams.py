"""N-grams of match keys: successive code points, as 64-bit hashes.

Long ones are seeds, which lead to the excerpts that a text may hold; short ones are counted, since
an edit spoils fewer of them. docs/decontamination.md has what was measured. Code points serve every
script alike: words lose what an edit touches as a whole and need spaces, grapheme clusters need a
segmentation of every document and find no more.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.text.tables import Codes

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

SEED: Final = 9
"""Code points in a seed."""
STRIDE: Final = 2
"""Of a document every second seed is looked up."""
LENGTH: Final = 6
"""Code points in an n-gram that is counted."""

_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio, odd: the base of the polynomial."""
_SHIFT: Final = np.uint64(33)


def hashes_at(codes: Codes, starts: Numbers, length: int) -> Hashes:
    """The hashes of the n-grams of `length` code points that start at `starts`.

    A polynomial of the code points modulo 2^64, mixed so that its first bits are spread.
    """
    hashes = codes[starts].astype(np.uint64)
    for offset in range(1, length):
        hashes *= _FACTOR
        hashes += codes[starts + offset]
    return _mix(hashes)


def hashes_of(codes: Codes, length: int) -> Hashes:
    """The hashes of all n-grams of one text; shape (max(0, len(codes) - length + 1),)."""
    size = max(0, len(codes) - length + 1)
    hashes = codes[:size].astype(np.uint64)
    for offset in range(1, length):
        hashes *= _FACTOR
        hashes += codes[offset : size + offset]
    return _mix(hashes)


def _mix(word: Hashes) -> Hashes:
    """MurmurHash3's 64-bit finalizer (A. Appleby, public domain): a bijection that spreads bits."""
    word ^= word >> _SHIFT
    word *= np.uint64(0xFF51AFD7ED558CCD)
    word ^= word >> _SHIFT
    word *= np.uint64(0xC4CEB9FE1A85EC53)
    word ^= word >> _SHIFT
    return word


def starts_of(offsets: Numbers, length: int, stride: int = 1) -> tuple[Numbers, Numbers]:
    """Where n-grams of each key start, every `stride`-th counted from the key's own start, and the
    key that each belongs to. `offsets` are the keys' places, shape (n + 1,)."""
    counts = np.maximum(np.diff(offsets) - length + stride, 0) // stride
    owners = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    return offsets[:-1][owners] + within * stride, owners
