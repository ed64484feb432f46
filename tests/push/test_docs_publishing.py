"""Every command and script of docs/publishing.md runs, with a hub on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from push.hub_server import TOKEN, serving


def test_the_page_can_be_followed(repository: Path, tmp_path: Path) -> None:
    text = (repository / "docs" / "publishing.md").read_text(encoding="utf-8")
    (tmp_path / "examples").symlink_to(repository / "examples")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    commands = [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    ]
    assert len(commands) == 6
    with serving() as hub:
        env = {**os.environ, "PATH": path, "HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN,
               "HF_HUB_DISABLE_XET": "1"}  # fmt: skip
        for line in commands:
            done = subprocess.run(
                ["sh", "-c", line], cwd=tmp_path, env=env, capture_output=True, text=True,
                check=False, timeout=240,
            )  # fmt: skip
            assert done.returncode == 0, (line, done.stderr)
            if " publish " in line and line.endswith("shared/khmer"):
                assert done.stdout.count("shared/khmer") == 1
        assert hub.repositories["corpus-lab/khmer"].private
    (script,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sent, unchanged = map(int, done.stdout.split())
    assert sent == 0 and unchanged >= 5
