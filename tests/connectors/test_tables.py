"""Rows of Parquet, JSONL and CSV from disk."""

import bz2
import csv
import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.base import MAX_CONTENT_BYTES, Input
from corpuskit.connectors.pieces import single_records
from corpuskit.connectors.tables import lines, presets
from corpuskit.connectors.tables.connector import TablesConnector
from corpuskit.connectors.tables.options import ROLES, TablesOptions
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

KHMER = "ភាសាខ្មែរ\u200bគឺជា\u200bភាសា"


def connector(folder: Path, path: str = ".", **options: Any) -> TablesConnector:
    return TablesConnector(TablesOptions.model_validate({"path": path, **options}), folder)


def read(one: TablesConnector, item: Input) -> list[RawRecord]:
    return [record for piece in one.scan(item) for record in one.read(item, piece)]


def records(folder: Path, path: str = ".", **options: Any) -> list[RawRecord]:
    one = connector(folder, path, **options)
    return [record for item in one.inputs() for record in read(one, item)]


def parquet(path: Path, rows: list[dict[str, Any]], **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path, **options)
    return path


def texts(found: list[RawRecord]) -> list[str]:
    return [record.content.decode() for record in found]


def reasons(found: list[RawRecord]) -> list[str | None]:
    return [record.reason for record in found]


def test_parquet_columns_are_carried(tmp_path: Path) -> None:
    when = datetime(2024, 5, 6, tzinfo=UTC)
    row = {"body": KHMER, "u": "https://a.example", "at": when, "by": "CC0-1.0", "n": 17}
    parquet(tmp_path / "a.parquet", [row])
    mapped = {"text": "body", "url": "u", "fetched_at": "at", "license": "by", "id": "n"}
    (found,) = records(tmp_path, map=mapped)
    assert found.content.decode() == KHMER
    assert (found.url, found.fetched_at, found.license) == ("https://a.example", when, "CC0-1.0")
    assert found.license_evidence == [{"kind": "column", "value": "CC0-1.0", "where": "by"}]
    assert found.content_type == "text/plain"
    name, _, rest = found.source_ref.partition("@sha256:")
    assert (name, len(rest)) == ("a.parquet", 64 + len("#17"))


@pytest.mark.parametrize("group", [1, 7, 400, 2_500, 10_000])
def test_reading_by_piece_equals_the_whole(tmp_path: Path, group: int) -> None:
    rows = [{"text": f"{KHMER} {number}"} for number in range(5_000)]
    parquet(tmp_path / "a.parquet", rows, row_group_size=group)
    one = connector(tmp_path)
    (item,) = one.inputs()
    pieces = one.scan(item)
    assert 5 <= len(pieces) <= 8
    assert [piece.start for piece in pieces[1:]] == [piece.stop for piece in pieces[:-1]]
    assert sum(piece.records for piece in pieces) == 5_000
    whole = read(one, item)
    assert texts(whole) == [row["text"] for row in rows]
    assert whole[4_999].source_ref.endswith("#R4999")
    backwards = [list(one.read(item, piece)) for piece in reversed(pieces)]
    assert [record for many in reversed(backwards) for record in many] == whole


def test_every_kind_is_cut_into_single_records_where_one_does_harm(tmp_path: Path) -> None:
    parquet(tmp_path / "a.parquet", [{"text": str(number)} for number in range(20)])
    (tmp_path / "b.csv").write_text("text\n" + "x\n" * 20)
    tables = connector(tmp_path)
    with single_records():
        assert [len(tables.scan(item)) for item in tables.inputs()] == [20, 20]
    assert [len(tables.scan(item)) for item in tables.inputs()] == [1, 1]


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_a_missing_column_is_told_before_the_run(tmp_path: Path, form: str) -> None:
    row = {"contents": KHMER, "warc-url": "https://a.example"}
    if form == "parquet":
        parquet(tmp_path / "a.parquet", [row])
    elif form == "csv":
        (tmp_path / "a.csv").write_text("contents,warc-url\na,b\n")
    else:
        (tmp_path / "a.jsonl").write_text(json.dumps(row))
    with pytest.raises(SourceError) as caught:
        connector(tmp_path, map={"text": "content"}).inputs()
    message = str(caught.value)
    assert message.startswith(f"a.{form}: there is no column 'content' for text; there are ")
    assert "'contents', 'warc-url'" in message
    assert 'did you mean map = { text = "contents" }' in message


def test_columns_that_nobody_named_may_be_missing(tmp_path: Path) -> None:
    parquet(tmp_path / "a.parquet", [{"text": KHMER}])
    assert records(tmp_path)[0].url is None
    with pytest.raises(SourceError, match="no column 'url' for url"):
        connector(tmp_path, map={"url": "url"}).inputs()


def test_rows_without_text_are_reasons(tmp_path: Path) -> None:
    large = "x" * (MAX_CONTENT_BYTES + 1)
    parquet(tmp_path / "a.parquet", [{"text": one} for one in (KHMER, None, " \n", large)])
    found = records(tmp_path)
    assert reasons(found) == [None, "read/no_text", "read/empty", "read/too_large"]


