"""robots.txt, tdmrep.json and license documents that are records of the same archive."""

from __future__ import annotations

from pathlib import Path

import pytest
from connectors.archives import connector, http, record, stored

from corpuskit.connectors.base import Input
from corpuskit.connectors.pieces import single_records
from corpuskit.document import RawRecord

TEXT = "Content-Type: text/plain"
RSL = "Content-Type: application/rsl+xml"
RSS = "Content-Type: application/rss+xml"
SHUT = b"User-agent: GPTBot\nDisallow: /\n"
OPEN = b"User-agent: *\nDisallow: /private/\n"
TERMS = (
    b'<?xml version="1.0"?><rsl xmlns="https://rslstandard.org/rsl"><content url="/%s">'
    b'<license><%s type="usage">ai-train</%s></license></content></rsl>'
)
FEED = (
    b'<?xml version="1.0"?><rss xmlns:rsl="https://rslstandard.org/rsl" version="2.0"><channel>'
    b"<link>http://example.org/</link><item><link>http://example.org/1</link><rsl:content>"
    b'<rsl:license><rsl:prohibits type="usage">ai-train</rsl:prohibits></rsl:license>'
    b"</rsl:content></item></channel></rss>"
)


def at(day: int) -> str:
    return f"2024-05-{day:02d}T00:00:00Z"


def file(path: str, body: bytes, day: int, *headers: str, status: str = "200 OK") -> bytes:
    block = http(body, *(headers or (TEXT,)), status=status)
    fields = {"WARC_Target_URI": f"http://example.org{path}", "WARC_Date": at(day)}
    return record(100 + day, block, **fields)


def page(number: int, day: int = 10, host: str = "example.org") -> bytes:
    fields = {"WARC_Target_URI": f"http://{host}/{number}", "WARC_Date": at(day)}
    return record(number, **fields)


def pages(path: Path, records: list[bytes], how: str = "gzip") -> dict[str, RawRecord]:
    """The pages by address, each read as a piece of its own."""
    path.write_bytes(b"".join(stored(records, how)))
    archive, item = connector(path), Input(path.name, str(path))
    with single_records():
        pieces = archive.scan(item)
    read = [found for piece in pieces for found in archive.read(item, piece)]
    return {found.url or "": found for found in read if found.reason is None}


def verdict(found: RawRecord) -> str:
    assert found.tdm is not None
    return found.tdm["verdict"]


@pytest.mark.parametrize("how", ["plain", "gzip", "zstd", "whole gzip", "blocks gzip"])
def test_the_fetch_nearest_before_a_page_binds_it(tmp_path: Path, how: str) -> None:
    records = [
        page(1, 1),  # before both: the nearest after it
        file("/robots.txt", SHUT, 3),
        page(4, 4),
        page(9, 9),
        file("/robots.txt", OPEN, 8),
        page(5, 5, "other.org"),
    ]
    read = pages(tmp_path / "a.warc", records, how)
    assert {url: verdict(found) for url, found in read.items() if "robots" not in url} == {
        "http://example.org/1": "disallow",
        "http://example.org/4": "disallow",
        "http://example.org/9": "unknown",
        "http://other.org/5": "unknown",
    }
    robots = read["http://example.org/9"].robots
    assert robots is not None and robots["verdict"] == "allowed" and robots["robots_sha256"]
    assert str(robots["checked_at"]) == "2024-05-08 00:00:00+00:00"
    assert read["http://other.org/5"].robots is None


def test_what_robots_txt_forbids_us_is_an_opt_out(tmp_path: Path) -> None:
    private = record(7, WARC_Target_URI="https://EXAMPLE.org:443/private/7", WARC_Date=at(9))
    read = pages(tmp_path / "a.warc.gz", [file("/robots.txt", OPEN, 1), private, page(2)])
    found = next(found for url, found in read.items() if "private" in url)
    assert found.robots is not None and found.robots["verdict"] == "disallowed"
    assert found.tdm is not None
    (signal,) = found.tdm["signals"]
    assert (signal["kind"], signal["value"]) == ("robots-ai", "Disallow: /private/")
    assert verdict(read["http://example.org/2"]) == "unknown"


def test_a_robots_txt_that_is_gone_binds_nobody(tmp_path: Path) -> None:
    gone = file("/robots.txt", b"gone", 5, status="404 Not Found")
    read = pages(tmp_path / "a.warc.gz", [file("/robots.txt", SHUT, 1), gone, page(9, 9)])
    assert verdict(read["http://example.org/9"]) == "unknown"


def test_license_documents_of_the_archive_are_read(tmp_path: Path) -> None:
    robots = file("/robots.txt", b"License: http://example.org/l.rsl\nUser-agent: *\nAllow: /\n", 1)
    terms = [
        file("/l.rsl", TERMS % (b"1", b"prohibits", b"prohibits"), 1, RSL),
        file("/l.rsl", TERMS % (b"2", b"permits", b"permits"), 2, RSL),
    ]
    early, late = page(1, 1), page(2, 3)
    read = pages(tmp_path / "a.warc.gz", [early, robots, *terms, late])
    assert verdict(read["http://example.org/1"]) == "disallow"
    assert verdict(read["http://example.org/2"]) == "allow"
    missing = pages(tmp_path / "b.warc.gz", [robots, page(1)])["http://example.org/1"]
    assert missing.tdm is not None and "could not be read" in missing.tdm["signals"][0]["value"]


def test_tdmrep_and_feeds_of_the_archive_are_read(tmp_path: Path) -> None:
    tdmrep = b'[{"location": "/2", "tdm-reservation": 1}]'
    records = [
        file("/.well-known/tdmrep.json", tdmrep, 1, "Content-Type: application/json"),
        file("/news", FEED, 1, RSS),
        *map(page, (1, 2, 3)),
    ]
    read = pages(tmp_path / "a.warc.gz", records)
    assert [verdict(read[f"http://example.org/{number}"]) for number in (1, 2, 3)] == [
        "disallow", "disallow", "unknown",
    ]  # fmt: skip
    tdm = read["http://example.org/1"].tdm
    assert tdm is not None
    assert [signal["kind"] for signal in tdm["signals"]] == ["rsl-feed"]


def test_damaged_terms_do_not_cost_the_pages(tmp_path: Path) -> None:
    names_us = http(SHUT, TEXT, "Content-Length: 999")
    robots = record(50, names_us, WARC_Target_URI="http://example.org/robots.txt")
    broken = file("/rsl", b"<rsl xmlns='https://rslstandard.org/rsl'", 1, RSL)
    robots_with_terms = file("/robots.txt", b"License: http://b.org/rsl\n", 1)
    read = pages(tmp_path / "a.warc.gz", [robots, broken, page(1)])
    assert verdict(read["http://example.org/1"]) == "disallow"
    read = pages(tmp_path / "b.warc.gz", [robots_with_terms, broken, page(1)])
    assert verdict(read["http://example.org/1"]) == "disallow"
    half = stored([file("/robots.txt", SHUT, 1)], "gzip")[0][:60]
    (tmp_path / "c.warc.gz").write_bytes(half + stored([page(1)], "gzip")[0])
    item = Input("c.warc.gz", str(tmp_path / "c.warc.gz"))
    archive = connector(tmp_path / "c.warc.gz")
    read_again = [found for piece in archive.scan(item) for found in archive.read(item, piece)]
    assert [verdict(found) for found in read_again if found.reason is None] == ["unknown"]
