"""Every command of docs/earlier-builds.md runs, in order."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
from end_to_end.builds import DEMO

from corpuskit.cli import run


def test_every_command_of_the_page_runs(
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shutil.copytree(DEMO, tmp_path / "examples/demo")
    monkeypatch.chdir(tmp_path)
    page = (repository / "docs/earlier-builds.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    shown = {}
    for line in "".join(blocks).splitlines():
        program, *arguments = shlex.split(line)
        assert program == "corpuskit"
        assert run(arguments) == 0, (line, capsys.readouterr())
        shown[line] = capsys.readouterr().out
    assert len(shown) == 7
    (inspected,) = (text for line, text in shown.items() if "inspect" in line)
    assert "in build khmer-demo" in inspected
    overlap = json.loads(next(text for line, text in shown.items() if "--json" in line))
    assert overlap["languages"]["khm_Khmr"]["first"]["share"] == 1.0
    for month in ("2026-11", "2026-12"):
        manifest = json.loads((tmp_path / "builds" / month / "manifest.json").read_text())
        assert manifest["documents"] == 0
        assert manifest["earlier"][0]["rejected"] > 50
