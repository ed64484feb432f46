"""Builds that publish nothing: a whole corpus of no documents, an exit code, and a reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from end_to_end.builds import khmer, published, write_recipe

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.cli.options import NOTHING_PUBLISHED
from corpuskit.errors import NothingPublishedError

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


@pytest.fixture
def corpus(folder: Path) -> str:
    """The path of a recipe whose corpus of two Khmer documents is in the folder `b`."""
    rows = [{"text": khmer(number), "url": f"https://{number}.example"} for number in (1, 2)]
    lines = [json.dumps(row) for row in rows]
    path = recipe(folder, "rows.jsonl", "\n".join(lines), "files")
    assert run(["build", path, "--out", "b", "-q", "--workers", "1"]) == 0
    return path


def test_a_corpus_is_not_replaced_by_none(corpus: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = published(Path("b"))
    no_match = [corpus, "--out", "b", "--workers", "1", "--set", 'languages=["lao_Laoo"]']
    assert run(["build", *no_match]) == NOTHING_PUBLISHED
    error = capsys.readouterr().err
    build_id = ck.open_build("b").manifest["build_id"]
    assert "nothing would be published (rejected: " in error
    assert f"b keeps the 2 documents of build {build_id}" in error
    assert "--allow-empty" in error
    assert published(Path("b")) == before
    assert ck.verify(ck.open_build("b")) == []
    assert run(["build", corpus, "--out", "b", "-q", "--workers", "1"]) == 0
    assert published(Path("b")) == before
    assert run(["build", *no_match, "--allow-empty"]) == 0
    assert ck.open_build("b").manifest["documents"] == 0
    assert ck.verify(ck.open_build("b")) == []


def test_a_source_that_ran_dry_does_not_replace_a_corpus(corpus: str) -> None:
    before = published(Path("b"))
    Path("rows.jsonl").write_text("")
    with pytest.raises(NothingPublishedError, match=r"rejected: read/empty 1"):
        ck.build(ck.load_recipe(corpus), "b", workers=1)
    assert published(Path("b")) == before


def test_a_corpus_of_other_inputs_is_replaced_with_a_note(
    corpus: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = ck.open_build("b").manifest["build_id"]
    (folder / "rows.jsonl").rename(folder / "more.jsonl")
    assert run(["build", corpus, "--out", "b", "--workers", "1"]) == 1, "the input has gone"
    capsys.readouterr()
    path = str(write_recipe(folder, Path("more.jsonl"), connector="files"))
    assert run(["build", path, "--out", "b", "--workers", "1"]) == 0
    line = f"replaces 2 documents of build {earlier}, which had none of these inputs"
    assert line in capsys.readouterr().out
    assert run(["build", path, "--out", "b", "--workers", "1", "--set", "dedup.near=false"]) == 0
    assert "replaces" not in capsys.readouterr().out
