"""Builds after damage and interruptions at the worst moment: healed, or said in one line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from end_to_end.builds import khmer, published, run, write_recipe

import corpuskit as ck
from corpuskit import table_file
from corpuskit.errors import DamagedOutputError, RecipeError, WorkspaceError
from corpuskit.pipeline.steps import publish, rejects
from corpuskit.progress import Silent
from corpuskit.recipe import parse_recipe


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts")
    rows = [{"text": khmer(number)} for number in range(6)] + [{"text": ""}]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "texts.jsonl").write_text(lines, encoding="utf-8")
    return folder


def recipe(texts: Path, **changes: Any) -> ck.Recipe:
    source = {"name": "texts", "connector": "files", "path": "*.jsonl", "license": "CC0-1.0",
              "license_verified_by": "a test"}  # fmt: skip
    tables = {"name": "damage", "languages": ["khm_Khmr"], "source": [source],
              "operator": {"name": "a", "contact": "b@example.org"}}  # fmt: skip
    return parse_recipe(tables | changes, texts / "recipe.toml")


@pytest.fixture
def built(texts: Path, tmp_path: Path) -> ck.Build:
    return ck.build(recipe(texts), tmp_path / "b", workers=1)


class Killed(BaseException):
    """As good as a kill: nothing catches it."""


@pytest.mark.parametrize("module", [publish, rejects])
def test_a_kill_between_a_file_and_its_note_leaves_no_note_that_vouches_for_it(
    texts: Path, built: ck.Build, module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another build's file may be just as large as the one that the old note was about."""
    before = published(built.folder)
    other = recipe(texts, quality={"khm_Khmr": {"min_chars": 11}})

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(module, "write_note", killed)
        ck.build(other, built.folder, workers=1)
    again = ck.build(recipe(texts), built.folder, workers=1)
    assert ck.verify(again) == []
    assert published(again.folder) == before


@pytest.mark.parametrize("name", ["manifest.json", "README.md", "ledger.json"])
@pytest.mark.parametrize("damage", ["truncated", "flipped"])
def test_a_damaged_small_file_is_written_again(
    texts: Path, built: ck.Build, name: str, damage: str
) -> None:
    before = published(built.folder)
    path = built.folder / name
    content = path.read_bytes()
    half = len(content) // 2
    flipped = content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]
    path.write_bytes(content[:half] if damage == "truncated" else flipped)
    assert ck.verify(ck.build(recipe(texts), built.folder, workers=1)) == []
    assert published(built.folder) == before


STEPS = ("extract", "annotate", "sign", "decide", "gather", "dedup", "assign", "tally", "scan")


def flip(path: Path, place: float) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    at = int(place * (len(content) - 1))
    content[at] ^= 1 << at % 8
    path.write_bytes(content)


