"""Builds that publish nothing: a whole corpus of no documents, an exit code, and a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from end_to_end.builds import write_recipe

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.cli.options import NOTHING_PUBLISHED

HEADER = "text,url\n"
ENGLISH = '{"text": "Nothing here is written in the language that the recipe asks for."}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def recipe(folder: Path, name: str, content: str, connector: str) -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return str(write_recipe(folder, Path(name), connector=connector))


@pytest.mark.parametrize(
    ("name", "content", "connector"),
    [("rows.csv", HEADER, "tables"), ("rows.jsonl", "", "tables"), ("rows.jsonl", "\n\n", "files")],
)
def test_a_source_without_records(
    folder: Path, name: str, content: str, connector: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recipe(folder, name, content, connector)
    assert run(["build", path, "--out", "b", "--workers", "1"]) == NOTHING_PUBLISHED
    error = capsys.readouterr().err
    assert error.startswith("error: nothing was published: ")
    assert "--allow-empty accepts that" in error
    build = ck.open_build(folder / "b")
    assert build.manifest["documents"] == 0
    build.ledger.check()
    assert ck.verify(build) == []
    assert list(build.documents()) == []


def test_the_line_says_where_the_records_went(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recipe(folder, "rows.jsonl", ENGLISH * 2, "files")
    assert run(["build", path, "--out", "b", "-q"]) == NOTHING_PUBLISHED
    output = capsys.readouterr()
    assert output.out == ""
    reasons = ck.open_build("b").ledger.reasons
    assert reasons.total() == 2
    assert f"2 records rejected ({next(iter(reasons))} 2)" in output.err
    assert "`corpuskit inspect b`" in output.err


def test_an_empty_build_can_be_accepted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = recipe(folder, "rows.csv", HEADER, "tables")
    assert run(["build", path, "--out", "b", "--allow-empty", "--json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["documents"] == 0
    assert output.err == ""
