"""What is known of URLs beside their turn: their last capture, dates others gave, what ended.

Lives in the frontier's file, so that it changes in the frontier's transactions: what is to be
written comes as statements, for `Frontier.settle` to execute.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Statement = tuple[str, tuple[object, ...]]

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS captures (
    url TEXT PRIMARY KEY, at TEXT NOT NULL, record TEXT NOT NULL, digest TEXT NOT NULL,
    etag TEXT NOT NULL, modified TEXT NOT NULL, asked_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    file TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, url TEXT NOT NULL,
    PRIMARY KEY (file, start));
CREATE INDEX IF NOT EXISTS records_url ON records (url);
CREATE TABLE IF NOT EXISTS hints (
    url TEXT PRIMARY KEY, published TEXT, source TEXT, modified TEXT);
CREATE TABLE IF NOT EXISTS withdrawn (url TEXT PRIMARY KEY, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ended (prefix TEXT PRIMARY KEY, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""

FIRST_PAGE: Final = datetime(1991, 8, 6, tzinfo=UTC)
"""When the first page of the web was announced: a date before it is a default, not a date."""
_BUDDHIST_ERA: Final = 543
_BUDDHIST_YEARS: Final = 1991 + _BUDDHIST_ERA
_LAST_YEAR: Final = 2100
"""Later years are errors, in any calendar. Dates in the near future are checked by `keep`."""

_DAY_ENDS: Final = timedelta(hours=36)
"""After its midnight in UTC a day is over everywhere: the last time zone is 12 hours behind."""


@dataclass(frozen=True, slots=True)
class PageCapture:
    """The last record that holds a URL's payload."""

    url: str
    at: str
    """WARC-Date of the record."""
    record: str
    """WARC-Record-ID."""
    digest: str
    """WARC-Payload-Digest."""
    etag: str
    modified: str
    """Last-Modified, as sent; empty, as `etag`, where none was."""
    asked_at: str
    """When a server last said that this is the page: the record's time or that of a revisit."""

    @property
    def validators(self) -> dict[str, str]:
        """Headers that ask for the page only if it has changed (RFC 9110, 13.1)."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Hint:
    """What a feed or a sitemap says of a page."""

    published: datetime | None = None
    source: str | None = None
    """Who said when it was published: feed or sitemap."""
    modified: str | None = None
    """`lastmod` as the sitemap gives it."""


def capture(last: PageCapture) -> Statement:
    """Remember a URL's last capture."""
    values = (
        last.url, last.at, last.record, last.digest, last.etag, last.modified, last.asked_at,
    )  # fmt: skip
    return "REPLACE INTO captures VALUES (?, ?, ?, ?, ?, ?, ?)", values


def record(file: str, start: int, stop: int, url: str) -> Statement:
    """Remember where a page's record stands."""
    return "REPLACE INTO records VALUES (?, ?, ?, ?)", (file, start, stop, url)


def withdraw(url: str, why: str) -> Statement:
    """Remember that what is kept of a URL is to go; nothing where nothing is kept."""
    statement = (
        "INSERT OR REPLACE INTO withdrawn SELECT ?, ? "
        "WHERE EXISTS (SELECT 1 FROM records WHERE url = ?)"
    )
    return statement, (url, why, url)


def end(prefix: str, why: str) -> Statement:
    """Remember that nothing more is to be asked below a prefix."""
    return "REPLACE INTO ended VALUES (?, ?)", (prefix, why)


def hint(url: str, stated: Hint) -> Statement:
    """Remember what a feed or sitemap says; the first date of publication counts."""
    at = stated.published.isoformat() if stated.published else None
    statement = (
        "INSERT INTO hints VALUES (?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET "
        "source = iif(published IS NULL, excluded.source, source), "
        "published = coalesce(published, excluded.published), "
        "modified = coalesce(excluded.modified, modified)"
    )
    return statement, (url, at, stated.source, stated.modified)


