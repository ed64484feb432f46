"""The index of evaluation items: which excerpts have an n-gram, and how rare it is.

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
from corpuskit.decontamination.ngrams import (
    LENGTH,
    SEED,
    Hashes,
    Numbers,
    hashes_at,
    starts_of,
)
from corpuskit.errors import StageError
from corpuskit.store import atomic_file
from corpuskit.table_file import DamagedTableError, TableFile, write_table_file
from corpuskit.text.keys import match_keys
from corpuskit.text.tables import Codes

VERSION: Final = "2"
"""Of the index and of what the search makes of it: part of every key."""

SHORTEST: Final = 16
"""Code points of an excerpt's match key that can be searched for; shorter ones ("Who is he?") are
ordinary phrases. Of the 4,202 items of the test data one is shorter."""

COMMON: Final = 200
"""Seeds of more excerpts than this lead to none, so that a phrase of a benchmark's template costs
nothing; it still counts for an excerpt that other seeds lead to."""

_BITS_PER_SEED: Final = 16
"""Of the bitmap: one hash in sixteen that is not in the index has to be looked up."""


@dataclass(frozen=True)
class ItemIndex:
    """Excerpts of evaluation items by their n-grams.

    An excerpt is what must be found together: an item's passage, or its question with its answers.
    Excerpt p has the places `places[p]:places[p + 1]`, one for each code point of its match key.
    """

    seeds: Hashes
    """Distinct seeds, sorted; shape (g,)."""
    bitmap: npt.NDArray[np.uint8]
    """A bit for the first bits of each seed."""
    postings: npt.NDArray[np.uint32]
    """Places where seed n starts: `postings[starts[n]:starts[n + 1]]`; none for common seeds."""
    starts: npt.NDArray[np.uint32]
    """Shape (g + 1,)."""
    covered: npt.NDArray[np.uint32]
    """Code points of each excerpt that only common seeds cover; shape (p,)."""
    ngrams: Hashes
    """The n-gram that starts at each place; 0 where the excerpt has too few code points left."""
    ranks: npt.NDArray[np.uint32]
    """How often that n-gram occurred in the excerpt before."""
    weights: npt.NDArray[np.float32]
    """Rarity of each code point: the mean idf of the n-grams that cover it."""
    places: Numbers
    """Shape (p + 1,)."""
    items: npt.NDArray[np.uint32]
    """Items of excerpt p: `items[owned[p]:owned[p + 1]]`."""
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
        """Code points per excerpt."""
        return np.diff(self.places)

    def items_of(self, excerpt: int) -> list[int]:
        """Numbers of the items that an excerpt is of."""
        numbers: list[int] = self.items[self.owned[excerpt] : self.owned[excerpt + 1]].tolist()
        return numbers


def build_index(items: Sequence[EvaluationItem]) -> ItemIndex:
    """The index of items. Excerpts that are the same text are one, with several items."""
    texts, owners = _excerpts(items)
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
        **_seeds(joined, places),
        **_ngrams(joined, places),
        places=places,
        items=np.array([item for of in by_key.values() for item in of], dtype=np.uint32),
        owned=np.concatenate(([0], np.cumsum([len(of) for of in by_key.values()], dtype=np.int64))),
        names=pa.array([item.name for item in items], pa.string()),
        benchmarks=pa.array([item.benchmark for item in items], pa.string()),
    )


def _excerpts(items: Sequence[EvaluationItem]) -> tuple[list[str], list[int]]:
    pairs = [(text, number) for number, item in enumerate(items) for text in item.excerpts]
    return [text for text, _ in pairs], [number for _, number in pairs]


def _seeds(codes: Codes, places: Numbers) -> dict[str, Any]:
    """The seeds of all excerpts, and where each occurs."""
    starts, owners = starts_of(places, SEED)
    hashes, numbers = np.unique(hashes_at(codes, starts, SEED), return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    common = _excerpts_with(numbers[order], owners[order], len(hashes)) > COMMON
    listed = order[~common[numbers[order]]]
    counts = np.bincount(numbers[listed], minlength=len(hashes))
    return {
        "seeds": hashes,
        "bitmap": _bitmap(hashes),
        "postings": starts[listed].astype(np.uint32),
        "starts": np.concatenate(([0], np.cumsum(counts))).astype(np.uint32),
        "covered": _uncovered(starts[listed], places),
    }


def _uncovered(starts: Numbers, places: Numbers) -> npt.NDArray[np.uint32]:
    """Code points per excerpt that no seed at `starts` covers."""
    covers = np.zeros(places[-1] + 1, dtype=np.int64)
    np.add.at(covers, starts, 1)
    np.add.at(covers, starts + SEED, -1)
    counted = np.concatenate(([0], np.cumsum(np.cumsum(covers[:-1]) == 0)))
    return np.asarray(counted[places[1:]] - counted[places[:-1]], dtype=np.uint32)


def _ngrams(codes: Codes, places: Numbers) -> dict[str, Any]:
    """The n-grams at all places, and what each weighs."""
    starts, owners = starts_of(places, LENGTH)
    hashes = hashes_at(codes, starts, LENGTH)
    distinct, numbers = np.unique(hashes, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    is_first = _is_first(numbers[order], owners[order])
    excerpts = np.bincount(numbers[order][is_first], minlength=len(distinct))
    idf = np.log1p((len(places) - 1) / np.maximum(excerpts, 1))
    begins = np.flatnonzero(is_first)[np.cumsum(is_first) - 1]
    at_places = np.zeros(len(codes), dtype=np.uint64)
    ranks = np.zeros(len(codes), dtype=np.uint32)
    at_places[starts] = hashes
    ranks[starts[order]] = np.arange(len(order)) - begins
    rarity = np.zeros(len(codes))
    rarity[starts] = idf[numbers]
    return {"ngrams": at_places, "ranks": ranks, "weights": _weights(rarity, places)}


def _excerpts_with(numbers: Numbers, owners: Numbers, size: int) -> Numbers:
    """How many excerpts have each n-gram; `numbers` are sorted, `owners` within them."""
    return np.bincount(numbers[_is_first(numbers, owners)], minlength=size)


def _is_first(numbers: Numbers, owners: Numbers) -> npt.NDArray[np.bool_]:
    """Whether an n-gram is the first of its number in its excerpt."""
    is_first = np.ones(len(numbers), dtype=np.bool_)
    is_first[1:] = (numbers[1:] != numbers[:-1]) | (owners[1:] != owners[:-1])
    return is_first


def _weights(rarity: npt.NDArray[np.float64], places: Numbers) -> npt.NDArray[np.float32]:
    """The mean idf of the n-grams that cover each code point."""
    weights = np.zeros(len(rarity), dtype=np.float32)
    for start, stop in zip(places[:-1].tolist(), places[1:].tolist(), strict=True):
        count = stop - start - LENGTH + 1
        sums = np.concatenate(([0.0], np.cumsum(rarity[start : start + count])))
        positions = np.arange(stop - start)
        low = np.maximum(positions - LENGTH + 1, 0)
        high = np.minimum(positions + 1, count)
        weights[start:stop] = (sums[high] - sums[low]) / (high - low)
    return weights


def _bitmap(hashes: Hashes) -> npt.NDArray[np.uint8]:
    bits = max(10, (len(hashes) * _BITS_PER_SEED).bit_length())
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
