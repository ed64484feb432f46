"""Shingles: the set of short pieces of a text that near-duplicates have in common.

A shingle is four successive code points of the match key (corpuskit.text.keys), one
starting at every code point, in every script. Words, grapheme clusters and other lengths were
measured on 2,497 pairs in 23 languages (gold = exact char-5 Jaccard >= .8), with exact similarity
at the same threshold .8, by `python benchmarks/neardup.py --shingles`; recall by script, and of
the worst language:

                    Latn   Mymr   Khmr   Laoo   Thai   Tibt   all    worst  precision
    5 words         .644   .770   .629   .654   .660   .346   .659   .346   .977
    3 clusters      .979   .952   .914   .962   .981   .962   .973   .914   .976
    4 clusters      1      .911   .943   .923   .981   .962   .983   .884   .990
    5 clusters      .980   .871   .800   .885   .981   .962   .957   .800   .999
    3 code points   .979   .992   1      1      1      1      .983   .953   .972
    4 code points   1      .992   1      1      1      1      .999   .980   .986
    5 code points   .980   .984   .971   .962   1      1      .981   .917   .998

A cluster of Khmer, Burmese or Mon has about two code points, a cluster of a Latin menu around the
text one: counted in clusters the menu has twice the weight, and a changed letter affects twice as
much text. Only with code points does a threshold mean the same in every script, and they need no
segmentation. Unrelated texts stay far below it: the most similar of long real articles (100,000
characters, Vietnamese) reach .25, samples of a million characters .34.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.dedup.finalizer import finalized
from corpuskit.text.chunks import chunks_of
from corpuskit.text.keys import match_keys
from corpuskit.text.tables import Codes

Hashes = npt.NDArray[np.uint64]

LENGTH: Final = 4
"""Code points in a shingle."""

# Code points hashed at once; working memory is about 40 bytes each: 40 MB, more for a longer text.
_CHUNK: Final = 1 << 20

# Pads a key shorter than a shingle. It occurs in no text: the last code point is U+10FFFF.
_PAD: Final = 0x110000


@dataclass(frozen=True, slots=True)
class ShingleSets:
    """The shingles of n texts as 64-bit hashes, sorted and distinct within each text.

    Text i owns `hashes[offsets[i]:offsets[i + 1]]`; shapes (m,) and (n + 1,).
    """

    hashes: Hashes
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> Hashes:
        return self.hashes[self.offsets[row] : self.offsets[row + 1]]

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Distinct shingles per text; shape (n,)."""
        return np.diff(self.offsets)


def shingle_sets(texts: Sequence[str]) -> ShingleSets:
    """Shingles of each text.

    A text whose key is shorter than a shingle has one shingle, its whole key, so it is similar
    only to texts with the same key. A text whose key is empty has none.
    """
    parts = [_sets_of_keys(*match_keys(chunk)) for chunk in chunks_of(texts, _CHUNK)]
    counts = np.concatenate([np.zeros(1, dtype=np.int64), *(part.counts for part in parts)])
    hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *(part.hashes for part in parts)])
    return ShingleSets(hashes, np.cumsum(counts))


def jaccard(first: Hashes, second: Hashes) -> float:
    """Exact Jaccard similarity (0 to 1) of two sorted sets of distinct hashes; 0 if both are empty.

    Exact unless 64-bit hashes collide: probability 3e-14 for two texts of 1,000 shingles.
    """
    merged = np.concatenate((first, second))
    merged.sort(kind="stable")  # two sorted runs: merged in one pass
    common = int(np.count_nonzero(merged[1:] == merged[:-1]))
    return common / (len(merged) - common) if len(merged) else 0.0


def _sets_of_keys(codes: Codes, offsets: npt.NDArray[np.int64]) -> ShingleSets:
    codes, offsets = _padded(codes, offsets)
    lengths = np.diff(offsets)
    hashes = _hashes(codes)
    # No shingle starts at the last three code points of a key: it would reach into the next key.
    is_start = np.ones(len(codes), dtype=np.bool_)
    for back in range(1, LENGTH):
        is_start[offsets[1:][lengths > 0] - back] = False
    hashes = hashes[is_start[: len(hashes)]]
    edges = np.concatenate(([0], np.cumsum(np.maximum(lengths - LENGTH + 1, 0))))
    return _distinct(hashes, edges)


def _padded(codes: Codes, offsets: npt.NDArray[np.int64]) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Pad keys of one to three code points to the length of a shingle."""
    lengths = np.diff(offsets)
    missing = np.where((lengths > 0) & (lengths < LENGTH), LENGTH - lengths, 0)
    if not missing.any():
        return codes, offsets
    filled = np.insert(codes, np.repeat(offsets[1:], missing), _PAD)
    return filled, offsets + np.concatenate(([0], np.cumsum(missing)))


def _hashes(codes: Codes) -> Hashes:
    """A 64-bit hash of each four successive code points; shape (max(0, len(codes) - 3),).

    Three code points of 21 bits fit into a 64-bit word without loss; the word is mixed by a
    bijection, the fourth code point is added and the result is mixed again.
    """
    size = max(0, len(codes) - LENGTH + 1)
    wide = codes.astype(np.uint64)
    first, second, third, fourth = (wide[at : at + size] for at in range(LENGTH))
    word = first | (second << np.uint64(21)) | (third << np.uint64(42))
    return finalized(finalized(word) + fourth)


def _distinct(hashes: Hashes, edges: npt.NDArray[np.int64]) -> ShingleSets:
    """Sort each text's hashes and remove duplicates."""
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        hashes[start:stop].sort()
    new = np.ones(len(hashes), dtype=np.bool_)
    new[1:] = hashes[1:] != hashes[:-1]
    new[edges[:-1][np.diff(edges) > 0]] = True
    counted = np.concatenate(([0], np.cumsum(new, dtype=np.int64)))
    return ShingleSets(hashes[new], counted[edges])
