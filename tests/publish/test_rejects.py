"""Rejects are cut into files and row groups by number of rows, however they come in."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpuskit.publish.rejects import write_rejects
from corpuskit.schema import REJECTS
from corpuskit.workspace import Workspace


def table(numbers: range) -> pa.Table:
    rows = [{"id": str(number), "reason": "read/corrupt", "broken": []} for number in numbers]
    return pa.Table.from_pylist(rows, schema=REJECTS)


@pytest.mark.parametrize("pieces", [1, 3, 7, 23])
def test_same_bytes_for_any_pieces(tmp_path: Path, pieces: int) -> None:
    total, step = 23, -(-23 // pieces)
    tables = [table(range(start, min(start + step, total))) for start in range(0, total, step)]
    written = write_rejects(Workspace(tmp_path / "a"), tables, total, per_file=10)
    assert written == [
        ("rejects/rejects-00000-of-00003.parquet", 10),
        ("rejects/rejects-00001-of-00003.parquet", 10),
        ("rejects/rejects-00002-of-00003.parquet", 3),
    ]
    whole = write_rejects(Workspace(tmp_path / "b"), [table(range(total))], total, per_file=10)
    for name, _ in whole:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    ids = [i for name, _ in whole for i in pq.read_table(tmp_path / "b" / name)["id"].to_pylist()]
    assert ids == [str(number) for number in range(total)]


def test_no_rejects_is_an_empty_file(tmp_path: Path) -> None:
    written = write_rejects(Workspace(tmp_path), [], 0)
    assert written == [("rejects/rejects-00000-of-00001.parquet", 0)]
    assert pq.read_table(tmp_path / written[0][0]).num_rows == 0
