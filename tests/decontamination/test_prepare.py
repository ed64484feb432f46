"""Indexes are built once, named by what is in them, and mended where they are damaged."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from corpuskit.decontamination import Decontaminate, ItemFiles, PreparedIndex, prepare_index
from corpuskit.errors import RecipeError, WorkspaceError
from corpuskit.stage import Batch

LONG = "Which of these rivers flows through the town before it meets the Mekong?"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def prepare(folder: Path, *rows: dict[str, str], path: str = "quiz.jsonl") -> PreparedIndex:
    if rows:
        lines = [json.dumps(row) for row in rows]
        (folder / "quiz.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return prepare_index([ItemFiles(path, "items")], folder, "recipe.toml")


def test_it_is_built_once_for_the_same_items(tmp_path: Path) -> None:
    first = prepare(tmp_path, {"id": "1", "text": LONG})
    written = first.path.stat().st_mtime_ns
    assert prepare(tmp_path, {"text": LONG, "id": "1", "note": "of no matter"}) == first
    assert first.path.stat().st_mtime_ns == written
    assert prepare(tmp_path, {"id": "1", "text": LONG + "!"}).digest != first.digest
    assert prepare(tmp_path, {"id": "2", "text": LONG}).digest != first.digest


def test_no_path_of_the_machine_is_part_of_the_key(tmp_path: Path) -> None:
    index = prepare(tmp_path, {"id": "1", "text": LONG})
    assert str(tmp_path) not in json.dumps(index.options)
    assert index.places == {"path": str(index.path)}


def test_a_damaged_index_is_built_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    index = prepare(tmp_path, {"id": "1", "text": LONG})
    whole = index.path.read_bytes()
    index.path.write_bytes(whole[:-20])
    with caplog.at_level(logging.WARNING, "corpuskit"):
        prepare(tmp_path)
    assert "it is built anew" in caplog.text
    assert index.path.read_bytes() == whole


def test_items_too_short_are_counted_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [{"id": "1", "text": LONG}, {"id": "2", "text": "Who?"}]
    with caplog.at_level(logging.WARNING, "corpuskit"):
        index = prepare(tmp_path, *rows, {"benchmark": "b", "id": "1", "text": LONG})
    assert index.benchmarks == {
        "b": {"items": 1, "too_short": 0}, "quiz": {"items": 2, "too_short": 1},
    }  # fmt: skip
    assert "1 of 3 evaluation items are too short" in caplog.text
    with pytest.raises(RecipeError, match="none of the items has 16 characters or more"):
        prepare(tmp_path, rows[1])


def test_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    files = [ItemFiles("a.jsonl", "items"), ItemFiles("b/*.json", "m3exam")]
    with pytest.raises(RecipeError) as caught:
        prepare_index(files, tmp_path, "recipe.toml")
    assert [found.key for found in caught.value.problems] == [
        "decontamination.items[1]", "decontamination.items[2]",
    ]  # fmt: skip


def test_a_cache_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(WorkspaceError, match="cannot write"):
        prepare(tmp_path, {"id": "1", "text": LONG})


def test_the_stage_adds_items_and_keeps_every_row(tmp_path: Path) -> None:
    index = prepare(tmp_path, {"id": "1", "text": LONG})
    stage = Decontaminate(**index.options, **index.places)
    batch = stage.process(Batch.of_texts(["nothing", f"Q: {LONG}", ""]))
    assert batch["contamination"] == [
        [], [{"benchmark": "quiz", "item": "1", "score": 1.0}], [],
    ]  # fmt: skip
