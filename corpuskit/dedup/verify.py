"""Exact comparison of candidates: the Jaccard similarity of their shingle sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.shingles import Hashes, jaccard, shingle_sets

Rows = npt.NDArray[np.int64]
Similarities = npt.NDArray[np.float64]
Texts = Callable[[Sequence[int]], list[str]]
"""Fetches texts by row, in the order of the rows."""

# Shingles kept in memory while their pairs are compared: 128 MB, some 10,000 web pages.
_KEPT: Final = 1 << 24

# Shingles of the texts fetched in one call: some 1,000 pages, one task's worth.
_FETCHED: Final = 1 << 20


def similar_pairs(
    pairs: Rows, texts: Texts, counts: npt.NDArray[np.int64], threshold: float
) -> tuple[Rows, Similarities]:
    """The pairs (shape (m, 2)) whose Jaccard similarity is at least `threshold`, with the values.

    `counts` is the number of distinct shingles of each row. Memory is bounded by the
    shingles of about 20,000 pages, and of two texts if they are larger.
    """
    smaller = counts[pairs].min(axis=1)
    larger = np.maximum(counts[pairs].max(axis=1), 1)
    pairs = pairs[smaller / larger >= threshold]  # the ratio of the sizes bounds the similarity
    pairs, parts = _tiled(pairs, counts)
    by_part = [_similarities(pairs[part], texts, counts) for part in parts]
    similarities = np.concatenate([np.zeros(0), *by_part])
    similar = similarities >= threshold
    return pairs[similar], similarities[similar]


def _tiled(pairs: Rows, counts: npt.NDArray[np.int64]) -> tuple[Rows, list[slice]]:
    """Order the pairs so that few texts are fetched twice, and cut them into parts.

    Rows are cut into tiles of half the shingles that may be kept, pairs are ordered by their two
    tiles, and pairs of tiles are joined while their texts fit. If many texts are candidates of
    many others (pages that share a long menu), unordered pairs fetch each text 75 times.
    """
    tile = np.cumsum(counts) // (_KEPT // 2)
    tiles = tile[pairs[:, 0]] * (tile.max(initial=0) + 1) + tile[pairs[:, 1]]
    order = np.argsort(tiles, kind="stable")
    _, starts, group = np.unique(tiles[order], return_index=True, return_inverse=True)
    pairs = pairs[order]
    rows = np.unique(np.repeat(group, 2) * len(counts) + pairs.ravel())
    group_of, row = np.divmod(rows, max(len(counts), 1))
    sizes = np.bincount(group_of, weights=counts[row], minlength=len(starts)).astype(np.int64)
    edges = np.append(starts, len(pairs))
    parts = [slice(edges[part.start], edges[part.stop]) for part in _slices(sizes, _KEPT)]
    return pairs, parts


def _similarities(pairs: Rows, texts: Texts, counts: npt.NDArray[np.int64]) -> Similarities:
    rows = np.unique(pairs)
    sets: dict[int, Hashes] = {}
    for part in _slices(counts[rows], _FETCHED):
        wanted = rows[part].tolist()
        fetched = shingle_sets(texts(wanted))
        sets.update((row, fetched[at]) for at, row in enumerate(wanted))
    return np.array([jaccard(sets[first], sets[second]) for first, second in pairs.tolist()])


def _slices(sizes: npt.NDArray[np.int64], budget: int) -> Iterator[slice]:
    """Cut a list of sizes into runs of about `budget`, exceeded by one item at most."""
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // budget)) + 1
    edges = sorted({0, *cuts.tolist(), len(sizes)})
    return (slice(start, stop) for start, stop in pairwise(edges))
