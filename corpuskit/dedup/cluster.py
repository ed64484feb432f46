"""Clusters of duplicates: which document of each is kept, and what the others are to it.

Clusters are stars: the documents are taken in the order of how many near-duplicates they
have, equal ones in the order of their rank, and each is dropped if it is a verified
near-duplicate of one that is kept. So every dropped document reaches the threshold with
the kept one it names, and no two kept ones that were compared do. Where all are like all,
the usual case, the best rank is kept; in a chain the one that stands for most. On the 2,497
constructed pairs of benchmarks/neardup.py, documents ranked by four orders (as given,
longest, shortest, at random first):

                              kept          pairs in one cluster   precision
    by rank alone             877 to 1,176  .72 to .999            .986 to .999
    most near-duplicates first         874  .997 to .999           .983 to .985
    whatever is connected              870  .999                   .983

The last (single linkage) drops texts that are unlike the one kept: A is like B, B like C.
By rank alone, a page wrapped in a menu stands for the page, and not for its other copies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.dedup.bands import Rows, candidate_pairs
from corpuskit.dedup.minhash import Signature, from_bytes
from corpuskit.dedup.reasons import EXACT, NEAR
from corpuskit.dedup.verify import Similarities, Texts, similar_pairs

T = TypeVar("T")

DEDUP_VERSION: Final = "2"
"""Part of the key of stored clusters: raise it whenever the same input gives others."""

THRESHOLD: Final = 0.8
"""Jaccard similarity from which texts are near-duplicates, unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """What became of each of n documents, in the order they were given.

    A document without duplicates is a cluster of its own.
    """

    cluster_id: list[str]
    """Id of the document kept of the cluster."""
    cluster_size: npt.NDArray[np.int64]
    """Documents in the cluster, the kept one included; shape (n,)."""
    kept: npt.NDArray[np.bool_]
    duplicate_of: list[str | None]
    """Id of the document kept instead; None for the kept."""
    similarity: list[float | None]
    """Exact Jaccard similarity of the shingles to the kept document; None for the kept."""
    reason: list[str | None]
    """`dedup/exact` if the kept document has the same text, `dedup/near` otherwise."""
    complete: bool
    """Whether every candidate was compared; False if a bucket of more than
    corpuskit.dedup.bands.BUCKET documents that are not duplicates was left unfinished."""


def cluster(
    *,
    ids: Sequence[str],
    text_sha256: Sequence[str],
    signatures: Signature | Sequence[bytes | None] | pa.Array | pa.ChunkedArray,
    shingle_counts: npt.NDArray[np.integer],
    rank: Sequence[int] | npt.NDArray[np.integer],
    texts: Texts,
    threshold: float = THRESHOLD,
    near: bool = True,
) -> Clusters:
    """Find exact and near-duplicates among n documents.

    `signatures` is a matrix of uint32, shape (n, num_perm), or the stored column of
    corpuskit.dedup.minhash.Signatures; `texts(rows)` fetches texts by row. A lower `rank`
    is better; ties are settled by id. The result does not depend on the order of the
    documents. The most similar of the kept ones is named for each dropped one.
    """
    order = np.lexsort((_strings(text_sha256), _strings(ids), np.asarray(rank)))
    leader = _first_of_equals(_strings(text_sha256)[order])
    found = _Ranked(order, leader, keeper=leader, similarity=np.ones(len(order)))
    if near and len(order):
        leaders = np.flatnonzero(leader == np.arange(len(leader)))
        rows = order[leaders]
        matrix = signatures if isinstance(signatures, np.ndarray) else from_bytes(signatures)
        stars = _Stars(
            matrix[rows], np.asarray(shingle_counts, dtype=np.int64)[rows], _Reordered(texts, rows)
        )
        complete = stars.grow(threshold)
        # What became of the best of equal texts becomes of all of them.
        at = np.searchsorted(leaders, leader)
        found = _Ranked(order, leader, leaders[stars.keeper[at]], stars.similarity[at], complete)
    return found.result(ids)


def _strings(values: Sequence[str]) -> npt.NDArray[np.bytes_]:
    # As UTF-8: a quarter of the memory of numpy's own strings, and the same order.
    return np.array([value.encode("utf-8", "surrogatepass") for value in values], dtype=np.bytes_)


