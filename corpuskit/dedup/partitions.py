"""Candidates for near-duplicates in parts, so that no process holds the signatures of a corpus.

Every text gives one key per band. Keys are laid out by partition, and all texts that share a key
meet in one partition, wherever their signatures are. So the candidates are those of
`bands.candidate_pairs`, whatever the number of partitions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.bands import (
    Candidates,
    DistinctPairs,
    PairSearch,
    Rows,
    layout,
    row_hashes,
    sieve,
)
from corpuskit.dedup.signatures import EMPTY, Signature

Keys = npt.NDArray[np.uint64]
SignaturesOf = Callable[[Rows], Signature]
"""Fetches signatures by the numbers of documents, in rising order; shape (n, num_perm)."""
PlacesOf = Callable[[Rows], Rows]
"""The places of documents in the order of their rank, best first, by their numbers."""

WHOLE: Final = 1_000
"""Bytes a document while one process clusters all of them: 2.4 GB for 3 million
(benchmarks/clustering.py, 2026-11-30), and a fifth more."""
RECORD: Final = 64
"""Bytes a key while the keys of a partition are sorted: key and document as read and as sorted,
their order and the marks of shared ones."""
LARGEST: Final = 1024
"""Partitions at most: each task that makes keys leaves a batch for every one of them."""
_SHARE: Final = 4
"""Of the memory one part for the keys of a partition, one for signatures that are compared; the
rest is for the interpreter, for what libraries hold and for the pairs."""


def memory_of_machine() -> int:
    """Bytes that one process may take if the recipe says nothing: a quarter of the machine's.

    4 GB where the platform does not tell.
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4
    except (AttributeError, ValueError, OSError):
        return 4_000_000_000


def partitions_for(documents: int, memory: int, bands: int) -> int:
    """In how many partitions documents are compared: 1 if a process can hold all signatures.

    Else a power of two for which the keys of one partition take a quarter of `memory`.
    """
    if documents * WHOLE <= memory:
        return 1
    needed = documents * bands * RECORD * _SHARE / max(memory, 1)
    partitions = 2
    while partitions < min(needed, LARGEST):
        partitions *= 2
    return partitions


def band_keys(signatures: Signature, threshold: float) -> Keys:
    """A 64-bit key per signature and band, shape (n, bands): equal where two signatures agree in
    a whole band."""
    bands, width = layout(threshold, signatures.shape[1])
    keys = np.empty((len(signatures), bands), dtype=np.uint64)
    for band in range(bands):
        keys[:, band] = row_hashes(signatures[:, band * width : (band + 1) * width])
        keys[:, band] ^= np.uint64(band * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF)
    return keys


def with_shingles(signatures: Signature) -> npt.NDArray[np.bool_]:
    """Which texts have shingles: the others are candidates for nothing."""
    filled: npt.NDArray[np.bool_] = (signatures != EMPTY).any(axis=1)
    return filled


def partition_of(keys: Keys, partitions: int) -> npt.NDArray[np.int64]:
    """The partition of every key; `partitions` is a power of two."""
    return (keys >> np.uint64(32)).astype(np.int64) & (partitions - 1)


def pairs_in_partition(
    keys: Keys,
    documents: Rows,
    places: PlacesOf,
    signatures: SignaturesOf,
    *,
    threshold: float,
    num_perm: int,
    memory: int,
) -> Candidates:
    """The candidates among documents that share a key, as pairs of numbers, the smaller first.

    `keys` and `documents` are of shape (n,). `memory` bounds the signatures that are held at once;
    a single bucket of more documents exceeds it.
    """
    keys, documents = _shared(keys, documents)
    order = np.lexsort((places(documents), keys))
    keys, documents = keys[order], documents[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])
    sizes = np.diff(np.append(starts, len(keys)))
    pairs = DistinctPairs(int(documents.max(initial=0)) + 1)
    complete = True
    for first, last in _runs(sizes, memory // _SHARE // (num_perm * 4)):
        members = documents[starts[first] : starts[last - 1] + sizes[last - 1]]
        numbers, at = np.unique(members, return_inverse=True)
        search = PairSearch(
            signatures(numbers),
            np.arange(len(numbers)),
            sieve(threshold, num_perm),
            round(threshold * num_perm),
        )
        for one_side, other_side in search.pairs(at, sizes[first:last]):
            ends = np.sort(np.stack((numbers[one_side], numbers[other_side])), axis=0)
            pairs.add(ends[0], ends[1])
        complete = complete and search.complete
    return Candidates(pairs.sorted(), complete)


def _shared(keys: Keys, documents: Rows) -> tuple[Keys, Rows]:
    """Keys that several documents have, sorted."""
    order = np.argsort(keys)
    keys = keys[order]
    shared = np.zeros(len(keys), dtype=np.bool_)
    shared[1:] = keys[1:] == keys[:-1]
    shared[:-1] |= shared[1:]
    return keys[shared], documents[order[shared]]


def _runs(sizes: Rows, most: int) -> Iterator[tuple[int, int]]:
    """Runs of buckets with about `most` members, as their first number and the one behind."""
    if not len(sizes):
        return
    number = (np.cumsum(sizes) - 1) // max(most, 1)
    cuts = np.flatnonzero(np.diff(number)) + 1
    edges = [0, *cuts.tolist(), len(sizes)]
    yield from pairwise(edges)
