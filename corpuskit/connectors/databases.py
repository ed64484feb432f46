"""SQLite files for what strangers write: every string that is stored is well formed."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpuskit.errors import SourceError
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


@contextmanager
def damage_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite and zlib raise over a damaged file into a SourceError that names it."""
    try:
        yield
    except (sqlite3.DatabaseError, zlib.error) as error:
        if isinstance(error, sqlite3.DatabaseError) and type(error) is not sqlite3.DatabaseError:
            raise  # a lock, the disk or a mistake in a statement, not what the file holds
        raise SourceError(
            f"{path} is damaged: {error}; put a copy in its place, "
            "or delete its folder to fetch it again"
        ) from error


def _storable(value: object) -> object:
    return well_formed(value) if isinstance(value, str) else value
