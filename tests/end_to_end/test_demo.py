"""The demo corpus, end to end: what is kept, what is not and why, and who can read it."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from end_to_end.builds import DEMO, published

import corpuskit as ck
from corpuskit.document import document_id, text_sha256
from corpuskit.schema import ALWAYS, FIELDS

pytestmark = pytest.mark.xdist_group("demo")


@pytest.fixture(scope="module")
def gold() -> dict[str, str]:
    rows = [json.loads(line) for line in (DEMO / "index.jsonl").read_text().splitlines()]
    return {row["url"]: row["kind"] for row in rows if row["url"] and row["kind"] != "revisit"}


def test_every_good_page_is_kept(demo: ck.Build, gold: dict[str, str]) -> None:
    kept = set(demo.dataset.to_table(columns=["url"])["url"].to_pylist())
    fate = {
        row["url"]: row
        for row in demo.rejected.to_table(columns=["url", "reason", "broken"]).to_pylist()
    }
    pages = [url for url, kind in gold.items() if kind == "page"]
    lost = {url: fate.get(url) for url in pages if url not in kept}
    unfair = {
        url: row
        for url, row in lost.items()
        if row is None or not row["reason"].startswith("dedup/")
    }
    assert len(unfair) <= len(pages) * 0.05, unfair


def test_no_foreign_or_broken_record_is_kept(demo: ck.Build, gold: dict[str, str]) -> None:
    kept = demo.dataset.to_table(columns=["url"])["url"].to_pylist()
    wrong = {"foreign", "lang-lies", "hollow", "png", "css", "not-found", "empty-body"}
    assert [url for url in kept if gold.get(url) in wrong] == []


def test_trouble_has_its_reason(demo: ck.Build, gold: dict[str, str]) -> None:
    by_kind: dict[str, set[str]] = {}
    for row in demo.rejected.to_table(columns=["url", "reason"]).to_pylist():
        by_kind.setdefault(gold.get(row["url"], "none"), set()).add(row["reason"])
    assert by_kind["png"] == {"read/content_type"}
    assert by_kind["not-found"] == {"read/http_status"}
    assert by_kind["empty-body"] == {"read/empty"}
    assert "dedup/near" in by_kind.get("near-duplicate", set()) | by_kind.get("page", set())
    assert len(demo.ledger.reasons) >= 6
    assert demo.ledger["dedup/exact"] >= 1


def test_wrong_charsets_are_read_right(demo: ck.Build, gold: dict[str, str]) -> None:
    url_of = {kind: url for url, kind in gold.items()}
    for kind in ("wrong-http-charset", "no-charset", "utf-16"):
        row = ck.explain(demo, url_of[kind])[0].row
        assert row["lang"] == "khm_Khmr", kind
        assert row["script_ratio"] > 0.9, kind
        assert row["charset"].startswith("utf-16" if kind == "utf-16" else "utf-8")


def test_the_ledger_closes_and_verify_agrees(demo: ck.Build) -> None:
    demo.ledger.check()
    assert ck.verify(demo) == []
    first = next(iter(demo.ledger.stages.values()))
    assert first.read == demo.ledger.reasons.total() + demo.manifest["documents"]


def test_columns(demo: ck.Build) -> None:
    schema = demo.dataset.schema
    for field in FIELDS.values():
        assert schema.field(field.name).type == field.type
    table = demo.dataset.to_table()
    for name in ALWAYS:
        assert table[name].null_count == 0, name
    row = table.slice(0, 1).to_pylist()[0]
    assert row["id"] == document_id(row["source_ref"], row["text"])
    assert row["text_sha256"] == text_sha256(row["text"])
    assert row["license"] == "MPL-2.0"
    assert row["license_confidence"] == "declared"
    assert {"kind", "value", "where"} == set(row["license_evidence"][0])
    assert row["robots"]["verdict"] == "not_checked"
    assert row["domain"] == "libreoffice.org"
    assert row["warc"]["file"] == "pages.warc.gz"
    assert row["quality"]["chars"] == len(row["text"])


def test_shards_are_sorted_and_say_what_they_are(demo: ck.Build) -> None:
    for path in demo.files("data"):
        file = pq.ParquetFile(path)
        ids = file.read(columns=["id"])["id"].to_pylist()
        assert ids == sorted(ids)
        metadata = file.schema_arrow.metadata
        assert metadata[b"build_id"].decode() == demo.manifest["build_id"]
        assert metadata[b"recipe_hash"].decode() == demo.manifest["recipe_sha256"]
        assert file.metadata.row_group(0).column(0).compression == "ZSTD"
        file.close()


def test_no_duplicate_is_published_and_the_kept_one_names_them(
    demo: ck.Build,
) -> None:
    rows = demo.dataset.to_table(columns=["text", "split"]).to_pylist()
    assert {row["split"] for row in rows} == {"train", "validation"}
    texts = [row["text"] for row in rows]
    assert ck.near_duplicates(texts, language="khm_Khmr", threshold=0.8) == []
    dropped = demo.rejected.to_table(columns=["duplicate_of", "url"]).to_pylist()
    kept = {row["id"]: row["duplicates"] for row in demo.dataset.to_table().to_pylist()}
    named = [row for row in dropped if row["duplicate_of"]]
    assert len(named) >= 3
    for row in named:
        assert row["url"] in kept[row["duplicate_of"]]["examples"]
    assert sum(of["count"] for of in kept.values()) == len(named)


def test_common_readers_open_it_as_it_is(demo: ck.Build) -> None:
    documents = demo.manifest["documents"]
    folder = demo.folder / "data"
    assert ds.dataset(folder, format="parquet").count_rows() == documents
    assert len(pd.read_parquet(folder)) == documents
    query = f"select count(*), sum(len(text)) from '{folder}/*/*.parquet' where lang = 'khm_Khmr'"
    count, characters = duckdb.sql(query).fetchall()[0]
    assert count == documents
    assert characters == sum(
        len(t) for b in demo.documents(["text"]) for t in b["text"].to_pylist()
    )


def test_nothing_published_names_this_machine_or_the_time(demo: ck.Build) -> None:
    for name in published(demo.folder):
        content = (demo.folder / name).read_bytes()
        assert str(demo.folder).encode() not in content, name
        assert str(DEMO).encode() not in content, name


def test_the_demo_script_shows_kept_and_rejected(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, DEMO / "run.py", tmp_path / "demo"],
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )
    assert done.stdout.count("\nkept ") == 3
    assert done.stdout.count("\nrejected  ") >= 3
    for name in ("data", "rejects", "ledger.json"):
        assert str(tmp_path / "demo" / name) in done.stdout
