"""What is known of URLs beside their turn."""

import sqlite3
import threading
from datetime import UTC, datetime

import pytest

from corpuskit.connectors.web import history
from corpuskit.connectors.web.history import Hint, History, PageCapture, moment, unmodified

URL = "http://a.example/1"
LAST = PageCapture(
    URL, "2026-11-01T00:00:00Z", "<urn:uuid:1>", "sha1:A", '"e"', "", "2026-11-20T12:00:00Z"
)


def fresh() -> tuple[sqlite3.Connection, History]:
    base = sqlite3.connect(":memory:", isolation_level=None)
    return base, History(base, threading.RLock())


def do(base: sqlite3.Connection, *statements: history.Statement) -> None:
    for statement, values in statements:
        base.execute(statement, values)


def test_captures_come_back_and_ask_under_conditions() -> None:
    base, known = fresh()
    assert known.capture(URL) is None
    do(base, history.capture(LAST))
    assert known.capture(URL) == LAST
    assert LAST.validators == {"If-None-Match": '"e"'}


def test_the_first_date_counts_and_the_last_lastmod() -> None:
    base, known = fresh()
    feed = Hint(datetime(2026, 1, 2, tzinfo=UTC), "feed")
    later = Hint(datetime(2026, 5, 5, tzinfo=UTC), "sitemap", "2026-06-01")
    do(base, history.hint(URL, Hint(modified="2026-03-01")), history.hint(URL, feed))
    assert known.hint(URL) == Hint(feed.published, "feed", "2026-03-01")
    do(base, history.hint(URL, later))
    assert known.hint(URL) == Hint(feed.published, "feed", "2026-06-01")
    assert known.hint("http://a.example/2") == Hint()


def test_only_what_is_kept_can_be_withdrawn() -> None:
    base, known = fresh()
    do(base, history.withdraw(URL, "gone"))
    assert known.withdrawn() == {}
    do(base, history.record("f", 10, 20, URL), history.record("f", 20, 30, "http://b/"))
    do(base, history.withdraw(URL, "gone"), history.capture(LAST))
    assert known.withdrawn() == {"f": {(10, 20): "gone"}}
    known.settled_withdrawals()
    assert known.withdrawn() == {} and known.capture(URL) is None


@pytest.mark.parametrize(
    ("lastmod", "expected"),
    [
        (None, False),
        ("2026-11-20T11:59:59Z", True),
        ("2026-11-20T19:00:00+07:00", True),
        ("2026-11-20T19:00:01+07:00", False),
        ("2026-11-19", True),  # over everywhere since noon of the 20th in UTC
        ("2026-11-20", False),
        ("2027-01-01", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_a_lastmod_before_the_last_visit_says_that_nothing_changed(
    lastmod: str | None, expected: bool
) -> None:
    assert unmodified(LAST, Hint(modified=lastmod)) == expected
    assert not unmodified(None, Hint(modified=lastmod))


def test_moments() -> None:
    assert moment(" 2026-11-20 ") == datetime(2026, 11, 20, tzinfo=UTC)
    assert moment("2026-11-20T01:00+07:00") == datetime(2026, 11, 19, 18, tzinfo=UTC)
    for nonsense in ("", "x", "2026-13-01", "0001-01-01T00:00:00+23:00", "9" * 40):
        assert moment(nonsense) is None
