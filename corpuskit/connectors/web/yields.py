"""What a crawl has learned of hosts and paths, kept in the frontier's file.

Written in the transaction that settles a page, so that a crawl that dies and goes on knows as
much as one that did not.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from corpuskit.connectors.reasons import NO_YIELD
from corpuskit.connectors.web.focus import (
    CREDIT,
    CREDITED,
    FAR,
    LISTED,
    MAX_FOLDERS,
    SEED,
    Focus,
    Node,
    area,
    folder,
    since_of,
    step,
)

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS yields (
    place TEXT PRIMARY KEY, pages INTEGER NOT NULL, found INTEGER NOT NULL,
    bytes INTEGER NOT NULL, gain REAL NOT NULL, expected REAL NOT NULL, idle INTEGER NOT NULL);
"""
"""Beside it `urls` has, per URL: its area, the id of the page that named it, the wanted
characters found, and whether it was credited for what it led to."""

_RESCORE: Final = 64
"""Pages after which every host is scored anew: what a class yields changes slowly."""


@dataclass(frozen=True, slots=True)
class Origination:
    """What a page or list passes on to the URLs that it names."""

    since: str | None = None
    """Class letter; None: by what they are."""
    parent: int | None = None
    """Id of the URL that gets credit for them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new URL stands: its area, or why it is not taken up."""

    area: str | None = None
    code: str | None = None
    detail: str | None = None


