"""A takedown that is killed at any moment is finished by whoever opens the folder next."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from end_to_end.builds import khmer, published
from takedown.corpora import GONE, by_url, everything, site_and_files

import corpuskit as ck
from corpuskit.errors import WorkspaceError
from corpuskit.takedown import finish_takedown
from corpuskit.takedown.journal import NAME, TakedownJournal
from corpuskit.workspace import Workspace


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> tuple[ck.Build, Path, list[str]]:
    """A build of a live site and of files, its recipe, and addresses of both to take down."""
    folder = tmp_path_factory.mktemp("kills")
    with site_and_files(folder) as (recipe, site):
        made = ck.build(ck.load_recipe(recipe), folder / "b", workers=1)
        return made, recipe, [site.url + GONE, "https://files.example/2"]


def killed(build: Path, folder: Path, named: dict[str, object], *more: str) -> list[Path]:
    """Copies of a build in which a takedown was killed, each a change later; the last was not."""
    folder.mkdir()
    script = Path(__file__).with_name("kills.py")
    subprocess.run(
        [sys.executable, str(script), str(build), str(folder), json.dumps(named), *more],
        check=True,
        timeout=280,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return sorted(folder.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("with_work", [True, False])
def test_killed_at_every_change_nothing_is_half_done(
    build: tuple[ck.Build, Path, list[str]], tmp_path: Path, with_work: bool
) -> None:
    made, _, urls = build
    before = tmp_path / "before"
    shutil.copytree(made.folder, before)
    if not with_work:
        shutil.rmtree(before / ".work")
    *stopped, whole = killed(before, tmp_path / "copies", {"urls": urls, "with_duplicates": True})
    assert len(stopped) > (20 if with_work else 12)
    untouched, done = published(before), published(whole)
    assert done != untouched
    assert (whole / ".work").exists() == with_work
    finished = 0
    for folder in stopped:
        if finish_takedown(Workspace(folder)) is not None:
            finished += 1
            assert published(folder) == done, folder.name
            assert not Workspace(folder).store.exists(NAME)
        else:  # killed before it began, or after the last of it
            assert published(folder) in (untouched, done), folder.name
        assert ck.verify(ck.open_build(folder)) == []
        if published(folder) == done:
            assert khmer(1)[:60] not in everything(folder)
            assert khmer(2)[:60] not in everything(folder)
    assert finished >= len(stopped) - 6
    assert (whole / ".work").exists() == with_work


def test_a_build_finishes_what_was_interrupted(
    build: tuple[ck.Build, Path, list[str]], tmp_path: Path
) -> None:
    made, recipe, urls = build
    named = {"urls": urls[1:]}  # of the files: the site is gone by now
    *_, folder = killed(made.folder, tmp_path / "copies", named, "until its manifest is away")
    assert TakedownJournal.read(Workspace(folder).store) is not None
    with pytest.raises(WorkspaceError, match="unfinished"):
        ck.open_build(folder)
    text = recipe.read_text(encoding="utf-8")
    only_files = text[: text.index("[[source]]")] + text[text.index('[[source]]\nname = "files"') :]
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(only_files, encoding="utf-8")
    shutil.copy(made.folder.parent / "rows.jsonl", tmp_path / "rows.jsonl")
    again = ck.build(ck.load_recipe(recipe), folder, workers=1)
    assert urls[1] not in by_url(again)
    assert len(by_url(again)) == 2
    assert ck.verify(again) == []
