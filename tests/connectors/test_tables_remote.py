"""Tables from HTTP(S), S3 and a hub, from real servers on loopback."""

import csv
import gzip
import io
import json
import os
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from connectors.file_server import Served, serving

from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.connectors.tables import presets, sample
from corpuskit.connectors.tables.connector import TablesConnector
from corpuskit.connectors.tables.options import TablesOptions
from corpuskit.connectors.tables.remote import remotes
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

AGENT = Agent("corpuskit tests", "corpus@example.org")
SHA = "0123456789abcdef0123456789abcdef01234567"
LETTERS = [chr(code) for code in range(0x1780, 0x17D0)]
RANDOM = random.Random(7)
ROWS = [{"text": f"{number} {''.join(RANDOM.choices(LETTERS, k=600))}"} for number in range(2_000)]


def stored(rows: list[dict[str, Any]], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out, **options)
    return out.getvalue()


PARQUET = stored(ROWS, row_group_size=100, write_statistics=False)
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def as_csv() -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["text"])
    writer.writerows([[row["text"] + "\nmore"] for row in ROWS])
    return out.getvalue().encode()


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as server:
        server.files = {"/d/a.parquet": PARQUET, "/b.jsonl": JSONL, "/c.csv": as_csv()}
        yield server


def connector(store: Path, **options: Any) -> TablesConnector:
    return TablesConnector(TablesOptions.model_validate(options), store, store)


def fetched(one: TablesConnector) -> list[RawRecord]:
    said: list[str] = []
    one.fetch(FetchContext(AGENT, said.append))
    return [
        record
        for item in one.inputs()
        for piece in one.scan(item)
        for record in one.read(item, piece)
    ]


def texts(found: list[RawRecord]) -> list[str]:
    return [record.content.decode() for record in found]


def wanted(count: int, start: int = 0) -> list[str]:
    return [row["text"] for row in ROWS[start : start + count]]


def test_a_sample_of_a_large_file_reads_little_of_it(served: Served, tmp_path: Path) -> None:
    one = connector(tmp_path, url=served.url("/d/a.parquet"), rows=30)
    assert texts(fetched(one)) == wanted(30)
    assert len(PARQUET) > 2_000_000
    assert served.sent < len(PARQUET) / 8
    assert len(served.requests) < 12


def test_row_groups_in_the_middle(served: Served, tmp_path: Path) -> None:
    one = connector(tmp_path, url=served.url("/d/a.parquet"), row_groups=[10, 12], rows=150)
    found = fetched(one)
    assert texts(found) == wanted(150, 1_000)
    assert [found[0].source_ref[-6:], found[-1].source_ref[-6:]] == ["#R1000", "#R1149"]
    assert served.sent < len(PARQUET) / 4


