"""Which evaluation items a text holds.

As AllenAI's decon does for tokens: a first look at sampled n-grams finds excerpts that may be
there, the n-grams around them are counted, and each counts by its rarity among the excerpts, so
that a formulaic phrase weighs little. The score of an excerpt is the share of its weight that the
text covers within a stretch not much longer than the excerpt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.decontamination.index import ItemIndex
from corpuskit.decontamination.ngrams import (
    LENGTH,
    SEED,
    STRIDE,
    Hashes,
    Numbers,
    hashes_at,
    hashes_of,
    starts_of,
)
from corpuskit.text.chunks import chunks_of
from corpuskit.text.keys import match_keys
from corpuskit.text.tables import Codes

_LENGTHS: Final = (16, 20, 25, 30, 40, 50, 58, 70, 80, 100, 150, 400)
_SHARES: Final = (0.85, 0.73, 0.63, 0.58, 0.56, 0.54, 0.54, 0.58, 0.58, 0.55, 0.54, 0.52)
"""The score from which an excerpt of each length, in code points of its match key, is found; linear
in between. Short excerpts must be nearly whole: a question alone is an ordinary phrase, and its
answers are the context that makes it one of the benchmark. Of 142,811 clean sentences one has .64
at 42 code points; the next ones have .55 at 24 and 27, .54 at 36, .51 at 49 and .55 at 79
(benchmarks/decontamination.py)."""

_RUN: Final = 28
_RUN_SHARE: Final = 0.35
_RUN_SCORE: Final = 0.4
"""A quotation of part of an excerpt is found with a lower score: that many code points without a
gap, and that share of the excerpt. Where clean texts have a score of .4, runs reach 24 in short
excerpts and a fifth of long ones."""

_LONG_RUN: Final = 100
_LONG_RUN_SCORE: Final = 0.25
"""So is a sentence or two of a long excerpt: 50 tokens in a row are a duplicate to Lee et al.,
"Deduplicating training data makes language models better" (2022)."""

_SLACK: Final = 64
"""Code points by which the stretch may be longer than 1.25 times the excerpt: what stands between
a question and its answers."""

_MARGIN: Final = 8
"""Code points before and after the stretch in which an excerpt is looked for."""

_SEEDED: Final = 0.2
"""Share of an excerpt that sampled seeds must cover for a second look."""

_CHUNK: Final = 1 << 17
"""Code points that are looked at together: the arrays stay in the cache of the core."""


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An evaluation item that a text holds."""

    benchmark: str
    name: str
    score: float
    """Share (0 to 1) of the item's excerpt that was found, weighted by rarity."""


def find_items(index: ItemIndex, texts: Sequence[str]) -> list[list[FoundItem]]:
    """The items in each text, the highest score first."""
    found: list[list[FoundItem]] = []
    for chunk in chunks_of(texts, _CHUNK):
        codes, offsets = match_keys(chunk)
        scores: list[dict[int, float]] = [{} for _ in chunk]
        for candidate in _candidates(index, codes, offsets):
            start, stop = offsets[candidate.text : candidate.text + 2].tolist()
            score = _score(index, candidate, codes[start:stop], start)
            if score is not None:
                _add(scores[candidate.text], index.items_of(candidate.excerpt), score)
        found += [_sorted_items(index, of) for of in scores]
    return found


def _add(scores: dict[int, float], items: Sequence[int], score: float) -> None:
    for item in items:
        scores[item] = max(score, scores.get(item, 0.0))


def _sorted_items(index: ItemIndex, scores: Mapping[int, float]) -> list[FoundItem]:
    items = [
        FoundItem(index.benchmarks[item].as_py(), index.names[item].as_py(), score)
        for item, score in scores.items()
    ]
    return sorted(items, key=lambda item: (-item.score, item.benchmark, item.name))


