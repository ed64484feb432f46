"""From the outputs of a task to rows of the published schema."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from corpuskit import schema
from corpuskit.publish.rows import WHERE_UNKNOWN, RowSource, published_rows
from corpuskit.schema import EVIDENCE, ROBOTS
from corpuskit.store import LocalStore

ALLOWED = {
    "verdict": "allowed", "ua": None, "rule": None, "robots_sha256": None, "checked_at": None,
}  # fmt: skip
EXTRACTED = pa.table(
    {
        "text": ["raw 0", "raw 1", "raw 2"],
        "url": ["u0", None, "u2"],
        "license": ["CC0-1.0", None, None],
        "robots": pa.array([None, ALLOWED, None], ROBOTS),
        "_unpublished": [0, 1, 2],
    }
)
ANNOTATED = pa.table({"text": ["t0", "t1", "t2"], "lang_score": [0.25, 0.5, None]})
SCHEMA = pa.schema(
    [
        pa.field("text", pa.string()),
        pa.field("url", pa.string()),
        pa.field("source", pa.string()),
        pa.field("lang_score", pa.float32()),
        pa.field("license", pa.string()),
        pa.field("robots", ROBOTS),
        pa.field("tdm", schema.TDM),
        pa.field("split", pa.string()),
        pa.field("title", pa.string()),
    ]
)
SOURCE = RowSource(("extracted", "annotated"), {"source": "pages"})


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    store = LocalStore(tmp_path)
    store.put_table("extracted", EXTRACTED, "lz4")
    store.put_table("annotated", ANNOTATED)
    return store


def rows(store: LocalStore, *numbers: int, schema: pa.Schema = SCHEMA) -> pa.Table:
    split = pa.array([f"split {number}" for number in numbers], pa.string())
    chosen = pa.array(numbers, pa.int32())
    return published_rows(store, SOURCE, chosen, {"split": split}, schema)


def test_rows_have_exactly_the_columns_of_the_schema(store: LocalStore) -> None:
    table = rows(store, 2, 0)
    assert table.schema.equals(SCHEMA)
    assert table["text"].to_pylist() == ["t2", "t0"], "a later output's column wins"
    assert table["url"].to_pylist() == ["u2", "u0"]
    assert table["source"].to_pylist() == ["pages", "pages"]
    assert table["split"].to_pylist() == ["split 2", "split 0"]
    assert table["lang_score"].to_pylist() == [None, 0.25]
    assert table["title"].to_pylist() == [None, None], "nobody knows one"


def test_the_first_outputs_column_wins_where_the_order_is_another(store: LocalStore) -> None:
    source = RowSource(("annotated", "extracted"), {})
    chosen = pa.array([1])
    table = published_rows(store, source, chosen, {}, pa.schema([pa.field("text", pa.string())]))
    assert table["text"].to_pylist() == ["raw 1"]


def test_what_nobody_knows_is_said(store: LocalStore) -> None:
    table = rows(store, 0, 1)
    assert table["license"].to_pylist() == ["CC0-1.0", "NOASSERTION"]
    verdicts = [row["verdict"] for row in table["robots"].to_pylist()]
    assert verdicts == ["not_checked", "allowed"]
    assert table["tdm"].to_pylist() == [{"verdict": "unknown", "signals": []}] * 2
    (unknown,) = rows(store, 2)["robots"].to_pylist()
    assert unknown == {**ALLOWED, "verdict": "not_checked"}


def test_the_defaults_have_the_types_of_their_columns() -> None:
    for name, value in WHERE_UNKNOWN.items():
        assert pa.array([value], schema.FIELDS[name].type).null_count == 0


def test_a_column_without_rows(store: LocalStore) -> None:
    table = published_rows(
        store, SOURCE, pa.array([], pa.int32()), {"split": pa.array([], pa.string())}, SCHEMA
    )
    assert table.num_rows == 0
    assert table.schema.equals(SCHEMA)


def test_no_column_is_read_twice_and_none_that_is_not_published(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: dict[str, list[str]] = {}
    real = LocalStore.table

    def table(self: LocalStore, name: str, columns: list[str]) -> pa.Table:
        read[name] = list(columns)
        return real(self, name, columns)

    monkeypatch.setattr(LocalStore, "table", table)
    rows(store, 0)
    assert read == {"extracted": ["url", "license", "robots"], "annotated": ["text", "lang_score"]}


def test_columns_found_out_about_the_rows_win(store: LocalStore) -> None:
    found = {"text": pa.array(["found"]), "split": pa.array(["train"])}
    table = published_rows(store, SOURCE, pa.array([1]), found, SCHEMA)
    assert table["text"].to_pylist() == ["found"]


def test_values_are_cast_to_the_published_type(store: LocalStore) -> None:
    wide = pa.schema([pa.field("license_evidence", pa.list_(EVIDENCE)), SCHEMA.field("lang_score")])
    table = published_rows(store, SOURCE, pa.array([0]), {}, wide)
    assert table.schema.field("lang_score").type == pa.float32()
    assert ANNOTATED.schema.field("lang_score").type == pa.float64()
