"""What a crawl keeps: WARC 1.1 files (ISO 28500:2017), a gzip member per record."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpuskit.connectors.containers.warc_write import member
from corpuskit.connectors.fetching.pinned import RawAnswer
from corpuskit.connectors.fetching.warc_response import PageVerdicts, response
from corpuskit.connectors.web import records
from corpuskit.connectors.web.history import PageCapture
from corpuskit.connectors.web.records import Maker

ROTATE_BYTES: Final = 1_000_000_000
"""Size at which the next file is begun: WARC 1.1, annex C, recommends 1 GB."""


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """Where a record came to stand."""

    file: str
    size: int
    """Of the file, with the record."""
    start: int = 0
    """Where the record begins."""
    record: str = ""
    """WARC-Record-ID."""


class CrawlArchive:
    """Appends records to a folder's files, one at a time; not for several threads at once."""

    def __init__(
        self, folder: Path, committed: Mapping[str, int], maker: Maker, first: int = 1
    ) -> None:
        """`committed`: the files and their sizes up to where the frontier knows of them.

        What stands behind that was written by a run that died before it could say so: its
        URL is still waiting, so the bytes go. Files below number `first` are left as they are.
        """
        self._folder, self._maker = folder, maker
        for path in folder.glob("*.warc.gz"):
            size = committed.get(path.name, 0)
            if not size:
                path.unlink()
            elif path.stat().st_size > size:
                os.truncate(path, size)
        self._number = max([first, *map(_open_number, committed)])

    def keep(self, answer: RawAnswer, verdicts: PageVerdicts) -> KeptRecord:
        """Append a response; it is on the disk when this returns."""
        return self._append(records.new_id(), response(answer, verdicts))

    def revisit(
        self, answer: RawAnswer, last: PageCapture, profile: str, verdicts: PageVerdicts
    ) -> KeptRecord:
        """Append that a page has not changed since its last capture (profiles: WARC 1.1, 6.7)."""
        return self._append(records.new_id(), records.revisit(answer, last, profile, verdicts))

    def _append(self, record: str, made: tuple[dict[str, str], bytes]) -> KeptRecord:
        path = self._path()
        if path.exists() and path.stat().st_size >= ROTATE_BYTES:
            self._number += 1
            path = self._path()
        with path.open("ab") as file:
            if not file.tell():
                file.write(records.info(self._maker, path.name))
            start = file.tell()
            file.write(member(record, *made))
            file.flush()
            os.fsync(file.fileno())
            return KeptRecord(path.name, file.tell(), start, record)

    def _path(self) -> Path:
        return self._folder / f"pages-{self._number:05d}.warc.gz"


def number_of(name: str) -> int:
    """The number of an archive: 12 of pages-00012.warc.gz and of pages-00012-r1.warc.gz."""
    match = re.match(r"pages-(\d+)", name)
    return int(match[1]) if match else 0


def _open_number(name: str) -> int:
    """The first number that may be appended to: a rewritten archive stays as it is."""
    return number_of(name) + ("-r" in name)
