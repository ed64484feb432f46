"""Whether the file of a fastText model is whole, before fastText reads it.

fastText does not look whether its reads succeed. Over a model that was not downloaded to its end it
searches for the end of a word until memory is full; over a changed size it reads beyond its arrays.
Here the file is walked through in Python, by its sizes. For the format see `fasttext_file`; that
fastText reads versions 11 and 12 is in `FastText::checkModel`.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Any, Final, NamedTuple

MAGIC: Final = 793712314
_NEWEST: Final = 12
_CENTROIDS: Final = 256
_SUPERVISED: Final = 3
_LONGEST_WORD: Final = 1 << 16
_MOST_OCCURRENCES: Final = 10**15
"""More occurrences of a label make `Model::buildTree` leave its array."""


class DamagedModelError(ValueError):
    """The file is not a whole model; the message says why."""


class _Sizes(NamedTuple):
    """What a dictionary says of the matrices."""

    words: int
    labels: int
    pruned: int
    """Buckets that were kept; -1 where none was dropped."""


class _FileWalk:
    """Goes through a file without keeping what it reads."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data, self._at = data, 0

    def numbers(self, layout: str) -> tuple[Any, ...]:
        start = self._at
        self.skip(struct.calcsize(f"<{layout}"))
        return struct.unpack_from(f"<{layout}", self._data, start)

    def skip(self, count: int) -> None:
        if count < 0 or self._at + count > len(self._data):
            raise DamagedModelError("the file ends too early, or a size in it is wrong")
        self._at += count

    def word(self) -> None:
        stop = self._data.find(b"\0", self._at, self._at + _LONGEST_WORD)
        if stop < 0:
            raise DamagedModelError("a word does not end")
        self._at = stop + 1


def check_fasttext(path: Path) -> None:
    """DamagedModelError if fastText would fail or hang over the file, or if it is another file."""
    if path.stat().st_size == 0:
        raise DamagedModelError("the file is empty")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        _check(_FileWalk(data))


def _check(file: _FileWalk) -> None:
    magic, version = file.numbers("ii")
    if magic != MAGIC or not 0 < version <= _NEWEST:
        raise DamagedModelError("its beginning is not that of a model")
    dimension, *_, kind, bucket, _, _, _ = file.numbers("12i")
    file.skip(8)
    sizes = _dictionary(file)
    (is_quantized,) = file.numbers("B")
    rows = _matrix(file, dimension, is_quantized)
    if kind != _SUPERVISED:
        return  # word vectors: the caller refuses them
    (is_output_quantized,) = file.numbers("B")
    outputs = _matrix(file, dimension, is_quantized and is_output_quantized)
    needed = sizes.words + (bucket if sizes.pruned < 0 else sizes.pruned)
    if is_quantized not in (0, 1) or rows < needed or outputs < sizes.labels or bucket < 0:
        raise DamagedModelError("its matrices do not fit its words and labels")


def _dictionary(file: _FileWalk) -> _Sizes:
    size, words, labels = file.numbers("iii")
    _, pruned = file.numbers("qq")
    if min(size, words, labels) < 0 or words + labels != size:
        raise DamagedModelError(f"it claims {words} words and {labels} labels of {size}")
    kinds = [0, 0]
    for _ in range(size):
        file.word()
        count, kind = file.numbers("qb")
        if kind not in (0, 1) or not 0 <= count < _MOST_OCCURRENCES:
            raise DamagedModelError("an entry of its dictionary is neither a word nor a label")
        kinds[kind] += 1
    if kinds != [words, labels]:
        raise DamagedModelError(f"it claims {words} words and has {kinds[0]}")
    file.skip(8 * max(pruned, 0))
    return _Sizes(words, labels, pruned)


def _matrix(file: _FileWalk, dimension: int, is_quantized: int) -> int:
    """Number of rows."""
    if not is_quantized:
        rows, columns = file.numbers("qq")
        file.skip(4 * rows * columns if rows >= 0 and columns >= 0 else -1)
    else:
        has_norms, rows, columns, codes = file.numbers("BqqI")
        file.skip(codes)
        parts = _centroids(file, dimension)
        if rows < 0 or codes < rows * parts:
            raise DamagedModelError("a matrix has fewer codes than rows")
        if has_norms:
            file.skip(rows)
            _centroids(file, 1)
    if columns != dimension:
        raise DamagedModelError(f"a matrix has {columns} columns, not {dimension}")
    return int(rows)


def _centroids(file: _FileWalk, dimension: int) -> int:
    """Number of parts that a row is quantized in."""
    columns, parts, width, last = file.numbers("4i")
    if columns != dimension or min(parts, width, last) < 1 or last > width:
        raise DamagedModelError("the tables of a quantized matrix do not fit it")
    if (parts - 1) * width + last != columns:
        raise DamagedModelError("the tables of a quantized matrix do not fit it")
    file.skip(4 * columns * _CENTROIDS)
    return int(parts)
