"""Candidates between texts that are held and others that pass by: a corpus against an index.

The signatures of the texts that are held are looked up by their band keys. The others come in
batches, and each batch is read once. A table of bits, which fits into the processor's cache, passes
over the keys that none of the held texts has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.bands import BUCKET, Candidates, DistinctPairs, Rows, layout, sieve
from corpuskit.dedup.partitions import Keys, band_keys, with_shingles
from corpuskit.dedup.signatures import Signature

_SPARSE: Final = 16
"""Places of the table of bits for each key: one key in 16 that is not there is looked up."""
_BLOCK: Final = 1 << 15
"""Pairs of signatures compared at once."""
_EXPANDED: Final = 1 << 20
"""Pairs that are listed at once before their signatures are compared."""

Digests = npt.NDArray[np.uint64]
"""Sha256 of texts as four words each, shape (n, 4)."""


class SignatureLookup:
    """The signatures of n texts, shape (n, num_perm), looked up by band."""

    def __init__(self, signatures: Signature, threshold: float) -> None:
        num_perm = signatures.shape[1]
        self.signatures, self.threshold = signatures, threshold
        self.bands, _ = layout(threshold, num_perm)
        self.least = sieve(threshold, num_perm)
        rows = np.flatnonzero(with_shingles(signatures))
        keys = band_keys(signatures[rows], threshold).ravel()
        order = np.argsort(keys)
        self._table = _KeyTable(keys[order])
        self._rows = np.repeat(rows, self.bands)[order]

    def candidates(self, batch: Signature) -> tuple[Candidates, Rows]:
        """Pairs (row held, row of the batch) whose signatures agree well enough, sorted, and in
        how many values each pair agrees.

        Where more than BUCKET rows of a batch share a key, only the first of them are compared:
        the result is then not `complete`.
        """
        rows = np.flatnonzero(with_shingles(batch))
        keys = band_keys(batch[rows], self.threshold).ravel()
        hits, starts, counts = self._table.find(keys)
        kept = _first_of_each(keys[hits], BUCKET)
        complete = len(kept) == len(hits)
        hits, starts, counts = hits[kept], starts[kept], counts[kept]
        batch_rows = rows[hits // self.bands]
        pairs = DistinctPairs(len(batch))
        for chunk in _chunks(counts, _EXPANDED):
            places = _expanded(starts[chunk], counts[chunk])
            held, passing = self._rows[places], np.repeat(batch_rows[chunk], counts[chunk])
            agree = self._agreement(held, passing, batch) >= self.least
            pairs.add(held[agree], passing[agree])
        found = pairs.sorted()
        agreement = self._agreement(found[:, 0], found[:, 1], batch)
        return Candidates(found, complete), agreement

    def _agreement(self, held: Rows, passing: Rows, batch: Signature) -> Rows:
        agreed = np.zeros(len(held), dtype=np.int64)
        for start in range(0, len(held), _BLOCK):
            block = slice(start, start + _BLOCK)
            equal = self.signatures[held[block]] == batch[passing[block]]
            agreed[block] = equal.sum(axis=1)
        return agreed


class DigestLookup:
    """The digests of n texts, looked up."""

    def __init__(self, digests: Digests) -> None:
        self._order = np.argsort(digests[:, 0], kind="stable")
        self._digests = digests[self._order]
        self._table = _KeyTable(np.ascontiguousarray(self._digests[:, 0]))

    def pairs(self, batch: Digests) -> Rows:
        """Pairs (row held, row of the batch) of the same text, shape (m, 2)."""
        hits, starts, counts = self._table.find(np.ascontiguousarray(batch[:, 0]))
        places = _expanded(starts, counts)
        rows = np.repeat(hits, counts)
        same = (self._digests[places] == batch[rows]).all(axis=1)
        return np.stack((self._order[places[same]], rows[same]), axis=1)


class _KeyTable:
    """Sorted keys, with a table of bits before them."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        bits = max(10, int(len(keys) * _SPARSE).bit_length())
        self._mask = np.uint64((1 << bits) - 1)
        self._maybe = np.zeros(1 << bits, dtype=np.bool_)
        self._maybe[keys & self._mask] = True

    def find(self, keys: Keys) -> tuple[Rows, Rows, Rows]:
        """Which of `keys` are here, the place of the first equal one, and how many there are."""
        hits = np.flatnonzero(self._maybe[keys & self._mask])
        wanted = keys[hits]
        starts = np.searchsorted(self._keys, wanted, side="left")
        counts = np.searchsorted(self._keys, wanted, side="right") - starts
        there = counts > 0
        return hits[there], starts[there], counts[there]


def _first_of_each(keys: Keys, most: int) -> Rows:
    """Places of the first `most` of equal keys, in rising order."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    number = np.arange(len(keys)) - np.searchsorted(ordered, ordered, side="left")
    return np.sort(order[number < most])


def _expanded(starts: Rows, counts: Rows) -> Rows:
    """Every place of runs that begin at `starts`."""
    before = np.cumsum(counts) - counts
    places: Rows = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
    return places


def _chunks(counts: Rows, most: int) -> Iterator[slice]:
    """Runs of items whose counts add up to about `most`; one item may exceed it."""
    first, total = 0, 0
    for number, count in enumerate(counts.tolist()):
        if total and total + count > most:
            yield slice(first, number)
            first, total = number, 0
        total += count
    if total:
        yield slice(first, len(counts))
