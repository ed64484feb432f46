"""What has been harvested: one SQLite file that a harvest goes on from.

An answer's records and the token for the next ones are kept in one transaction, so that a
harvest that is killed has lost nothing and asks for nothing twice.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from corpuskit.connectors.oai.answers import OaiItem

FORMAT: Final = 1

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS records (
    identifier TEXT PRIMARY KEY, datestamp TEXT NOT NULL, deleted INTEGER NOT NULL,
    born INTEGER NOT NULL, list INTEGER NOT NULL, date TEXT NOT NULL, xml BLOB NOT NULL,
    full_text TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS born ON records (born, identifier);
CREATE TABLE IF NOT EXISTS said (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class HarvestProgress:
    """How far the harvest is; its fields are kept from run to run."""

    number: int = 1
    """Which harvest of this store it is."""
    origin: str | None = None
    """`from` of the whole harvest,"""
    since: str | None = None
    """and of the list that is being read: later where a list was begun anew in its middle."""
    list: int = 1
    """Which list of this store it is,"""
    first: int = 1
    """and which the harvest began with."""
    token: str | None = None
    began: str | None = None
    """responseDate of the first answer: from where the next harvest asks."""
    latest: str = ""
    """Greatest datestamp of the list so far."""
    ordered: bool = True
    """Whether its datestamps never went back."""
    taken: int = 0
    """Records of this harvest."""
    barren: int = 0
    """Answers in a row that held nothing that was not there."""
    restarts: int = 0
    """Lists begun anew since something last came that was not there."""
    renewed: str | None = None
    """The option `renew` that this harvest followed, which is followed once."""
    done: bool = False


@dataclass(frozen=True, slots=True)
class HarvestedRecord:
    """A record as it is kept."""

    identifier: str
    datestamp: str
    deleted: bool
    date: str
    """When it was fetched, by the repository's clock."""
    xml: bytes
    full_text: dict[str, Any] | None
    """What became of the document it leads to, if one was looked for."""


class HarvestStore:
    """The records of one request."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.executescript(_SCHEMA)

    def close(self) -> None:
        """Nothing is kept open."""
        self._base.close()

    @property
    def progress(self) -> HarvestProgress:
        """Where the harvest stands."""
        return HarvestProgress(**(self.value("progress") or {}))

    def value(self, name: str) -> Any:
        """A small thing that was kept; None if it was not."""
        row = self._base.execute("SELECT value FROM said WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def keep_value(self, name: str, value: Any) -> None:
        """Keep a small thing."""
        self._base.execute("INSERT OR REPLACE INTO said VALUES (?, ?)", (name, json.dumps(value)))

    def go(self, progress: HarvestProgress) -> None:
        """Keep where the harvest stands."""
        self.keep_value("progress", asdict(progress))

    def take(self, items: Iterable[OaiItem], date: str, after: HarvestProgress) -> HarvestProgress:
        """Keep an answer's records and how far the harvest is with them, which is returned.

        A record that is there already is replaced.
        """
        self._base.execute("BEGIN IMMEDIATE")
        try:
            seen = [self._put(item, date, after) for item in items]
            after = replace(
                after,
                taken=after.taken + sum(before < after.first for before in seen),
                barren=0 if any(before < after.list for before in seen) else after.barren + 1,
                restarts=0 if any(before < after.first for before in seen) else after.restarts,
            )
            self.go(after)
            self._base.execute("COMMIT")
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        return after

    def _put(self, item: OaiItem, date: str, progress: HarvestProgress) -> int:
        """Keep a record; in which list it was last, 0 if in none."""
        query = "SELECT born, list, datestamp, xml, full_text FROM records WHERE identifier = ?"
        row = self._base.execute(query, (item.identifier,)).fetchone()
        packed = zlib.compress(item.xml, 6)
        born, before, full_text = progress.number, 0, None
        if row:
            born, before = row[:2]
            full_text = row[4] if row[2:4] == (item.datestamp, packed) else None
        self._base.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                item.identifier, item.datestamp, item.deleted, born, progress.list, date, packed,
                full_text,
            ),
        )  # fmt: skip
        return before

    def tell(self, identifier: str, full_text: dict[str, Any]) -> None:
        """Keep what became of a record's document."""
        query = "UPDATE records SET full_text = ? WHERE identifier = ?"
        self._base.execute(query, (json.dumps(full_text), identifier))

    def look_again(self, kinds: Sequence[str]) -> None:
        """Where other kinds of documents are wanted than before, forget what became of those."""
        if self.value("kinds") != list(kinds):
            self._base.execute("UPDATE records SET full_text = NULL")
            self.keep_value("kinds", list(kinds))

    def without_full_text(self) -> list[str]:
        """Identifiers of records whose document has not been looked for."""
        query = "SELECT identifier FROM records WHERE full_text IS NULL AND NOT deleted ORDER BY 1"
        return [row[0] for row in self._base.execute(query)]

    def record(self, identifier: str) -> HarvestedRecord:
        """A record that is kept."""
        return next(self._records("identifier = ?", identifier))

    def born(self) -> list[int]:
        """Harvests in which records were first seen, in order."""
        query = "SELECT DISTINCT born FROM records ORDER BY born"
        return [row[0] for row in self._base.execute(query)]

    def records_of(self, harvest: int) -> Iterator[HarvestedRecord]:
        """The records first seen in a harvest, in the order of their identifiers."""
        return self._records("born = ? ORDER BY identifier", harvest)

    def _records(self, condition: str, *values: object) -> Iterator[HarvestedRecord]:
        columns = "identifier, datestamp, deleted, date, xml, full_text"
        with closing(self._base.cursor()) as rows:
            rows.execute(f"SELECT {columns} FROM records WHERE {condition}", values)
            for identifier, datestamp, deleted, date, packed, full_text in rows:
                yield HarvestedRecord(
                    identifier, datestamp, bool(deleted), date, zlib.decompress(packed),
                    json.loads(full_text) if full_text else None,
                )  # fmt: skip
