"""The connector `web`: raw records of the pages that a crawl kept, and of those it lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from corpuskit.about import install_hint
from corpuskit.connectors.base import (
    Connector,
    FetchContext,
    FetchEstimate,
    Input,
    Piece,
    TakenDown,
)
from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.containers.warc_layout import frames, layout_of
from corpuskit.connectors.containers.warc_records import to_record
from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.archived_opt_outs import with_page_signals
from corpuskit.connectors.fetching.policy import MIN_DELAY
from corpuskit.connectors.reasons import NETWORK, TIMED_OUT, WITHDRAWN
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.connectors.web.forget import forget
from corpuskit.connectors.web.options import WebOptions
from corpuskit.document import RawRecord, Robots
from corpuskit.errors import SourceError
from corpuskit.urls import host_of

LOST_FILE: Final = "lost.jsonl"
_PIECE: Final = 1_000
_PASSING: Final = frozenset({NETWORK, TIMED_OUT})

_MISSING = f"crawling needs more libraries: {install_hint('web')}"

PAGE_BYTES: Final = 94_000
"""Bytes of a page that are assumed before any is fetched: the median of 150 web pages of
trafilatura's evaluation set."""


class WebConnector(Connector):
    """Pages of live sites, crawled into WARC files and read from there."""

    name: ClassVar[str] = "web"
    version: ClassVar[str] = "5"
    source_type: ClassVar[str] = "web"
    libraries: ClassVar[tuple[str, ...]] = ("fastwarc", "zstandard")
    fetches: ClassVar[bool] = True
    judged: ClassVar[bool] = True
    Options: ClassVar[type[WebOptions]] = WebOptions
    fetch_only: ClassVar[frozenset[str]] = frozenset(WebOptions.model_fields)
    options: WebOptions

    @classmethod
    def forget(cls, store: Path, taken: TakenDown) -> list[str]:
        """See `forget.py`."""
        return forget(store, LOST_FILE, taken)

    def estimate(self, context: FetchContext) -> FetchEstimate:
        """At most the pages that the options allow, of a size that was measured elsewhere."""
        options = self.options
        hosts = len({*map(host_of, options.seeds), *options.hosts})
        asked_together = min(options.threads, max(hosts, 1))
        pages = min(options.max_pages, max(hosts, 1) * options.max_pages_per_host)
        if options.domains or options.tlds:
            pages, asked_together = options.max_pages, options.threads
        size = min(pages * PAGE_BYTES, options.max_bytes)
        basis = (
            f"max_pages and max_pages_per_host allow {pages:,} pages; a site may have fewer",
            f"{PAGE_BYTES // 1000} kB a page is assumed, the median of 150 web pages",
            f"{asked_together} hosts are asked at the same time, each every {options.delay:g} s",
        )
        return FetchEstimate(pages, size, pages * options.delay / asked_together, pages, basis)

    def asks(self) -> list[str]:
        """The seeds, where they may lead to, and the limits."""
        options = self.options
        scope = [*options.hosts, *(f"*.{domain}" for domain in (*options.domains, *options.tlds))]
        scope = scope or sorted({urlsplit(seed).hostname or "" for seed in options.seeds})
        budget = f"at most {options.max_pages} pages, {options.max_pages_per_host} a host"
        rest = max(options.delay, MIN_DELAY)
        return [
            *(f"{seed} (after robots.txt, tdmrep.json, ai.txt)" for seed in options.seeds),
            f"and what they lead to within {', '.join(scope)}: {budget}, "
            f"at least {rest:g} s apart at a public host",
        ]

    def fetch(self, context: FetchContext) -> None:
        """Crawl until nothing waits or the budget is used up; see `crawler`."""
        try:
            import protego  # noqa: F401 - only whether it is there: it is imported when used

            from corpuskit.connectors.web.crawler import crawl
        except ModuleNotFoundError as error:
            raise SourceError(f"{_MISSING} ({error})") from None
        store = self._store()
        lost = crawl(self.options, store, context)
        part = store / (LOST_FILE + ".part")
        names = ("url", "reason", "detail", "status")
        with part.open("w", encoding="utf-8") as file:
            for row in lost:
                file.write(json.dumps(dict(zip(names, row, strict=True))) + "\n")
        part.replace(store / LOST_FILE)
        if lost and not any(store.glob("*.warc.gz")):
            url, reason, detail, _ = lost[0]
            more = f", and {len(lost) - 1:,} more lost" if len(lost) > 1 else ""
            later = "; run the same command again later" if reason in _PASSING else ""
            context.report(f"nothing was kept; {url}: {reason} ({detail}){more}{later}")

    def inputs(self) -> list[Input]:
        """The archives, then the list of what was lost."""
        store = self._store()
        names = sorted(path.name for path in store.glob("*.warc.gz"))
        if (store / LOST_FILE).exists() and (store / LOST_FILE).stat().st_size:
            names.append(LOST_FILE)
        if not names:
            raise SourceError(f"the crawl kept nothing in {store}: are its seeds reachable?")
        return [Input(name, str(store / name)) for name in names]

    def scan(self, item: Input) -> list[Piece]:
        """Cut an archive where records begin, the list every thousand lines."""
        if item.name != LOST_FILE:
            return self._archives(item).scan(item)
        lines = Path(item.path).read_bytes().count(b"\n")
        return [
            Piece(start, min(start + _PIECE, lines), min(_PIECE, lines - start), 0)
            for start in range(0, lines, _PIECE)
        ]

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The pages of a piece with the verdicts of their crawl, or the losses."""
        if item.name == LOST_FILE:
            yield from _losses(Path(item.path), piece)
            return
        with open_binary(item.path) as file:
            layout = layout_of(file, item.name)
        if layout is None:
            yield from self._archives(item).read(item, piece)
            return
        for frame in frames(item.path, layout, piece.start, piece.stop):
            record = to_record(frame, item.name)
            if frame.head is not None:
                _add_verdicts(record, frame.head.fields)
            yield with_page_signals(record)

    def _archives(self, item: Input) -> WarcConnector:
        return WarcConnector(WarcOptions(path=item.path, source_type="web"), self.root)

    def _store(self) -> Path:
        if self.store is None:
            raise SourceError("a crawl needs a build folder to keep its pages in")
        return self.store


def _losses(path: Path, piece: Piece) -> Iterator[RawRecord]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file):
            if piece.start <= number < piece.stop:
                row = json.loads(line)
                yield RawRecord(
                    source_ref=f"web:{row['url']}",
                    url=row["url"],
                    http_status=row["status"],
                    reason=row["reason"],
                    detail=row["detail"],
                )


def _add_verdicts(record: RawRecord, fields: dict[str, str]) -> None:
    """Set what the record's head holds: verdicts, a date, why it was taken out."""
    robots, tdm = _json(fields.get("corpuskit-robots")), _json(fields.get("corpuskit-tdm"))
    if (dated := _json(fields.get("corpuskit-published"))) is not None:
        record.published_at = datetime.fromisoformat(dated["at"])
        record.published_at_source = dated["source"]
    if (why := fields.get("corpuskit-withdrawn")) is not None:
        record.reason, record.detail = WITHDRAWN, why
    if robots is not None:
        at = robots.get("checked_at")
        record.robots = Robots(
            verdict=robots["verdict"],
            ua=robots.get("ua"),
            rule=robots.get("rule"),
            robots_sha256=robots.get("robots_sha256"),
            checked_at=datetime.fromisoformat(at) if at else None,
        )
    if tdm is not None:
        record.tdm = opt_outs.verdict(tdm["signals"])


def _json(value: str | None) -> dict[str, Any] | None:
    return json.loads(value) if value else None
