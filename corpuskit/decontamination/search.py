"""Which evaluation items a text holds.

As AllenAI's decon does for tokens: a first look at sampled n-grams finds passages that may be
there, the n-grams around them are counted, and each counts by its rarity among the passages, so
that a formulaic phrase weighs little. The score of a passage is the share of its weight that the
text covers within a stretch not much longer than the passage.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.decontamination.index import ItemIndex, Numbers
from corpuskit.decontamination.ngrams import (
    LENGTH,
    STRIDE,
    Hashes,
    ngram_hashes,
    sampled_hashes,
    starts_of,
)
from corpuskit.text.keys import match_keys
from corpuskit.text.tables import Codes

_LENGTHS: Final = (16, 24, 40, 60, 100, 200, 400)
_SHARES: Final = (0.9, 0.8, 0.64, 0.58, 0.5, 0.4, 0.33)
"""The score from which a passage of each length, in code points of its match key, is found; linear
in between. Of clean texts the highest is ... (benchmarks/decontamination.py)."""

_RUN: Final = 30
_RUN_SHARE: Final = 0.4
"""A quotation of half a passage is found, too: that many code points without a gap."""

_SLACK: Final = 64
"""Code points by which the stretch may be longer than 1.25 times the passage: what stands between
a question and its answers."""

_CHUNK: Final = 1 << 17
"""Code points that are looked at together: the arrays stay in the cache of the core."""


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An evaluation item that a text holds."""

    benchmark: str
    name: str
    score: float
    """Share (0 to 1) of the item's passage that was found, weighted by rarity."""


def find_items(index: ItemIndex, texts: Sequence[str]) -> list[list[FoundItem]]:
    """The items in each text, the highest score first."""
    found: list[list[FoundItem]] = []
    for chunk in _chunks(texts):
        codes, offsets = match_keys(chunk)
        likely = _first_look(index, codes, offsets)
        found += [
            _items_in(index, codes[offsets[row] : offsets[row + 1]]) if likely[row] else []
            for row in range(len(chunk))
        ]
    return found


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start, size = 0, 0
    for stop, text in enumerate(texts):
        if size + len(text) > _CHUNK and stop > start:
            yield texts[start:stop]
            start, size = stop, 0
        size += len(text)
    if start < len(texts):
        yield texts[start:]


def threshold_of(lengths: Numbers) -> npt.NDArray[np.float64]:
    """The score from which passages of these lengths are found."""
    return np.interp(lengths, _LENGTHS, _SHARES)


def _first_look(index: ItemIndex, codes: Codes, offsets: Numbers) -> npt.NDArray[np.bool_]:
    """Whether each key has enough sampled n-grams of one passage to be worth a second look."""
    starts, owners = starts_of(offsets, STRIDE)
    at, numbers = _known(index, sampled_hashes(codes, starts))
    likely = np.zeros(len(offsets) - 1, dtype=np.bool_)
    places, hits = _places(index, numbers)
    if not len(places):
        return likely
    passages = np.searchsorted(index.places, places, side="right") - 1
    pairs = owners[at[hits]] * np.int64(len(index.lengths)) + passages
    pairs, counts = np.unique(pairs, return_counts=True)
    texts, passages = np.divmod(pairs, len(index.lengths))
    likely[texts[counts >= _sampled_hits(index, passages)]] = True
    return likely