def test_binary_text_is_text_if_it_is_utf8(tmp_path: Path) -> None:
    parquet(tmp_path / "a.parquet", [{"text": KHMER.encode()}, {"text": b"\xff"}])
    found = records(tmp_path)
    assert reasons(found) == [None, "read/invalid_utf8"]
    assert found[0].content.decode() == KHMER


def test_every_row_of_a_damaged_group_is_counted(tmp_path: Path) -> None:
    rows = [{"text": f"{KHMER} {number} " * 20} for number in range(300)]
    path = parquet(
        tmp_path / "a.parquet", rows, row_group_size=100, compression="zstd", use_dictionary=False
    )
    chunk = pq.ParquetFile(path).metadata.row_group(1).column(0)
    end = chunk.data_page_offset + chunk.total_compressed_size
    data = bytearray(path.read_bytes())
    data[end - 200 : end - 100] = bytes(100)
    path.write_bytes(data)
    found = records(tmp_path)
    assert len(found) == 300
    assert reasons(found).count(None) >= 200
    assert set(reasons(found)[100:200]) <= {None, "read/corrupt"}
    assert "read/corrupt" in reasons(found)[100:200]
    assert texts(found)[200] == rows[200]["text"]


@pytest.mark.parametrize("content", [b"", b"PAR1 and no end", b"<html>504</html>"])
def test_what_is_no_parquet_is_a_reason(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(content)
    assert reasons(records(tmp_path)) == ["read/corrupt"]


def test_a_folder_of_everything(tmp_path: Path) -> None:
    parquet(tmp_path / "data" / "a.parquet", [{"text": "parquet"}])
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"text,url\ncsv,https://b.example\n"))
    (tmp_path / "c.tsv").write_text("url\ttext\nhttps://c.example\ttsv\n")
    (tmp_path / "d.jsonl.zst").write_bytes(zstandard.compress(b'{"text": "jsonl"}\n'))
    (tmp_path / "e.json").write_text('{"text": "json"}\n{"text": "lines"}\n')
    (tmp_path / "info.json").write_text('{\n "text": "a config"\n}\n')
    (tmp_path / "README.md").write_text("# text\n")
    found = records(tmp_path)
    kept = [record for record in found if record.reason is None]
    assert sorted(texts(kept)) == ["csv", "json", "jsonl", "lines", "parquet", "tsv"]
    assert {one.url for one in kept} == {None, "https://b.example", "https://c.example"}
    assert reasons(found).count("read/unsupported_type") == 2


def test_bad_rows_of_csv_are_reasons_and_good_ones_stay(tmp_path: Path) -> None:
    lines_ = [
        b"\xef\xbb\xbftext,url",
        b'"two',
        b'lines, ""quoted""",https://1.example',
        b"too,many,fields",
        b"few",
        b"",
        b"\xff\xfe,https://2.example",
        b'"a" b,https://3.example',
        b",https://4.example",
        b"last,https://5.example",
    ]
    (tmp_path / "a.csv").write_bytes(b"\r\n".join(lines_))
    found = records(tmp_path)
    assert reasons(found) == [
        None,
        "read/invalid_row",
        "read/invalid_row",
        "read/invalid_utf8",
        "read/invalid_row",
        "read/empty",
        None,
    ]
    assert texts(found)[0].replace("\r", "") == 'two\nlines, "quoted"'
    assert found[-1].source_ref.endswith("#R6")


def test_a_quote_that_never_ends_is_bounded(tmp_path: Path) -> None:
    row = ("x" * 999_999 + "\n") * 40
    (tmp_path / "a.csv").write_text(f'text\n"{row}')
    found = records(tmp_path)
    assert reasons(found) == ["read/too_large", *[None] * 39]


