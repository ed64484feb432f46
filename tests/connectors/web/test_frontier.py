"""The file that a crawl goes on from."""

from datetime import UTC, datetime
from pathlib import Path

from corpuskit.connectors.web.archive import Kept
from corpuskit.connectors.web.frontier import (
    FEED,
    KEPT,
    LOST,
    PAGE,
    Entry,
    Frontier,
    Origin,
    Outcome,
)
from corpuskit.connectors.web.robots import RobotsFile


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
    outcome = Outcome(KEPT, status=200, bytes=50)
    found = frontier.settle(entry(2, 1), outcome, [entry(1), entry(4, 2)], Kept("x.warc.gz", 99))
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
    frontier.settle(entry(2), Outcome(LOST, "read/http_status", "404", 404))
    frontier.settle(feed, Outcome(LOST, "read/http_status", "404", 404))
    frontier.settle(entry(1), Outcome(LOST, "read/robots", "disallowed"))
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
    origin = Origin(RobotsFile(200, b"\xff\x00", datetime(2026, 1, 2, tzinfo=UTC)), "[]", True)
    assert frontier.origin("http://a.example") is None
    frontier.learn("http://a.example", origin)
    frontier.learn("http://a.example", origin)
    assert frontier.origin("http://a.example") == origin
    frontier.add(Entry(f"http://a.example/x?{n}", PAGE, 0) for n in range(3))
    assert frontier.queries() == {"http://a.example/x": {"0", "1", "2"}}
    frontier.close()
