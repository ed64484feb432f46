"""`explain`: by which names a record is found, and why a record has no language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.errors import CorpuskitError

pytestmark = pytest.mark.xdist_group("explain")  # what they share is made once

RECIPE = """
name = "named"
languages = ["khm_Khmr"]
operator = { name = "corpuskit tests", contact = "corpus@example.org" }
[[source]]
name = "texts"
connector = "files"
path = "texts"
license = "NOASSERTION"
"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    folder = tmp_path_factory.mktemp("named")
    (folder / "texts" / "sub").mkdir(parents=True)
    rows = [
        {"text": khmer(number), "url": f"https://A.example/{number}?token=abcdef{number}"}
        for number in (1, 2, 3)
    ]
    lines = "\n".join(map(json.dumps, rows))
    (folder / "texts" / "sub" / "news.jsonl").write_text(lines, encoding="utf-8")
    (folder / "texts" / "one.txt").write_text(khmer(4), encoding="utf-8")
    many = "\n".join(json.dumps({"text": f"x {number}"}) for number in range(30))
    (folder / "texts" / "many.jsonl").write_text(many, encoding="utf-8")
    (folder / "r.toml").write_text(RECIPE, encoding="utf-8")
    return ck.build(ck.load_recipe(folder / "r.toml"), folder / "b", workers=1)


@pytest.mark.parametrize(
    ("key", "refs"),
    [
        ("one.txt", ["one.txt"]),
        ("texts/one.txt", ["one.txt"]),
        ("./texts/one.txt", ["one.txt"]),
        ("/data/texts/one.txt", ["one.txt"]),
        ("texts/sub/news.jsonl", ["sub/news.jsonl"] * 3),
        ("sub/news.jsonl#L2", ["sub/news.jsonl"]),
        ("https://A.example/2?token=abcdef2", ["sub/news.jsonl"]),
        ("https://A.example/2?token=***", ["sub/news.jsonl"]),
    ],
)
def test_a_record_is_found_by_its_file_or_url(named: ck.Build, key: str, refs: list[str]) -> None:
    stories = ck.explain(named, key)
    assert [story.row["source_ref"].partition("@")[0] for story in stories] == refs
    if "#" in key:
        assert stories[0].row["source_ref"].endswith("#L2")


def test_the_start_of_an_id_is_enough(named: ck.Build) -> None:
    (story,) = ck.explain(named, "one.txt")
    for length in (8, 12, 31, 32):
        assert [found.id for found in ck.explain(named, story.id[:length])] == [story.id]
    assert [found.id for found in ck.explain(named, story.id[:8].upper())] == [story.id]


@pytest.mark.parametrize(
    "key", ["", "ne.txt", "one", "texts", "news.jsonl", "#L1", "0", "zz/", "/"]
)
def test_what_names_no_record(named: ck.Build, key: str) -> None:
    with pytest.raises(CorpuskitError, match="no record with id, URL, source_ref or file"):
        ck.explain(named, key)


def test_a_file_of_many_records_asks_for_one(
    named: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", str(named.folder), "many.jsonl"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "names 30 records" in line
    assert "#L1," in line


def test_wrong_types(named: ck.Build) -> None:
    with pytest.raises(TypeError, match="takes an id, a URL or a file as a string, got 7"):
        ck.explain(named, 7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes a Build or its folder, got list"):
        ck.explain([], "x")  # type: ignore[arg-type]


def test_a_jsonl_row_has_no_http_header(
    named: ck.Build, demo: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", str(named.folder), "sub/news.jsonl#L1"]) == 0
    assert "decoded     utf-8 (declared by the file's format)" in capsys.readouterr().out
    identifier = demo.dataset.head(1, columns=["id"])["id"][0].as_py()
    assert run(["explain", str(demo.folder), identifier[:10]]) == 0
    assert "decoded     utf-8 (HTTP header)" in capsys.readouterr().out


def test_an_undetermined_language_is_explained(
    demo: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for batch in demo.rejects() for row in batch.to_pylist()]
    undetermined = [row["id"] for row in rows if row["reason"] == "language/undetermined"]
    assert undetermined
    for identifier in undetermined:
        assert run(["explain", str(demo.folder), identifier]) == 0
        shown = capsys.readouterr().out
        (line,) = [line for line in shown.splitlines() if line.strip().startswith("sea-2: ")]
        assert " or " in line
        assert "; " in line
        assert run(["explain", str(demo.folder), identifier, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[0]["identification"]


def test_a_language_that_was_found_needs_no_explanation(named: ck.Build) -> None:
    assert ck.explain(named, "one.txt")[0].identification == []


def test_paths_of_this_machine_find_their_records(named: ck.Build) -> None:
    path = named.folder.parent / "texts" / "one.txt"
    assert len(ck.explain(str(named.folder), str(path))) == 1
    assert len(ck.explain(Path(named.folder), str(path))) == 1


def test_a_key_that_is_too_short_or_ambiguous_says_what_is_needed(named: ck.Build) -> None:
    with pytest.raises(CorpuskitError, match="an id needs its first 4 characters or more"):
        ck.explain(named, "0aF")
    with pytest.raises(CorpuskitError, match="`corpuskit inspect` shows some"):
        ck.explain(named, "xyz")
    with pytest.raises(CorpuskitError, match="write more of the id or the whole source_ref"):
        ck.explain(named, "texts/many.jsonl")


def test_rules_have_a_heading(named: ck.Build, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", str(named.folder), "one.txt"]) == 0
    lines = capsys.readouterr().out.splitlines()
    heading = next(line for line in lines if line.startswith("rules"))
    rule = lines[lines.index(heading) + 1]
    assert heading.split()[-2:] == ["value", "threshold"]
    assert len(heading) == len(rule.removesuffix("  ← broken"))