def _first_of_equals(values: npt.NDArray[np.bytes_]) -> Rows:
    _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
    return first[inverse].astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Reordered:
    texts: Texts
    rows: Rows

    def __call__(self, rows: Sequence[int]) -> list[str]:
        return self.texts(self.rows[np.asarray(rows)].tolist())


class _Stars:
    """Near-duplicates among texts that differ, given in the order of their rank."""

    def __init__(self, signatures: Signature, counts: Rows, texts: Texts) -> None:
        self.signatures, self.counts, self.texts = signatures, counts, texts
        self.pairs = np.zeros((0, 2), dtype=np.int64)
        self.similarities = np.zeros(0)
        self._choose()

    def grow(self, threshold: float) -> bool:
        """Compare candidates until those that are kept give no new ones; True if all were.

        One round does, unless a bucket is too large to compare all of it: then its best
        texts are compared with the others, what is dropped goes, and the rest comes again.
        """
        compared = np.zeros(0, dtype=np.int64)
        while True:
            rows = np.flatnonzero(self.keeper == np.arange(len(self.keeper)))
            found = candidate_pairs(self.signatures[rows], threshold)
            pairs = rows[found.pairs]
            new = ~np.isin(_code(pairs), compared)
            self._compare(pairs[new], threshold)
            if not new.any() or (found.complete and not len(compared)):
                return found.complete
            compared = np.union1d(compared, _code(pairs))

    def _compare(self, pairs: Rows, threshold: float) -> None:
        similar, similarities = similar_pairs(pairs, self.texts, self.counts, threshold)
        self.pairs = np.concatenate((self.pairs, similar))
        self.similarities = np.concatenate((self.similarities, similarities))
        self._choose()

    def _choose(self) -> None:
        """Most near-duplicates first: drop what is like a kept text, else keep it."""
        count = len(self.signatures)
        kept = self._independent(count)
        both = np.concatenate((self.pairs, self.pairs[:, ::-1]))
        twice = np.tile(self.similarities, 2)
        used = kept[both[:, 0]] & ~kept[both[:, 1]]
        of, dropped, twice = both[used, 0], both[used, 1], twice[used]
        order = np.lexsort((of, -twice, dropped))  # the most similar one first, then the best
        rows, first = np.unique(dropped[order], return_index=True)
        self.keeper: Rows = np.arange(count)
        self.keeper[rows] = of[order][first]
        self.similarity: Similarities = np.ones(count)
        self.similarity[rows] = twice[order][first]

    def _independent(self, count: int) -> npt.NDArray[np.bool_]:
        degree = np.bincount(self.pairs.ravel(), minlength=count)
        turn = np.empty(count, dtype=np.int64)
        turn[np.lexsort((np.arange(count), -degree))] = np.arange(count)
        turns = np.sort(turn[self.pairs], axis=1)
        kept = [True] * count
        # By the later one's turn: what comes before it has been settled by then.
        for earlier, later in turns[np.argsort(turns[:, 1])].tolist():
            if kept[earlier]:
                kept[later] = False
        return np.array(kept, dtype=np.bool_)[turn]


def _code(pairs: Rows) -> Rows:
    """One number per pair; rows are below 2^31."""
    return (pairs[:, 0] << 32) | pairs[:, 1]


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What was found, by position in the order of rank; each array of shape (n,)."""

    order: Rows
    leader: Rows
    """The best document with the same text."""
    keeper: Rows
    """The document kept of the cluster."""
    similarity: Similarities
    complete: bool = True

    def result(self, ids: Sequence[str]) -> Clusters:
        """Back to documents in the order they were given."""
        place = np.argsort(self.order)
        keeper = self.order[self.keeper[place]]
        kept = (keeper == np.arange(len(keeper))).tolist()
        names = [ids[row] for row in keeper.tolist()]
        same = (self.leader == self.keeper)[place].tolist()
        similarity = self.similarity[place].tolist()
        return Clusters(
            cluster_id=names,
            cluster_size=np.bincount(keeper, minlength=len(keeper))[keeper],
            kept=np.array(kept, dtype=np.bool_),
            duplicate_of=_unless(kept, names),
            similarity=_unless(kept, similarity),
            reason=_unless(kept, [EXACT if equal else NEAR for equal in same]),
            complete=self.complete,
        )


def _unless(kept: Sequence[bool], values: Sequence[T]) -> list[T | None]:
    return [None if own else value for own, value in zip(kept, values, strict=True)]
