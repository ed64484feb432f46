"""The commands and scripts of the pages on installing, inspecting and exporting."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from corpuskit.cli import run

pytestmark = pytest.mark.xdist_group("people-docs")

PAGES = ("installing", "inspecting", "exports")


def blocks(page: str, kind: str) -> str:
    return "".join(re.findall(rf"^```{kind}\n(.*?)^```", page, re.DOTALL | re.MULTILINE))


@pytest.fixture(scope="module")
def folder(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    (folder / "examples").symlink_to(repository / "examples")
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_every_command_runs(
    name: str, repository: Path, folder: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    page = (repository / "docs" / f"{name}.md").read_text(encoding="utf-8")
    commands = blocks(page, "sh").splitlines()
    assert len(commands) >= 6
    for line in commands:
        program, *arguments = shlex.split(line)
        assert program == "corpuskit"
        assert run(arguments) == 0, (line, capsys.readouterr().err)
    for script in [blocks(page, "python")]:
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == 0, done.stderr


def test_installing_names_every_extra(repository: Path) -> None:
    page = (repository / "docs" / "installing.md").read_text(encoding="utf-8")
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    assert listed == project["optional-dependencies"].keys() - {"test", "dev"}


def test_the_recipe_of_inspecting_is_one(repository: Path) -> None:
    from corpuskit.recipe.models import OutputTable

    page = (repository / "docs" / "inspecting.md").read_text(encoding="utf-8")
    table = tomllib.loads(blocks(page, "toml"))["output"]
    assert OutputTable(**table).reject_text == 400
