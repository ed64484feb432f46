"""Records of the pages of a part, from what was fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from corpuskit.connectors.base import Input, Piece
from corpuskit.connectors.containers.compression import GZIP, Damage
from corpuskit.connectors.containers.warc_format import WARC
from corpuskit.connectors.containers.warc_layout import ArchiveLayout, frames
from corpuskit.connectors.containers.warc_records import to_record
from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.opt_outs import AI_BOTS
from corpuskit.connectors.reasons import CORRUPT, EMPTY, REDIRECT
from corpuskit.connectors.sniff import TEXT
from corpuskit.connectors.wikimedia.api.parts import WikiPageOutcome
from corpuskit.connectors.wikimedia.api.site import WikiSite
from corpuskit.connectors.wikimedia.html import HtmlConverter, redirect_of
from corpuskit.document import RawRecord

_REVISION: Final = re.compile(rb'about="[^"]{1,500}/revision/(\d{1,19})"')
_MODIFIED: Final = re.compile(rb'property="dc:modified" content="([0-9T:.Z-]{19,24})"')
_HEAD: Final = 20_000
"""Bytes in which Parsoid tells of the revision; its head has about 2 kB."""
_OF_THE_ADDRESS: Final = ("x-robots-tag", "noindex")
"""What MediaWiki says of every address with `action=render` (Article::render)."""
_LAYOUT: Final = ArchiveLayout(WARC, GZIP, per_record=True)


class Reader:
    """Makes records of pages."""

    def __init__(self, site: WikiSite) -> None:
        self._site = site
        self._converter = HtmlConverter(site.info.namespaces, site.info.language)

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The pages of a run of lines."""
        with Path(item.path).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number >= piece.stop:
                    return
                if number >= piece.start:
                    yield self._record(item, WikiPageOutcome.load(line))

    def _record(self, item: Input, outcome: WikiPageOutcome) -> RawRecord:
        if outcome.start is None:
            record = self._described(RawRecord(source_ref=""), outcome, outcome.page.revision)
            record.reason, record.detail = outcome.reason, outcome.detail
            return record
        path, name = (place.removesuffix(".jsonl") + ".warc.gz" for place in (item.path, item.name))
        frame = next(frames(path, _LAYOUT, outcome.start, outcome.end or 0), None)
        record = RawRecord(source_ref="") if frame is None else to_record(frame, name)
        rendered = "action=render" in (record.url or "")
        head = record.content[:_HEAD]
        revision = _REVISION.search(head)
        record = self._described(record, outcome, int(revision[1]) if revision else None)
        if modified := _MODIFIED.search(head):
            record.published_at = _time(modified[1].decode())
        lost = Damage(CORRUPT, "no record") if frame is None else self._convert(record, rendered)
        if lost is not None and record.reason is None:
            record.content, record.reason, record.detail = b"", lost.reason, lost.detail
        return record

    def _described(
        self, record: RawRecord, outcome: WikiPageOutcome, revision: int | None
    ) -> RawRecord:
        page, info = outcome.page, self._site.info
        record.source_ref = f"{info.wiki}:{page.number}@{revision or page.revision}"
        record.url, record.title = info.url_of(page.title), page.title
        record.published_at = _time(page.time)
        record.published_at_source = "revision" if record.published_at else None
        record.lang_declared = page.language or info.language
        record.robots = self._site.rules.verdict(record.url or "")
        self._site.license(record)
        return record

    def _convert(self, record: RawRecord, rendered: bool) -> Damage | None:
        """Content from HTML to text, or why there is none."""
        if record.reason is not None:
            return None
        signals = opt_outs.of_robots(self._site.rules, record.url or "", AI_BOTS)
        answer_signals = opt_outs.of_headers(record.headers)
        if rendered:
            answer_signals = [
                signal
                for signal in answer_signals
                if (signal["kind"], signal["value"]) != _OF_THE_ADDRESS
            ]
        record.tdm = opt_outs.verdict([*signals, *answer_signals])
        target = redirect_of(record.content[:_HEAD].decode("utf-8", "replace"))
        if target is not None:
            return Damage(REDIRECT, target)
        text = self._converter.text_of(record.content)
        if isinstance(text, Damage):
            return text
        if not text:
            return Damage(EMPTY, f"no text in {len(record.content)} bytes of HTML")
        record.content, record.content_type, record.charset = text.encode(), TEXT, "utf-8"
        return None


def _time(value: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time.replace(microsecond=0) if time.tzinfo else time.replace(tzinfo=UTC)
