"""Captures' records, fetched one by one into WARC files of PART_RECORDS.

STORE/warc/<part>.partial       records so far, as they came
STORE/warc/<part>.journal       a line for each capture dealt with: where its record ends, or why
                                it is lost; what stands after the last line was never finished
STORE/warc/<part>.warc.gz       the part, once it is whole
STORE/warc/<part>.lost.jsonl    its captures that could not be had
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpuskit import logs
from corpuskit.connectors.base import never_excluded
from corpuskit.connectors.commoncrawl.captures import CaptureRange
from corpuskit.connectors.commoncrawl.listing import ListingStore, LostCapture
from corpuskit.connectors.fetching.errors import AskedToWaitError, HttpError
from corpuskit.connectors.fetching.session import Session
from corpuskit.connectors.journal import Journal
from corpuskit.connectors.reasons import EXCLUDED, NOT_FETCHED, TOO_LARGE
from corpuskit.errors import SourceError
from corpuskit.store import disk_errors

_log = logs.logger(__name__)

PART_RECORDS: Final = 1_000
"""Records of a part: a task of a build. Some 30 MB: a record has 28 kB in the mean (67.8 TiB for
2.65 billion pages in Common Crawl's announcement of August 2018)."""
MAX_RECORD: Final = 64_000_000
"""Largest stored record that is fetched; Common Crawl cuts payloads at 1 MiB, later at 5."""
REFUSALS: Final = 3
"""After so many captures in a row that are forbidden, or fail in all their attempts, it is the
server that does not answer, not a record that is missing: the run ends and can go on later."""

_INFLATED = 1 << 20


@dataclass(frozen=True)
class CapturePart:
    """A run of captures that become one WARC file, named by what it holds."""

    name: str
    captures: Sequence[CaptureRange]
    store: ListingStore

    def path(self, suffix: str) -> Path:
        """One of the part's files."""
        return self.store.folder / "warc" / f"{self.name}{suffix}"

    @property
    def done(self) -> bool:
        """Whether the part is whole."""
        return self.path(".warc.gz").exists()


def parts_of(store: ListingStore, captures: Sequence[CaptureRange]) -> Iterator[CapturePart]:
    """Cut captures into parts."""
    for start in range(0, len(captures), PART_RECORDS):
        run = captures[start : start + PART_RECORDS]
        digest = hashlib.sha256("".join(capture.line() for capture in run).encode()).hexdigest()
        yield CapturePart(f"{start // PART_RECORDS:05d}-{digest[:12]}", run, store)


class CaptureFetcher:
    """Fetches parts; stops where the server does not want to be asked any more."""

    def __init__(
        self,
        session: Session,
        url: str,
        report: Callable[[int], None],
        taken_down: Callable[[str], str | None] = never_excluded,
    ) -> None:
        """`report` takes the number of captures dealt with since it was last called; `taken_down`
        says why a page must not be asked for any more."""
        self.session, self.url, self.report = session, url, report
        self._taken_down = taken_down
        self._doubtful: list[str] = []

    def fetch(self, part: CapturePart) -> None:
        """Go on with a part until it is whole. SourceError where the server refuses."""
        with disk_errors(part.path(".partial")):
            part.path("").parent.mkdir(parents=True, exist_ok=True)
            with _Unfinished(part) as unfinished:
                self.report(unfinished.done)
                for capture in part.captures[unfinished.done :]:
                    self._one(unfinished, capture)
                    self.report(1)
                unfinished.release()
            unfinished.finish()

    def _one(self, unfinished: _Unfinished, capture: CaptureRange) -> None:
        got = self._record(capture)
        if isinstance(got, LostCapture):
            _log.info("%s: %s (%s)", got.ref, got.reason, got.detail)
        if not isinstance(got, _Doubtful):
            self._doubtful.clear()
            unfinished.release()
            unfinished.add(got)
            return
        self._doubtful.append(got.detail)
        if len(self._doubtful) >= REFUSALS:
            raise SourceError(
                f"{self.url}: {REFUSALS} records in a row could not be had ({got.detail}); run "
                "the same command again later (what was fetched is kept)"
            )
        unfinished.hold(got)

    def _record(self, capture: CaptureRange) -> bytes | LostCapture:
        """A capture's record as it is stored, or why it cannot be fetched."""
        if capture.length > MAX_RECORD:
            return _lost(capture, f"a record of {capture.length} bytes", TOO_LARGE)
        if (why := self._taken_down(capture.url)) is not None:
            return _lost(capture, why, EXCLUDED)
        url, stop = f"{self.url}/{capture.filename}", capture.offset + capture.length
        try:
            record = self.session.read_range(url, capture.offset, stop)
        except AskedToWaitError:
            raise
        except HttpError as error:
            if error.status == 200:
                raise SourceError(
                    f"{self.url} sends whole files where a range of one was asked for; is "
                    "data_url the server of the crawls' files?"
                ) from error
            return _lost(capture, error.detail, doubtful=_is_doubtful(error))
        if not _is_record(record):
            return _lost(capture, "HTTP 206 with what is no WARC record")
        return record


class _Doubtful(LostCapture):
    """Lost, or the server refuses everything."""


def _lost(
    capture: CaptureRange, detail: str, reason: str = NOT_FETCHED, doubtful: bool = False
) -> LostCapture:
    kind = _Doubtful if doubtful else LostCapture
    return kind(capture.ref, capture.url, reason, detail)


def _is_doubtful(error: HttpError) -> bool:
    return error.status is None or error.status in (403, 429) or error.status >= 500


def _is_record(data: bytes) -> bool:
    """Whether bytes are one gzip member, whole, that holds a WARC record."""
    member = zlib.decompressobj(31)
    try:
        start = member.decompress(data, _INFLATED)
        while not member.eof and member.unconsumed_tail:
            member.decompress(member.unconsumed_tail, _INFLATED)
    except zlib.error:
        return False
    return member.eof and not member.unused_data and start.startswith(b"WARC/")


class _Unfinished:
    """A part that is being written; reopened, it continues where its journal ends."""

    def __init__(self, part: CapturePart) -> None:
        self.part = part
        self.held: list[LostCapture] = []
        self._journal = Journal(part.path(""), part.store.folder / "tmp")
        self.done = len(self._journal.entries)

    def __enter__(self) -> _Unfinished:
        self._journal.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._journal.__exit__(*error)

    def add(self, got: bytes | LostCapture) -> None:
        """One capture is dealt with."""
        if isinstance(got, LostCapture):
            self._journal.add(b"", lost=json.loads(got.line()))
        else:
            self._journal.add(got, lost=None)
        self.done += 1

    def hold(self, lost: LostCapture) -> None:
        """A loss that is not believed yet: another run asks again unless it is released."""
        self.held.append(lost)

    def release(self) -> None:
        """Believe the losses that are held."""
        for lost in self.held:
            self.add(lost)
        self.held = []

    def finish(self) -> None:
        """The part is whole."""
        lost = [
            LostCapture(**entry["lost"]).line() for entry in self._journal.entries if entry["lost"]
        ]
        self.part.store.write(self.part.path(".lost.jsonl"), "".join(lost).encode())
        self._journal.finish(self.part.path(".warc.gz"))
