"""Files of a table's columns that notice when a bit of them changes.

Steps leave tables in the build folder and read them back days later. A flipped bit in between must
be seen before it is published, and no damaged byte may reach Arrow, which trusts what it maps.
Every column of every record batch is stored as one Arrow message with its CRC-32, which a reader
compares before it uses the column; columns that are not asked for are neither read nor
decompressed. A CRC-32 finds every burst of up to 32 flipped bits, misses one in 4e9 of other
damages, and checks 3.3 GB a second (zlib, one core, 2026-11-30).

    magic | messages, at multiples of 64 bytes | index (JSON) | its length and CRC-32 | magic
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import IO, Any, Final

import pyarrow as pa

MAGIC: Final = b"CKTABLE1"
"""At both ends of the file."""

_TAIL: Final = struct.Struct(f"<QI{len(MAGIC)}s")
_ALIGNMENT: Final = 64
"""Of a message: Arrow wants its buffers so when it maps them."""


class DamagedTableError(ValueError):
    """A table's file is not as it was written."""


def write_table_file(
    file: IO[bytes],
    schema: pa.Schema,
    batches: Iterable[pa.RecordBatch],
    compression: str | None = None,
) -> None:
    """Write record batches of `schema`; `compression` is None, `lz4` or `zstd`."""
    writer = _Writer(file, compression)
    described = writer.add(schema.serialize(), compress=False)
    rows: list[int] = []
    columns: list[list[list[int]]] = [[] for _ in schema]
    for batch in batches:
        rows.append(batch.num_rows)
        for parts, array, field in zip(columns, batch.columns, schema, strict=True):
            alone = pa.record_batch([array], schema=pa.schema([field.remove_metadata()]))
            parts.append(writer.add(alone.serialize(), compress=True))
    index = {"schema": described, "compression": compression, "rows": rows, "columns": columns}
    writer.end(json.dumps(index, separators=(",", ":")).encode())


class _Writer:
    """Adds messages to a file and remembers where they are."""

    def __init__(self, file: IO[bytes], compression: str | None) -> None:
        self.file, self.compression = file, compression
        self.position = file.write(MAGIC)

    def add(self, message: pa.Buffer, *, compress: bool) -> list[int]:
        """Place, stored bytes, CRC-32 of these, and bytes of the message."""
        stored = message
        if compress and self.compression:
            stored = pa.compress(message, self.compression)
        self.position += self.file.write(bytes(-self.position % _ALIGNMENT))
        place = [self.position, stored.size, zlib.crc32(stored), message.size]
        self.position += self.file.write(stored)
        return place

    def end(self, index: bytes) -> None:
        """Write what finds the messages."""
        self.file.write(index)
        self.file.write(_TAIL.pack(len(index), zlib.crc32(index), MAGIC))


class TableFile:
    """A file of a table, opened; DamagedTableError if what is asked for is damaged.

    `source` is a pyarrow file; one that is memory-mapped is not copied. `checked` has the places
    of messages that were compared before and are not compared again.
    """

    def __init__(
        self, source: Any, checked: set[int] | None = None, index: dict[str, Any] | None = None
    ) -> None:
        self._source = source
        self._checked = checked if checked is not None else set()
        self.index = self._read_index() if index is None else index
        """Where the messages are; may be given again to the same file."""
        self.schema: pa.Schema = pa.ipc.read_schema(self._message(self.index["schema"]))

    @property
    def rows(self) -> Sequence[int]:
        """Rows of every batch."""
        rows: list[int] = self.index["rows"]
        return rows

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The table, or columns of it; ValueError for a column that it has not."""
        names = self.schema.names if columns is None else list(columns)
        fields = [self.schema.field(self._number(name)) for name in names]
        schema = pa.schema(fields, self.schema.metadata)
        arrays = [
            pa.chunked_array(
                [self._array(name, batch) for batch in range(len(self.rows))], field.type
            )
            for name, field in zip(names, fields, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=schema)

    def batch(self, number: int) -> pa.RecordBatch:
        """One record batch."""
        arrays = [self._array(name, number) for name in self.schema.names]
        return pa.record_batch(arrays, schema=self.schema)

    def array(self, name: str, batch: int) -> pa.Array:
        """One column of a record batch."""
        return self._array(name, batch)

    def _array(self, name: str, batch: int) -> pa.Array:
        number = self._number(name)
        place = self.index["columns"][number][batch]
        message = self._message(place)
        if compression := self.index["compression"]:
            message = pa.decompress(message, place[3], compression)
        schema = pa.schema([self.schema.field(number).remove_metadata()])
        return pa.ipc.read_record_batch(message, schema).column(0)

    def _number(self, name: str) -> int:
        number: int = self.schema.get_field_index(name)
        if number < 0:
            raise ValueError(f"the table has no column {name!r}, only {self.schema.names}")
        return number

    def _message(self, place: Sequence[int]) -> pa.Buffer:
        start, size, checksum, _ = place
        message = self._bytes(start, size)
        if start not in self._checked:
            if zlib.crc32(message) != checksum:
                raise DamagedTableError(f"{size} bytes from byte {start} are not as written")
            self._checked.add(start)
        return message

    def _read_index(self) -> dict[str, Any]:
        end = self._source.size()
        if end < len(MAGIC) + _TAIL.size or self._bytes(0, len(MAGIC)).to_pybytes() != MAGIC:
            raise DamagedTableError("it does not begin as a table does")
        size, checksum, magic = _TAIL.unpack(self._bytes(end - _TAIL.size, _TAIL.size))
        start = end - _TAIL.size - size
        if magic != MAGIC or start < len(MAGIC):
            raise DamagedTableError("it does not end as a table does")
        index = self._bytes(start, size)
        if zlib.crc32(index) != checksum:
            raise DamagedTableError("its index is not as written")
        read: dict[str, Any] = json.loads(index.to_pybytes())
        return read

    def _bytes(self, start: int, size: int) -> pa.Buffer:
        self._source.seek(start)
        return self._source.read_buffer(size)
