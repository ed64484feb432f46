"""SQLite files for what strangers write: every string that is stored is well formed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpuskit.surrogates import well_formed


class WellFormedConnection(sqlite3.Connection):
    """A connection that stores texts as `well_formed` has them.

    SQLite stores UTF-8: half of a surrogate pair, which JSON and character references can hold,
    would raise UnicodeEncodeError wherever a string with one is stored or looked up.
    """

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> sqlite3.Cursor:  # type: ignore[override]  # by name is not used
        """As sqlite3.Connection.execute."""
        return super().execute(sql, tuple(map(_storable, parameters)))

    def executemany(self, sql: str, rows: Any, /) -> sqlite3.Cursor:
        """As sqlite3.Connection.executemany."""
        return super().executemany(sql, (tuple(map(_storable, row)) for row in rows))


def connect(path: Path) -> sqlite3.Connection:
    """Open a file for several threads, each holding a lock of the caller; every statement is
    committed unless a transaction was begun."""
    return sqlite3.connect(
        path, check_same_thread=False, isolation_level=None, factory=WellFormedConnection
    )


def _storable(value: object) -> object:
    return well_formed(value) if isinstance(value, str) else value
