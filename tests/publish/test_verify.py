"""What `verify` says of builds that are not as their manifest says, or of another version."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from corpuskit.publish.removed import COLUMN
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.recipe import parse_recipe
from corpuskit.store import file_sha256


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
    for one in manifest["files"]:
        if build.folder / one["path"] == path:
            one["bytes"], one["sha256"] = path.stat().st_size, file_sha256(path)
    (build.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return ck.open_build(build.folder)


def shard(build: ck.Build) -> pa.Table:
    return pq.read_table(build.files("data")[0], partitioning=None)


def test_a_whole_build_has_nothing_wrong(build: ck.Build) -> None:
    assert ck.verify(build) == []


def test_a_shard_of_before_a_column_came(build: ck.Build) -> None:
    name = build.files("data")[0].relative_to(build.folder).as_posix()
    older = rewritten(build, shard(build).drop_columns([COLUMN]))
    assert ck.verify(older) == [f"{name}: column {COLUMN!r} is missing"]


def test_lines_that_the_ledger_does_not_know_of(build: ck.Build) -> None:
    table = shard(build)
    place, field = table.schema.get_field_index(COLUMN), table.schema.field(COLUMN)
    gone = [[{"line": 1, "lang": "eng_Latn", "chars": 7}], *[None] * (len(table) - 1)]
    claimed = rewritten(build, table.set_column(place, field, pa.array(gone, field.type)))
    (said,) = ck.verify(claimed)
    assert said.startswith("language/foreign_line: the shards tell of 1 lines · 7 characters")
    assert said.endswith("the ledger of none")


def test_another_text(build: ck.Build) -> None:
    table = shard(build)
    texts = ["another", *table["text"].to_pylist()[1:]]
    place, field = table.schema.get_field_index("text"), table.schema.field("text")
    changed = rewritten(build, table.set_column(place, field, pa.array(texts, field.type)))
    (said,) = ck.verify(changed)
    assert said.endswith("a text does not match its text_sha256")
