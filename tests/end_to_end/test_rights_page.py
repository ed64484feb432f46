"""The commands of docs/rights.md, on an archive of five pages, show what the page shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
from connectors.archives import HTML, http, record
from end_to_end.builds import khmer

BY = '<a rel=license href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>'


def page(number: int, footer: str, *headers: str) -> bytes:
    lines = "".join(f"<p>{line}</p>" for line in khmer(number).splitlines() if line.strip())
    body = f"<html lang=km><body><article><h1>ទំព័រ</h1>{lines}</article><footer>{footer}</footer>"
    address = f"https://site.example/{number}"
    return record(number, http(body.encode(), HTML, *headers), WARC_Target_URI=address)


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def run(folder: Path, command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False,
        timeout=240, env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def rights(folder: Path) -> dict[str, tuple[str, str]]:
    """License and verdict on mining of every published row, by address."""
    (shard,) = (folder / "builds" / "rights" / "data" / "train").glob("*.parquet")
    rows = pq.read_table(shard, columns=["url", "license", "tdm"]).to_pylist()
    return {row["url"]: (row["license"], row["tdm"]["verdict"]) for row in rows}


def test_the_page_on_rights(tmp_path: Path, repository: Path) -> None:
    text = (repository / "docs" / "rights.md").read_text(encoding="utf-8")
    pages = (
        page(1, BY),
        page(2, "© 2026. CC BY-NC 4.0"),
        page(3, "© 2026. All rights reserved."),
        page(4, BY, "X-Robots-Tag: noai"),
        page(5, "CC BY-SA 4.0", "Content-Usage: train-genai=n;exceptions=cc-cr"),
    )
    (tmp_path / "site.warc").write_bytes(b"".join(pages))
    (tmp_path / "rights.toml").write_text(blocks(text, "toml")[0], encoding="utf-8")
    first, *others, last = blocks(text, "sh")[0].splitlines()

    shown = [run(tmp_path, first)]
    assert rights(tmp_path) == {"https://site.example/1": ("CC-BY-4.0", "unknown")}
    shown += [run(tmp_path, command) for command in others]
    for example in blocks(text, "text"):
        assert any(example in output for output in shown), example

    again = run(tmp_path, last)
    assert re.search(r"extract .* done before", again)  # only decided again
    assert rights(tmp_path) == {
        "https://site.example/1": ("CC-BY-4.0", "unknown"),
        "https://site.example/3": ("NOASSERTION", "unknown"),
        "https://site.example/5": ("CC-BY-SA-4.0", "disallow"),
    }