class History:
    """The tables, for reading; any number of threads may use it."""

    def __init__(self, base: sqlite3.Connection, lock: threading.RLock) -> None:
        self._base, self._lock = base, lock
        base.executescript(SCHEMA)

    def capture(self, url: str) -> PageCapture | None:
        """A URL's last capture."""
        rows = self._all("SELECT * FROM captures WHERE url = ?", url)
        return PageCapture(*rows[0]) if rows else None

    def hint(self, url: str) -> Hint:
        """What was said of a URL, perhaps nothing."""
        rows = self._all("SELECT published, source, modified FROM hints WHERE url = ?", url)
        if not rows:
            return Hint()
        at, source, modified = rows[0]
        return Hint(datetime.fromisoformat(at) if at else None, source, modified)

    def ended(self) -> dict[str, str]:
        """Prefixes below which nothing more is asked, and why."""
        return dict(self._all("SELECT prefix, why FROM ended"))

    def withdrawn(self) -> dict[str, dict[tuple[int, int], str]]:
        """Archives with records that are to go: where each stands, and why."""
        records: dict[str, dict[tuple[int, int], str]] = {}
        for file, start, stop, why in self._all(
            "SELECT file, start, stop, why FROM records JOIN withdrawn USING (url) "
            "ORDER BY file, start"
        ):
            records.setdefault(file, {})[start, stop] = why
        return records

    def replaced(self, old: str, new: str, size: int, moved: Iterable[Statement]) -> None:
        """An archive was rewritten under another name, without what is withdrawn from it."""
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.execute("DELETE FROM archives WHERE file = ?", (old,))
            self._base.execute("REPLACE INTO archives VALUES (?, ?)", (new, size))
            self._base.execute("DELETE FROM records WHERE file = ?", (old,))
            for statement, values in moved:
                self._base.execute(statement, values)
            self._base.execute("COMMIT")

    def settled_withdrawals(self) -> None:
        """All that was withdrawn is gone."""
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.execute("DELETE FROM captures WHERE url IN (SELECT url FROM withdrawn)")
            self._base.execute("DELETE FROM withdrawn")
            self._base.execute("COMMIT")

    def records(self, file: str) -> list[tuple[int, int, str]]:
        """Where each page of an archive stands: start, stop, URL."""
        return self._all("SELECT start, stop, url FROM records WHERE file = ? ORDER BY start", file)

    def state(self, name: str) -> int:
        """A number that was remembered; 0 if none was."""
        rows = self._all("SELECT value FROM state WHERE name = ?", name)
        return int(rows[0][0]) if rows else 0

    def begin(self, recrawl: int, next_archive: int) -> bool:
        """Let every URL wait again if this crawl has not been repeated `recrawl` times yet.

        What the new round keeps goes to archives from number `next_archive` on.
        """
        with self._lock:
            if recrawl <= self.state("recrawl"):
                return False
            self._base.execute("BEGIN IMMEDIATE")
            self._base.execute(
                "UPDATE urls SET state='waiting', tries=0, code=NULL, detail=NULL, status=NULL, "
                "bytes=0"
            )
            self._base.execute("DELETE FROM ended")
            self._base.execute("UPDATE hints SET modified = NULL")  # only what is said now counts
            for name, value in (("recrawl", recrawl), ("archive", next_archive)):
                self._base.execute("REPLACE INTO state VALUES (?, ?)", (name, value))
            self._base.execute("COMMIT")
            return True

    def _all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._base.execute(statement, values).fetchall()


def unmodified(last: PageCapture | None, hint: Hint) -> bool:
    """Whether a sitemap says that a page has not changed since its capture was confirmed."""
    if last is None or hint.modified is None:
        return False
    at = plausible(moment(hint.modified))
    if at is None:
        return False
    whole_day = "T" not in hint.modified
    return at + (_DAY_ENDS if whole_day else timedelta()) <= datetime.fromisoformat(last.asked_at)


def moment(value: str) -> datetime | None:
    """A date or time in ISO 8601 as sitemaps give it (W3C NOTE-datetime), in UTC; None if none."""
    text = value.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None


def plausible(at: datetime | None) -> datetime | None:
    """A date of a page in the Gregorian calendar; None for what cannot be one.

    Thai, Lao and Khmer software writes years of the Buddhist Era, 543 more, into fields that ask
    for Gregorian ones. Years of the Iranian and Islamic calendars fall before FIRST_PAGE.
    """
    if at is None:
        return None
    if at.year >= _BUDDHIST_YEARS:
        try:
            at = at.replace(year=at.year - _BUDDHIST_ERA)
        except ValueError:  # 29 February of a year that is not a leap year
            return None
    return at if at >= FIRST_PAGE and at.year <= _LAST_YEAR else None
