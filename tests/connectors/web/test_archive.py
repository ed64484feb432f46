"""The WARC files of a crawl."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from corpuskit.connectors.containers.warc_write import payload_digest
from corpuskit.connectors.fetching.pinned import RawAnswer
from corpuskit.connectors.fetching.warc_response import PageVerdicts, warc_date
from corpuskit.connectors.web import archive, records
from corpuskit.connectors.web.archive import CrawlArchive, number_of
from corpuskit.connectors.web.history import PageCapture
from corpuskit.connectors.web.records import Maker
from corpuskit.document import Robots, Tdm

ROBOTS = Robots(verdict="allowed", ua="corpuskit", rule=None, robots_sha256=None, checked_at=None)
SAID = PageVerdicts(ROBOTS, Tdm(verdict="unknown", signals=[]))
MAKER = Maker("corpuskit/1 (+x; y)", "Somebody (x@example.org)", "ab" * 32)


def answer(number: int, body: bytes = b"<p>\xe1\x9e\x80</p>") -> RawAnswer:
    headers = [
        ("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"),
        ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X-Odd", "caf\xe9 \u1780"),
    ]  # fmt: skip
    at = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
    return RawAnswer(f"http://a.example/{number}", 200, "", headers, body, "192.0.2.1", at)


def check(path: Path) -> None:
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_records_pass_an_independent_check(tmp_path: Path) -> None:
    keeping = CrawlArchive(tmp_path, {}, MAKER)
    for number in range(3):
        kept = keeping.keep(answer(number, b"x" * number), SAID)
    path = tmp_path / kept.file
    assert path.stat().st_size == kept.size
    check(path)
    with path.open("rb") as file:
        seen = [
            (
                r.rec_type,
                r.rec_headers["WARC-Target-URI"],
                r.http_headers and r.http_headers.headers,
            )
            for r in ArchiveIterator(file)
        ]
    assert [item[0] for item in seen] == ["warcinfo"] + ["response"] * 3
    assert seen[1][1] == "http://a.example/0"
    names = [name for name, _ in seen[1][2]]
    assert names.count("Set-Cookie") == 2 and "Transfer-Encoding" not in names


def test_files_are_rotated_at_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "ROTATE_BYTES", 2_000)
    keeping = CrawlArchive(tmp_path, {}, MAKER)
    sizes = {}
    for number in range(9):
        kept = keeping.keep(answer(number), SAID)
        sizes[kept.file] = kept.size
    assert len(sizes) >= 2
    assert sorted(sizes) == sorted(path.name for path in tmp_path.iterdir())
    again = CrawlArchive(tmp_path, sizes, MAKER).keep(answer(9), SAID)
    assert again.file >= max(sizes)


def test_what_the_frontier_does_not_know_of_is_cut_off(tmp_path: Path) -> None:
    keeping = CrawlArchive(tmp_path, {}, MAKER)
    first = keeping.keep(answer(1), SAID)
    keeping.keep(answer(2), SAID)
    (tmp_path / "pages-00002.warc.gz").write_bytes(b"\x1f\x8b")
    resumed = CrawlArchive(tmp_path, {first.file: first.size}, MAKER)
    assert [path.name for path in tmp_path.iterdir()] == [first.file]
    assert (tmp_path / first.file).stat().st_size == first.size
    resumed.keep(answer(2), SAID)
    with (tmp_path / first.file).open("rb") as file:
        urls = [record.rec_headers["WARC-Target-URI"] for record in ArchiveIterator(file)]
    assert urls == [None, "http://a.example/1", "http://a.example/2"]


def test_a_round_begins_a_file_and_a_rewritten_one_is_left(tmp_path: Path) -> None:
    first = CrawlArchive(tmp_path, {}, MAKER).keep(answer(1), SAID)
    assert first.start > 0
    second = CrawlArchive(tmp_path, {first.file: first.size}, MAKER, 2).keep(answer(2), SAID)
    assert second.file == "pages-00002.warc.gz"
    (tmp_path / second.file).rename(tmp_path / "pages-00002-r1.warc.gz")
    committed = {first.file: first.size, "pages-00002-r1.warc.gz": second.size}
    third = CrawlArchive(tmp_path, committed, MAKER).keep(answer(3), SAID)
    assert third.file == "pages-00003.warc.gz"
    assert number_of("pages-00012-r3.warc.gz") == 12


def test_the_first_record_says_who_asked_and_for_what(tmp_path: Path) -> None:
    kept = CrawlArchive(tmp_path, {}, MAKER).keep(answer(1), SAID)
    with (tmp_path / kept.file).open("rb") as file:
        text = next(iter(ArchiveIterator(file))).content_stream().read().decode()
    said = dict(line.split(": ", 1) for line in text.splitlines())
    assert said["operator"] == "Somebody (x@example.org)"
    assert said["http-header-user-agent"] == "corpuskit/1 (+x; y)"
    assert said["corpuskit-recipe"] == "sha256:" + "ab" * 32
    assert said["software"].startswith("corpuskit/")
    assert said["conformsTo"].endswith("warc-1.1/")


@pytest.mark.parametrize("profile", [records.SAME, records.UNCHANGED])
def test_revisits_name_what_they_refer_to(tmp_path: Path, profile: str) -> None:
    keeping = CrawlArchive(tmp_path, {}, MAKER)
    first = answer(1)
    kept = keeping.keep(first, SAID)
    at = warc_date(first.at)
    digest = payload_digest(first.body)
    last = PageCapture(first.url, at, kept.record, digest, "", "", at)
    keeping.revisit(answer(1, b""), last, profile, SAID)
    check(tmp_path / kept.file)
    with (tmp_path / kept.file).open("rb") as file:
        _, response, revisit = [dict(r.rec_headers.headers) for r in ArchiveIterator(file)]
    assert revisit["WARC-Type"] == "revisit"
    assert revisit["WARC-Profile"] == profile
    assert revisit["WARC-Refers-To"] == response["WARC-Record-ID"]
    assert revisit["WARC-Refers-To-Target-URI"] == response["WARC-Target-URI"]
    assert revisit["WARC-Refers-To-Date"] == response["WARC-Date"]
    assert revisit["WARC-Payload-Digest"] == response["WARC-Payload-Digest"]
