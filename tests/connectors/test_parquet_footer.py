"""Column names are read from a footer without Arrow, and are those that Arrow reads."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.containers import parquet_footer, thrift
from corpuskit.connectors.containers.parquet_footer import FooterError, column_names


def written(table: pa.Table, **options: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, **options)
    return file.getvalue()


def with_schema(elements: list[thrift.Struct]) -> bytes:
    """A file of nothing but a footer, whose schema has these elements."""
    footer = thrift.dumps({1: (thrift.I32, 2), 2: (thrift.LIST, (thrift.STRUCT, elements))})
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def element(name: bytes, children: int | None = None) -> thrift.Struct:
    fields: thrift.Struct = {4: (thrift.BINARY, name)}
    return fields if children is None else fields | {5: (thrift.I32, children)}


NESTED = pa.struct([("a", pa.list_(pa.struct([("b", pa.int8()), ("c", pa.string())])))])
KINDS = [
    pa.string(), pa.int64(), pa.list_(pa.string()), NESTED, pa.map_(pa.string(), pa.int8()),
    pa.timestamp("ns", "UTC"), pa.dictionary(pa.int8(), pa.string()),
]  # fmt: skip


@given(st.lists(st.tuples(st.text(max_size=4), st.sampled_from(KINDS)), max_size=20), st.booleans())
def test_the_names_are_those_that_arrow_reads(
    columns: list[tuple[str, pa.DataType]], store_schema: bool
) -> None:
    data = written(pa.schema(columns).empty_table(), store_schema=store_schema)
    names = pq.ParquetFile(io.BytesIO(data)).schema_arrow.names
    assert column_names(io.BytesIO(data)) == names


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "does not end like"),
        (b"PAR1", "does not end like"),
        (b"x" * 100, "does not end like"),
        (b"PAR1\xff\xff\xff\x7fPAR1", r"claims 2147483647 bytes"),
        (b"PAR1\0\0\0\0PAR1", "ends too early"),
        (with_schema([]), "has no schema"),
        (with_schema([element(b"root", 1)]), "not whole"),
        (with_schema([element(b"root", 1), element(b"a"), element(b"b")]), "not whole"),
        (with_schema([element(b"root", 1), element(b"a", 2), element(b"b")]), "not whole"),
        (with_schema([element(b"root", 1), element(b"a", -1)]), "negative number"),
        (with_schema([element(b"root", 1), element(b"\xff")]), "utf-8"),
        (with_schema([element(b"root", 1), {4: (thrift.I32, 1)}]), "field 4 .* type 5"),
    ],
)  # fmt: skip
def test_a_damaged_footer_is_told(data: bytes, message: str) -> None:
    with pytest.raises(FooterError, match=message):
        column_names(io.BytesIO(data))


@given(st.data())
def test_any_damage_is_told_or_harmless(data: st.DataObject) -> None:
    whole = bytearray(written(pa.table({"text": ["a"], "n": [1]})))
    for at in data.draw(st.lists(st.integers(1, len(whole)), min_size=1, max_size=4)):
        whole[-at] = data.draw(st.integers(0, 255))
    try:
        names = column_names(io.BytesIO(bytes(whole)))
    except FooterError:
        return
    assert all(isinstance(name, str) for name in names)


def test_a_long_footer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(pa.table({"text": ["a"] * 100}), row_group_size=1)
    length = int.from_bytes(data[-8:-4], "little")
    monkeypatch.setattr(parquet_footer, "_MOST", 200)
    assert length > 200
    assert column_names(io.BytesIO(data)) == ["text"]
    monkeypatch.setattr(parquet_footer, "_MOST", 20)
    with pytest.raises(FooterError, match="ends too early"):
        column_names(io.BytesIO(data))


def test_a_source_is_listed_without_arrow(tmp_path: Path) -> None:
    """What Arrow might do to the process that leads a build, it cannot do here."""
    pq.write_table(pa.table({"text": ["a"], "n": [1]}), tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 damaged PAR1")
    code = (
        "import os, sys\nfrom pathlib import Path\n"
        "import pyarrow.parquet\n"
        "from corpuskit.connectors.tables.connector import TablesConnector\n"
        "from corpuskit.connectors.tables.options import TablesOptions\n"
        "pyarrow.parquet.ParquetFile = lambda *_, **__: os.abort()\n"
        "options = TablesOptions.model_validate({'path': '.'})\n"
        "tables = TablesConnector(options, Path(sys.argv[1]))\n"
        "print([item.name for item in tables.inputs()])\n"
        "print(tables.scan(tables.inputs()[0]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "['a.parquet', 'b.parquet']\n", done.stderr
    assert done.returncode < 0, "scan, which is guarded, does open the file with Arrow"
