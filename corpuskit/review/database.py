"""The judgments in SQLite: each is on disk before its reviewer sees the next document.

Texts and addresses are not in it, so a takedown need not look here; marked passages are numbers.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import ReviewError
from corpuskit.review.questions import FLAGS, Answers
from corpuskit.review.sampling import Item, Stratum, facts_text

FORMAT: Final = 1

_FLAG_NAMES: Final = tuple(flag.name for flag in FLAGS)
_TABLES: Final = (
    "create table if not exists about(key text primary key, value text not null)",
    "create table if not exists stratum(kind text, name text, population integer, "
    "primary key(kind, name))",
    "create table if not exists item(id text primary key, place integer, kind text, stratum text, "
    "language text, source text, reason text, shared integer, facts text)",
    "create table if not exists judgment(number integer primary key autoincrement, item text, "
    "reviewer text, pass integer, language text, education integer, "
    + ", ".join(f"{name} integer" for name in _FLAG_NAMES)
    + ", note text, spans text, machine_shown integer, judged_at real, "
    "unique(item, reviewer, pass))",
)


@dataclass(frozen=True, slots=True)
class Judgment:
    """What one reviewer answered about one document."""

    item: str
    reviewer: str
    number: int
    """1, or 2 for the answer that the reviewer gave without seeing the first."""
    answers: Answers
    judged_at: float
    """Seconds since 1970."""


class JudgmentDatabase:
    """The sample of a build and what reviewers said of it, in one file."""

    def __init__(self, path: str | Path, *, create: bool = False) -> None:
        """Open a file of judgments; ReviewError if it is not one."""
        self.path = Path(path)
        if not create and not self.path.is_file():
            raise ReviewError(
                f"no judgments at {self.path}; `corpuskit review BUILD` collects some"
            )
        try:
            if create:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                self.path, timeout=30.0, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("pragma journal_mode=wal")
            self._connection.execute("pragma synchronous=full")
            for statement in _TABLES:
                self._connection.execute(statement)
        except (sqlite3.Error, OSError) as error:
            raise ReviewError(f"{self.path} cannot be used for judgments: {error}") from error
        self._check_format()

    def _check_format(self) -> None:
        written = self.about().get("format")
        if written is not None and written != str(FORMAT):
            self.close()
            raise ReviewError(
                f"{self.path} was written by another version of corpuskit (format {written}, not "
                f"{FORMAT}); name another file with --db"
            )

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on disk when the block has ended, or nothing."""
        try:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")
        except sqlite3.Error as error:
            raise ReviewError(f"{self.path}: the judgment could not be saved: {error}") from error

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            with closing(self._connection.execute(query, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise ReviewError(f"{self.path} cannot be read: {error}") from error

    def about(self) -> dict[str, str]:
        """Build id, options of the sample."""
        return {str(key): str(value) for key, value in self._rows("select key, value from about")}

    def begin(
        self, about: Mapping[str, str], strata: Sequence[Stratum], items: Sequence[Item]
    ) -> None:
        """Write down a new sample."""
        rows = [
            (
                item.id, place, item.kind, item.stratum, item.language, item.source,
                item.reason, item.shared, facts_text(item.facts),
            )
            for place, item in enumerate(items)
        ]  # fmt: skip
        with self._changing() as connection:
            connection.executemany(
                "insert into about values(?, ?)", {"format": str(FORMAT), **about}.items()
            )
            connection.executemany(
                "insert into stratum values(?, ?, ?)",
                [(stratum.kind, stratum.name, stratum.population) for stratum in strata],
            )
            connection.executemany("insert into item values(?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def strata(self) -> list[Stratum]:
        """The strata of the sample."""
        rows = self._rows("select kind, name, population from stratum order by rowid")
        return [Stratum(*row) for row in rows]

    def items(self) -> list[Item]:
        """The sampled documents in the order in which they are shown."""
        rows = self._rows(
            "select id, kind, stratum, language, source, reason, shared, facts from item "
            "order by place"
        )
        return [Item(*row[:-2], bool(row[-2]), json.loads(row[-1])) for row in rows]  # type: ignore[call-arg]

    def save(self, judgment: Judgment) -> None:
        """Save a judgment; it replaces the same reviewer's of the same pass."""
        answers = judgment.answers
        values = (
            judgment.item, judgment.reviewer, judgment.number, answers.language, answers.education,
            *(bool(answers.flags.get(name)) for name in _FLAG_NAMES),
            answers.note, json.dumps(answers.spans), answers.machine_shown, judgment.judged_at,
        )  # fmt: skip
        marks = ", ".join("?" * len(values))
        with self._changing() as connection:
            connection.execute(
                f"insert or replace into judgment({_COLUMNS}) values({marks})", values
            )

    def undo(self, reviewer: str) -> Judgment | None:
        """Take back a reviewer's last judgment; None if there is none."""
        with self._changing() as connection:
            query = f"select number, {_COLUMNS} from judgment where reviewer = ? "
            row = connection.execute(query + "order by number desc limit 1", (reviewer,)).fetchone()
            if row is None:
                return None
            connection.execute("delete from judgment where number = ?", (row[0],))
        return _judgment(row[1:])

    def judgments(self) -> list[Judgment]:
        """Every judgment in the order in which they were saved."""
        return [
            _judgment(row) for row in self._rows(f"select {_COLUMNS} from judgment order by number")
        ]


_COLUMNS: Final = ", ".join(
    ("item", "reviewer", "pass", "language", "education", *_FLAG_NAMES, "note", "spans",
     "machine_shown", "judged_at")
)  # fmt: skip


def _judgment(row: Sequence[Any]) -> Judgment:
    item, reviewer, number, language, education, *rest = row
    flags = dict(zip(_FLAG_NAMES, map(bool, rest), strict=False))
    note, spans, machine_shown, judged_at = rest[len(_FLAG_NAMES) :]
    passages = tuple((int(start), int(end)) for start, end in json.loads(spans))
    answers = Answers(language, education, flags, note, passages, bool(machine_shown))
    return Judgment(item, reviewer, number, answers, judged_at)


def now() -> float:
    """When a judgment is made."""
    return round(time.time(), 3)
