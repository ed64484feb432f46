"""MosaicML Streaming's MDS, version 2: shards of samples, and `index.json` beside them.

A shard is the number of samples, the offset of each sample and of the end (uint32), the
configuration as JSON, and the samples: sizes of the columns without a fixed one (uint32), then the
values. The format is that of `streaming/base/format/mds/writer.py`.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from corpuskit.exports.files import ExportedFile, writing
from corpuskit.exports.options import ExportOptions
from corpuskit.store import Store

SHARD_BYTES: Final = 1 << 26
"""Bytes of a shard, the default of `MDSWriter`."""


def write_mds(
    store: Store, name: str, batches: Iterable[pa.RecordBatch], options: ExportOptions
) -> list[ExportedFile]:
    """The shards of a language and split in the folder `name`, and their index."""
    writer = _MdsWriter(store, name)
    for batch in batches:
        encodings = {field.name: _encoding(field.type) for field in batch.schema}
        for row in batch.select(sorted(options.columns)).to_pylist():
            writer.add(row, encodings)
    return writer.end()


class _MdsWriter:
    """Collects samples until a shard is full."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._name = store, name
        self._samples: list[bytes] = []
        self._size = 0
        self._config: dict[str, Any] = {}
        self._shards: list[dict[str, Any]] = []
        self._files: list[ExportedFile] = []

    def add(self, row: Mapping[str, Any], encodings: Mapping[str, str]) -> None:
        """Add a sample."""
        if not self._config:
            self._config = _configuration(encodings)
        sample = _sample(row, encodings)
        offset = 4  # of the sample in the shard's table
        if self._samples and self._size + len(sample) + offset > SHARD_BYTES:
            self._flush()
        self._samples.append(sample)
        self._size += len(sample) + offset

    def end(self) -> list[ExportedFile]:
        """Write what is left, and the index."""
        self._flush()
        index = ExportedFile(f"{self._name}/index.json")
        with writing(self._store, index) as file:
            content = {"version": 2, "shards": self._shards}
            file.write(json.dumps(content, sort_keys=True).encode())
        return [*self._files, index]

    def _flush(self) -> None:
        if not self._samples:
            return
        config = json.dumps(self._config, sort_keys=True).encode()
        count = np.uint32(len(self._samples)).tobytes()
        sizes = np.array([0, *map(len, self._samples)], dtype=np.int64).cumsum()
        begin = len(count) + 4 * len(sizes) + len(config)
        table = (sizes + begin).astype("<u4").tobytes()
        shard = b"".join((count, table, config, *self._samples))
        base = f"shard.{len(self._shards):05}.mds"
        exported = ExportedFile(f"{self._name}/{base}", documents=len(self._samples))
        with writing(self._store, exported) as file:
            file.write(shard)
        raw = {"basename": base, "bytes": len(shard), "hashes": {"sha1": _sha1(shard)}}
        about = {"raw_data": raw, "samples": len(self._samples), "zip_data": None}
        self._shards.append({**self._config, **about})
        self._files.append(exported)
        self._samples, self._size = [], 0


def _configuration(encodings: Mapping[str, str]) -> dict[str, Any]:
    names = sorted(encodings)
    return {
        "column_encodings": [encodings[name] for name in names],
        "column_names": names,
        "column_sizes": [None] * len(names),
        "compression": None,
        "format": "mds",
        "hashes": ["sha1"],
        "size_limit": SHARD_BYTES,
        "version": 2,
    }


def _sample(row: Mapping[str, Any], encodings: Mapping[str, str]) -> bytes:
    sizes, values = [], []
    for name in sorted(encodings):
        value = _ENCODERS[encodings[name]](row[name])
        sizes.append(struct.pack("<I", len(value)))
        values.append(value)
    return b"".join((*sizes, *values))


def _encoding(kind: pa.DataType) -> str:
    """MDS's name for a column's type. It has no null: a string is empty, a number in a column that
    may be null goes as JSON."""
    return "str" if pa.types.is_string(kind) else "json"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")


_ENCODERS: Final[Mapping[str, Callable[[Any], bytes]]] = {
    "str": lambda value: (value or "").encode("utf-8"),
    "json": _json,
}


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
