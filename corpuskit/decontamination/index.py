"""The index of evaluation items: which passages have an n-gram, and how rare it is.

Built once for a set of item files and kept as one file, which every worker maps into its memory. It
holds no text: hashes of n-grams, and the names of benchmarks and items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit.decontamination.items import EvaluationItem
from corpuskit.decontamination.ngrams import LENGTH, Hashes, ngram_hashes, starts_of
from corpuskit.errors import StageError
from corpuskit.store import atomic_file
from corpuskit.table_file import DamagedTableError, TableFile, write_table_file
from corpuskit.text.keys import match_keys

VERSION: Final = "1"
"""Of the index and of what the search makes of it: part of every key."""

SHORTEST: Final = 16
"""Code points of a passage's match key that can be searched for; shorter ones ("Who is he?") are
ordinary phrases. Of the 4,202 items of the test data one is shorter."""

COMMON: Final = 200
"""N-grams of more passages than this lead to no passage, so that a phrase of a benchmark's template
costs nothing; they still count for a passage that others led to."""

_BITS_PER_NGRAM: Final = 16
"""Of the bitmap: one hash in sixteen that is not in the index has to be looked up."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ItemIndex:
    """Passages of evaluation items by their n-grams.

    A passage is what must be found together: an item's context, or its question with its answers.
    Passage p owns positions `places[p]:places[p + 1]` of `ngrams` and `weights`; the last seven of
    them start no n-gram and have number -1 there.
    """

    hashes: Hashes
    """Distinct n-grams, sorted; shape (g,)."""
    bitmap: npt.NDArray[np.uint8]
    """A bit for the first bits of each hash."""
    postings: npt.NDArray[np.uint32]
    """Places of n-gram n among all passages: `postings[starts[n]:starts[n + 1]]`."""
    starts: npt.NDArray[np.uint32]
    """Shape (g + 1,)."""
    common: npt.NDArray[np.uint8]
    """1 for n-grams of more than COMMON passages; shape (g,)."""
    ngrams: npt.NDArray[np.int32]
    """The number of the n-gram at each place; shape (places[-1],)."""
    ranks: npt.NDArray[np.uint32]
    """How often that n-gram occurred in the passage before."""
    weights: npt.NDArray[np.float32]
    """Rarity of each code point: the mean idf of the n-grams that cover it."""
    places: Numbers
    """Shape (p + 1,)."""
    covered: npt.NDArray[np.uint32]
    """Code points of each passage that only common n-grams cover; shape (p,)."""
    items: npt.NDArray[np.uint32]
    """Items of passage p: `items[owned[p]:owned[p + 1]]`."""
    owned: Numbers
    """Shape (p + 1,)."""
    names: pa.Array
    """Names of items; shape (i,)."""
    benchmarks: pa.Array
    """Their benchmarks; shape (i,)."""

    @cached_property
    def shift(self) -> np.uint64:
        """Bits of a hash that the bitmap leaves out."""
        return np.uint64(64 - (len(self.bitmap) * 8).bit_length() + 1)

    @cached_property
    def lengths(self) -> Numbers:
        """Code points per passage."""
        return np.diff(self.places)


def build_index(items: Sequence[EvaluationItem]) -> ItemIndex:
    """The index of items. Passages that are the same text are one, with several items."""
    texts, owners = _passages(items)
    codes, offsets = match_keys(texts)
    kept = np.flatnonzero(np.diff(offsets) >= SHORTEST)
    keys = [codes[offsets[row] : offsets[row + 1]] for row in kept]
    by_key: dict[bytes, dict[int, None]] = {}
    for row, key in zip(kept.tolist(), keys, strict=True):
        by_key.setdefault(key.tobytes(), {})[owners[row]] = None
    distinct = [np.frombuffer(key, dtype=codes.dtype) for key in by_key]
    places = np.concatenate(([0], np.cumsum([len(key) for key in distinct], dtype=np.int64)))
    joined = np.concatenate([*distinct, np.zeros(0, dtype=codes.dtype)])
    return ItemIndex(
        **_ngrams(joined, places),
        places=places,
        items=np.array([item for of in by_key.values() for item in of], dtype=np.uint32),
        owned=np.concatenate(([0], np.cumsum([len(of) for of in by_key.values()], dtype=np.int64))),
        names=pa.array([item.name for item in items], pa.string()),
        benchmarks=pa.array([item.benchmark for item in items], pa.string()),
    )


def _passages(items: Sequence[EvaluationItem]) -> tuple[list[str], list[int]]:
    pairs = [(text, number) for number, item in enumerate(items) for text in item.passages]
    return [text for text, _ in pairs], [number for _, number in pairs]