class Yields:
    """Areas of URLs, what they gave, and which of a host's comes first."""

    def __init__(self, base: sqlite3.Connection) -> None:
        """`base` has the frontier's tables; whoever calls holds its lock, but for `score`."""
        self._base = base
        base.executescript(SCHEMA)
        rows = base.execute("SELECT place, pages, found, bytes, gain, expected, idle FROM yields")
        self._focus = Focus({place: Node(*rest) for place, *rest in rows})
        self._guard = threading.Lock()  # the memory below: no wait for a disk to read it
        self._waiting: dict[str, dict[str, int]] = {}
        self._folders: dict[str, set[str]] = {}
        self._scores: dict[str, tuple[int, float]] = {}
        self._learned = 0
        dropped = base.execute("SELECT DISTINCT host FROM urls WHERE code=?", (NO_YIELD,))
        self._dropped = {host for (host,) in dropped}
        self._recall()

    def _recall(self) -> None:
        """Take up what waits; URLs that were found while nobody judged get an area now."""
        unplaced = self._base.execute(
            "SELECT id, url, host FROM urls WHERE state='waiting' AND area IS NULL"
        )
        for number, url, host in unplaced.fetchall():
            name = area(host, self._folder(host, url), FAR, "")
            self._base.execute("UPDATE urls SET area=? WHERE id=?", (name, number))
        for host, name, count in self._base.execute(
            "SELECT host, area, sum(state='waiting' AND tries=0) FROM urls "
            "WHERE area IS NOT NULL GROUP BY host, area"
        ):
            self._folders.setdefault(host, set()).add(_folder_of(host, name))
            if count:
                self._waiting.setdefault(host, {})[name] = count

    def score(self, host: str) -> float:
        """The best that is expected of any URL that waits at a host."""
        with self._guard:
            round_ = self._learned // _RESCORE
            known = self._scores.get(host)
            if known is None or known[0] != round_:
                known = round_, self._focus.best(self._waiting.get(host, ()))[0]
                self._scores[host] = known
            return known[1]

    def first_of(self, host: str) -> str | None:
        """The area of a host to ask next; None if only URLs are left that failed before."""
        with self._guard:
            return self._focus.best(self._waiting.get(host, ()))[1] or None

    def fruitless(self, host: str) -> tuple[int, int]:
        """Pages of a host since the last that gave or led to anything; pages that gave."""
        with self._guard:
            node = self._focus.nodes.get(host) or Node()
            return node.idle, node.found

    def drop(self, host: str) -> None:
        """Nothing of a host is taken up any more; what waits has been settled."""
        self._dropped.add(host)
        self.forget(host)

    def place(self, url: str, host: str, since: str, hint: str) -> Place:
        """The area of a URL that was found."""
        with self._guard:
            name = area(host, self._folder(host, url), since, hint)
        if host in self._dropped:
            return Place(name, NO_YIELD, "found after its host was dropped")
        return Place(name)

    def named(self, url: str, host: str, place: Place, parent: int | None, *, new: bool) -> None:
        """A URL was named: it waits now, or, known and untried, it may be worth more now."""
        if new:
            if not place.code:
                self._count(host, str(place.area), 1)
            return
        row = self._base.execute(
            "SELECT area FROM urls WHERE url=? AND state='waiting' AND tries=0", (url,)
        ).fetchone()
        if row is None or row[0] is None or row[0] == place.area:
            return
        with self._guard:
            better = self._focus.score(str(place.area)) > self._focus.score(row[0])
        if better:
            self._base.execute(
                "UPDATE urls SET area=?, parent=? WHERE url=?", (place.area, parent, url)
            )
            self._count(host, row[0], -1)
            self._count(host, str(place.area), 1)

    def settled(
        self, url: str, host: str, tries: int, size: int, wanted: int | None
    ) -> Origination:
        """A page with so many wanted characters (None: nobody looked), or a list, is done."""
        number, name, parent = self.taken(url, host, tries)
        if name is None:
            return Origination(LISTED, number)
        if wanted is not None:
            self._learn(name, size, wanted, parent)
        return Origination(since_links(name, wanted), number)

    def moved(self, url: str, host: str, tries: int) -> Origination:
        """A redirect: where it leads stands where it stood."""
        number, name, parent = self.taken(url, host, tries)
        return Origination(LISTED if name is None else since_of(name), parent or number)

    def taken(self, url: str, host: str, tries: int) -> tuple[int, str | None, int | None]:
        """A URL does not wait untried any more; its id, its area, the id of who named it."""
        row: tuple[int, str | None, int | None] = self._base.execute(
            "SELECT id, area, parent FROM urls WHERE url=?", (url,)
        ).fetchone()
        if row[1] is not None and tries == 0:
            self._count(host, row[1], -1)
        return row

    def _folder(self, host: str, url: str) -> str:
        known, place = self._folders.setdefault(host, set()), folder(url)
        if place not in known and len(known) >= MAX_FOLDERS:
            return "/"
        known.add(place)
        return place

    def _count(self, host: str, name: str, by: int) -> None:
        """So many more (or fewer) URLs of an area wait that were not tried yet."""
        with self._guard:
            areas = self._waiting.setdefault(host, {})
            areas[name] = areas.get(name, 0) + by
            if areas[name] <= 0:
                del areas[name]
            self._scores.pop(host, None)

    def empty(self, host: str, name: str) -> None:
        """Nothing of an area waits, whatever was counted: its URLs were settled as a whole."""
        with self._guard:
            self._waiting.get(host, {}).pop(name, None)
            self._scores.pop(host, None)

    def forget(self, host: str) -> None:
        """Nothing of a host waits any more."""
        with self._guard:
            self._waiting.pop(host, None)
            self._scores.pop(host, None)

    def _learn(self, name: str, size: int, wanted: int, parent: int | None) -> None:
        """A page of `size` bytes had `wanted` characters: its places know, and who led to it."""
        with self._guard:
            changed = self._focus.learn(name, size, wanted)
            self._learned += 1
        if wanted:
            changed += self._reward(parent, min(float(wanted), self._focus.page_chars))
        self._write(changed)

    def _reward(self, parent: int | None, worth: float) -> list[str]:
        """Credit the pages on the way, each once, that are not themselves wanted."""
        changed: list[str] = []
        for _ in range(CREDITED):
            row = self._base.execute(
                "SELECT area, host, parent, wanted, credited FROM urls WHERE id=?", (parent,)
            ).fetchone()
            if row is None or row[0] is None or row[3] or row[4]:
                break
            self._base.execute("UPDATE urls SET credited=1 WHERE id=?", (parent,))
            worth *= CREDIT
            name, host, parent = row[:3]
            with self._guard:
                changed += self._focus.credit(name, worth)
                self._scores.pop(host, None)
        return changed

    def _write(self, places: Iterable[str]) -> None:
        nodes = [(place, self._focus.nodes[place]) for place in dict.fromkeys(places)]
        self._base.executemany(
            "REPLACE INTO yields VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(p, n.pages, n.found, n.bytes, n.gain, n.expected, n.idle) for p, n in nodes],
        )


def since_links(name: str | None, wanted: int | None) -> str:
    """The class letter of what a page or list of area `name` names; `wanted` None: a list."""
    if name is None:
        return LISTED
    since = since_of(name)
    if wanted is not None:
        return step(since, wanted)
    return LISTED if since in (SEED, LISTED) else since


def _folder_of(host: str, name: str) -> str:
    return name.partition(" ")[0].removeprefix(host)
