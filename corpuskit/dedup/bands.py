"""Locality-sensitive hashing: which pairs of signatures are worth an exact comparison.

A signature is cut into bands of r rows; two texts whose rows agree in one whole band are
candidates. At Jaccard J that happens with probability 1 - (1 - J^r)^b (Leskovec,
Rajaraman, Ullman, Mining of Massive Datasets, 3.4). For the default threshold .8 and 120
permutations there are 20 bands of 6 rows:

    J     .3    .4    .5    .6    .7    .75   .8     .85
    P     .01   .08   .27   .62   .92   .98   .9977  .9999

against .924 at .8 for 14 bands of 8. Most dissimilar pairs that pass the bands are then removed
by comparing whole signatures (the sieve), without reading any text.

Bands are sorted one at a time: the working memory is 24 bytes a text for one band, and
16 bytes for every pair that passes the sieve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit import logs
from corpuskit.dedup.signatures import EMPTY, Signature

_log = logs.logger(__name__)

Rows = npt.NDArray[np.int64]

# Largest probability that the bands miss a pair at the threshold.
_MISSED_BY_BANDS: Final = 0.005

# Largest probability that the comparison of signatures misses it.
_MISSED_BY_SIEVE: Final = 0.0005

# In a larger bucket not every text is compared with every other. 20,000 pages that differ in
# their date are one bucket: 2e8 pairs, while 2e4 are enough.
BUCKET: Final = 256

# In a large bucket only this many texts, best first, are compared with all others, so that the
# time stays linear. Texts similar to one of them are not compared with others in that round.
HEADS: Final = 256

# Pairs of signatures compared at once: 16 MB of values gathered on each side.
_BLOCK: Final = 1 << 15


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs (i, j), i < j, shape (m, 2), sorted; `complete` if no bucket was too large."""

    pairs: Rows
    complete: bool


def pass_probability(similarity: float, bands: int, rows: int) -> float:
    """Probability that texts of that Jaccard similarity agree in one of the bands."""
    return float(1 - (1 - similarity**rows) ** bands)


