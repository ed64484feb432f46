"""The commands and the script of docs/object-stores.md run as they are written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from end_to_end.builds import khmer
from services.s3 import KEY, SECRET, moto

from corpuskit.object_store.client import ObjectClient
from corpuskit.store_url import StoreUrl

pytestmark = pytest.mark.xdist_group("s3-builds")
pytest.importorskip("obstore")

ENDPOINT = "http://127.0.0.1:9000"
"""The server of the page's example."""


def blocks(page: str, kind: str) -> str:
    return "".join(re.findall(rf"^```{kind}\n(.*?)^```", page, re.DOTALL | re.MULTILINE))


def test_what_the_page_shows_runs(repository: Path, tmp_path: Path) -> None:
    page = (repository / "docs" / "object-stores.md").read_text(encoding="utf-8")
    (tmp_path / "examples").symlink_to(repository / "examples")
    (tmp_path / "texts.toml").write_text(blocks(page, "toml"), encoding="utf-8")
    (tmp_path / "read.py").write_text(blocks(page, "python"), encoding="utf-8")
    commands = blocks(page, "sh") + f"\n{sys.executable} read.py\n"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with moto(tmp_path) as server, server.environment():
        client = ObjectClient(server.bucket("corpora"))
        for number in range(3):
            client.put(f"texts/{number}.txt", khmer(number + 1).encode())
        script = commands.replace(ENDPOINT, server.endpoint)
        assert script != commands
        done = subprocess.run(
            ["sh", "-e", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
            timeout=240, env={**os.environ, "PATH": path},
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout, done.stderr)
        assert " files match the manifest" in done.stdout
        assert "published 3 documents" in done.stdout
        assert list(ObjectClient(StoreUrl.parse("s3://corpora/texts-build")).list("data"))
    raw = {path.name for path in (tmp_path / "builds/texts/.work/raw/news").rglob("*.txt")}
    assert raw == {"0.txt", "1.txt", "2.txt"}


def test_the_page_names_what_the_code_needs(repository: Path) -> None:
    page = (repository / "docs" / "object-stores.md").read_text(encoding="utf-8")
    project = (repository / "pyproject.toml").read_text(encoding="utf-8")
    assert "corpuskit-lrl[object-store]" in page
    assert "\nobject-store = [" in project
    assert KEY not in page
    assert SECRET not in page