def _sampled_hits(index: ItemIndex, passages: Numbers) -> Numbers:
    """Sampled n-grams that a text must share with a passage: about a third of those that it shares
    where a tenth of the characters is changed and the score just reaches its threshold."""
    lengths = index.lengths[passages]
    needed = threshold_of(lengths) * lengths - index.covered[passages]
    return np.maximum(1, needed // (10 * STRIDE)).astype(np.int64)


def _known(index: ItemIndex, hashes: Hashes) -> tuple[Numbers, Numbers]:
    """Positions of hashes that are in the index, and their numbers there."""
    bits = hashes >> index.shift
    is_set = (index.bitmap[bits >> np.uint64(3)] >> (~bits & np.uint64(7)).astype(np.uint8)) & 1
    at = np.flatnonzero(is_set)
    numbers = np.searchsorted(index.hashes, hashes[at])
    numbers = np.minimum(numbers, max(0, len(index.hashes) - 1))
    same = index.hashes[numbers] == hashes[at] if len(at) else np.zeros(0, dtype=np.bool_)
    return at[same], numbers[same]


def _places(index: ItemIndex, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Every place of n-grams that are not common, and which of `numbers` each belongs to."""
    rare = np.flatnonzero(index.common[numbers] == 0)
    first = index.starts[numbers[rare]].astype(np.int64)
    counts = index.starts[numbers[rare] + 1].astype(np.int64) - first
    hits = np.repeat(rare, counts)
    within = np.arange(len(hits)) - np.repeat(np.cumsum(counts) - counts, counts)
    return index.postings[np.repeat(first, counts) + within].astype(np.int64), hits


def _items_in(index: ItemIndex, key: Codes) -> list[FoundItem]:
    """The items in one key."""
    at, numbers = _known(index, ngram_hashes(key))
    places, hits = _places(index, numbers)
    passages = np.searchsorted(index.places, places, side="right") - 1
    best: dict[int, float] = {}
    for passage in _candidates(index, places, passages).tolist():
        positions = at[hits[passages == passage]]
        score = _score(index, passage, at, numbers, np.sort(positions))
        if score is None:
            continue
        for item in index.items[index.owned[passage] : index.owned[passage + 1]].tolist():
            best[item] = max(score, best.get(item, 0.0))
    found = [
        FoundItem(index.benchmarks[item].as_py(), index.names[item].as_py(), score)
        for item, score in best.items()
    ]
    return sorted(found, key=lambda item: (-item.score, item.benchmark, item.name))


def _candidates(index: ItemIndex, places: Numbers, passages: Numbers) -> Numbers:
    """The passages of which a text covers enough, wherever in the text it stands."""
    distinct = np.unique(places)
    if not len(distinct):
        return distinct
    owners = np.searchsorted(index.places, distinct, side="right") - 1
    gaps = np.diff(distinct, append=distinct[-1] + LENGTH)
    gaps[:-1][owners[1:] != owners[:-1]] = LENGTH
    covered = np.bincount(owners, weights=np.minimum(gaps, LENGTH))
    numbers = np.unique(owners)
    lengths = index.lengths[numbers]
    least = np.minimum(threshold_of(lengths), _RUN_SHARE) * lengths
    # Weights shift a score a little against the share of code points.
    enough = covered[numbers] + index.covered[numbers] >= 0.75 * least
    return numbers[enough]


def _score(
    index: ItemIndex, passage: int, at: Numbers, numbers: Numbers, positions: Numbers
) -> float | None:
    """The score of a passage in the stretch with most of its n-grams; None if that is too low.

    `at` and `numbers` are the text's n-grams that the index has, `positions` where those of the
    passage are. An n-gram counts as often as it occurs in both.
    """
    start, stop = int(index.places[passage]), int(index.places[passage + 1])
    length = stop - start
    width = length * 5 // 4 + _SLACK
    begin = positions[np.argmax(np.searchsorted(positions, positions + width) - np.arange(len(positions)))]
    low, high = np.searchsorted(at, (begin - LENGTH, begin + width))
    here = np.sort(numbers[low:high])
    ngrams = index.ngrams[start : stop - LENGTH + 1]
    counts = np.searchsorted(here, ngrams, side="right") - np.searchsorted(here, ngrams)
    shared = np.flatnonzero(index.ranks[start : stop - LENGTH + 1] < counts)
    covers = np.zeros(length + 1, dtype=np.int64)
    np.add.at(covers, shared, 1)
    np.add.at(covers, shared + LENGTH, -1)
    is_covered = np.cumsum(covers[:-1]) > 0
    weights = index.weights[start:stop].astype(np.float64)
    score = float(weights[is_covered].sum() / weights.sum())
    long_run = score >= _RUN_SHARE and _longest_run(is_covered) >= _RUN
    if score >= np.interp(length, _LENGTHS, _SHARES) or long_run:
        return round(score, 4)
    return None


def _longest_run(is_covered: npt.NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_covered.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))
