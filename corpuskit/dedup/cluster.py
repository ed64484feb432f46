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
from typing import Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.dedup.bands import Rows, candidate_pairs, row_hashes
from corpuskit.dedup.reasons import EXACT, NEAR
from corpuskit.dedup.signatures import Signature, from_bytes
from corpuskit.dedup.verify import Similarities, Texts, similar_pairs
from corpuskit.thresholds import NEAR_DUPLICATE

T = TypeVar("T")
Strings: TypeAlias = Sequence[str] | pa.Array | pa.ChunkedArray

DEDUP_VERSION: Final = "3"
"""Part of the key of stored clusters: raise it whenever the same input gives others."""

THRESHOLD: Final = NEAR_DUPLICATE


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


@dataclass(frozen=True, slots=True)
class Stars:
    """What became of each of n documents, as arrays of shape (n,): nothing per document is a
    Python object, so that a corpus of millions fits."""

    keeper: Rows
    """Row of the document kept of the cluster; a kept document's own row."""
    similarity: Similarities
    """Exact Jaccard similarity of the shingles to the kept document; 1 for the kept."""
    same_text: npt.NDArray[np.bool_]
    """Whether the kept document has the same text."""
    complete: bool
    """See Clusters."""

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Which documents are kept."""
        kept: npt.NDArray[np.bool_] = self.keeper == np.arange(len(self.keeper))
        return kept

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Documents in each document's cluster, the kept one included."""
        return np.bincount(self.keeper, minlength=len(self.keeper))[self.keeper]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Documents in the order of their rank, best first; arrays of shape (n,)."""

    order: Rows
    """Which document is at each place."""
    leader: Rows
    """Per place, that of the best document with the same text."""

    @property
    def leaders(self) -> Rows:
        """The places of documents that are the best of their text, in rising order."""
        return np.flatnonzero(self.leader == np.arange(len(self.leader)))

    def stars(
        self,
        keeper: Rows | None = None,
        similarity: Similarities | None = None,
        complete: bool = True,
    ) -> Stars:
        """What became of each document, in the order in which they were given.

        `keeper` (a number of a leader) and `similarity` are of the leaders' near-duplicates; what
        became of the best of equal texts becomes of all of them.
        """
        place = np.empty(len(self.order), dtype=np.int64)
        place[self.order] = np.arange(len(self.order))
        kept, similar = self.leader, np.ones(len(self.order))
        if keeper is not None and similarity is not None:
            leaders = self.leaders
            at = np.searchsorted(leaders, self.leader)
            kept, similar = leaders[keeper[at]], similarity[at]
        same = (self.leader == kept)[place]
        return Stars(self.order[kept[place]], similar[place], same, complete)


def find_stars(
    *,
    ids: Strings,
    text_sha256: Strings,
    signatures: Signature,
    shingle_counts: npt.NDArray[np.integer],
    rank: npt.NDArray[np.integer],
    texts: Texts,
    threshold: float = THRESHOLD,
    near: bool = True,
) -> Stars:
    """Find exact and near-duplicates among n documents.

    `signatures` is a matrix of uint32, shape (n, num_perm); `texts(rows)` fetches texts by row. A
    lower `rank` is better; ties are settled by id. The result does not depend on the order of
    the documents. The most similar of the kept ones is named for each dropped one.
    """
    ranked = rank_documents(ids, text_sha256, rank)
    if near and len(ranked.order):
        leaders = ranked.leaders
        rows = ranked.order[leaders]
        counts = np.asarray(shingle_counts, dtype=np.int64)[rows]
        search = _StarSearch(signatures, rows, counts, _Reordered(texts, rows))
        complete = search.grow(threshold)
        return ranked.stars(search.keeper, search.similarity, complete)
    return ranked.stars()


def rank_documents(ids: Strings, text_sha256: Strings, rank: npt.NDArray[np.integer]) -> Ranking:
    """The documents in the order of their rank, and the best of those with equal texts."""
    digests = as_bytes(text_sha256)
    order = _by_rank(np.asarray(rank), ids, digests)
    return Ranking(order, _first_of_equals(digests[order]))


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
    """As `find_stars`, with lists in and out; `signatures` may be the stored column of
    corpuskit.dedup.signatures.Signatures."""
    stars = find_stars(
        ids=ids,
        text_sha256=text_sha256,
        signatures=signatures if isinstance(signatures, np.ndarray) else from_bytes(signatures),
        shingle_counts=shingle_counts,
        rank=np.asarray(rank),
        texts=texts,
        threshold=threshold,
        near=near,
    )
    kept = stars.kept.tolist()
    names = [ids[row] for row in stars.keeper.tolist()]
    reasons = [EXACT if same else NEAR for same in stars.same_text.tolist()]
    return Clusters(
        cluster_id=names,
        cluster_size=stars.sizes,
        kept=stars.kept,
        duplicate_of=_unless(kept, names),
        similarity=_unless(kept, stars.similarity.tolist()),
        reason=_unless(kept, reasons),
        complete=stars.complete,
    )


def as_bytes(values: Strings) -> npt.NDArray[np.bytes_]:
    """Strings as a numpy array of their UTF-8, which sorts as they do and takes a quarter of the
    memory of numpy's own strings; Arrow strings of one length are taken over without a copy."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        return _fixed_width(values)
    return np.array([value.encode("utf-8", "surrogatepass") for value in values], dtype=np.bytes_)


