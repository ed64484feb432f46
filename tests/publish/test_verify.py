"""What `verify` says of builds that are not as their manifest says, or of another version."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.recipe import parse_recipe
from corpuskit.store import file_sha256

pytestmark = pytest.mark.xdist_group("verify")  # what they share is made once


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> ck.Build:
    folder = tmp_path_factory.mktemp("whole")
    lines = [json.dumps({"text": khmer(number)}, ensure_ascii=False) for number in range(5)]
    (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    source = {"name": "texts", "connector": "files", "path": "*.jsonl", "license": "CC0-1.0",
              "license_verified_by": "a test"}  # fmt: skip
    recipe = {"name": "whole", "languages": ["khm_Khmr"], "source": [source],
              "operator": {"name": "a", "contact": "b@example.org"}}  # fmt: skip
    build = ck.build(parse_recipe(recipe, folder / "recipe.toml"), folder / "build", workers=1)
    assert build.manifest["documents"]
    return build


@pytest.fixture
def build(whole: ck.Build, tmp_path: Path) -> ck.Build:
    """A copy that may be damaged."""
    return ck.open_build(shutil.copytree(whole.folder, tmp_path / "copy"))


def rewritten(build: ck.Build, table: pa.Table) -> ck.Build:
    """The build with another first shard, which the manifest knows."""
    (path, *_) = build.files("data")
    pq.write_table(table, path)
    manifest = build.manifest
    for file in manifest["files"]:
        if build.folder / file["path"] == path:
            file["bytes"], file["sha256"] = path.stat().st_size, file_sha256(path)
    (build.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return ck.open_build(build.folder)


def shard(build: ck.Build) -> pa.Table:
    return pq.read_table(build.files("data")[0], partitioning=None)


def test_a_whole_build_has_nothing_wrong(build: ck.Build) -> None:
    assert ck.verify(build) == []


COLUMN = "removed"


def test_a_shard_of_before_a_column_came(build: ck.Build) -> None:
    name = build.files("data")[0].relative_to(build.folder).as_posix()
    older = rewritten(build, shard(build).drop_columns([COLUMN]))
    assert ck.verify(older) == [f"{name}: column {COLUMN!r} is missing"]


def with_first(table: pa.Table, column: str, value: object) -> pa.Table:
    """The table with another value in the first row of a column."""
    place, field = table.schema.get_field_index(column), table.schema.field(column)
    values = [value, *table[column].to_pylist()[1:]]
    return table.set_column(place, field, pa.array(values, field.type))


EDIT = {"stage": "lines", "kind": "foreign_line", "count": 1, "chars": 7}
PASSAGE = {"stage": "lines", "kind": "foreign_line", "line": 1, "lang": "eng_Latn", "chars": 7}


def test_edits_that_the_ledger_does_not_count(build: ck.Build) -> None:
    edits = shard(build)["edits"].to_pylist()[0]
    claimed = with_first(shard(build), "edits", [*edits, EDIT])
    (problem,) = ck.verify(rewritten(build, with_first(claimed, "removed", [PASSAGE])))
    assert problem.startswith("lines/foreign_line: the shards hold 1 in 1 document · 7 characters")
    assert problem.endswith("the ledger counts none")


def test_passages_that_the_edits_do_not_count(build: ck.Build) -> None:
    row = shard(build).slice(0, 1).to_pylist()[0]
    claimed = rewritten(build, with_first(shard(build), "removed", [PASSAGE]))
    problems = ck.verify(claimed)
    assert any(
        f"{row['id']}: `removed` is not what `edits` counts" in problem for problem in problems
    )


def test_a_row_of_the_other_split(build: ck.Build) -> None:
    claimed = rewritten(build, with_first(shard(build), "split", "validation"))
    (problem,) = ck.verify(claimed)
    assert problem.endswith("not every row has split train")


def test_a_manifest_of_another_format(build: ck.Build) -> None:
    (build.folder / "manifest.json").write_text(json.dumps({**build.manifest, "format": 1}))
    (problem,) = ck.verify(ck.open_build(build.folder))
    assert "the manifest is of format 1, this version of corpuskit verifies format 3" in problem


def test_a_file_that_nobody_published(build: ck.Build) -> None:
    (build.folder / "data" / "train" / "mine.parquet").write_bytes(b"mine")
    assert ck.verify(build) == ["data/train/mine.parquet: not in the manifest"]


def test_another_text(build: ck.Build) -> None:
    table = shard(build)
    changed = rewritten(build, with_first(table, "text", "another"))
    (said,) = ck.verify(changed)
    assert said.endswith("a text does not match its text_sha256")