def layout(threshold: float, num_perm: int) -> tuple[int, int]:
    """Bands and rows for a threshold: as many rows as still pass .995 of the pairs at it.

    More rows let fewer dissimilar pairs through. For 120 permutations: 40 x 3 at .5,
    30 x 4 at .7, 20 x 6 at .8, 13 x 9 at .9.
    """
    fitting = [
        (num_perm // rows, rows)
        for rows in range(1, num_perm + 1)
        if pass_probability(threshold, num_perm // rows, rows) >= 1 - _MISSED_BY_BANDS
    ]
    return fitting[-1] if fitting else (num_perm, 1)


def sieve(threshold: float, num_perm: int) -> int:
    """Values in which two signatures must agree; .9995 of the pairs at the threshold do.

    Agreements are binomial; for .8 and 120 permutations the result is 81 (.675).
    """
    missed = 0.0
    for agreed in range(num_perm + 1):
        missed += (
            comb(num_perm, agreed) * threshold**agreed * (1 - threshold) ** (num_perm - agreed)
        )
        if missed > _MISSED_BY_SIEVE:
            return agreed
    return num_perm


def candidate_pairs(
    signatures: Signature, threshold: float, rows: Rows | None = None
) -> Candidates:
    """Pairs of `rows` of `signatures` (shape (n, num_perm)) that may reach the threshold.

    `rows` (default: all) are in the order of their rank, best first: in a large bucket the best
    are compared first. Pairs are places in `rows`. Texts without shingles are in no pair.
    Signatures are read in blocks and never copied as a whole.
    """
    rows = np.arange(len(signatures)) if rows is None else rows
    num_perm = signatures.shape[1]
    bands, width = layout(threshold, num_perm)
    place = np.full(len(signatures), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    filled = _with_shingles(signatures, np.sort(rows))
    search = PairSearch(signatures, rows, sieve(threshold, num_perm), round(threshold * num_perm))
    pairs = DistinctPairs(len(rows))
    for band in range(bands):
        columns = slice(band * width, (band + 1) * width)
        members, sizes = _buckets(signatures, filled, place, columns)
        for first, second in search.pairs(members, sizes):
            pairs.add(first, second)
    return Candidates(pairs.sorted(), search.complete)


class DistinctPairs:
    """Pairs of numbers below `count`, each once, in memory of about twice their number."""

    def __init__(self, count: int) -> None:
        self.count = max(count, 1)
        self.known: Rows = np.zeros(0, dtype=np.int64)
        self.waiting: list[Rows] = []
        self.waiting_size = 0

    def add(self, first: Rows, second: Rows) -> None:
        """Add pairs, which most bands find again."""
        self.waiting.append(first * self.count + second)
        self.waiting_size += len(first)
        if self.waiting_size > max(len(self.known), _BLOCK):
            self._merge()

    def sorted(self) -> Rows:
        """The pairs, shape (m, 2)."""
        self._merge()
        return np.stack(np.divmod(self.known, self.count), axis=1)

    def _merge(self) -> None:
        codes = np.concatenate([self.known, *self.waiting])
        codes.sort()
        new = np.ones(len(codes), dtype=np.bool_)
        new[1:] = codes[1:] != codes[:-1]
        self.known, self.waiting, self.waiting_size = codes[new], [], 0


def _with_shingles(signatures: Signature, rows: Rows) -> Rows:
    """The rows whose signatures are not empty."""
    filled = (block[(signatures[block] != EMPTY).any(axis=1)] for block in _blocks(rows))
    return np.concatenate([rows[:0], *filled])


def _buckets(signatures: Signature, filled: Rows, place: Rows, columns: slice) -> tuple[Rows, Rows]:
    """Places of the rows that share a band with others, bucket by bucket, in rising order; bucket
    sizes. `filled` is in rising order, so that the matrix is read from its beginning to its end."""
    hashed = [row_hashes(signatures[block, columns]) for block in _blocks(filled)]
    keys = np.concatenate([np.zeros(0, dtype=np.uint64), *hashed])
    # Not a stable sort, which takes four times as long: few rows share a key, and these are
    # put in order afterwards.
    order = np.argsort(keys)
    keys = keys[order]
    shared = np.zeros(len(keys), dtype=np.bool_)
    shared[1:] = keys[1:] == keys[:-1]
    shared[:-1] |= shared[1:]
    keys, places = keys[shared], place[filled[order[shared]]]
    places = places[np.lexsort((places, keys))]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])
    return places, np.diff(np.append(starts, len(keys)))


def row_hashes(rows: npt.NDArray[np.unsignedinteger]) -> npt.NDArray[np.uint64]:
    """One 64-bit hash per row of a matrix: FNV-1a over its values, with one more shift."""
    hashes = np.full(len(rows), 0xCBF29CE484222325, dtype=np.uint64)
    for column in rows.T:
        hashes ^= column
        hashes *= np.uint64(0x100000001B3)
        hashes ^= hashes >> np.uint64(29)
    return hashes


class PairSearch:
    """Pairs within buckets whose signatures agree in at least `least` values.

    Buckets hold places in `rows`, which are rows of `signatures`, best first. In a large bucket
    only texts that agree in fewer than `alike` values with each of the best are compared on.
    """

    def __init__(self, signatures: Signature, rows: Rows, least: int, alike: int) -> None:
        self.signatures = signatures
        self.rows = rows
        self.least = least
        self.alike = alike
        self.complete = True

    def pairs(self, members: Rows, sizes: Rows) -> Iterator[tuple[Rows, Rows]]:
        """First and second places of pairs; `members` bucket by bucket, with their sizes."""
        small = np.repeat(sizes <= BUCKET, sizes)
        yield from self._all_with_all(members[small], sizes[sizes <= BUCKET])
        large = np.split(members[~small], np.cumsum(sizes[sizes > BUCKET])[:-1])
        for bucket in large:
            if len(bucket):
                _log.debug("%d texts agree in one band; only the best are compared", len(bucket))
            yield from self._best_with_all(bucket)

    def _all_with_all(self, members: Rows, sizes: Rows) -> Iterator[tuple[Rows, Rows]]:
        ends = np.repeat(np.cumsum(sizes), sizes)
        at = np.arange(len(members))
        for distance in range(1, BUCKET):
            at = at[at + distance < ends[at]]
            if not len(at):
                return
            for block in _blocks(at):
                first, second = members[block], members[block + distance]
                agreed = self._agreement(first, second)
                yield first[agreed >= self.least], second[agreed >= self.least]

    def _best_with_all(self, bucket: Rows) -> Iterator[tuple[Rows, Rows]]:
        self.complete = self.complete and len(bucket) == 0
        for _ in range(HEADS):
            if len(bucket) < 2:
                return
            head, bucket = bucket[:1], bucket[1:]
            agreed = np.concatenate([self._agreement(head, block) for block in _blocks(bucket)])
            second = bucket[agreed >= self.least]
            yield np.repeat(head, len(second)), second
            bucket = bucket[agreed < self.alike]

    def _agreement(self, first: Rows, second: Rows) -> npt.NDArray[np.int64]:
        """Count the values in which the signatures of each pair agree; `first` may be one row."""
        equal = self.signatures[self.rows[first]] == self.signatures[self.rows[second]]
        agreed: Rows = equal.sum(axis=1, dtype=np.int64)
        return agreed


def _blocks(rows: Rows) -> list[Rows]:
    return [rows[start : start + _BLOCK] for start in range(0, len(rows), _BLOCK)]
