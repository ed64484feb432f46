"""Which URLs are known and what became of each: one SQLite file that a crawl goes on from.

A URL is waiting until it is settled; one that is being fetched is still waiting, so that a
crawl that dies loses nothing. A page is settled in the transaction that says how far its
archive reaches.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from corpuskit.connectors.databases import connect
from corpuskit.connectors.fetching.origin_store import OriginStore
from corpuskit.connectors.fetching.policy import BUSY
from corpuskit.connectors.reasons import (
    CRAWL_DELAY,
    FAILED,
    HTTP_STATUS,
    NETWORK,
    REFUSED_ADDRESS,
    ROBOTS,
    TIMED_OUT,
)
from corpuskit.connectors.web.archive import KeptRecord
from corpuskit.connectors.web.focus import LISTED, SEED
from corpuskit.connectors.web.history import History, Statement, end
from corpuskit.connectors.web.yields import Origination, Place, Yields
from corpuskit.errors import SourceError

PAGE: Final = "page"
SITEMAP: Final = "sitemap"
FEED: Final = "feed"

WAITING, KEPT, READ, LOST = "waiting", "kept", "read", "lost"

FORMAT: Final = 1
"""Of the file, as its `user_version`; 0 is one that no version of corpuskit has marked yet."""

_MAY_HAVE_PASSED: Final = (
    "code IN ('{codes}') OR code='{status}' AND (status IN ({busy}) OR {given_up}) "
    "OR code='{robots}' AND (detail LIKE 'robots.txt: %' OR {given_up}) "
    "OR code='{refused}' AND detail NOT LIKE 'redirect to %' AND detail NOT LIKE 'scheme %'"
).format(
    codes="', '".join((NETWORK, TIMED_OUT, CRAWL_DELAY, FAILED)),
    status=HTTP_STATUS,
    busy=", ".join(map(str, sorted(BUSY))),
    given_up="detail LIKE 'host given up: %'",
    robots=ROBOTS,
    refused=REFUSED_ADDRESS,
)
"""Which lost URLs are worth another request when a crawl goes on, as a condition of SQL."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS urls (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, host TEXT NOT NULL, kind TEXT NOT NULL,
    depth INTEGER NOT NULL, hops INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting', code TEXT, detail TEXT, status INTEGER,
    bytes INTEGER NOT NULL DEFAULT 0, area TEXT, parent INTEGER, wanted INTEGER,
    credited INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS urls_next ON urls (host, state, tries, depth, id);