class Notes(Silent):
    """Keeps the messages that stay on screen."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, step: str, line: str) -> None:
        self.lines.append(line)


@pytest.mark.parametrize(
    ("step", "place", "workers"),
    [
        *[(step, 0.4, 1) for step in STEPS],
        ("extract", 0.0, 1),
        ("annotate", 1.0, 1),
        ("annotate", 0.5, 2),
        ("dedup", 0.9, 2),
    ],
)
def test_an_output_with_a_flipped_bit_is_made_again(
    texts: Path, built: ck.Build, step: str, place: float, workers: int
) -> None:
    before = published(built.folder)
    for path in (built.folder / ".work" / step).iterdir():
        flip(path, place)
    shutil.rmtree(built.folder / "data")  # so that it is needed
    shutil.rmtree(built.folder / "rejects")
    again = ck.build(recipe(texts), built.folder, workers=workers)
    assert ck.verify(again) == []
    assert published(built.folder) == before


def test_a_build_says_which_output_it_makes_again(texts: Path, built: ck.Build) -> None:
    (output,) = (built.folder / ".work" / "extract").iterdir()
    flip(output, 0.5)
    for step in ("annotate", "decide"):
        shutil.rmtree(built.folder / ".work" / step)
    notes = Notes()
    ck.build(recipe(texts), built.folder, workers=1, progress=notes)
    assert notes.lines == [f".work/extract/{output.name} is not as it was written; it is made anew"]


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("folder", ["data", "rejects"])
def test_a_published_file_with_a_flipped_bit_is_written_again(
    texts: Path, built: ck.Build, folder: str, place: float
) -> None:
    before = published(built.folder)
    path = next((built.folder / folder).rglob("*.parquet"))
    flip(path, place)
    assert ck.verify(built) != []
    notes = Notes()
    again = ck.build(recipe(texts), built.folder, workers=1, progress=notes)
    name = path.relative_to(built.folder).as_posix()
    assert notes.lines == [f"{name} is not as it was written; it is written anew"]
    assert ck.verify(again) == []
    assert published(built.folder) == before


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[" * 5_000])
@pytest.mark.parametrize("name", ["published.json", "software.json", "published", "scan"])
def test_damaged_records_of_a_build_are_written_again(
    texts: Path, built: ck.Build, name: str, content: bytes
) -> None:
    before = published(built.folder)
    path = built.folder / ".work" / name
    for file in path.iterdir() if path.is_dir() else (path,):
        file.write_bytes(content)
    again = ck.build(recipe(texts), built.folder, workers=1)
    assert ck.verify(again) == []
    assert published(built.folder) == before


def test_an_output_that_is_damaged_each_time_ends_the_build(
    texts: Path, built: ck.Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = table_file.write_table_file

    def failing_disk(file: Any, schema: pa.Schema, batches: Any, *rest: Any) -> None:
        real(file, schema, batches, *rest)
        if "signature" in schema.names:
            file.seek(200)
            file.write(b"0" * 64)

    monkeypatch.setattr(table_file, "write_table_file", failing_disk)
    other = recipe(texts, normalize={"zwsp": "strip"})
    with pytest.raises(DamagedOutputError, match=r"sign/.* is damaged .*run the build again"):
        ck.build(other, built.folder, workers=1)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("size", [0, 40])
def test_an_output_that_was_cut_short_is_made_again(
    texts: Path, built: ck.Build, step: str, size: int
) -> None:
    before = published(built.folder)
    for path in (built.folder / ".work" / step).iterdir():
        path.write_bytes(path.read_bytes()[:size])
    shutil.rmtree(built.folder / "data")  # so that it is needed
    again = ck.build(recipe(texts), built.folder, workers=1)
    assert ck.verify(again) == []
    assert published(built.folder) == before


def test_what_an_unreadable_identity_asks_for_works(texts: Path, built: ck.Build) -> None:
    before = published(built.folder)
    (built.folder / ".work" / "identity.json").write_text("{")
    with pytest.raises(WorkspaceError, match="delete that file and run the build again"):
        ck.build(recipe(texts), built.folder, workers=1)
    (built.folder / ".work" / "identity.json").unlink()
    ck.build(recipe(texts), built.folder, workers=1)
    assert published(built.folder) == before


def test_shards_of_before_go_although_their_notes_are_gone(texts: Path, tmp_path: Path) -> None:
    small = recipe(texts, output={"shard_size": 3_000})
    first = ck.build(small, tmp_path / "b", workers=1)
    assert len(first.files("data")) > 1
    shutil.rmtree(first.folder / ".work")
    second = ck.build(recipe(texts), first.folder, workers=1)
    assert len(second.files("data")) == 1
    assert ck.verify(second) == []


def test_how_a_language_is_called_is_part_of_the_id(
    texts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    """The card names it, so that another name makes other bytes."""
    path = write_recipe(tmp_path, texts / "texts.jsonl", connector="files")
    profile = (repository / "sources" / "khm_Khmr.toml").read_text(encoding="utf-8")
    (tmp_path / "own").mkdir()
    changed = profile.replace('name = "Khmer"', 'name = "Cambodian"', 1)
    assert changed != profile
    (tmp_path / "own" / "khm_Khmr.toml").write_text(changed, encoding="utf-8")
    ids = []
    for catalogue in ("", str(tmp_path / "own")):
        monkeypatch.setenv("CORPUSKIT_CATALOGUE", catalogue)
        done = run("build", path, "--out", tmp_path / "b", "--workers", "1", "--json")
        assert done.returncode == 0, done.stderr
        ids.append(json.loads(done.stdout)["build_id"])
    assert ids[0] != ids[1]
    assert "Cambodian" in (tmp_path / "b" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"politeness": {"min": float("nan")}}, "finite"),
        ({"politeness": {"min": 2, "max": 1}}, "no value is at least 2 and at most 1"),
        ({"politeness": {"khm_Khmr": {}}}, "bounds nothing"),
        ({"politeness": {"min": 1}}, "no stage of the recipe adds the column 'politeness'"),
    ],
)
def test_rules_that_can_mean_nothing_are_refused(
    texts: Path, tmp_path: Path, rules: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecipeError, match=message):
        ck.build(recipe(texts, rules=rules), tmp_path / "b", workers=1)


@pytest.mark.parametrize("stage", ["decode", "extract", "normalize", "signals"])
def test_a_built_in_stage_is_not_one_of_the_recipes_own(texts: Path, stage: str) -> None:
    with pytest.raises(RecipeError, match="is built in and runs anyway"):
        recipe(texts, stages=[stage])


def test_a_path_in_place_of_a_recipe_says_what_to_write(texts: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"build takes a Recipe: build\(load_recipe\("):
        ck.build(str(texts / "recipe.toml"), tmp_path / "b")  # type: ignore[arg-type]
