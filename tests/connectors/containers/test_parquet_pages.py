"""Single rows by the offset index: the same as of the whole table, from fewer bytes."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.connectors.containers.parquet_pages import GAP, PageReader

COUNT = 3_000
START = datetime(2026, 10, 20, tzinfo=UTC)


def made(count: int = COUNT) -> pa.Table:
    chance = random.Random(3)
    return pa.table(
        {
            "text": [f"https://x.kh/{chance.getrandbits(96):024x}" for _ in range(count)],
            "few": [chance.choice(["khm", "eng", None]) for _ in range(count)],
            "none": pa.array([None] * count, pa.string()),
            "number": pa.array([chance.randrange(10**9) for _ in range(count)], pa.int32()),
            "time": [START + timedelta(seconds=number) for number in range(count)],
            "bytes": [chance.randbytes(16) for _ in range(count)],
        }
    )


TABLE = made()


def written(table: pa.Table = TABLE, **options: object) -> bytes:
    file = io.BytesIO()
    more = {"write_page_index": True, "data_page_size": 2_000, "row_group_size": 1_700}
    pq.write_table(table, file, **(more | options))
    return file.getvalue()


class Counting(io.BytesIO):
    """A file that counts what is read of it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.sizes: list[int] = []

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.sizes.append(len(data))
        return data


KINDS = [
    {"compression": codec, "use_dictionary": dictionary, "data_page_version": version}
    for codec in ("none", "gzip", "zstd")
    for dictionary, version in ((True, "1.0"), (False, "2.0"))
]
FILES = {str(kind): written(**kind) for kind in KINDS}


@pytest.mark.parametrize("kind", FILES)
@settings(deadline=None, max_examples=8)
@given(data=st.data())
def test_rows_are_those_of_the_whole_table(kind: str, data: st.DataObject) -> None:
    group = data.draw(st.sampled_from([0, 1]))
    count = (1_700, COUNT - 1_700)[group]
    wanted = sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=30)))
    names = data.draw(st.permutations(TABLE.column_names))[:4]
    reader = PageReader(io.BytesIO(FILES[kind]))
    assert reader.indexed(group, names)
    found = reader.rows(group, names, wanted)
    expected = TABLE.slice(1_700 * group).select(names).take(wanted)
    assert found.to_pylist() == expected.to_pylist()


def test_every_row_can_be_asked_for() -> None:
    reader = PageReader(io.BytesIO(written(row_group_size=COUNT)))
    found = reader.rows(0, TABLE.column_names, range(COUNT))
    assert found.to_pylist() == TABLE.to_pylist()


def test_only_pages_with_the_rows_are_read() -> None:
    whole = {"row_group_size": 120_000, "data_page_size": 1 << 16, "use_dictionary": False}
    data = written(made(120_000), **whole)
    assert len(data) > 5 * GAP
    file = Counting(data)
    reader = PageReader(file)
    file.sizes.clear()
    reader.rows(0, ["text", "bytes"], [5, 119_990])
    assert sum(file.sizes) < len(data) / 10
    assert len(file.sizes) == 1 + 4  # the index of pages; two pages of each column


def test_a_file_of_another_writer_without_an_index_is_told(tmp_path: Path) -> None:
    place = tmp_path / "a.parquet"
    duckdb.sql(f"COPY (SELECT range AS number FROM range(9)) TO '{place}' (FORMAT parquet)")
    with place.open("rb") as file:
        assert not PageReader(file).indexed(0, ["number"])
    assert not PageReader(io.BytesIO(written(write_page_index=False))).indexed(0, ["text"])


def test_nested_columns_are_not_read_by_pages() -> None:
    nested = pa.table({"plain": [1, 2], "list": [[1, 2], [3]]})
    assert not PageReader(io.BytesIO(written(nested))).indexed(0, ["plain"])


@settings(deadline=None, max_examples=100)
@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_a_broken_footer_or_index_is_an_error_of_the_file(at: float, byte: int) -> None:
    """Wherever one byte of the indexes and the footer is another: rows, or an OSError."""
    broken = bytearray(FILES[str(KINDS[0])])
    start = len(broken) - 8 - int.from_bytes(broken[-8:-4], "little") - 3_000
    broken[start + int(at * (len(broken) - start))] = byte
    try:
        reader = PageReader(io.BytesIO(bytes(broken)))
        if reader.indexed(1, ["text", "few"]):
            reader.rows(1, ["text", "few"], [0, 700])
    except (OSError, pa.ArrowException):
        return


@pytest.mark.parametrize("data", [b"", b"PAR1", b"<html></html>", b"\xff" * 40])
def test_what_is_no_parquet_is_an_error_of_the_file(data: bytes) -> None:
    with pytest.raises(OSError, match=r"it ends before|is broken"):
        PageReader(io.BytesIO(data))
