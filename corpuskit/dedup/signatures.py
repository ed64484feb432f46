"""MinHash signatures of a whole batch, as datasketch computes them one by one.

Scheme `affine32` of datasketch 2.0: the low 32 bits of a shingle's hash are mixed once
with MurmurHash3's finalizer; permutation k is a_k * h + b_k modulo 2^32 with odd a_k,
drawn as datasketch does. So

    datasketch.MinHash(hashvalues=row, seed=SEED, scheme="affine32")

reads our rows. Where a process has enough to sign, a kernel makes the same rows from texts in one
pass (corpuskit.kernels.sign): 15 to 21 microseconds for 900 characters instead of 50 to 70 in
numpy (Burmese: 160, since NFC changes most of its texts) and 500 in datasketch's `update_batch`
with xxhash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.dedup.finalizer import finalized
from corpuskit.dedup.shingles import ShingleSets, shingle_sets
from corpuskit.kernels.sign import signature_rows
from corpuskit.minhash_objects import NUM_PERM, SEED
from corpuskit.stage import Batch

Signature = npt.NDArray[np.uint32]

EMPTY: Final = 0xFFFFFFFF
"""Every value of the signature of a text without shingles."""

# Values of one permutation processed at once: 256 kB, so that they stay in the core's cache.
# 2M shingles took .07 s with this size, .17 s with an eighth of it and .11 s with four times it.
_BLOCK: Final = 1 << 16


class Signatures:
    """Stage: add `signature` (num_perm little-endian uint32) and `shingle_count` (distinct)."""

    name: ClassVar[str] = "signature"
    version: ClassVar[str] = "2"
    libraries: ClassVar[tuple[str, ...]] = ("numpy",)
    reasons: ClassVar[Mapping[str, str]] = {}
    fields: ClassVar[tuple[pa.Field, ...]] = (
        pa.field("signature", pa.binary()),
        pa.field("shingle_count", pa.int32()),
    )

    def __init__(self, *, num_perm: int = NUM_PERM, seed: int = SEED) -> None:
        self.num_perm = num_perm
        self.seed = seed

    def process(self, batch: Batch) -> Batch:
        """Add signatures to the rows."""
        texts = [text or "" for text in batch["text"]]
        rows, counts = sign_texts(texts, self.num_perm, self.seed)
        return batch.with_columns(signature=to_bytes(rows), shingle_count=counts.tolist())


def sign_texts(
    texts: Sequence[str], num_perm: int = NUM_PERM, seed: int = SEED
) -> tuple[Signature, npt.NDArray[np.int64]]:
    """Signatures of n texts, shape (n, num_perm), and their numbers of distinct shingles, shape
    (n,); by the kernel if that pays."""
    drawn = permutations(num_perm, seed)
    if signed := signature_rows(texts, *drawn):
        return signed
    sets = shingle_sets(texts)
    return _of_sets(sets, drawn), sets.counts


def signatures(sets: ShingleSets, num_perm: int = NUM_PERM, seed: int = SEED) -> Signature:
    """MinHash signatures of n shingle sets; shape (n, num_perm)."""
    return _of_sets(sets, permutations(num_perm, seed))


def _of_sets(sets: ShingleSets, permutations: tuple[Signature, Signature]) -> Signature:
    matrix = np.full((len(sets), len(permutations[0])), EMPTY, dtype=np.uint32)
    filled = np.flatnonzero(sets.counts)
    if not len(filled):
        return matrix
    # Pieces of at most one block, so that a huge text needs no more memory than many small ones.
    pieces = -(-sets.counts[filled] // _BLOCK)
    firsts = np.concatenate(([0], np.cumsum(pieces)[:-1])).astype(np.int64)
    starts = np.repeat(sets.offsets[filled], pieces)
    starts += (np.arange(len(starts)) - np.repeat(firsts, pieces)) * _BLOCK
    minima = _minima(sets, starts, *permutations)
    matrix[filled] = np.minimum.reduceat(minima, firsts, axis=1).T
    return matrix


def _minima(
    sets: ShingleSets, starts: npt.NDArray[np.int64], factors: Signature, offsets: Signature
) -> Signature:
    """Smallest value of every permutation in each piece; shape (num_perm, pieces)."""
    minima = np.empty((len(factors), len(starts)), dtype=np.uint32)
    work = np.empty(_BLOCK, dtype=np.uint32)
    stops = np.append(starts[1:], len(sets.hashes))
    first = 0
    while first < len(starts):
        last = int(np.searchsorted(stops, starts[first] + _BLOCK, side="right"))
        values = finalized(sets.hashes[starts[first] : stops[last - 1]].astype(np.uint32))
        view, inner = work[: len(values)], starts[first:last] - starts[first]
        for row, (factor, offset) in enumerate(zip(factors, offsets, strict=True)):
            np.multiply(values, factor, out=view)
            np.add(view, offset, out=view)
            np.minimum.reduceat(view, inner, out=minima[row, first:last])
        first = last
    return minima


@lru_cache(maxsize=8)
def permutations(num_perm: int = NUM_PERM, seed: int = SEED) -> tuple[Signature, Signature]:
    """Factors and offsets of datasketch's `affine32` permutations; shape (num_perm,) each.

    Drawn as datasketch draws them, which a test compares: importing datasketch brings scipy and
    takes .9 s in every process. numpy keeps the stream of RandomState as it is (NEP 19).
    """
    stream = np.random.RandomState(seed)
    halves = stream.randint(0, 1 << 31, num_perm, dtype=np.uint32)
    offsets = stream.randint(0, 1 << 32, num_perm, dtype=np.uint32)
    return halves * np.uint32(2) + np.uint32(1), offsets


def to_bytes(rows: Signature) -> list[bytes]:
    """Signatures in their stored form: little-endian uint32."""
    return [row.tobytes() for row in rows.astype("<u4", copy=False)]


def from_bytes(stored: Sequence[bytes | None] | pa.Array | pa.ChunkedArray) -> Signature:
    """A stored column as a matrix, shape (n, num_perm); null means a text without shingles."""
    if isinstance(stored, pa.ChunkedArray):
        chunks = stored.chunks
    else:
        chunks = [stored if isinstance(stored, pa.Array) else pa.array(stored, pa.binary())]
    width = max((pc.max(pc.binary_length(chunk)).as_py() or 0 for chunk in chunks), default=0)
    width = width or 4 * NUM_PERM
    return np.concatenate(
        [np.zeros((0, width // 4), dtype=np.uint32), *(_matrix(chunk, width) for chunk in chunks)]
    )


def _matrix(chunk: pa.Array, width: int) -> Signature:
    filled = chunk.fill_null(b"\xff" * width)
    _, ends, values = filled.buffers()
    if values is None:  # an array of no bytes
        return np.zeros((0, width // 4), dtype=np.uint32)
    bounds = np.frombuffer(ends, dtype="<i4")[filled.offset : filled.offset + len(filled) + 1]
    octets = np.frombuffer(values, dtype=np.uint8)[bounds[0] : bounds[-1]]
    return octets.view("<u4").reshape(len(filled), width // 4).astype(np.uint32, copy=False)