def _ngrams(codes: npt.NDArray[np.uint32], places: Numbers) -> dict[str, Any]:
    """N-grams of all passages, where each occurs and what it weighs."""
    starts, owners = starts_of(places)
    hashes, numbers, counts = np.unique(
        ngram_hashes(codes)[starts], return_inverse=True, return_counts=True
    )
    order = np.argsort(numbers, kind="stable")
    passages = _passages_with(numbers[order], owners[order], len(hashes))
    common = passages > COMMON
    ngrams = np.full(len(codes), -1, dtype=np.int32)
    ngrams[starts] = numbers
    idf = np.log1p((len(places) - 1) / np.maximum(passages, 1))
    return {
        "hashes": hashes,
        "bitmap": _bitmap(hashes),
        "postings": starts[order].astype(np.uint32),
        "starts": np.concatenate(([0], np.cumsum(counts))).astype(np.uint32),
        "common": common.astype(np.uint8),
        "ngrams": ngrams,
        "ranks": _ranks(ngrams, numbers[order], owners[order], starts[order]),
        "weights": _weights(ngrams, idf, places),
        "covered": _covered(common[numbers], starts, owners, places),
    }


def _passages_with(numbers: Numbers, owners: Numbers, size: int) -> Numbers:
    """How many passages have each n-gram; `numbers` are sorted, `owners` within them."""
    is_new = np.ones(len(numbers), dtype=np.bool_)
    is_new[1:] = (numbers[1:] != numbers[:-1]) | (owners[1:] != owners[:-1])
    return np.bincount(numbers[is_new], minlength=size)


def _ranks(
    ngrams: npt.NDArray[np.int32], numbers: Numbers, owners: Numbers, starts: Numbers
) -> npt.NDArray[np.uint32]:
    """How often the n-gram at each place occurred before in the same passage."""
    first = np.ones(len(numbers), dtype=np.bool_)
    first[1:] = (numbers[1:] != numbers[:-1]) | (owners[1:] != owners[:-1])
    begins = np.flatnonzero(first)
    ranks = np.zeros(len(ngrams), dtype=np.uint32)
    ranks[starts] = np.arange(len(numbers)) - begins[np.cumsum(first) - 1]
    return ranks


def _weights(
    ngrams: npt.NDArray[np.int32], idf: npt.NDArray[np.float64], places: Numbers
) -> npt.NDArray[np.float32]:
    """The mean idf of the n-grams that cover each code point."""
    weights = np.zeros(len(ngrams), dtype=np.float32)
    for start, stop in zip(places[:-1].tolist(), places[1:].tolist(), strict=True):
        count = stop - start - LENGTH + 1
        sums = np.concatenate(([0.0], np.cumsum(idf[ngrams[start : start + count]])))
        positions = np.arange(stop - start)
        low = np.maximum(positions - LENGTH + 1, 0)
        high = np.minimum(positions + 1, count)
        weights[start:stop] = (sums[high] - sums[low]) / (high - low)
    return weights


def _covered(
    is_common: npt.NDArray[np.bool_], starts: Numbers, owners: Numbers, places: Numbers
) -> npt.NDArray[np.uint32]:
    """Code points per passage that no n-gram covers but common ones."""
    covers = np.zeros(places[-1] + 1, dtype=np.int64)
    rare = starts[~is_common]
    np.add.at(covers, rare, 1)
    np.add.at(covers, rare + LENGTH, -1)
    bare = np.cumsum(covers[:-1]) == 0
    counted = np.concatenate(([0], np.cumsum(bare)))
    return np.asarray(counted[places[1:]] - counted[places[:-1]], dtype=np.uint32)


def _bitmap(hashes: Hashes) -> npt.NDArray[np.uint8]:
    bits = max(10, (len(hashes) * _BITS_PER_NGRAM).bit_length())
    is_set = np.zeros(1 << bits, dtype=np.bool_)
    is_set[hashes >> np.uint64(64 - bits)] = True
    return np.packbits(is_set)


def write_index(index: ItemIndex, path: Path) -> None:
    """Write the index, whole or not at all; WorkspaceError where that cannot be done."""
    columns = {field.name: _list_of(getattr(index, field.name)) for field in fields(index)}
    batch = pa.record_batch(list(columns.values()), names=list(columns))
    with atomic_file(path, path.parent) as file:
        write_table_file(file, batch.schema, [batch])


def _list_of(values: Any) -> pa.Array:
    """An array as a list in one row: so arrays of different lengths are columns of one table."""
    flat = values if isinstance(values, pa.Array) else pa.array(values)
    return pa.LargeListArray.from_arrays(pa.array([0, len(flat)], pa.int64()), flat)


def open_index(path: Path) -> ItemIndex:
    """The index in a file, mapped into memory; StageError if it is not there or damaged."""
    try:
        table = TableFile(pa.memory_map(str(path))).table()
        columns: Mapping[str, Any] = {
            name: table[name].chunk(0).values for name in table.column_names
        }
        arrays = {
            name: column if pa.types.is_string(column.type) else column.to_numpy()
            for name, column in columns.items()
        }
        return ItemIndex(**arrays)
    except (OSError, DamagedTableError, TypeError) as error:
        raise StageError(
            f"the index of evaluation items {path} cannot be read ({error}); run the build again"
        ) from error