def _fixed_width(values: pa.Array) -> npt.NDArray[np.bytes_]:
    if not len(values):
        return np.zeros(0, dtype="S1")
    _, ends, characters = values.cast(pa.large_string()).buffers()
    bounds = np.frombuffer(ends, dtype="<i8")[values.offset : values.offset + len(values) + 1]
    widths = np.diff(bounds)
    if values.null_count or (widths != widths[0]).any() or not widths[0]:
        return as_bytes(values.to_pylist())
    octets = np.frombuffer(characters, dtype=np.uint8)[bounds[0] : bounds[-1]]
    fixed: npt.NDArray[np.bytes_] = octets.view(f"S{widths[0]}")
    return fixed


def _by_rank(rank: npt.NDArray[np.integer], ids: Strings, digests: npt.NDArray[np.bytes_]) -> Rows:
    """Rows in the order of their rank; ties by id, then by digest."""
    order = np.argsort(rank, kind="stable")
    if (np.diff(rank[order]) == 0).any():
        order = np.lexsort((digests, as_bytes(ids), rank))
    return order.astype(np.int64, copy=False)


def _first_of_equals(values: npt.NDArray[np.bytes_]) -> Rows:
    """Per value the first place where the same value is; shape (n,)."""
    hashes = _hashes_of(values)
    order = np.argsort(hashes, kind="stable")
    same = hashes[order[1:]] == hashes[order[:-1]]
    if (values[order[1:][same]] != values[order[:-1][same]]).any():  # hashes that collide
        _, first, inverse = np.unique(values, return_index=True, return_inverse=True)
        return first[inverse].astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], ~same))[: len(order)])
    first_of = np.empty(len(values), dtype=np.int64)
    first_of[order] = np.repeat(order[starts], np.diff(np.append(starts, len(order))))
    return first_of


def _hashes_of(values: npt.NDArray[np.bytes_]) -> npt.NDArray[np.uint64]:
    """A 64-bit hash per byte string."""
    words = -(-values.dtype.itemsize // 8)
    padded = values.astype(f"S{words * 8}", copy=False)
    return row_hashes(padded.view(np.uint64).reshape(len(values), words))


@dataclass(frozen=True, slots=True)
class _Reordered:
    texts: Texts
    rows: Rows

    def __call__(self, rows: Sequence[int]) -> list[str]:
        return self.texts(self.rows[np.asarray(rows)].tolist())


class _StarSearch:
    """Near-duplicates among texts that differ, given in the order of their rank."""

    def __init__(self, signatures: Signature, rows: Rows, counts: Rows, texts: Texts) -> None:
        self.signatures, self.rows = signatures, rows
        self.counts, self.texts = counts, texts
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
            candidates = candidate_pairs(self.signatures, threshold, self.rows[rows])
            pairs = rows[candidates.pairs]
            new = ~np.isin(_code(pairs), compared)
            self._compare(pairs[new], threshold)
            if not new.any() or (candidates.complete and not len(compared)):
                return candidates.complete
            compared = np.union1d(compared, _code(pairs))

    def _compare(self, pairs: Rows, threshold: float) -> None:
        similar, similarities = similar_pairs(pairs, self.texts, self.counts, threshold)
        self.pairs = np.concatenate((self.pairs, similar))
        self.similarities = np.concatenate((self.similarities, similarities))
        self._choose()

    def _choose(self) -> None:
        """Which texts are kept, after what is known so far."""
        self.keeper, self.similarity = choose_stars(self.pairs, self.similarities, len(self.rows))


def choose_stars(pairs: Rows, similarities: Similarities, count: int) -> tuple[Rows, Similarities]:
    """Per text, in the order of their rank, the text that is kept for it, and its similarity.

    Texts with most near-duplicates come first: one that is like a kept text is dropped for it, of
    several kept ones for the most similar, then for the best. `pairs`, shape (m, 2), are the
    verified near-duplicates among `count` texts, in any order.
    """
    kept = _independent(pairs, count)
    both = np.concatenate((pairs, pairs[:, ::-1]))
    twice = np.tile(similarities, 2)
    used = kept[both[:, 0]] & ~kept[both[:, 1]]
    of, dropped, twice = both[used, 0], both[used, 1], twice[used]
    order = np.lexsort((of, -twice, dropped))  # the most similar one first, then the best
    rows, first = np.unique(dropped[order], return_index=True)
    keeper: Rows = np.arange(count)
    keeper[rows] = of[order][first]
    similarity: Similarities = np.ones(count)
    similarity[rows] = twice[order][first]
    return keeper, similarity


def _independent(pairs: Rows, count: int) -> npt.NDArray[np.bool_]:
    degree = np.bincount(pairs.ravel(), minlength=count)
    turn = np.empty(count, dtype=np.int64)
    turn[np.lexsort((np.arange(count), -degree))] = np.arange(count)
    turns = np.sort(turn[pairs], axis=1)
    kept = [True] * count
    # By the later one's turn: what comes before it has been settled by then.
    for earlier, later in turns[np.argsort(turns[:, 1])].tolist():
        if kept[earlier]:
            kept[later] = False
    return np.array(kept, dtype=np.bool_)[turn]


def _code(pairs: Rows) -> Rows:
    """One number per pair; rows are below 2^31."""
    return (pairs[:, 0] << 32) | pairs[:, 1]


def _unless(kept: Sequence[bool], values: Sequence[T]) -> list[T | None]:
    return [None if keeps else value for keeps, value in zip(kept, values, strict=True)]
