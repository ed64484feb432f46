"""The file of a fastText classifier (`.bin`, `.ftz`) as arrays: what inference of our own reads.

The format has no specification; it is what fastText 0.9 writes: `FastText::saveModel`,
`Args::save`, `Dictionary::save`, `DenseMatrix::save`, `QuantMatrix::save`. Little-endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int32]

_MAGIC: Final = 793712314
_VERSION: Final = 12
_CENTROIDS: Final = 256
TREE, SOFTMAX = 1, 3
"""Losses whose answers the kernels compute."""
MAX_CELLS: Final = 1 << 26
"""Numbers in the larger matrix: 256 MB. A larger model is left to fastText, which would hold it in
memory a second time."""


class UnreadModelError(ValueError):
    """The model is not one that the kernels can compute; the message says why."""


@dataclass(frozen=True, slots=True)
class FastTextFile:
    """A classifier's parameters."""

    words: list[bytes]
    labels: list[str]
    label_counts: list[int]
    """Occurrences of each label in training; the tree of labels is made from them."""
    word_ngrams: int
    min_n: int
    max_n: int
    loss: int
    buckets: Numbers
    """The row of `matrix` for every hash of an n-gram, -1 for none."""
    matrix: Floats
    """A row for each word, then one for each bucket in use."""
    output: Floats
    """A row for each label, or for each inner node of the tree."""


class _Reader:
    """Values of a file, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def numbers(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values.astype(values.dtype.newbyteorder("="))

    def text(self) -> bytes:
        stop = self.data.index(b"\0", self.at)
        start, self.at = self.at, stop + 1
        return self.data[start:stop]


def read_fasttext(path: Path) -> FastTextFile:
    """Read a classifier; UnreadModelError if it is too large or of a kind that is not known."""
    if path.stat().st_size > 4 * MAX_CELLS:
        raise UnreadModelError("too large")
    try:
        return _read(_Reader(path.read_bytes()))
    except (struct.error, ValueError) as error:
        raise UnreadModelError(str(error)) from error


def _read(file: _Reader) -> FastTextFile:
    if (head := file.numbers("ii")) != (_MAGIC, _VERSION):
        raise UnreadModelError(f"magic number and version {head}")
    _, _, _, _, _, word_ngrams, loss, _, bucket, min_n, max_n, _ = file.numbers("12i")
    file.numbers("d")
    if loss not in (TREE, SOFTMAX):
        raise UnreadModelError(f"loss {loss}")
    words, labels, counts, pruned = _dictionary(file)
    buckets = _buckets(pruned, bucket, len(words), hashed=max_n > 0 or word_ngrams > 1)
    (is_quantized,) = file.numbers("?")
    matrix = _quantized(file) if is_quantized else _dense(file)
    (is_output_quantized,) = file.numbers("?")
    if is_quantized and is_output_quantized:
        raise UnreadModelError("quantized output")
    output = _dense(file)
    return FastTextFile(
        words, labels, counts, word_ngrams, min_n, max_n, loss, buckets, matrix, output
    )


def _dictionary(file: _Reader) -> tuple[list[bytes], list[str], list[int], Numbers | None]:
    """Words, labels, counts of labels, pairs of hash and bucket if the buckets were pruned."""
    size, _, _ = file.numbers("iii")
    _, pruned = file.numbers("qq")
    words, labels, counts = [], [], []
    for _ in range(size):
        entry = file.text()
        count, is_label = file.numbers("qb")
        if is_label:
            labels.append(entry.decode())
            counts.append(count)
        else:
            words.append(entry)
    pairs = file.array("<i4", 2 * pruned).reshape(-1, 2) if pruned >= 0 else None
    return words, labels, counts, pairs


def _buckets(pairs: Numbers | None, bucket: int, words: int, *, hashed: bool) -> Numbers:
    if not hashed or not bucket:
        return np.full(1, -1, dtype=np.int32)
    if pairs is None:
        return np.arange(words, words + bucket, dtype=np.int32)
    rows = np.full(bucket, -1, dtype=np.int32)
    rows[pairs[:, 0]] = pairs[:, 1] + words
    return rows


def _dense(file: _Reader) -> Floats:
    rows, columns = file.numbers("qq")
    if rows * columns > MAX_CELLS:
        raise UnreadModelError("too large")
    return file.array("<f4", rows * columns).reshape(rows, columns)


def _quantized(file: _Reader) -> Floats:
    """A product-quantized matrix (Joulin et al. 2016, FastText.zip), decoded."""
    (has_norms,) = file.numbers("?")
    rows, columns, codes = file.numbers("qqi")
    if rows * columns > MAX_CELLS:
        raise UnreadModelError("too large")
    places = file.array("u1", codes).reshape(rows, -1)
    matrix = _decoded(file, places)
    if has_norms:
        norms = file.array("u1", rows).reshape(rows, 1)
        matrix *= _decoded(file, norms)
    return matrix


def _decoded(file: _Reader, places: npt.NDArray[np.uint8]) -> Floats:
    columns, parts, width, last_width = file.numbers("4i")
    centroids = file.array("<f4", columns * _CENTROIDS)
    decoded = []
    for part in range(parts):
        start, wide = part * _CENTROIDS * width, last_width if part == parts - 1 else width
        table = centroids[start : start + _CENTROIDS * wide].reshape(_CENTROIDS, wide)
        decoded.append(table[places[:, part]])
    return np.ascontiguousarray(np.concatenate(decoded, axis=1), dtype=np.float32)


def label_tree(counts: list[int]) -> tuple[Numbers, Numbers]:
    """Left and right child of each node of the Huffman tree of labels; -1 for labels themselves.

    Built as `HierarchicalSoftmaxLoss::buildTree` does; labels are sorted by falling count.
    """
    size = len(counts)
    weights = [*counts, *[10**15] * (size - 1)]
    left, right = np.full(2 * size - 1, -1, np.int32), np.full(2 * size - 1, -1, np.int32)
    leaf, node = size - 1, size
    for parent in range(size, 2 * size - 1):
        children = []
        for _ in range(2):
            if leaf >= 0 and weights[leaf] < weights[node]:
                children.append(leaf)
                leaf -= 1
            else:
                children.append(node)
                node += 1
        left[parent], right[parent] = children
        weights[parent] = weights[children[0]] + weights[children[1]]
    return left, right
