"""Hosts by language out of a columnar index in Common Crawl's layout."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import CRAWL, Asked, Reply, Server, ranged
from connectors.commoncrawl.test_columnar import row, write

from corpuskit.cli import run

ROWS = [
    *(row("news.com.kh", "khm", url=f"https://news.com.kh/{at}") for at in range(5)),
    *(row("mixed.example.org", "eng,khm", url=f"http://mixed.example.org/{at}") for at in range(3)),
    row("mixed.example.org", "khm,eng", url="http://mixed.example.org/x"),
    row("few.com.kh", "khm"),
    row("english.com.kh", "eng"),
    *(row("www.jw.org", "khm", url=f"https://www.jw.org/km/{at}") for at in range(4)),
    row("moved.com.kh", "khm", fetch_status=301),
]
ASKS = ("--operator", "Corpus Laboratory", "--contact", "corpus@example.org", "--delay", "0")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Two files of an index, sorted by host as the real ones are."""
    folder = tmp_path / "index"
    folder.mkdir()
    write(folder / "a.parquet", ROWS[:7], row_group_size=4)
    write(folder / "b.parquet", ROWS[7:], row_group_size=4)
    return folder


def answer(index: Path) -> Callable[[Asked], Reply]:
    """What Common Crawl's server of data answers."""
    names = ["a.parquet", "b.parquet"]
    prefix = f"cc-index/table/cc-main/warc/crawl={CRAWL}"
    paths = "".join(f"{prefix}/subset=warc/{name}\n" for name in names)
    paths += f"{prefix}/subset=robotstxt/c.parquet\n"

    def reply(asked: Asked) -> Reply:
        if asked.path == f"/crawl-data/{CRAWL}/cc-index-table.paths.gz":
            return Reply(body=gzip.compress(paths.encode()))
        return ranged((index / asked.path.rpartition("/")[2]).read_bytes(), asked)

    return reply


def hosts(tmp_path: Path, *arguments: str) -> int:
    return run(["hosts", "--lang", "khm_Khmr", "--work", str(tmp_path / "work"), *arguments])


def test_hosts_of_a_crawl(tmp_path: Path, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Server(answer(index)) as server:
        places = ("--crawl", CRAWL, "--data-url", server.url, "--min-pages", "2", *ASKS)
        assert hosts(tmp_path, *places, "--json") == 0
        first = len(server.asked)
        listed = json.loads(capsys.readouterr().out)
        assert hosts(tmp_path, *places, "--json") == 0
        assert len(server.asked) == first, "what the index said is kept"
        assert "Corpus%20Laboratory" in server.asked[0].headers["user-agent"].replace(" ", "%20")
    assert [(count["host"], count["pages"], count["first"]) for count in listed] == [
        ("news.com.kh", 5, 5), ("mixed.example.org", 4, 1), ("www.jw.org", 4, 4),
    ]  # fmt: skip
    assert listed[0]["bytes"] == 500
    assert listed[0]["excluded"] is None
    assert listed[2]["excluded"]


def test_seeds_leave_out_what_is_excluded(
    tmp_path: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ("--index", str(index), "--min-pages", "1", "--limit", "4")
    assert hosts(tmp_path, *places, "--seeds") == 0
    assert capsys.readouterr().out.split() == [
        "https://news.com.kh/", "https://mixed.example.org/", "https://few.com.kh/",
    ]  # fmt: skip
    assert hosts(tmp_path, *places, "--tld", "kh") == 0
    shown = capsys.readouterr()
    assert [line.split()[0] for line in shown.out.splitlines()[1:]] == ["5", "1"]
    assert "2 of 2 hosts" in shown.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name a --crawl, or an --index"),
        (("--crawl", CRAWL), "add --operator and --contact"),
        (("--crawl", CRAWL, *ASKS), "at least 1 second"),
        (("--index", "x", "--lang", "khmer"), "ISO 639-3"),
    ],
)
def test_wrong_usage(
    tmp_path: Path, arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hosts(tmp_path, *arguments) == 2
    assert message in capsys.readouterr().err


def test_an_index_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hosts(tmp_path, "--index", str(tmp_path / "nothing")) == 1
    assert "nothing" in capsys.readouterr().err
