"""The page docs/safety-lists.md does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from end_to_end.test_personal_data import ARTICLE

import corpuskit as ck


def test_its_commands_run_on_its_recipe(repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs" / "safety-lists.md").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^```toml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    (commands,) = re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    (tmp_path / "recipe.toml").write_text(recipe, encoding="utf-8")
    urls = ("https://a.gov.kh/", "https://bet.example.net/")
    lines = [json.dumps({"url": url, "text": f"{ARTICLE}\n{url}"}) + "\n" for url in urls]
    (tmp_path / "rows.jsonl").write_text("".join(lines), encoding="utf-8")
    (tmp_path / "ut1" / "gambling").mkdir(parents=True)
    (tmp_path / "ut1" / "gambling" / "domains").write_text("bet.example.net\n")
    (tmp_path / "toxicity").mkdir()
    (tmp_path / "toxicity" / "khm_Khmr_twl.txt").write_text("អាឆ្កែ\n", encoding="utf-8")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in commands.splitlines():
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env={**os.environ, "PATH": path}, check=False,
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert ck.open_build(tmp_path / "out").ledger["lists/gambling"] == 1
