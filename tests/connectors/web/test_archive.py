"""The WARC files of a crawl."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from corpuskit.connectors.web import archive
from corpuskit.connectors.web.archive import Archive
from corpuskit.connectors.web.client import Answer
from corpuskit.document import Robots, Tdm

ROBOTS = Robots(verdict="allowed", ua="corpuskit", rule=None, robots_sha256=None, checked_at=None)
TDM = Tdm(verdict="unknown", signals=[])


def answer(number: int, body: bytes = b"<p>\xe1\x9e\x80</p>") -> Answer:
    headers = [
        ("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"),
        ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X-Odd", "caf\xe9 \u1780"),
    ]  # fmt: skip
    at = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
    return Answer(f"http://a.example/{number}", 200, "", headers, body, "192.0.2.1", at)


def test_records_pass_an_independent_check(tmp_path: Path) -> None:
    keeping = Archive(tmp_path, {}, "corpuskit/1 (+x; y)")
    for number in range(3):
        kept = keeping.keep(answer(number, b"x" * number), ROBOTS, TDM)
    path = tmp_path / kept.file
    assert path.stat().st_size == kept.size
    check = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    with path.open("rb") as file:
        seen = [
            (
                r.rec_type,
                r.rec_headers["WARC-Target-URI"],
                r.http_headers and r.http_headers.headers,
            )
            for r in ArchiveIterator(file)
        ]
    assert [one[0] for one in seen] == ["warcinfo"] + ["response"] * 3
    assert seen[1][1] == "http://a.example/0"
    names = [name for name, _ in seen[1][2]]
    assert names.count("Set-Cookie") == 2 and "Transfer-Encoding" not in names


def test_files_are_rotated_at_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROTATE_BYTES", 2_000)
    keeping = Archive(tmp_path, {}, "x")
    sizes = {}
    for number in range(9):
        kept = keeping.keep(answer(number), ROBOTS, TDM)
        sizes[kept.file] = kept.size
    assert len(sizes) >= 2
    assert sorted(sizes) == sorted(path.name for path in tmp_path.iterdir())
    again = Archive(tmp_path, sizes, "x").keep(answer(9), ROBOTS, TDM)
    assert again.file >= max(sizes)


def test_what_the_frontier_does_not_know_of_is_cut_off(tmp_path: Path) -> None:
    keeping = Archive(tmp_path, {}, "x")
    first = keeping.keep(answer(1), ROBOTS, TDM)
    keeping.keep(answer(2), ROBOTS, TDM)
    (tmp_path / "pages-00002.warc.gz").write_bytes(b"\x1f\x8b")
    resumed = Archive(tmp_path, {first.file: first.size}, "x")
    assert [path.name for path in tmp_path.iterdir()] == [first.file]
    assert (tmp_path / first.file).stat().st_size == first.size
    resumed.keep(answer(2), ROBOTS, TDM)
    with (tmp_path / first.file).open("rb") as file:
        urls = [record.rec_headers["WARC-Target-URI"] for record in ArchiveIterator(file)]
    assert urls == [None, "http://a.example/1", "http://a.example/2"]
