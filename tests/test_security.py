"""SECURITY.md says what is so: its modules and tests exist, and nothing listens."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from end_to_end.builds import DEMO

import corpuskit as ck

LISTENING = re.compile(
    r"\.listen\(|\.bind\(|HTTPServer|TCPServer|UnixStreamServer|start_server|create_server"
)
UNPICKLING = re.compile(r"pickle\.loads?\(|marshal\.loads?\(|yaml\.load\(|\beval\(|\bexec\(")


def rows(repository: Path) -> list[list[str]]:
    """The rows of the table of threats: threat, what stops it, modules, tests."""
    text = (repository / "SECURITY.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.count("|") == 5 and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines][1:]


def test_every_threat_has_its_module_and_a_test(repository: Path) -> None:
    listed = rows(repository)
    assert len(listed) >= 16
    for threat, means, modules, tests in listed:
        assert means, threat
        assert tests, threat
        for path in re.findall(r"`([^`]+)`", f"{modules} {tests}"):
            assert (repository / path).is_file(), f"{threat}: {path}"


def test_links_lead_somewhere(repository: Path) -> None:
    text = (repository / "SECURITY.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (repository / target).exists(), target


def test_no_module_listens_or_unpickles(repository: Path) -> None:
    for path in sorted((repository / "corpuskit").rglob("*.py")):
        code = path.read_text(encoding="utf-8")
        if path.name != "server.py":  # `corpuskit review`, on the loopback
            assert not LISTENING.search(code), path
        if path.name != "parser_process.py":  # from a process that it has started, as a pool does
            assert not UNPICKLING.search(code), path


def test_a_build_opens_no_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    class Watched(socket.socket):
        def listen(self, *arguments: int) -> None:
            if self.family in (socket.AF_INET, socket.AF_INET6):
                opened.append(self)
            super().listen(*arguments)

    monkeypatch.setattr(socket, "socket", Watched)
    build = ck.build(ck.load_recipe(DEMO / "khmer.toml"), tmp_path / "b", workers=1)
    assert build.manifest["documents"]
    assert not opened


def test_loading_a_recipe_runs_nothing_that_it_names(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    (tmp_path / "harmful.py").write_text(
        f"from pathlib import Path\nPath({str(marker)!r}).touch()\n", encoding="utf-8"
    )
    recipe = (DEMO / "khmer.toml").read_text(encoding="utf-8")
    (tmp_path / "recipe.toml").write_text(
        recipe.replace("languages = ", 'stages = ["harmful"]\nlanguages = ', 1), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import corpuskit as ck; ck.load_recipe('recipe.toml')"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert not marker.exists(), done.stderr
