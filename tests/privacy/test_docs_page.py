"""The page docs/personal-data.md does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from end_to_end.test_personal_data import ARTICLE, TEXTS

import corpuskit as ck
from corpuskit.privacy import KINDS
from corpuskit.recipe.answerable import PrivacyTable


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "personal-data.md").read_text(encoding="utf-8")


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def test_its_commands_run_on_its_recipe(page: str, tmp_path: Path) -> None:
    (recipe,) = blocks(page, "toml")
    (tmp_path / "recipe.toml").write_text(recipe, encoding="utf-8")
    (tmp_path / "texts").mkdir()
    for name, text in TEXTS.items():
        content = f"{ARTICLE}\n{text}"
        (tmp_path / "texts" / f"{name}.txt").write_text(content, encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    first, purging = ("".join(block).splitlines() for block in blocks(page, "sh"))
    for command in first:
        shell(command, tmp_path, path)
    build = ck.open_build(tmp_path / "out")
    assert build.ledger["privacy/card"] == 1
    assert build.ledger.edits.keys() >= {"personal_data/email", "personal_data/phone"}
    for command in purging:
        shell(command, tmp_path, path)
    assert not list((tmp_path / "out" / ".work" / "extract").iterdir())


def shell(command: str, folder: Path, path: str) -> None:
    done = subprocess.run(
        command, shell=True, cwd=folder, env={**os.environ, "PATH": path}, check=False,
        capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_its_python_runs(page: str) -> None:
    (script,) = blocks(page, "python")
    exec(script, {})


def test_its_table_has_every_kind_with_its_default_and_placeholder(page: str) -> None:
    table = PrivacyTable()
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| (\w+) \| `(<[A-Z]+>)` \|", page, re.MULTILINE)
    listed = {
        name: (default, placeholder)
        for names, default, placeholder in rows
        for name in re.findall(r"`(\w+)`", names)
    }
    assert listed == {
        name: (getattr(table, name) or table.ids, kind.placeholder) for name, kind in KINDS.items()
    }
