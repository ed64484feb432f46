"""An index of builds: what it holds, that it is the same again, and what is wrong with one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from earlier.builds import build, documents, write_recipe

import corpuskit as ck
from corpuskit.cli import run
from corpuskit.earlier import open_earlier, write_index
from corpuskit.earlier.index import INDEX
from corpuskit.errors import EarlierIndexError, RecipeError

pytestmark = pytest.mark.xdist_group("earlier")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, data_dir: Path) -> Path:
    """Two builds that overlap, and an index of the first."""
    folder = tmp_path_factory.mktemp("indexes")
    rows = [row for row in documents(data_dir) if row["lang"] == "sun"]
    build(write_recipe(folder, "first", rows[:60]))
    build(write_recipe(folder, "second", rows[40:110]))
    write_index([folder / "first"], folder / "index")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_it_has_every_document_and_no_text(folder: Path) -> None:
    opened = ck.open_build(folder / "first")
    rows = [row for batch in opened.documents() for row in batch.to_pylist()]
    (corpus,) = open_earlier(folder / "index")
    tables = [batch.table for part in corpus.parts for batch in corpus.batches(part)]
    entries = [entry for table in tables for entry in table.to_pylist()]
    assert [entry["id"] for entry in entries] == [row["id"] for row in rows]
    assert [entry["url"] for entry in entries] == [row["url"] for row in rows]
    assert [entry["text_sha256"].hex() for entry in entries] == [row["text_sha256"] for row in rows]
    signatures = {name: bytes(of.hashvalues.astype("<u4")) for name, of in opened.signatures()}
    assert {entry["id"]: entry["signature"] for entry in entries} == signatures
    content = b"".join(files(folder / "index").values())
    for row in rows[:5]:
        assert row["text"][:40].encode() not in content


def test_the_same_builds_give_the_same_bytes_with_or_without_work(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder / "first", tmp_path / "first")
    shutil.rmtree(tmp_path / "first/.work")
    write_index([tmp_path / "first"], tmp_path / "again")
    assert files(tmp_path / "again") == files(folder / "index")
    write_index([tmp_path / "again"], tmp_path / "copy")
    assert files(tmp_path / "copy") == files(folder / "index")


def test_an_index_of_several_builds_is_replaced_by_one_of_fewer(
    folder: Path, tmp_path: Path
) -> None:
    written = write_index([folder / "first", folder / "second"], tmp_path / "index")
    corpora = open_earlier(tmp_path / "index")
    assert [corpus.name for corpus in corpora] == ["first", "second"]
    assert written.documents == sum(corpus.documents for corpus in corpora)
    write_index([folder / "first"], tmp_path / "index")
    assert files(tmp_path / "index") == files(folder / "index")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda index: index.update(format=2), "of format 2"),
        (lambda index: index["signatures"].update(num_perm=64), "num_perm 64, not 120"),
        (lambda index: index["builds"][0].update(name="other"), "not as it was written"),
        (lambda index: index["builds"][0].pop("parts"), "damaged"),
        (lambda index: index.pop("digest"), "damaged"),
        (lambda index: index["builds"][0]["parts"][0].update(file="../x"), "damaged"),
    ],
)
def test_a_wrong_index_is_told(
    folder: Path, tmp_path: Path, change: Callable[[Any], Any], message: str
) -> None:
    shutil.copytree(folder / "index", tmp_path / "index")
    index = json.loads((tmp_path / "index" / INDEX).read_text())
    change(index)
    (tmp_path / "index" / INDEX).write_text(json.dumps(index))
    with pytest.raises(EarlierIndexError, match=message):
        open_earlier(tmp_path / "index")


def test_a_damaged_part_is_told(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "index", tmp_path / "index")
    (part,) = (tmp_path / "index/parts").iterdir()
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    shutil.copy(folder / "second.jsonl", tmp_path)
    recipe = tmp_path / "new.toml"
    text = (folder / "second.toml").read_text().replace("[dedup]", '[dedup]\nagainst = ["index"]')
    recipe.write_text(text)
    with pytest.raises(EarlierIndexError, match="write the index again"):
        build(recipe)
    part.write_bytes(data[:100])
    with pytest.raises(RecipeError, match=r"dedup.against\[1\].*has 100 bytes"):
        build(recipe)
    part.unlink()
    with pytest.raises(RecipeError, match="is missing"):
        build(recipe)


def test_a_damaged_part_of_a_build_is_told(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "first", tmp_path / "first")
    (part,) = (tmp_path / "first/.work/index").iterdir()
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    with pytest.raises(EarlierIndexError, match="delete it"):
        write_index([tmp_path / "first"], tmp_path / "index")
    part.unlink()
    write_index([tmp_path / "first"], tmp_path / "index")
    assert files(tmp_path / "index") == files(folder / "index")


def test_a_damaged_shard_of_a_build_without_work_is_told(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "first", tmp_path / "first", ignore=shutil.ignore_patterns(".work"))
    shards = sorted((tmp_path / "first/data").rglob("*.parquet"))
    table = pq.read_table(shards[0])
    pq.write_table(table.slice(1), shards[0])
    with pytest.raises(EarlierIndexError, match="rows, not"):
        write_index([tmp_path / "first"], tmp_path / "index")
    shards[0].write_bytes(shards[0].read_bytes()[:100])
    with pytest.raises(EarlierIndexError, match="cannot be read"):
        write_index([tmp_path / "first"], tmp_path / "index")
    shutil.copytree(folder / "first", tmp_path / "first", dirs_exist_ok=True)
    write_index([tmp_path / "first"], tmp_path / "index")
    assert files(tmp_path / "index") == files(folder / "index")


def test_what_is_no_build_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EarlierIndexError, match="neither a finished build"):
        open_earlier(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(EarlierIndexError, match="holds other files"):
        write_index([folder / "first"], tmp_path)
    with pytest.raises(EarlierIndexError, match="is a build"):
        write_index([folder / "first"], folder / "second")
    with pytest.raises(EarlierIndexError, match="named twice"):
        write_index([folder / "first", folder / "index"], tmp_path / "new")


def test_the_overlap_of_two_corpora(folder: Path) -> None:
    overlap = ck.compare(folder / "first", folder / "second")
    turned = ck.compare(folder / "second", folder / "first")
    texts = [
        {row["text"] for batch in ck.open_build(folder / name).documents(["text"])
         for row in batch.to_pylist()}
        for name in ("first", "second")
    ]  # fmt: skip
    assert overlap.exact
    assert overlap.total.same == (len(texts[0] & texts[1]),) * 2
    assert overlap.total.same == turned.total.same[::-1]
    assert overlap.total.near == turned.total.near[::-1]
    assert overlap.total.near[0] > 0
    assert overlap.languages["sun_Latn"] == overlap.total
    small_groups = ck.compare(folder / "first", folder / "second", held=1)
    assert small_groups == overlap
    estimated = ck.compare(folder / "index", folder / "second")
    assert not estimated.exact
    assert abs(estimated.total.near[0] - overlap.total.near[0]) <= 5
    with pytest.raises(ValueError, match="similarity"):
        ck.compare(folder / "first", folder / "second", threshold=2.0)


def test_the_commands_say_what_they_did(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["index", str(folder / "first")]) == 0
    assert "indexes/first" in capsys.readouterr().out
    assert files(tmp_path / "indexes/first") == files(folder / "index")
    assert run(["index", str(folder / "first"), str(folder / "second")]) == 2
    assert "--out" in capsys.readouterr().err
    assert run(["index", str(folder / "first"), "--out", "x", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["builds"][0]["name"] == "first"
    assert run(["compare", "indexes/first", str(folder / "second")]) == 0
    shown = capsys.readouterr().out
    assert "sun_Latn" in shown
    assert "estimated from signatures" in shown
    assert run(["compare", str(folder / "first"), str(folder / "second"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["languages"]["sun_Latn"]["first"]["documents"] == data["first"]["documents"]
    assert run(["compare", str(tmp_path), str(folder / "second")]) == 1
    assert "neither a finished build" in capsys.readouterr().err
