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
"""Fetches texts by row, in the order asked for."""

# Shingles kept at once while their pairs are compared: 128 MB, some 10,000 web pages.
_KEPT: Final = 1 << 24

# Shingles of the texts fetched in one call: some 1,000 pages, one task's worth.
_FETCHED: Final = 1 << 20


def similar_pairs(
    pairs: Rows, texts: Texts, counts: npt.NDArray[np.int64], threshold: float
) -> tuple[Rows, Similarities]:
    """The pairs (shape (m, 2)) whose Jaccard similarity is at least `threshold`, and it.

    `counts` is the number of distinct shingles of each row. Memory is bounded by the
    shingles of about 20,000 pages, and of two texts if they are larger.
    """
    smaller = counts[pairs].min(axis=1)
    larger = np.maximum(counts[pairs].max(axis=1), 1)
    pairs = pairs[smaller / larger >= threshold]  # no set is more similar to a larger one
    pairs, parts = _tiled(pairs, counts)
    found = [_similarities(pairs[part], texts, counts) for part in parts]
    similarities = np.concatenate([np.zeros(0), *found])
    similar = similarities >= threshold
    return pairs[similar], similarities[similar]


def _tiled(pairs: Rows, counts: npt.NDArray[np.int64]) -> tuple[Rows, list[slice]]:
    """Pairs in an order in which few texts are fetched twice, and the parts to compare at once.

    Rows are cut into tiles of half of what may be kept, pairs go by their two tiles, and
    pairs of tiles are joined while their texts fit: where many texts are candidates of
    many (pages that share a long menu), taking pairs as they come fetched each 75 times.
    """
    tile = np.cumsum(counts) // (_KEPT // 2)
    tiles = tile[pairs[:, 0]] * (tile.max(initial=0) + 1) + tile[pairs[:, 1]]
    order = np.argsort(tiles, kind="stable")
    _, starts, group = np.unique(tiles[order], return_index=True, return_inverse=True)
    pairs = pairs[order]
    rows = np.unique(np.repeat(group, 2) * len(counts) + pairs.ravel())
    of, row = np.divmod(rows, max(len(counts), 1))
    sizes = np.bincount(of, weights=counts[row], minlength=len(starts)).astype(np.int64)
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
    return np.array([jaccard(sets[one], sets[other]) for one, other in pairs.tolist()])


def _slices(sizes: npt.NDArray[np.int64], budget: int) -> Iterator[slice]:
    """Cut a row of sizes into runs of about `budget`, one item more at most."""
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // budget)) + 1
    edges = sorted({0, *cuts.tolist(), len(sizes)})
    return (slice(start, stop) for start, stop in pairwise(edges))
