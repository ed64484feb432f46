"""From an answer to what is kept of it, and the frontier that knows of it, as one step."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from corpuskit.connectors.containers.warc_write import payload_digest
from corpuskit.connectors.fetching.origins import OriginRules
from corpuskit.connectors.fetching.pinned import RawAnswer
from corpuskit.connectors.fetching.warc_response import PageVerdicts, warc_date
from corpuskit.connectors.web import history, records
from corpuskit.connectors.web.archive import CrawlArchive, KeptRecord
from corpuskit.connectors.web.frontier import KEPT, Entry, Frontier, UrlOutcome
from corpuskit.connectors.web.history import PageCapture
from corpuskit.document import Tdm

_CLOCKS: Final = timedelta(days=1)
"""How far in the future a page may say to be published: time zones and clocks that are wrong."""


class Keeper:
    """Keeps pages; any number of threads may, one after the other."""

    def __init__(self, archive: CrawlArchive, frontier: Frontier) -> None:
        self._archive, self._frontier = archive, frontier
        self._lock = threading.Lock()

    def verdicts(
        self, entry: Entry, site: OriginRules, tdm: Tdm, answer: RawAnswer
    ) -> PageVerdicts:
        """What the head of a page's record says of it."""
        robots, hint = site.rules.verdict(entry.url), self._frontier.history.hint(entry.url)
        if hint.published is None or hint.published > answer.at + _CLOCKS:
            return PageVerdicts(robots, tdm)
        return PageVerdicts(robots, tdm, hint.published.isoformat(), hint.source)

    def page(
        self,
        entry: Entry,
        answer: RawAnswer,
        last: PageCapture | None,
        verdicts: PageVerdicts,
        wanted: int | None,
        links: Iterable[Entry],
    ) -> dict[str, int]:
        """Keep a page, or that it is the same as at its last capture; new URLs per host."""
        outcome = UrlOutcome(KEPT, status=200, bytes=len(answer.body), wanted=wanted)
        with self._lock:
            kept, noted = self._append(answer, last, verdicts)
            return self._frontier.settle(entry, outcome, links, kept, noted)

    def unchanged(
        self, entry: Entry, answer: RawAnswer, last: PageCapture, verdicts: PageVerdicts
    ) -> None:
        """Record that a page has not changed, as its server says."""
        outcome = UrlOutcome(KEPT, detail="not modified", status=answer.status)
        noted = [history.capture(replace(last, asked_at=warc_date(answer.at)))]
        with self._lock:
            kept = self._archive.revisit(answer, last, records.UNCHANGED, verdicts)
            self._frontier.settle(entry, outcome, (), kept, noted)

    def _append(
        self, answer: RawAnswer, last: PageCapture | None, verdicts: PageVerdicts
    ) -> tuple[KeptRecord, list[history.Statement]]:
        at, digest = warc_date(answer.at), payload_digest(answer.body)
        etag, modified = answer.fields.get("etag", ""), answer.fields.get("last-modified", "")
        if last is not None and last.digest == digest:
            kept = self._archive.revisit(answer, last, records.SAME, verdicts)
            again = replace(last, etag=etag, modified=modified, asked_at=at)
            return kept, [history.capture(again)]
        kept = self._archive.keep(answer, verdicts)
        capture = PageCapture(answer.url, at, kept.record, digest, etag, modified, at)
        place = history.record(kept.file, kept.start, kept.size, answer.url)
        return kept, [history.capture(capture), place]
