"""The page docs/decontamination.md does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from end_to_end.builds import khmer

import corpuskit as ck
from corpuskit.decontamination import LAYOUTS

ITEM = "តើប្រាសាទបន្ទាយស្រីត្រូវបានសាងសង់ឡើងក្នុងរជ្ជកាលព្រះបាទណា?"


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "decontamination.md").read_text(encoding="utf-8")


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two texts, one of them with an item of a quiz; item files of two layouts."""
    for name in ("texts", "evals/belebele"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "texts" / "quiz.txt").write_text(f"{khmer(0)}\n{ITEM}", encoding="utf-8")
    (tmp_path / "texts" / "story.txt").write_text(khmer(1), encoding="utf-8")
    items = {"quiz.jsonl": {"id": "q1", "question": ITEM}}
    items["belebele/khm_Khmr.jsonl"] = {"flores_passage": khmer(2)[:300], "question": "?"}
    for name, record in items.items():
        text = json.dumps(record, ensure_ascii=False)
        (tmp_path / "evals" / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_its_commands_run_on_its_recipe(page: str, folder: Path) -> None:
    (recipe,), (commands,) = blocks(page, "toml"), blocks(page, "sh")
    (folder / "recipe.toml").write_text(recipe, encoding="utf-8")
    shown = [shell(command, folder) for command in commands.splitlines()]
    (told,) = blocks(page, "text")
    assert told in shown[-1]
    build = ck.open_build(folder / "out")
    assert build.ledger.reasons == {"decontamination/evaluation_item": 1}
    assert list(build.manifest["contamination"]["benchmarks"]) == ["belebele", "quiz"]


def shell(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, check=False, capture_output=True,
        text=True, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def test_its_table_has_every_layout_and_its_fields(page: str) -> None:
    cells = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| `")]
    rows = {re.findall("`([^`]+)`", row[0])[0]: row[1:] for row in cells}
    del rows["layout"]  # the head
    assert set(rows) == set(LAYOUTS)
    for name, (passages, question, answers, correct, names) in rows.items():
        layout = LAYOUTS[name]
        assert set(re.findall("`([a-z]+[a-z_0-9]*)`", question)) == set(layout.question)
        assert set(re.findall("`([a-z]+[a-z_0-9]*)`", answers)) <= set(layout.answers)
        assert bool(answers.strip()) == bool(layout.answers)
        assert set(re.findall("`([a-z]+[a-z_0-9]*)`", passages)) - {"prompts"} <= {*layout.passages}
        assert correct.strip(" `") == (layout.correct or "")
        stated = set(re.findall("`([a-z]+[a-z_0-9]*)`", names))
        assert stated == (set(layout.name) if name != "m3exam" else set())