def threshold_of(length: int) -> float:
    """The score from which an excerpt of that many code points is found."""
    return float(np.interp(length, _LENGTHS, _SHARES))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An excerpt that a text may hold."""

    text: int
    excerpt: int
    positions: Numbers
    """Where seeds of the excerpt are in the codes of all keys; sorted."""
    offsets: Numbers
    """Where these seeds are in the excerpt."""


def _candidates(index: ItemIndex, codes: Codes, offsets: Numbers) -> Iterator[_Candidate]:
    """Excerpts of which sampled seeds cover enough, by text and excerpt."""
    starts, owners = starts_of(offsets, SEED, STRIDE)
    at, numbers = _known(index, hashes_at(codes, starts, SEED))
    places, hits = _places(index, numbers)
    if not len(places):
        return
    excerpts = np.searchsorted(index.places, places, side="right") - 1
    pairs = owners[at[hits]] * np.int64(len(index.lengths)) + excerpts
    order = np.lexsort((places, pairs))
    pairs, places, positions = pairs[order], places[order], starts[at[hits[order]]]
    edges = np.flatnonzero(np.diff(pairs, prepend=-1, append=-1))
    gaps = np.minimum(np.diff(places, append=places[-1] + SEED), SEED)
    gaps[edges[1:] - 1] = SEED
    covered = np.add.reduceat(gaps, edges[:-1])
    texts, excerpts = np.divmod(pairs[edges[:-1]], len(index.lengths))
    enough = covered + index.covered[excerpts] >= _SEEDED * index.lengths[excerpts]
    for row in np.flatnonzero(enough).tolist():
        here = slice(edges[row], edges[row + 1])
        by_position = np.argsort(positions[here], kind="stable")
        excerpt = int(excerpts[row])
        yield _Candidate(
            int(texts[row]),
            excerpt,
            positions[here][by_position],
            places[here][by_position] - index.places[excerpt],
        )


def _known(index: ItemIndex, hashes: Hashes) -> tuple[Numbers, Numbers]:
    """Which of the hashes are seeds of the index, and their numbers there."""
    bits = hashes >> index.shift
    is_set = (index.bitmap[bits >> _THREE] >> (~bits & _SEVEN).astype(np.uint8)) & 1
    at = np.flatnonzero(is_set)
    if not len(at):
        return at, at
    numbers = np.searchsorted(index.seeds, hashes[at])
    numbers = np.minimum(numbers, len(index.seeds) - 1)
    same = index.seeds[numbers] == hashes[at]
    return at[same], numbers[same]


_THREE, _SEVEN = np.uint64(3), np.uint64(7)


def _places(index: ItemIndex, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Every place of seeds, and which of `numbers` each belongs to."""
    first = index.starts[numbers].astype(np.int64)
    counts = index.starts[numbers + 1].astype(np.int64) - first
    hits = np.repeat(np.arange(len(numbers)), counts)
    within = np.arange(len(hits)) - np.repeat(np.cumsum(counts) - counts, counts)
    return index.postings[np.repeat(first, counts) + within].astype(np.int64), hits


def _score(index: ItemIndex, candidate: _Candidate, key: Codes, key_start: int) -> float | None:
    """The score of an excerpt in the stretch with most of its seeds; None if that is too low.

    An n-gram counts as often as it occurs in both.
    """
    start, stop = index.places[candidate.excerpt : candidate.excerpt + 2].tolist()
    length = stop - start
    low, high = _stretch(candidate, length)
    low, high = max(0, low - key_start), max(0, high - key_start)
    here = np.sort(hashes_of(key[low:high], LENGTH))
    ngrams = index.ngrams[start : stop - LENGTH + 1]
    counts = np.searchsorted(here, ngrams, side="right") - np.searchsorted(here, ngrams)
    is_covered = _covered(index.ranks[start : stop - LENGTH + 1] < counts, length)
    weights = index.weights[start:stop].astype(np.float64)
    score = float(weights[is_covered].sum() / weights.sum())
    return round(score, 4) if _is_enough(score, length, is_covered) else None


def _is_enough(score: float, length: int, is_covered: npt.NDArray[np.bool_]) -> bool:
    if score >= threshold_of(length):
        return True
    run = _longest_run(is_covered)
    is_quotation = score >= _RUN_SCORE and run >= max(_RUN, _RUN_SHARE * length)
    return is_quotation or (score >= _LONG_RUN_SCORE and run >= _LONG_RUN)


def _stretch(candidate: _Candidate, length: int) -> tuple[int, int]:
    """Where the excerpt would begin and end, by its seeds where they are densest."""
    positions, offsets = candidate.positions, candidate.offsets
    width = length * 5 // 4 + _SLACK
    ends = np.searchsorted(positions, positions + width)
    first = int(np.argmax(ends - np.arange(len(positions))))
    begins = positions[first : ends[first]] - offsets[first : ends[first]]
    return int(begins.min()) - _MARGIN, int(begins.max()) + length + _MARGIN


def _covered(is_shared: npt.NDArray[np.bool_], length: int) -> npt.NDArray[np.bool_]:
    """Which code points of an excerpt are in an n-gram that is shared."""
    counts = np.concatenate(([0], np.cumsum(is_shared)))
    positions = np.arange(length)
    low = np.maximum(positions - LENGTH + 1, 0)
    high = np.minimum(positions + 1, len(is_shared))
    return np.asarray(counts[high] > counts[low])


def _longest_run(is_covered: npt.NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_covered.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
