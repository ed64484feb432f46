"""The commands of docs/report.md, run as they are written."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

import corpuskit as ck
from corpuskit.cli import run

ROOT = Path(__file__).parents[3]


def _blocks(kind: str) -> list[str]:
    text = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.S | re.M)


def test_the_commands_of_the_page_run(
    demo: ck.Build,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "examples" / "demo", "examples/demo")
    for name in ("before", "after"):  # what the builds find there saves their time
        shutil.copytree(demo.folder, f"builds/{name}")
    (commands,) = _blocks("sh")
    for line in commands.splitlines():
        assert run(shlex.split(line)[1:]) == 0, capsys.readouterr()
    compared = Path("compared.html").read_text(encoding="utf-8")
    assert "dedup.threshold" in compared and "Changes of recipe" in compared
    assert "Its text is not published." in compared
    (script,) = _blocks("python")
    exec(compile(script, "report.md", "exec"), {})
    assert Path("compared.html").read_text(encoding="utf-8") == compared
    assert run(["report", "builds/after"]) == 0
    published = Path("builds/after/report.html").read_bytes()
    assert Path("khmer-demo-report.html").read_bytes() == published
