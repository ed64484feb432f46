"""Every command and script of docs/takedown.md runs, in order, as a newcomer would run it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import corpuskit as ck


def test_the_page_can_be_followed(repository: Path, tmp_path: Path) -> None:
    text = (repository / "docs" / "takedown.md").read_text(encoding="utf-8")
    (tmp_path / "examples").symlink_to(repository / "examples")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path}
    commands = [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    ]
    assert len(commands) == 6
    shown = []
    for line in commands:
        done = subprocess.run(
            ["sh", "-c", line], cwd=tmp_path, env=env, capture_output=True, text=True,
            check=False, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, (line, done.stderr)
        shown.append(done.stdout)
    assert "1 document and 0 rejected records would go" in shown[1]
    assert "1 document and 0 rejected records taken down" in shown[2]
    assert "the owner asked" in shown[3]
    assert "82 documents" in shown[4] and "82 documents" in shown[5]
    (script,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=env, capture_output=True, text=True,
        check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    documents, rejected = map(int, done.stdout.split())
    assert documents == 1 and rejected >= 1
    assert ck.verify(ck.open_build(tmp_path / "builds" / "khmer-demo")) == []
    (recipe,) = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "recipe.toml").write_text(recipe, encoding="utf-8")
    other = ck.build(ck.load_recipe(tmp_path / "recipe.toml"), tmp_path / "other", workers=2)
    assert other.manifest["documents"] == 82 - documents
    assert other.manifest["tombstones"]["takedowns"] == 2
