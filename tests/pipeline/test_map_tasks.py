"""Tasks that run a chain of stages: what they read, what they lose first, what they leave."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pipeline.handmade import Scream, plug_in, recipe_of, write_texts

from corpuskit import schema
from corpuskit.connectors.base import Piece
from corpuskit.document import RawRecord
from corpuskit.pipeline.map_tasks import (
    FROM_CONNECTOR,
    InputPiece,
    MapTask,
    raw_columns,
    read,
    rows_of,
    run_segment,
    store_batch,
    stored_fields,
)
from corpuskit.pipeline.segments import Segment, StageSpec
from corpuskit.pipeline.sources import list_inputs, source_plans
from corpuskit.pipeline.step import Culprit, Job
from corpuskit.stage import Batch
from corpuskit.workspace import Workspace


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "build")


def task_over(folder: Path, *stages: str, **keys: Any) -> MapTask:
    """A task over all JSONL files of a folder."""
    table = {"name": "texts", "connector": "shelf", "path": "*.jsonl", "license": "CC0-1.0",
             "license_verified_by": "a test"} | keys  # fmt: skip
    (source,) = source_plans(recipe_of(folder, source=[table]))
    connector = source.open()
    pieces = tuple(
        InputPiece(item, f"digest of {item.name}", piece)
        for item in list_inputs([source], "recipe.toml")["texts"]
        for piece in connector.scan(item)
    )
    segment = Segment("extract", tuple(StageSpec(name) for name in stages))
    return MapTask("extract", "key", segment, source, pieces)


def records_of(task: MapTask, folder: Path) -> list[RawRecord]:
    return read(Job(Workspace(folder / "build"), task))


def test_records_of_all_pieces_in_order(tmp_path: Path) -> None:
    write_texts(tmp_path, "a", "b", "c")
    task = task_over(tmp_path)
    records = records_of(task, tmp_path)
    assert [record.content for record in records] == [b"a", b"b", b"c"]
    assert records[0].source_ref.startswith("rows-0.jsonl@sha256:digest of rows-0.jsonl")
    assert task.label == "source 'texts', rows-0.jsonl, rows-1.jsonl"
    assert replace(task, pieces=()).label == "source 'texts'"


def test_the_label_names_three_inputs_once_each(tmp_path: Path) -> None:
    write_texts(tmp_path, *"abcd", per_file=1)
    task = task_over(tmp_path)
    assert task.label == "source 'texts', rows-0.jsonl, rows-1.jsonl, rows-2.jsonl"
    twice = replace(task, pieces=(task.pieces[0], *task.pieces[:2]))
    assert twice.label == "source 'texts', rows-0.jsonl, rows-1.jsonl"


def test_a_piece_that_kills_its_reader_is_one_lost_record(tmp_path: Path) -> None:
    write_texts(tmp_path, "a", "b", "c")
    first, *_, last = records_of(
        replace(task_over(tmp_path), culprits=(Culprit("piece", (0,)),)), tmp_path
    )
    assert (first.source_ref, first.reason) == ("rows-0.jsonl#0-2", "read/crashed")
    assert first.detail == "the worker died even when this record ran alone"
    assert last.content == b"c"


def test_the_first_segment_is_given_records_in_columns(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_texts(tmp_path, "a", "b", url=["https://a.example/", "https://b.example/"])
    batch = rows_of(Job(workspace, task_over(tmp_path)))
    assert batch["_content"] == [b"a", b"b"]
    assert batch["url"] == ["https://a.example/", "https://b.example/"]
    assert set(batch.columns) == {*FROM_CONNECTOR, "_content", "_charset", "_headers"}


def test_every_field_of_a_record_is_a_column() -> None:
    record = RawRecord(source_ref="a", content=b"x", charset="utf-8", headers={"a": "b"}, title="t")
    columns = raw_columns([record])
    assert columns["title"] == ["t"]
    assert (columns["_charset"], columns["_headers"]) == (["utf-8"], [{"a": "b"}])
    assert columns.keys() - {"_content", "_charset", "_headers"} == set(FROM_CONNECTOR)


def test_the_operators_word_on_the_license_is_evidence(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_texts(tmp_path, "a", "b", grant=["MIT", None])
    batch = rows_of(Job(workspace, task_over(tmp_path, license_column="grant")))
    assert batch["license"] == ["MIT", "CC0-1.0"]
    assert batch["license_confidence"][1] == "declared"
    statement = {"kind": "operator", "value": "CC0-1.0", "where": "a test"}
    assert [evidence[-1] for evidence in batch["license_evidence"]] == [statement, statement]
    assert len(batch["license_evidence"][0]) == 2, "the record's own evidence stays"


def test_without_a_license_nothing_is_declared(tmp_path: Path, workspace: Workspace) -> None:
    write_texts(tmp_path, "a")
    plan = task_over(tmp_path, license="NOASSERTION")
    batch = rows_of(Job(workspace, plan))
    assert batch["license"] == [None]
    assert batch["license_evidence"] == [[]]


def test_a_license_that_nobody_verified_rests_on_the_recipe(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_texts(tmp_path, "a")
    task = task_over(tmp_path)
    unverified = replace(task.source, license_verified_by=None)
    (evidence,) = rows_of(Job(workspace, replace(task, source=unverified)))["license_evidence"]
    assert evidence == [{"kind": "operator", "value": "CC0-1.0", "where": "recipe"}]


def test_later_segments_are_given_columns_of_an_output(
    tmp_path: Path, workspace: Workspace
) -> None:
    write_texts(tmp_path, "a")
    table = pa.table({"text": ["a", None], "reason": [None, "decode/x"], "detail": ["d", None],
                      "other": [1, 2]})  # fmt: skip
    workspace.store.put_table("before", table)
    columns = ("text", "reason", "detail")
    task = replace(task_over(tmp_path), pieces=(), reads="before", columns=columns)
    assert rows_of(Job(workspace, task)).columns == table.select(columns).to_pydict()
    culprits = (Culprit("row", (0,), "too_slow"), Culprit("row", (1,)))
    task = replace(task, segment=replace(task.segment, name="annotate"))
    deadly = rows_of(Job(workspace, replace(task, culprits=culprits)))
    assert deadly["reason"] == ["normalize/too_slow", "decode/x"]
    assert deadly["detail"] == ["more than 60 seconds", None]


def test_rows_that_kill_are_lost_before_the_segment(tmp_path: Path, workspace: Workspace) -> None:
    write_texts(tmp_path, "a", "b")
    task = replace(task_over(tmp_path), culprits=(Culprit("row", (1,)),))
    rows = rows_of(Job(workspace, task))
    assert rows["reason"] == [None, "extract/crashed"]
    assert rows["detail"] == [None, "the worker died even when this record ran alone"]


def test_a_task_is_marked_while_its_segment_runs(
    tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    real = Scream.process

    def process(self: Scream, batch: Batch) -> Batch:
        seen.append(workspace.died("extract", "key"))
        return real(self, batch)

    monkeypatch.setattr(Scream, "process", process)
    write_texts(tmp_path, "a", "rude")
    task = task_over(tmp_path, "decode", "extract", "scream")
    batch = run_segment(Job(workspace, task))
    assert batch["reason"] == [None, "scream/rude"]
    assert batch["loudness"] == [1.0, 1.0]
    assert seen == [True]
    assert not workspace.died("extract", "key")


def test_what_is_stored_of_a_segment() -> None:
    segment = Segment("annotate", (StageSpec("identify"), StageSpec("scream")))
    fields = stored_fields(segment, pa.field("id", pa.string()), pa.field("lang", pa.int8()))
    names = [field.name for field in fields]
    assert (names[:2], names[-2:]) == (["id", "lang"], ["reason", "detail"])
    by_name = {field.name: field for field in fields}
    assert by_name["lang"] == schema.FIELDS["lang"], "columns of the schema have its types"
    assert by_name["loudness"].type == pa.float32()
    assert len(by_name) == len(fields)


def test_columns_of_the_schema_have_its_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scream, "fields", (pa.field("title", pa.large_string()),))
    (title, *_) = stored_fields(Segment("annotate", (StageSpec("scream"),)))
    assert title == schema.FIELDS["title"]


@pytest.mark.parametrize("compression", [None, "lz4"])
def test_a_batch_is_stored_with_exactly_these_columns(
    tmp_path: Path, workspace: Workspace, compression: str | None
) -> None:
    write_texts(tmp_path, "a")
    task = task_over(tmp_path)
    fields = [pa.field("text", pa.string()), pa.field("missing", pa.int64())]
    batch = Batch({"text": ["a" * 9_999], "_content": [b"a"]})
    store_batch(Job(workspace, task), batch, fields, compression)
    table = workspace.store.table(task.output)
    assert table.to_pydict() == {"text": ["a" * 9_999], "missing": [None]}
    assert ((workspace.store.size(task.output) or 0) < 5_000) == (compression == "lz4")


def test_pieces_are_of_the_connectors_own_units(tmp_path: Path) -> None:
    write_texts(tmp_path, "a", "b", "c")
    task = task_over(tmp_path)
    assert task.pieces[0].piece == Piece(0, 2, 2, task.pieces[0].piece.bytes)
    cut = replace(task.pieces[0], piece=Piece(1, 2, 1, 0))
    assert [record.content for record in records_of(replace(task, pieces=(cut,)), tmp_path)] == [
        b"b"
    ]
