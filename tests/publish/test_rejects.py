"""Rejects are cut into files and row groups by number of rows, however they come in."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuskit.publish import rejects
from corpuskit.publish.rejects import files_of, write_rejects
from corpuskit.schema import REJECTS


def table(numbers: range) -> pa.Table:
    rows = [{"id": str(number), "reason": "read/corrupt", "broken": []} for number in numbers]
    return pa.Table.from_pylist(rows, schema=REJECTS)


@pytest.mark.parametrize("pieces", [1, 3, 7, 23])
def test_same_bytes_for_any_pieces(pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejects, "ROW_GROUP", 10)
    total, step = 23, -(-23 // pieces)
    tables = [table(range(start, min(start + step, total))) for start in range(0, total, step)]
    cut, whole = io.BytesIO(), io.BytesIO()
    assert write_rejects(cut, tables) == write_rejects(whole, [table(range(total))]) == total
    assert cut.getvalue() == whole.getvalue()
    written = pq.ParquetFile(cut)
    assert [written.metadata.row_group(n).num_rows for n in range(3)] == [10, 10, 3]
    assert written.read()["id"].to_pylist() == [str(number) for number in range(total)]


def test_files() -> None:
    assert files_of(23, 10) == [
        ("rejects/rejects-00000-of-00003.parquet", 0, 10),
        ("rejects/rejects-00001-of-00003.parquet", 10, 20),
        ("rejects/rejects-00002-of-00003.parquet", 20, 23),
    ]
    assert files_of(10, 10) == [("rejects/rejects-00000-of-00001.parquet", 0, 10)]


def test_no_rejects_is_an_empty_file() -> None:
    assert files_of(0) == [("rejects/rejects-00000-of-00001.parquet", 0, 0)]
    file = io.BytesIO()
    assert write_rejects(file, []) == 0
    assert pq.read_table(file).schema.remove_metadata() == REJECTS
