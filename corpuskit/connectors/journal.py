"""A file that grows by pieces, with a journal of what each piece was, killed at any moment.

BASE.partial   the pieces so far
BASE.journal   a line of JSON for each thing dealt with; `end` is where its piece ends. What
               stands behind the last whole line was never finished, and is cut off
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from corpuskit.store import atomic_file


class Journal:
    """A file that is being written; reopened, it continues where its journal ends."""

    def __init__(self, base: Path, scratch: Path) -> None:
        """`base` is without a suffix; `scratch` a folder beside it for what is half written."""
        self.partial = base.with_name(f"{base.name}.partial")
        self._journal = base.with_name(f"{base.name}.journal")
        self._scratch = scratch
        self.entries = _entries(self._journal, self.partial)
        """What was dealt with, in order: what `add` was given, and `end`."""

    @property
    def end(self) -> int:
        """Size of the file."""
        return int(self.entries[-1]["end"]) if self.entries else 0

    def __enter__(self) -> Journal:
        self.partial.touch()
        os.truncate(self.partial, self.end)
        with atomic_file(self._journal, self._scratch) as file:
            file.write("".join(_line(entry) for entry in self.entries).encode())
        self._pieces, self._lines = self.partial.open("ab"), self._journal.open("ab")
        return self

    def __exit__(self, *error: object) -> None:
        self._pieces.close()
        self._lines.close()

    def add(self, piece: bytes, **entry: Any) -> None:
        """One thing is dealt with. Its piece is written before the journal says so."""
        if piece:
            self._pieces.write(piece)
            self._pieces.flush()
        made = {"end": self.end + len(piece), **entry}
        self._lines.write(_line(made).encode())
        self._lines.flush()
        self.entries.append(made)

    def finish(self, path: Path) -> None:
        """The file is whole: give it its name."""
        with self.partial.open("rb") as file:
            os.fsync(file.fileno())
        self.partial.replace(path)
        self._journal.unlink(missing_ok=True)


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry) + "\n"


def _entries(journal: Path, partial: Path) -> list[dict[str, Any]]:
    """What a journal says, as far as its lines are whole and the pieces are there."""
    if not (journal.exists() and partial.exists()):
        return []
    size = partial.stat().st_size
    entries: list[dict[str, Any]] = []
    for line in journal.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True):
        entry = _entry(line)
        if entry is None or entry["end"] > size:
            break
        entries.append(entry)
    return entries


def _entry(line: str) -> dict[str, Any] | None:
    """A line of a journal; None if it was cut, or never reached the disk."""
    try:
        entry = json.loads(line) if line.endswith("\n") else None
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("end"), int) else None
