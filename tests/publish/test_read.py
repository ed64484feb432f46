"""A build that is opened for reading: columns by name, and files that are damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from end_to_end.builds import khmer, write_recipe

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.errors import UnknownNameError, WorkspaceError


@pytest.fixture
def build(tmp_path: Path) -> ck.Build:
    """Three documents and two rejected records."""
    rows = [{"text": khmer(number)} for number in range(1, 4)]
    rows += [{"text": f"This is English text number {number}."} for number in range(2)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    path = write_recipe(tmp_path, Path("rows.jsonl"), connector="files")
    return ck.build(ck.load_recipe(path), tmp_path / "build", workers=1)


def test_columns_are_read_by_name(build: ck.Build) -> None:
    rows = [row for batch in build.documents(["text"]) for row in batch.to_pylist()]
    assert [list(row) for row in rows] == [["text"]] * 3
    assert sum(batch.num_rows for batch in build.rejects(columns=["reason"])) == 2


def test_an_unknown_column_is_one_line(build: ck.Build) -> None:
    for read in (build.documents, build.rejects):
        with pytest.raises(UnknownNameError) as caught:
            read(columns=["soruce_ref"])
        assert str(caught.value).startswith(
            "no column 'soruce_ref'; did you mean 'source_ref'? there are id, "
        )
        assert "\n" not in str(caught.value)
    with pytest.raises(TypeError, match="columns is a list of names, got the string 'text'"):
        build.documents(columns="text")


@pytest.mark.parametrize("kind", ["data", "rejects"])
@pytest.mark.parametrize("part", ["middle", "end"])
def test_a_damaged_file_is_named(
    kind: str, part: str, build: ck.Build, capsys: pytest.CaptureFixture[str]
) -> None:
    file = build.files(kind)[0]
    content = bytearray(file.read_bytes())
    if part == "middle":
        content[4:-1000] = bytes(len(content) - 1004)
    else:
        del content[-20:]
    file.write_bytes(content)
    with pytest.raises(WorkspaceError, match="cannot be read") as caught:
        list(build.documents() if kind == "data" else build.rejects())
    assert str(caught.value).startswith(f"{file} cannot be read (")
    assert run(["inspect", str(build.folder)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {file} cannot be read (")
    assert f"`corpuskit verify {build.folder}`" in error
    assert len(error.splitlines()) == 1
