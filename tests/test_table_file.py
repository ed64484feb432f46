"""Files of tables: every flipped bit is seen, and only what is asked for is read."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.table_file import MAGIC, DamagedTableError, TableFile, write_table_file

EDITS = pa.list_(pa.struct([("kind", pa.string()), ("count", pa.int32())]))
SCHEMA = pa.schema(
    [
        pa.field("text", pa.string(), metadata={"about": "a field"}),
        pa.field("edits", EDITS),
        pa.field("number", pa.int32()),
        pa.field("whole", pa.bool_()),
        pa.field("signature", pa.binary(4)),
    ],
    metadata={"corpuskit": "{}"},
)
ROWS = [
    {"text": "អក្សរ", "edits": [{"kind": "a", "count": 1}], "number": 1, "whole": True,
     "signature": b"abcd"},
    {"text": None, "edits": None, "number": None, "whole": None, "signature": None},
    {"text": "", "edits": [], "number": -1, "whole": False, "signature": b"\0\0\0\0"},
]  # fmt: skip
TABLE = pa.Table.from_pylist(ROWS * 5, SCHEMA)


def written(table: pa.Table, compression: str | None = None) -> bytes:
    file = io.BytesIO()
    write_table_file(file, table.schema, table.to_batches(), compression)
    return file.getvalue()


def read(content: bytes) -> TableFile:
    return TableFile(pa.BufferReader(content))


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_a_table_comes_back_with_its_schema(compression: str | None) -> None:
    file = read(written(TABLE, compression))
    assert file.table().equals(TABLE)
    assert file.schema.equals(SCHEMA, check_metadata=True)
    assert file.table(["number", "text"]).equals(TABLE.select(["number", "text"]))
    assert file.table([]).column_names == []


@given(st.integers(0, 15), st.integers(0, 15), st.sampled_from([None, "lz4"]))
def test_slices_come_back(start: int, length: int, compression: str | None) -> None:
    part = TABLE.slice(start, length)
    both = pa.concat_tables([part, TABLE.slice(3, 4)])
    assert read(written(both, compression)).table().equals(both)


def test_batches_are_read_one_by_one() -> None:
    table = pa.concat_tables([TABLE.slice(0, 7), TABLE.slice(7)])
    file = read(written(table))
    assert list(file.rows) == [7, 8]
    assert file.batch(1).to_pylist() == TABLE.slice(7).to_pylist()


@pytest.mark.parametrize("compression", [None, "zstd"])
def test_every_flipped_bit_is_seen_or_means_nothing(compression: str | None) -> None:
    content = written(TABLE, compression)
    seen = 0
    for bit in range(len(content) * 8):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            assert read(bytes(flipped)).table().equals(TABLE)
        except DamagedTableError:
            seen += 1
    assert seen > 0.7 * 8 * len(content), "the rest is padding"


@pytest.mark.parametrize("length", [0, 7, 20, 100, -1, -8, -60])
def test_a_truncated_file_is_damaged(length: int) -> None:
    with pytest.raises(DamagedTableError):
        read(written(TABLE)[:length]).table()


def test_a_wrong_length_of_the_index_is_damage() -> None:
    content = written(TABLE)
    longer = content[:-20] + struct.pack("<Q", 2**60) + content[-12:]
    with pytest.raises(DamagedTableError, match="does not end as a table"):
        read(longer)


def test_a_column_that_is_not_there_is_another_error() -> None:
    with pytest.raises(ValueError, match="no column 'none'") as caught:
        read(written(TABLE)).table(["none"])
    assert not isinstance(caught.value, DamagedTableError)


def test_columns_not_asked_for_are_not_read() -> None:
    content = written(TABLE)
    damaged = content.replace("អក្សរ".encode(), "អក្សច".encode(), 1)
    assert read(damaged).table(["number"]).equals(TABLE.select(["number"]))
    with pytest.raises(DamagedTableError):
        read(damaged).table(["text"])


def test_what_was_compared_is_not_compared_again() -> None:
    checked: set[int] = set()
    content = written(TABLE)
    TableFile(pa.BufferReader(content), checked).table(["number"])
    before = len(checked)
    TableFile(pa.BufferReader(content), checked).table(["number"])
    assert len(checked) == before == 2, "the schema and one column"


def test_messages_are_aligned_and_the_file_has_its_magic_at_both_ends() -> None:
    content = written(TABLE)
    assert content.startswith(MAGIC)
    assert content.endswith(MAGIC)
    size, _ = struct.unpack("<QI", content[-20:-8])
    index = json.loads(content[-20 - size : -20])
    places = [index["schema"], *(part for parts in index["columns"] for part in parts)]
    assert all(place[0] % 64 == 0 for place in places)


def test_the_same_rows_are_the_same_bytes() -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pylist(ROWS * 5, SCHEMA)

    file = io.BytesIO()
    write_table_file(file, SCHEMA, batches())
    assert file.getvalue() == written(TABLE)