def test_a_changed_byte_of_a_sample_that_is_kept_loses_rows_and_changes_none(
    served: Served, tmp_path: Path
) -> None:
    tables = connector(tmp_path, url=served.url("/d/a.parquet"), rows=30)
    fetched(tables)
    (kept,) = tmp_path.rglob("*.parquet")
    data = bytearray(kept.read_bytes())
    data[len(data) // 3] ^= 1
    kept.write_bytes(data)
    records = fetched(tables)
    assert [record.reason for record in records] == ["read/corrupt"] * 30


@pytest.mark.parametrize("path", ["/b.jsonl", "/c.csv"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_sample_of_lines(served: Served, tmp_path: Path, path: str, packed: bool) -> None:
    data = served.files[path]
    if packed:
        path, data = path + ".gz", gzip.compress(data, 1)
        served.files[path] = data
    found = fetched(connector(tmp_path, url=served.url(path), rows=20))
    assert [text.partition("\n")[0].strip() for text in texts(found)] == wanted(20)
    assert served.sent < len(data) / 2


def test_a_damaged_file_is_fetched_whole_to_tell_what_is_lost(
    served: Served, tmp_path: Path
) -> None:
    served.files["/b.jsonl.gz"] = gzip.compress(JSONL, 1)[:900_000]
    found = fetched(connector(tmp_path, url=served.url("/b.jsonl.gz"), rows=2_000))
    assert found[-1].reason == "read/truncated"
    assert len(found) > 10


def abort_over(file: Any, *_: Any) -> None:
    file.read(4)
    os.abort()


def test_a_file_that_ends_the_process_that_reads_it_is_fetched_whole(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Arrow does over some damaged files: the process that fetches lives on."""
    monkeypatch.setattr(sample, "take", abort_over)
    said: list[str] = []
    tables = connector(tmp_path, url=served.url("/d/a.parquet"), rows=30)
    tables.fetch(FetchContext(AGENT, said.append))
    assert said[0] == (
        f"{tables.inputs()[0].name}: fetched whole (it ends the process that reads it (SIGABRT))"
    )
    assert texts(fetched(tables)) == wanted(30)
    assert [path.name for path in tmp_path.rglob("a.*")] == ["a.parquet"]


@pytest.mark.parametrize("where", ["schema", "footer", "pages"])
def test_damaged_parquet_is_fetched_whole_and_told_when_it_is_read(
    served: Served, tmp_path: Path, where: str
) -> None:
    data = bytearray(PARQUET)
    length = int.from_bytes(data[-8:-4], "little")
    if where == "pages":
        data[40:2_000] = bytes(1_960)
    else:
        start = len(data) - 8 - length + (9 if where == "schema" else length // 2)
        data[start : start + 40] = b"\xff" * 40
    served.files["/d/a.parquet"] = bytes(data)
    records = fetched(connector(tmp_path, url=served.url("/d/a.parquet"), rows=30))
    assert {record.reason for record in records} == {"read/corrupt"}


def test_servers_without_ranges_give_the_whole(served: Served, tmp_path: Path) -> None:
    served.ranges = False
    one = connector(tmp_path, url=served.url("/d/a.parquet"), rows=30)
    assert texts(fetched(one)) == wanted(30)
    two = connector(tmp_path, url=served.url("/d/a.parquet"), row_groups=[10, 11])
    assert texts(fetched(two)) == wanted(100, 1_000)


def test_whole_files_are_kept_as_they_are_and_fetched_once(served: Served, tmp_path: Path) -> None:
    served.cut["/b.jsonl"] = [200_000]
    one = connector(tmp_path, url=[served.url("/b.jsonl"), served.url("/c.csv")])
    assert len(fetched(one)) == 4_000
    kept = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [path.read_bytes() for path in kept] == [JSONL, as_csv()]
    asked = len(served.requests)
    assert len(fetched(one)) == 4_000
    assert len(served.requests) == asked


def test_a_missing_column_is_told_before_anything_is_kept(served: Served, tmp_path: Path) -> None:
    one = connector(tmp_path, url=served.url("/d/a.parquet"), map={"text": "content"})
    with pytest.raises(SourceError, match=r"a\.parquet: there is no column 'content' for text"):
        fetched(one)
    assert served.sent < 100_000
    assert list(tmp_path.iterdir()) == []


def test_hub_files_at_a_commit(served: Served, tmp_path: Path) -> None:
    file = "data/khm_Khmr/train/000_00000.parquet"
    served.files[f"/hub/HuggingFaceFW/fineweb-2/resolve/{SHA}/{file}"] = PARQUET
    options = {
        "hub": "HuggingFaceFW/fineweb-2",
        "revision": SHA,
        "files": file,
        "hub_url": served.url("/hub/"),
    }
    found = fetched(connector(tmp_path / "a", **options, rows=5))
    assert texts(found) == wanted(5)
    ref = f"HuggingFaceFW/fineweb-2@{SHA}/{file}#R"
    assert [record.source_ref for record in found] == [f"{ref}{number}" for number in range(5)]
    whole = fetched(connector(tmp_path / "b", **options))
    assert len(whole) == 2_000
    assert whole[:5] == found


def test_ranges_pass_through_redirects(served: Served, tmp_path: Path) -> None:
    """As a hub answers: from the file's name to wherever it is stored."""
    served.faults["/name.parquet"] = [(302, {"Location": "/d/a.parquet"})] * 99
    found = fetched(connector(tmp_path, url=served.url("/name.parquet"), rows=30))
    assert texts(found) == wanted(30)
    assert served.sent < len(PARQUET) / 8


def test_hub_urls_are_plain_https() -> None:
    options = TablesOptions(hub="a/b", revision=SHA, files=["x/ខ្មែរ 1.jsonl.gz"])
    (one,) = remotes(options, Path("store"))
    assert one.url == (
        f"https://huggingface.co/datasets/a/b/resolve/{SHA}/"
        "x/%E1%9E%81%E1%9F%92%E1%9E%98%E1%9F%82%E1%9E%9A%201.jsonl.gz"
    )
    assert one.kept == Path(f"store/whole/a/b@{SHA}/x/ខ្មែរ 1.jsonl.gz")
    assert connector(Path("store"), hub="a/b", revision=SHA, files=["x"], rows=7).asks() == [
        f"GET https://huggingface.co/datasets/a/b/resolve/{SHA}/x (the first 7 rows)"
    ]


def test_the_recipe_of_the_docs_is_one(repository: Path) -> None:
    page = (repository / "docs" / "connector-tables.md").read_text(encoding="utf-8")
    recipe = tomllib.loads(page.partition("```toml\n")[2].partition("```")[0])
    common = {"name", "connector", "license", "license_verified_by"}
    found = [
        TablesOptions.model_validate({k: v for k, v in source.items() if k not in common})
        for source in recipe["source"]
    ]
    assert [one.preset for one in found] == [None, "fineweb-2"]
    for preset in presets.PRESETS:
        assert f"| `{preset}` |" in page


def test_no_url_leads_out_of_the_store() -> None:
    urls = ["https://u:p@a.example:81/../../%2e%2e/x.csv?y=../1", "http://a.example//etc/passwd"]
    kept = [one.kept for one in remotes(TablesOptions(url=urls), Path("store"))]
    assert kept[1] == Path("store/whole/a.example/etc/passwd")
    assert kept[0].parts[:4] == ("store", "whole", "a.example_81", "%2e%2e")
    assert "?" not in str(kept[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "needs exactly one of path, url and hub, got none"),
        ({"path": "a", "url": "https://a.example/b"}, "got path and url"),
        ({"url": "https://a.example"}, "no URL of a file"),
        ({"url": "file:///etc/passwd"}, "no URL of a file"),
        ({"hub": "a/b", "files": ["x"]}, "hub needs revision"),
        ({"hub": "a/b", "revision": "main", "files": ["x"]}, "pattern"),
        ({"hub": "a", "revision": SHA, "files": ["x"]}, "is not a dataset"),
        ({"hub": "a/b", "revision": SHA, "files": ["../x"]}, "is not the path of a file"),
        ({"hub": "a/b", "revision": SHA, "files": ["*.parquet"]}, "list each file"),
        ({"path": "a", "revision": SHA}, "go with hub"),
        ({"path": "a", "row_groups": [3, 3]}, "row_groups is"),
        ({"path": "a", "map": {"txt": "x"}}, "Input should be 'text'"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TablesOptions.model_validate(options)


def test_what_is_not_there_is_an_error(served: Served, tmp_path: Path) -> None:
    one = connector(tmp_path, url=served.url("/nothing.parquet"))
    with pytest.raises(SourceError, match="answers 404"):
        fetched(one)
    with pytest.raises(SourceError, match="not fetched yet"):
        one.inputs()


@pytest.mark.parametrize("rows", [None, 30])
def test_s3(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int | None
) -> None:
    """What pyarrow's S3 client asks to read: HEAD, and GET of ranges, path-style."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    served.files["/bucket/a.parquet"] = PARQUET
    query = f"?scheme=http&region=x&endpoint_override={served.base[7:]}"
    one = connector(tmp_path, url=f"s3://bucket/a.parquet{query}", rows=rows)
    assert texts(fetched(one)) == wanted(rows or 2_000)
    assert rows is None or served.sent < len(PARQUET) / 8
