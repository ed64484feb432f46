"""Parts of an index: of each document of a shard its signature, id, address and digest.

A part holds no text. It is named by the digest of the shard, so that a part which belongs to
another content of the shard is never taken for its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corpuskit.dedup.lookup import Digests
from corpuskit.dedup.shingles import LENGTH
from corpuskit.dedup.signatures import Signature, Signatures, from_bytes, sign_texts, to_bytes
from corpuskit.identity import key_of
from corpuskit.minhash_objects import NUM_PERM, SEED
from corpuskit.publish.shards import ROW_GROUP
from corpuskit.store import Store

SCHEMA: Final = pa.schema(
    [
        pa.field("id", pa.string()), pa.field("url", pa.string()), pa.field("lang", pa.string()),
        pa.field("text_sha256", pa.binary()), pa.field("shingle_count", pa.int32()),
        pa.field("signature", pa.binary()),
    ]
)  # fmt: skip

SIGNATURES: Final[dict[str, Any]] = {
    "scheme": "affine32",
    "version": Signatures.version,
    "num_perm": NUM_PERM,
    "seed": SEED,
    "shingle": LENGTH,
}
"""How the signatures are made; others cannot be compared with them."""

_FORMAT: Final = 1
_FOLDER: Final = ".work/index"
_SHA256: Final = 32


@dataclass(frozen=True)
class PartBatch:
    """Some documents of a shard, in its order; `first` is the number of the first of them."""

    first: int
    table: pa.Table
    """Columns of SCHEMA."""

    @property
    def signatures(self) -> Signature:
        """Shape (n, num_perm)."""
        return from_bytes(self.table["signature"])

    @property
    def digests(self) -> Digests:
        """Of the texts."""
        return as_words(b"".join(self.table["text_sha256"].to_pylist()))


def as_words(octets: bytes) -> Digests:
    """Sha256 digests, one behind the other, as four words each."""
    return np.frombuffer(octets, dtype="<u8").reshape(len(octets) // _SHA256, 4)


def part_key(shard_sha256: str) -> str:
    """What a part depends on: the shard's content, and how signatures are made."""
    return key_of("index", _FORMAT, shard_sha256, SIGNATURES)


def part_name(shard_sha256: str) -> str:
    """Where a build keeps the part of a shard."""
    return f"{_FOLDER}/{part_key(shard_sha256)}.table"


def write_part(store: Store, shard: str, name: str) -> None:
    """Sign the documents of the shard `shard` and leave its part as `name`."""
    put_part(store, name, shard_batches(store, shard))


def put_part(store: Store, name: str, batches: Iterable[PartBatch]) -> int:
    """Write the batches of a part as `name`; the number of its documents."""
    documents = 0

    def chunks() -> Iterator[pa.RecordBatch]:
        nonlocal documents
        for batch in batches:
            documents += batch.table.num_rows
            yield from batch.table.combine_chunks().to_batches()

    store.put_batches(name, SCHEMA, chunks())
    return documents


def shard_batches(store: Store, shard: str) -> Iterator[PartBatch]:
    """What the part of a shard holds, made from its texts."""
    first = 0
    with store.reading(shard) as source, pq.ParquetFile(source) as file:
        columns = ["id", "url", "lang", "text", "text_sha256"]
        for rows in file.iter_batches(ROW_GROUP, columns=columns):
            table = _signed(pa.Table.from_batches([rows]))
            yield PartBatch(first, table)
            first += table.num_rows


def _signed(rows: pa.Table) -> pa.Table:
    signatures, counts = sign_texts([text or "" for text in rows["text"].to_pylist()])
    digests = [bytes.fromhex(digest) for digest in rows["text_sha256"].to_pylist()]
    columns = {
        **{name: rows[name].cast(pa.string()) for name in ("id", "url", "lang")},
        "text_sha256": pa.array(digests, pa.binary()),
        "shingle_count": pa.array(counts.astype(np.int32)),
        "signature": pa.array(to_bytes(signatures), pa.binary()),
    }
    return pa.table([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def part_batches(store: Store, name: str) -> Iterator[PartBatch]:
    """What a part holds, batch by batch; DamagedOutputError as soon as some of it has changed."""
    first = 0
    with store.table_file(name) as file:
        for number, rows in enumerate(file.rows):
            yield PartBatch(first, pa.Table.from_batches([file.batch(number)]))
            first += rows


def texts_of_rows(store: Store, shard: str, rows: list[int]) -> list[str]:
    """Texts of some rows of a shard, in their order; only row groups that hold them are read."""
    texts: dict[int, str] = {}
    wanted = set(rows)
    with store.reading(shard) as source, pq.ParquetFile(source) as file:
        first = 0
        for number in range(file.num_row_groups):
            last = first + file.metadata.row_group(number).num_rows
            here = [row for row in wanted if first <= row < last]
            if here:
                column = file.read_row_group(number, ["text"])["text"]
                values = column.take(pa.array([row - first for row in here])).to_pylist()
                texts.update(zip(here, (text or "" for text in values), strict=True))
            first = last
    return [texts[row] for row in rows]