CREATE INDEX IF NOT EXISTS urls_area ON urls (area, state, tries, depth, id);
CREATE TABLE IF NOT EXISTS archives (file TEXT PRIMARY KEY, size INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A URL to ask."""

    url: str
    kind: str
    depth: int
    """Links between a seed and it."""
    hops: int = 0
    """Redirects between the URL that was named and it."""
    tries: int = 0
    hint: str = ""
    """What is said of its language where it is named; see `hints`."""

    @property
    def host(self) -> str:
        """Whom to be polite to."""
        return urlsplit(self.url).hostname or ""

    @property
    def origin(self) -> str:
        """Whose robots.txt counts."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class UrlOutcome:
    """What became of a URL."""

    state: str
    code: str | None = None
    detail: str | None = None
    status: int | None = None
    bytes: int = 0
    wanted: int | None = None
    """Characters in the wanted languages; None where nobody looked."""


class Frontier:
    """The file; any number of threads may use it."""

    def __init__(self, path: Path, *, focus: bool = False) -> None:
        """`focus`: learn what pages yield, and give the URLs that promise most first.

        SourceError where the file is of another format, or damaged.
        """
        self._lock = threading.RLock()
        self._base = connect(path)
        try:
            _prepare(self._base, path)
        except BaseException:
            self._base.close()
            raise
        self.yields = Yields(self._base) if focus else None
        self.history = History(self._base, self._lock)
        self.origins = OriginStore(self._base, self._lock)

    def close(self) -> None:
        """Let go of the file; what a thread says later raises sqlite3.ProgrammingError."""
        with self._lock:
            self._base.close()

    def add(self, entries: Iterable[Entry]) -> dict[str, int]:
        """Take up URLs that are not known yet; how many of each host."""
        new: dict[str, int] = {}
        with self._lock, self._transaction():
            self._add(entries, new, Origination())
        return new

    def settle(
        self,
        entry: Entry,
        outcome: UrlOutcome,
        links: Iterable[Entry] = (),
        kept: KeptRecord | None = None,
        noted: Iterable[Statement] = (),
    ) -> dict[str, int]:
        """Record the outcome of a URL and the URLs it named, in one transaction; new URLs per host.

        `noted` is what `history` is to know from then on.
        """
        new: dict[str, int] = {}
        with self._lock, self._transaction():
            self._base.execute(
                "UPDATE urls SET state=?, code=?, detail=?, status=?, bytes=?, "
                "wanted=coalesce(?, wanted) WHERE url=?",
                (outcome.state, outcome.code, outcome.detail, outcome.status, outcome.bytes,
                 outcome.wanted, entry.url),
            )  # fmt: skip
            if kept is not None:
                self._base.execute("REPLACE INTO archives VALUES (?, ?)", (kept.file, kept.size))
            for statement, values in noted:
                self._base.execute(statement, values)
            self._add(links, new, self._learn(entry, outcome))
        return new

    def try_again(self, entry: Entry) -> None:
        """Put a URL behind those of its host that were tried less often."""
        with self._lock:
            self._base.execute("UPDATE urls SET tries = tries + 1 WHERE url = ?", (entry.url,))
            if self.yields:
                self.yields.taken(entry.url, entry.host, entry.tries)

    def next_of(self, host: str, *, wide: bool = False) -> Entry | None:
        """The URL to ask next of a host: the least tried, nearest to a seed, oldest.

        With focus of those never tried in the area that promises most, if there are any, unless
        `wide`.
        """
        while self.yields and not wide and (area := self.yields.first_of(host)):
            row = self._one(
                "SELECT url, kind, depth, hops, tries FROM urls WHERE area=? AND state='waiting' "
                "AND tries=0 ORDER BY depth, id LIMIT 1",
                area,
            )
            if row:
                return Entry(*row)
            self.yields.empty(host, area)
        row = self._one(
            "SELECT url, kind, depth, hops, tries FROM urls WHERE host=? AND state='waiting' "
            "ORDER BY tries, depth, id LIMIT 1",
            host,
        )
        return Entry(*row) if row else None

    def waiting(self) -> dict[str, int]:
        """How many URLs wait, per host."""
        return dict(
            self._all("SELECT host, count(*) FROM urls WHERE state='waiting' GROUP BY host")
        )

    def kept(self) -> dict[str, int]:
        """How many pages were kept, per host."""
        return dict(self._all("SELECT host, count(*) FROM urls WHERE state='kept' GROUP BY host"))

    def seeds(self) -> list[str]:
        """The URLs that the crawl began with."""
        rows = self._all("SELECT url FROM urls WHERE kind='page' AND depth=0 AND hops=0")
        return [url for (url,) in rows]

    def ask_again(self, full: Collection[str] = ()) -> dict[str, int]:
        """Let URLs wait again that were lost for what may have passed; how many of each host.

        That is an error of the network or the server, a robots.txt that could not be had, a
        Crawl-delay or an address that the options may allow by now, an exception. URLs of the
        hosts in `full` stay lost.
        """
        condition = (
            f"state='lost' AND ({_MAY_HAVE_PASSED}) "
            "AND host NOT IN (SELECT value FROM json_each(?))"
        )
        hosts = json.dumps(sorted(full))
        with self._lock, self._transaction():
            counts = self._all(
                f"SELECT host, count(*) FROM urls WHERE {condition} GROUP BY host", hosts
            )
            self._base.execute(
                "UPDATE urls SET state='waiting', tries=1, code=NULL, "
                f"detail=NULL, status=NULL, bytes=0 WHERE {condition}",
                (hosts,),
            )
        return dict(counts)

    def queries(self) -> dict[str, set[str]]:
        """The queries of known URLs, per URL without them."""
        known: dict[str, set[str]] = {}
        for (url,) in self._all("SELECT url FROM urls WHERE instr(url, '?')"):
            bare, _, query = url.partition("?")
            known.setdefault(bare, set()).add(query)
        return known

    def give_up(self, host: str, code: str, detail: str) -> int:
        """Settle everything that waits of a host; how much."""
        with self._lock:
            return self._base.execute(
                "UPDATE urls SET state='lost', code=?, detail=? WHERE host=? AND state='waiting'",
                (code, detail, host),
            ).rowcount

    def end(self, prefix: str, why: str, code: str) -> int:
        """Settle every page that waits below a prefix, for good; how many."""
        host = urlsplit(prefix).hostname or ""
        with self._lock, self._transaction():
            self._base.execute(*end(prefix, why))
            return self._base.execute(
                "UPDATE urls SET state='lost', code=?, detail=? WHERE host=? AND state='waiting' "
                "AND kind='page' AND substr(url, 1, ?) = ?",
                (code, why, host, len(prefix), prefix),
            ).rowcount

    def totals(self) -> tuple[int, int, int, int, int]:
        """Pages kept; bytes of all bodies; kept pages judged, those with wanted text, and the
        characters of it."""
        row = self._one(
            "SELECT coalesce(sum(state='kept'), 0), coalesce(sum(bytes), 0), "
            "coalesce(sum(state='kept' AND wanted IS NOT NULL), 0), "
            "coalesce(sum(state='kept' AND wanted > 0), 0), "
            "coalesce(sum(iif(state='kept', wanted, 0)), 0) FROM urls"
        )
        assert row is not None
        kept, size, judged, fruitful, chars = map(int, row)
        return kept, size, judged, fruitful, chars

    def reasons(self) -> dict[str, int]:
        """How many pages were lost, per reason and, where that is one, status of the answer."""
        rows = self._all(
            "SELECT code, iif(code=?, status, NULL) AS told, count(*) FROM urls "
            "WHERE state='lost' AND kind='page' GROUP BY code, told ORDER BY code, told",
            HTTP_STATUS,
        )
        return {f"{code} {status}" if status else code: count for code, status, count in rows}

    def lost_pages(self) -> Iterator[tuple[str, str, str | None, int | None]]:
        """URL, reason, detail and status of every page that was lost, by URL."""
        yield from self._all(
            "SELECT url, code, detail, status FROM urls WHERE state='lost' AND kind='page' "
            "ORDER BY url"
        )

    def archives(self) -> dict[str, int]:
        """The archives and how far each reaches."""
        return dict(self._all("SELECT file, size FROM archives"))

    def _learn(self, entry: Entry, outcome: UrlOutcome) -> Origination:
        """Learn from a settled URL's yield; what the URLs that it named inherit."""
        if self.yields is None:
            return Origination()
        if entry.kind == PAGE and outcome.state == READ:  # a redirect names itself anew
            return self.yields.moved(entry.url, entry.host, entry.tries)
        return self.yields.settled(
            entry.url, entry.host, entry.tries, outcome.bytes, outcome.wanted
        )

    def _add(self, entries: Iterable[Entry], new: dict[str, int], source: Origination) -> None:
        for entry in entries:
            place = Place() if self.yields is None else self._place(entry, source)
            done = self._base.execute(
                "INSERT OR IGNORE INTO urls (url, host, kind, depth, hops, area, parent, state, "
                "code, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (entry.url, entry.host, entry.kind, entry.depth, entry.hops, place.area,
                 source.parent, LOST if place.code else WAITING, place.code, place.detail),
            )  # fmt: skip
            if done.rowcount and not place.code:
                new[entry.host] = new.get(entry.host, 0) + 1
            if self.yields is not None:
                self.yields.named(
                    entry.url, entry.host, place, source.parent, new=done.rowcount > 0
                )

    def _place(self, entry: Entry, source: Origination) -> Place:
        assert self.yields is not None
        since = source.since or (SEED if entry.kind == PAGE else LISTED)
        return self.yields.place(entry.url, entry.host, since, entry.hint)

    def _transaction(self) -> _Transaction:
        return _Transaction(self._base)

    def _one(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._base.execute(statement, values).fetchone()
            return row

    def _all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._base.execute(statement, values).fetchall()


class _Transaction:
    """BEGIN to COMMIT, or ROLLBACK."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def __enter__(self) -> None:
        self._base.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *rest: object) -> None:
        self._base.execute("COMMIT" if kind is None else "ROLLBACK")


def _prepare(base: sqlite3.Connection, path: Path) -> None:
    """Make the tables, or those that the file does not have yet."""
    try:
        (version,) = base.execute("PRAGMA user_version").fetchone()
        if version not in (0, FORMAT):
            raise SourceError(
                f"{path} was written by another version of corpuskit (format {version}, not "
                f"{FORMAT}); go on with that version, or choose another folder with --out"
            )
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        _add_columns(base)
        base.executescript(_SCHEMA)
        base.execute(f"PRAGMA user_version = {FORMAT}")
    except sqlite3.OperationalError:  # the disk or a lock, not what the file holds
        raise
    except sqlite3.DatabaseError as error:
        raise SourceError(
            f"{path}: {error}; put a copy in its place, or begin anew in another folder with --out"
        ) from error


_LATER: Final = ("area TEXT", "parent INTEGER", "wanted INTEGER", "credited INTEGER DEFAULT 0")
"""Columns of `urls` that files of format 0 may not have."""


def _add_columns(base: sqlite3.Connection) -> None:
    known = {row[1] for row in base.execute("PRAGMA table_info(urls)")}
    for column in _LATER:
        if known and column.split()[0] not in known:
            base.execute(f"ALTER TABLE urls ADD COLUMN {column}")
