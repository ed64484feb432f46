"""What origins say about themselves, kept in a table of SQLite."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from corpuskit.connectors.databases import connect
from corpuskit.connectors.fetching.robots import RobotsFile
from corpuskit.surrogates import well_formed

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS origins (
    origin TEXT PRIMARY KEY, status INTEGER NOT NULL, robots BLOB NOT NULL,
    checked_at TEXT NOT NULL, tdmrep TEXT NOT NULL, ai_txt INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS terms (
    address TEXT PRIMARY KEY, content TEXT NOT NULL, checked_at TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class OriginFiles:
    """The files that an origin has for crawlers, as they were fetched."""

    robots: RobotsFile
    tdmrep: str
    """Content of /.well-known/tdmrep.json, empty where there is none."""
    ai_txt: bool


class OriginStore:
    """The table; any number of threads may use it."""

    def __init__(self, base: sqlite3.Connection, lock: threading.RLock | None = None) -> None:
        """`base` is a connection that several threads may use, each while it holds `lock`."""
        self._base, self._lock = base, lock or threading.RLock()
        base.executescript(_SCHEMA)

    @classmethod
    def open(cls, path: Path) -> OriginStore:
        """A file that holds nothing else."""
        base = connect(path)
        try:
            base.execute("PRAGMA journal_mode = WAL")
            return cls(base)
        except BaseException:
            base.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._base.close()

    def load(self, origin: str) -> OriginFiles | None:
        """The files of an origin (`https://host:port`); None if it was never asked."""
        with self._lock:
            row = self._base.execute(
                "SELECT status, robots, checked_at, tdmrep, ai_txt FROM origins WHERE origin=?",
                (origin,),
            ).fetchone()
        if row is None:
            return None
        status, body, at, tdmrep, ai_txt = row
        robots = RobotsFile(status, body, datetime.fromisoformat(at))
        return OriginFiles(robots, tdmrep, bool(ai_txt))

    def save(self, origin: str, files: OriginFiles) -> None:
        """Keep the files of an origin."""
        robots = files.robots
        with self._lock:
            self._base.execute(
                "REPLACE INTO origins VALUES (?, ?, ?, ?, ?, ?)",
                (origin, robots.status, robots.body, robots.checked_at.isoformat(), files.tdmrep,
                 files.ai_txt),
            )  # fmt: skip

    def load_terms(self, address: str) -> tuple[str, datetime] | None:
        """A license document, empty where it could not be had, and when it was asked for."""
        with self._lock:
            row = self._base.execute(
                "SELECT content, checked_at FROM terms WHERE address=?", (address,)
            ).fetchone()
        return (row[0], datetime.fromisoformat(row[1])) if row else None

    def save_terms(self, address: str, content: str, checked_at: datetime) -> None:
        """Keep a license document."""
        with self._lock:
            self._base.execute(
                "REPLACE INTO terms VALUES (?, ?, ?)",
                (address, well_formed(content), checked_at.isoformat()),
            )
