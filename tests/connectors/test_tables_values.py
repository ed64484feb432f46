"""Values and files of tables that cannot be read lose as little as possible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from connectors.test_tables import connector, reasons, records, texts

from corpuskit.connectors.containers import thrift
from corpuskit.connectors.tables.values import python_values
from corpuskit.errors import SourceError

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


def times(tmp_path: Path, column: pa.Array) -> list[datetime | None]:
    text = [f"row {number}" for number in range(len(column))]
    pq.write_table(pa.table({"text": text, "at": column}), tmp_path / "a.parquet")
    rows = records(tmp_path, map={"fetched_at": "at"})
    assert texts(rows) == text
    assert reasons(rows) == [None] * len(text)
    return [row.fetched_at for row in rows]


def unannotated(texts_: list[bytes]) -> pa.Array:
    """A column of strings with bytes that are not UTF-8, which Arrow does not check."""
    array = pa.array(texts_, pa.binary())
    return pa.Array.from_buffers(pa.string(), len(array), array.buffers())


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "+07:00", "Asia/Phnom_Penh"])
def test_times_of_every_unit_and_zone(tmp_path: Path, unit: str, zone: str | None) -> None:
    count = int(NOON.timestamp()) * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    column = pa.array([count, None], pa.int64()).cast(pa.timestamp(unit, zone))
    assert times(tmp_path, column) == [NOON, None]


@pytest.mark.parametrize("zone", ["Asia/Angkor", "UTC+7", "SE Asia Standard Time", "ICT"])
def test_a_time_zone_that_nobody_knows(tmp_path: Path, zone: str) -> None:
    # the stored number counts from 1970 in UTC whatever the zone (Parquet LogicalTypes.md)
    column = pa.array([int(NOON.timestamp())], pa.int64()).cast(pa.timestamp("s", zone))
    assert times(tmp_path, column) == [NOON]


def test_a_date_beyond_python_is_lost_and_its_row_is_not(tmp_path: Path) -> None:
    column = pa.array([0, 10**12 * 300, -(10**12), 0], pa.timestamp("s"))
    start = datetime(1970, 1, 1, tzinfo=UTC)
    assert times(tmp_path, column) == [start, None, None, start]
    days = pa.array([0, 3_000_000, -800_000], pa.int32()).cast(pa.date32())
    assert times(tmp_path, days) == [start, None, None]
    assert times(tmp_path, pa.array([date(9999, 12, 31)])) == [datetime(9999, 12, 31, tzinfo=UTC)]


def run(code: str, *arguments: str, first: str = "") -> subprocess.CompletedProcess[str]:
    """A Python program; modules of the folder `first` go before all others."""
    path = ":".join(filter(None, [first, *sys.path]))
    command = [sys.executable, "-c", code, *arguments]
    env = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_nanoseconds_need_no_pandas() -> None:
    code = (
        "import pyarrow as pa\n"
        "from corpuskit.connectors.tables.values import python_values\n"
        "print(python_values(pa.array([1_700_000_000_123_456_789], pa.timestamp('ns'))))\n"
    )
    done = run(code, first=str(Path(__file__).parents[1] / "without_pandas"))
    moment = "datetime.datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=datetime.timezone.utc)"
    assert done.stdout.strip() == f"([{moment}], 0)", done.stderr


def test_text_that_is_not_utf8_in_another_column_is_dropped(tmp_path: Path) -> None:
    bad = unannotated([b"https://a.example/\xa1", b"https://b.example/"])
    table = pa.table({"text": ["a", "b"], "url": bad, "title": bad})
    pq.write_table(table, tmp_path / "a.parquet")
    rows = records(tmp_path)
    assert [(row.reason, row.url, row.title) for row in rows] == [
        (None, None, None),
        (None, "https://b.example/", "https://b.example/"),
    ]


def test_text_that_is_not_utf8_is_a_reason_of_its_own(tmp_path: Path) -> None:
    bad = unannotated([b"a", b"\xff", b"c"])
    pq.write_table(pa.table({"text": bad}), tmp_path / "a.parquet")
    assert reasons(records(tmp_path)) == [None, "read/invalid_utf8", None]


def test_values_within_structs_and_lists(tmp_path: Path) -> None:
    late = pa.array([10**15], pa.timestamp("s", "Nowhere/City"))
    inner = pa.StructArray.from_arrays(
        [late, unannotated([b"\xff"]), pa.array(["https://a.example/"])], ["at", "title", "url"]
    )
    lists = pa.ListArray.from_arrays(pa.array([0, 1]), late)
    assert python_values(inner)[0] == [{"at": None, "title": b"\xff", "url": "https://a.example/"}]
    pq.write_table(pa.table({"text": ["a"], "m": inner, "l": lists}), tmp_path / "a.parquet")
    mapped = {"url": "m.url", "title": "m.title", "published_at": "m.at", "fetched_at": "l"}
    (row,) = records(tmp_path, map=mapped)
    assert (row.reason, row.url) == (None, "https://a.example/")
    assert (row.title, row.published_at, row.fetched_at) == (None, None, None)


@pytest.mark.parametrize(
    ("value", "offset"),
    [(17, 17), ("17", 17), (10**40, None), ("1" + "0" * 40, None), ("9" * 5000, None), (-1, None)],
)
def test_a_position_that_no_file_has_is_dropped(
    tmp_path: Path, value: Any, offset: int | None
) -> None:
    row = {"text": "a", "file": "a.warc", "o": value, "at": value}
    (tmp_path / "a.jsonl").write_text(json.dumps(row))
    mapped = {"warc_file": "file", "warc_offset": "o", "published_at": "at"}
    (record,) = records(tmp_path, map=mapped)
    assert record.reason is None
    assert record.warc is not None
    assert record.warc["offset"] == offset


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "1" + "0" * 400, "9" * 30])
def test_a_number_that_is_no_time_is_dropped(tmp_path: Path, number: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'{{"text": "a", "at": {number}}}')
    (record,) = records(tmp_path, map={"fetched_at": "at"})
    assert (record.reason, record.fetched_at) == (None, None)


def doubled(name: str) -> pa.Table:
    arrays = [pa.array(["first"]), pa.array(["second"]), pa.array(["x"])]
    return pa.Table.from_arrays(arrays, [name, name, "text" if name != "text" else "n"])


@pytest.mark.parametrize("name", ["text", "url"])
@pytest.mark.parametrize("form", ["parquet", "csv", "tsv"])
def test_a_column_that_is_read_and_comes_twice_is_told_before_the_run(
    tmp_path: Path, name: str, form: str
) -> None:
    path = tmp_path / f"a.{form}"
    if form == "parquet":
        pq.write_table(doubled(name), path)
    else:
        mark = "," if form == "csv" else "\t"
        path.write_text(f"{mark.join([name, name, 'text'])}\n{mark.join('abc')}\n")
    count = 3 if name == "text" and form != "parquet" else 2
    with pytest.raises(SourceError, match=f"a.{form}: there are {count} columns '{name}'; rename"):
        connector(tmp_path).inputs()


def test_a_column_that_is_not_read_may_come_twice(tmp_path: Path) -> None:
    pq.write_table(doubled("n"), tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text("n,text,n\n1,y,2\n")
    assert texts(records(tmp_path)) == ["x", "y"]


def changed_footer(path: Path, change: Any) -> None:
    """Rewrite a Parquet file with a footer that `change` has altered."""
    data = path.read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    footer = thrift.loads(data[-8 - length : -8])
    change(footer)
    new = thrift.dumps(footer)
    path.write_bytes(data[: -8 - length] + new + len(new).to_bytes(4, "little") + b"PAR1")


def test_a_row_group_that_claims_more_rows_than_its_file_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a", "b"]}), path)

    def claim(footer: thrift.Struct) -> None:
        footer[3] = (thrift.I64, 2**62)
        footer[4][1][1][0][3] = (thrift.I64, 2**62)

    changed_footer(path, claim)
    (record,) = records(tmp_path)
    assert record.reason == "read/corrupt"
    assert str(record.detail).startswith(f"it claims {2**62} rows in ")


def test_rows_that_a_row_group_claims_and_lacks_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a", "b"]}), path)

    def claim(footer: thrift.Struct) -> None:
        footer[3] = (thrift.I64, 5)
        footer[4][1][1][0][3] = (thrift.I64, 5)

    changed_footer(path, claim)
    found = reasons(records(tmp_path))
    assert len(found) == 5
    assert found[2:] == ["read/corrupt"] * 3


def test_the_name_of_a_column_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a"], "XXXX": ["b"]}), path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"XXXX", b"\xa1\xa2\xa3\xa4"))
    (record,) = records(tmp_path)
    assert record.reason == "read/corrupt"
    assert str(record.detail).startswith("the name of a column is not UTF-8")


def test_metadata_of_a_column_that_ends_the_process_is_not_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    text = [f"text {number}" for number in range(1_500)]
    pq.write_table(pa.table({"text": text}), path)

    def damage(footer: thrift.Struct) -> None:
        chunk = footer[4][1][1][0][1][1][1][0][3][1]
        # SizeStatistics.definition_level_histogram with one bin too many (parquet.thrift)
        chunk[16] = (thrift.STRUCT, {3: (thrift.LIST, (thrift.I64, [0, 1_500, 7]))})

    changed_footer(path, damage)
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from connectors.test_tables import reasons, records\n"
        "print(set(reasons(records(Path(sys.argv[1])))))\n"
    )
    done = run(code, str(tmp_path))
    assert (done.returncode, done.stdout.strip()) == (0, "{'read/corrupt'}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", ""),
        ("a.jsonl", "\n \n\r\n"),
        ("a.csv", "text,url\n"),
        ("a.csv", "text,url\r\n\r\n"),
        ("a.tsv", "text\turl"),
    ],
)
def test_no_rows_are_no_records(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert records(tmp_path) == []


@pytest.mark.parametrize("columns", [{"text": pa.string()}, {"text": pa.string(), "u": pa.int8()}])
def test_parquet_without_rows_has_no_records(tmp_path: Path, columns: dict[str, Any]) -> None:
    pq.write_table(pa.schema(list(columns.items())).empty_table(), tmp_path / "a.parquet")
    assert records(tmp_path) == []
