"""The step `scan`: digests and pieces of inputs; unchanged files are not read again."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from pipeline.handmade import (
    Recorder,
    Serial,
    Shelf,
    plug_in,
    recipe_of,
    run_steps,
    state_of,
    write_texts,
)

from corpuskit.connectors.base import Input, Piece
from corpuskit.pipeline import make_plan
from corpuskit.pipeline.map_tasks import ScannedInput
from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps import scan as scanning
from corpuskit.pipeline.steps.scan import ScanStep, inputs_of, scan_key
from corpuskit.store import get_record


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """A run over three files, read by a connector that notes what it scans."""
    plug_in(monkeypatch)
    texts = tmp_path / "texts"
    texts.mkdir()
    write_texts(texts, "a", "b", "c", per_file=1)
    source = {"name": "texts", "connector": "shelf", "path": "*.jsonl", "license": "NOASSERTION"}
    return state_of(make_plan(recipe_of(texts, source=[source])), tmp_path / "build")


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the inputs that a connector is asked to cut, as they are asked."""
    names: list[str] = []
    real = Shelf.scan

    def scan(self: Shelf, item: Input) -> list[Piece]:
        names.append(item.name)
        return real(self, item)

    monkeypatch.setattr(Shelf, "scan", scan)
    return names


def again(state: State) -> State:
    """A further run in the same folder."""
    fresh = state_of(state.plan, state.workspace.folder)
    return run_steps(fresh, [ScanStep()])


def file_of(state: State, name: str) -> Path:
    return Path(state.plan.sources[0].root) / name


def test_every_input_is_digested_and_cut(shelf: State) -> None:
    run_steps(shelf, [ScanStep()])
    (first, _, _) = shelf.results["scan"]["texts"]
    content = file_of(shelf, "rows-0.jsonl").read_bytes()
    assert first.input.name == "rows-0.jsonl"
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert first.bytes == len(content)
    assert [(piece.start, piece.stop, piece.records) for piece in first.pieces] == [(0, 1, 1)]
    assert inputs_of(shelf) == [
        {"source": "texts", "name": item.input.name, "sha256": item.sha256, "bytes": item.bytes}
        for item in shelf.results["scan"]["texts"]
    ]


def test_unchanged_files_are_not_read_again(shelf: State, scanned: list[str]) -> None:
    run_steps(shelf, [ScanStep()])
    assert scanned == ["rows-0.jsonl", "rows-1.jsonl", "rows-2.jsonl"]
    second = again(shelf)
    assert len(scanned) == 3
    known = [replace(item, is_known=True) for item in shelf.results["scan"]["texts"]]
    assert second.results["scan"] == {"texts": known}
    assert second.build_id == shelf.build_id
    assert isinstance(second.progress, Recorder)
    assert second.progress.of("end") == [("scan", "done before · 3 files · 1 kB")]


def test_a_file_that_was_written_anew_with_as_many_bytes_is_read_again(
    shelf: State, scanned: list[str]
) -> None:
    run_steps(shelf, [ScanStep()])
    path = file_of(shelf, "rows-1.jsonl")
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b'"b"', b'"x"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert path.stat().st_size == before.st_size
    second = again(shelf)
    assert scanned[3:] == ["rows-1.jsonl"]
    assert isinstance(second.progress, Recorder)
    assert second.progress.of("end") == [("scan", "3 files · 1 kB")]
    assert second.results["scan"]["texts"][1].sha256 != shelf.results["scan"]["texts"][1].sha256
    assert second.build_id != shelf.build_id


def test_a_file_of_another_size_is_read_again(shelf: State, scanned: list[str]) -> None:
    run_steps(shelf, [ScanStep()])
    path = file_of(shelf, "rows-1.jsonl")
    before = path.stat()
    with path.open("a") as file:
        file.write("\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    again(shelf)
    assert scanned[3:] == ["rows-1.jsonl"]


def test_a_scan_depends_on_the_connector_and_the_place(shelf: State, tmp_path: Path) -> None:
    ingredient = shelf.plan.sources[0].ingredient
    path = file_of(shelf, "rows-0.jsonl")
    state = path.stat()
    key = scan_key(ingredient, str(path), state)
    assert scan_key(replace(ingredient, version="8"), str(path), state) != key
    assert scan_key(ingredient, str(path.with_name("other")), state) != key
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        assert scan_key(ingredient, path.name, state) == key
    finally:
        os.chdir(here)


@pytest.mark.parametrize("kind", ["gone", "folder", "locked"])
def test_an_input_that_cannot_be_read_is_scanned_every_time(
    shelf: State, scanned: list[str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(shelf, "rows-1.jsonl")
    inputs = shelf.plan.sources[0].open().inputs()
    monkeypatch.setattr(Shelf, "inputs", lambda _: inputs)
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "locked":
        path.symlink_to(path)
    for state in (run_steps(shelf, [ScanStep()]), again(shelf)):
        unreadable = state.results["scan"]["texts"][1]
        assert (unreadable.sha256, unreadable.bytes) == ("", 0)
        assert len(unreadable.pieces) == 1
    assert scanned.count("rows-1.jsonl") == 2


def test_small_files_are_scanned_in_groups(shelf: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_FILES", 2)
    engine = Serial()
    run_steps(shelf, [ScanStep()], engine)
    assert [len(job.task.inputs) for job in engine.tasks] == [2, 1]
    assert [job.task.key for job in engine.tasks] == ["texts-0", "texts-1"]
    names = [item.input.name for item in shelf.results["scan"]["texts"]]
    assert names == ["rows-0.jsonl", "rows-1.jsonl", "rows-2.jsonl"]


def test_scans_are_kept_one_by_one(shelf: State) -> None:
    run_steps(shelf, [ScanStep()])
    kept = sorted((shelf.workspace.work / "scan").iterdir())
    assert len(kept) == 3
    assert {path.suffix for path in kept} == {".json"}
    data = get_record(shelf.workspace.store, f".work/scan/{kept[0].name}")
    assert set(data) == {"input", "sha256", "bytes", "pieces"}


def test_with_the_inputs_the_build_is_known(shelf: State) -> None:
    run_steps(shelf, [ScanStep()])
    identity = shelf.plan.identity
    assert shelf.build_id == identity.build_id(inputs_of(shelf))
    assert isinstance(shelf.progress, Recorder)
    assert shelf.progress.of("plan") == [("handmade", 1, 1, shelf.build_id)]
    assert shelf.progress.of("end") == [("scan", "3 files · 1 kB")]


def test_one_file_is_no_files(shelf: State) -> None:
    for name in ("rows-1.jsonl", "rows-2.jsonl"):
        file_of(shelf, name).unlink()
    run_steps(shelf, [ScanStep()])
    (item,) = shelf.results["scan"]["texts"]
    assert isinstance(item, ScannedInput)
    assert shelf.progress.of("end") == [("scan", "1 file · 1 kB")]