def test_a_broken_stream_is_told(tmp_path: Path) -> None:
    whole = gzip.compress("".join(f"{number},u\n" for number in range(50_000)).encode())
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"text,url\n") + whole[: len(whole) // 2])
    found = records(tmp_path)
    assert reasons(found)[-1] == "read/truncated"
    assert len(found) > 1_000


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text()),
        min_size=1,
    )
)
def test_what_csv_writes_is_read(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([(first, second.encode(errors="replace").decode()) for first, second in rows])
    stored = out.getvalue().encode().split(b"\n")
    found = list(lines.csv_records(stored, ","))
    wanted = [[first, second.encode(errors="replace").decode()] for first, second in rows]
    assert found == wanted


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_lines_by_piece_equal_the_whole(tmp_path: Path, form: str) -> None:
    rows = [f"{KHMER} {number}" for number in range(3_500)]
    stored = (
        "text\n" + "".join(f'"{row}\n"\n' for row in rows)
        if form == "csv"
        else "".join(json.dumps({"text": row}) + "\n" for row in rows)
    )
    (tmp_path / f"a.{form}").write_text(stored)
    one = connector(tmp_path)
    (item,) = one.inputs()
    pieces = one.scan(item)
    assert len(pieces) == 4
    whole = read(one, item)
    assert [text.strip() for text in texts(whole)] == rows
    backwards = [list(one.read(item, piece)) for piece in reversed(pieces)]
    assert [record for many in reversed(backwards) for record in many] == whole


def test_only_so_many_rows_or_row_groups(tmp_path: Path) -> None:
    rows = [{"text": str(number)} for number in range(50)]
    parquet(tmp_path / "a.parquet", rows, row_group_size=10)
    (tmp_path / "b.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    assert texts(records(tmp_path, rows=12)) == [row["text"] for row in rows[:12]] * 2
    some = records(tmp_path, "a.parquet", row_groups=[2, 4])
    assert texts(some) == [row["text"] for row in rows[20:40]]
    assert some[0].source_ref.endswith("#R20")
    few = records(tmp_path, "a.parquet", row_groups=[3, 99], rows=3)
    assert texts(few) == ["30", "31", "32"]


FINEWEB = {
    "text": KHMER,
    "id": "<urn:uuid:1>",
    "dump": "CC-MAIN-2023-50",
    "url": "https://a.example/",
    "date": "2023-12-01T03:04:05Z",
    "file_path": "s3://commoncrawl/crawl-data/x.warc.gz",
    "language": "khm",
    "language_score": 0.99,
    "top_langs": "{}",
}
HPLT = {
    "f": "./path/to/x.warc.gz",
    "o": 578687,
    "s": 14202,
    "rs": 109093,
    "u": "https://a.example/",
    "c": "text/html",
    "ts": "2023-12-01T03:04:05Z",
    "lang": ["khm_Khmr", "eng_Latn"],
    "prob": [0.9, 0.1],
    "text": KHMER,
    "id": "x",
}
GLOTCC = {
    "content": KHMER,
    "warc-target-uri": "https://a.example/",
    "warc-date": "2023-12-01T03:04:05Z",
    "warc-record-id": "<urn:uuid:2>",
    "identification-language": "khm-Khmr",
}


@pytest.mark.parametrize(
    ("preset", "row", "language", "pointer"),
    [
        ("fineweb-2", FINEWEB, "khm", (FINEWEB["file_path"], None, None, "<urn:uuid:1>")),
        ("hplt-2", HPLT, "khm_Khmr", (HPLT["f"], 578687, 14202, None)),
        ("glotcc", GLOTCC, "khm-Khmr", ("", None, None, "<urn:uuid:2>")),
    ],
)
@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_presets_carry_provenance(
    tmp_path: Path, form: str, preset: str, row: dict[str, Any], language: str, pointer: Any
) -> None:
    if form == "parquet":
        parquet(tmp_path / "a.parquet", [row])
    else:
        (tmp_path / "a.jsonl").write_text(json.dumps(row))
    (found,) = records(tmp_path, preset=preset)
    assert (found.content.decode(), found.url) == (KHMER, "https://a.example/")
    assert found.fetched_at == datetime(2023, 12, 1, 3, 4, 5, tzinfo=UTC)
    assert found.lang_declared == language
    assert tuple((found.warc or {}).values()) == pointer


def test_madlad_has_line_ends_in_two_characters(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(rb'{"text": "one\\ntwo"}'))
    assert texts(records(tmp_path, preset="madlad-400")) == ["one\ntwo"]
    assert texts(records(tmp_path)) == ["one\\ntwo"]


def test_dolma_and_paths_into_structs(tmp_path: Path) -> None:
    row = {"text": KHMER, "metadata": {"url": "https://a.example/", "deep": {"by": "CC0-1.0"}}}
    parquet(tmp_path / "a.parquet", [row])
    (tmp_path / "b.jsonl").write_text(json.dumps(row))
    found = records(tmp_path, preset="dolma", map={"license": "metadata.deep.by"})
    assert [(record.url, record.license) for record in found] == [
        ("https://a.example/", "CC0-1.0")
    ] * 2


def test_presets_name_roles_that_there_are() -> None:
    for columns in presets.PRESETS.values():
        assert set(columns) <= set(ROLES)
    assert set(presets.PRESETS) >= presets.LITERAL_LINE_FEEDS


def test_moments_are_seconds_or_milliseconds(tmp_path: Path) -> None:
    rows = [{"text": "a", "at": 1_700_000_000}, {"text": "b", "at": 1_700_000_000_000}]
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    found = records(tmp_path, map={"fetched_at": "at"})
    assert [one.fetched_at for one in found] == [datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)] * 2


@pytest.mark.parametrize(
    ("name", "content"), [("a.jsonl.bz2", b'{"text": "x"}\n'), ("a.csv.bz2", b"text,url\nx,y\n")]
)
def test_tables_in_bzip2(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(bz2.compress(content) + bz2.compress(content[:0]))
    tables = TablesConnector(TablesOptions.model_validate({"path": name}), tmp_path)
    (item,) = tables.inputs()
    records = [record for piece in tables.scan(item) for record in tables.read(item, piece)]
    assert [record.content for record in records] == [b"x"]
