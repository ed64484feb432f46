"""The file that a crawl goes on from."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpuskit.connectors.fetching.origin_store import OriginFiles
from corpuskit.connectors.fetching.robots import RobotsFile
from corpuskit.connectors.web import history
from corpuskit.connectors.web.archive import KeptRecord
from corpuskit.connectors.web.frontier import (
    FEED,
    FORMAT,
    KEPT,
    LOST,
    PAGE,
    Entry,
    Frontier,
    UrlOutcome,
)
from corpuskit.errors import SourceError


def entry(number: int, depth: int = 0, host: str = "a.example") -> Entry:
    return Entry(f"http://{host}/{number}", PAGE, depth)


def test_order_and_counts_survive_reopening(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "f")
    new = frontier.add([entry(2, 1), entry(1), entry(1), entry(3, host="b.example")])
    assert new == {"a.example": 2, "b.example": 1}
    assert frontier.add([entry(1, 5)]) == {}
    first = frontier.next_of("a.example")
    assert first == entry(1)
    frontier.try_again(entry(1))
    assert frontier.next_of("a.example") == entry(2, 1)
    outcome = UrlOutcome(KEPT, status=200, bytes=50)
    found = frontier.settle(
        entry(2, 1), outcome, [entry(1), entry(4, 2)], KeptRecord("x.warc.gz", 99)
    )
    assert found == {"a.example": 1}
    frontier.close()
    again = Frontier(tmp_path / "f")
    assert again.waiting() == {"a.example": 2, "b.example": 1}
    assert again.kept() == {"a.example": 1}
    assert again.archives() == {"x.warc.gz": 99}
    assert again.totals() == (1, 50, 0, 0, 0)
    # The least tried comes first, however deep.
    assert again.next_of("a.example") == entry(4, 2)
    assert again.next_of("nobody.example") is None
    again.close()


def test_losses_are_listed_by_url_and_only_pages(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "f")
    feed = Entry("http://a.example/feed", FEED, 0)
    frontier.add([entry(2), entry(1), feed, entry(3), entry(5, host="b.example")])
    frontier.settle(entry(2), UrlOutcome(LOST, "read/http_status", "404", 404))
    frontier.settle(feed, UrlOutcome(LOST, "read/http_status", "404", 404))
    frontier.settle(entry(1), UrlOutcome(LOST, "read/robots", "disallowed"))
    frontier.give_up("b.example", "read/network", "given up")
    assert list(frontier.lost_pages()) == [
        ("http://a.example/1", "read/robots", "disallowed", None),
        ("http://a.example/2", "read/http_status", "404", 404),
        ("http://b.example/5", "read/network", "given up", None),
    ]
    assert frontier.reasons() == {"read/http_status 404": 1, "read/network": 1, "read/robots": 1}
    assert frontier.waiting() == {"a.example": 1}
    frontier.close()


def test_origins_and_queries(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "f")
    robots = RobotsFile(200, b"\xff\x00", datetime(2026, 1, 2, tzinfo=UTC))
    files = OriginFiles(robots, "[]", True)
    assert frontier.origins.load("http://a.example") is None
    frontier.origins.save("http://a.example", files)
    frontier.origins.save("http://a.example", files)
    assert frontier.origins.load("http://a.example") == files
    frontier.add(Entry(f"http://a.example/x?{n}", PAGE, 0) for n in range(3))
    assert frontier.queries() == {"http://a.example/x": {"0", "1", "2"}}
    frontier.close()


def test_a_file_that_no_version_has_marked_is_taken_up_with_the_columns_it_lacks(
    tmp_path: Path,
) -> None:
    Frontier(tmp_path / "f").close()
    with closing(sqlite3.connect(tmp_path / "f")) as base:
        base.execute("DROP INDEX urls_area")
        base.execute("ALTER TABLE urls DROP COLUMN area")
        base.execute("PRAGMA user_version = 0")
    frontier = Frontier(tmp_path / "f", focus=True)
    assert frontier.add([entry(1)]) == {"a.example": 1}
    frontier.close()
    with closing(sqlite3.connect(tmp_path / "f")) as base:
        assert base.execute("PRAGMA user_version").fetchone() == (FORMAT,)


def test_a_file_of_another_format_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    Frontier(tmp_path / "f").close()
    with closing(sqlite3.connect(tmp_path / "f")) as base:
        base.execute(f"PRAGMA user_version = {FORMAT + 1}")
    before = (tmp_path / "f").read_bytes()
    with pytest.raises(SourceError, match=rf"another version .*format {FORMAT + 1}, not {FORMAT}"):
        Frontier(tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"corpus" * 1000)
    with pytest.raises(SourceError, match="not a database; put a copy in its place"):
        Frontier(tmp_path / "f")


def test_any_string_can_be_stored_and_looked_up(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "f")
    frontier.add([entry(1)])
    frontier.settle(
        entry(1),
        UrlOutcome(LOST, "read/opt_out", "half \ud83d, whole \ud83d\ude00"),
        noted=[history.hint("http://a.example/1", history.Hint(modified="\udc80"))],
    )
    frontier.origins.save(
        "http://a.example",
        OriginFiles(RobotsFile(200, b"", datetime.now(UTC)), "\ud800", ai_txt=False),
    )
    [(_, _, detail, _)] = frontier.lost_pages()
    assert detail == "half \ufffd, whole \U0001f600"
    assert frontier.history.hint("http://a.example/1").modified == "\ufffd"
    assert frontier.next_of("\ud800") is None
    frontier.close()
