"""One URL from its verdicts to its outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin

from corpuskit.connectors import sniff
from corpuskit.connectors.base import MAX_CONTENT_BYTES, Judge
from corpuskit.connectors.reasons import (
    CONTENT_TYPE,
    CRAWL_DELAY,
    EMPTY,
    HTTP_STATUS,
    OPT_OUT,
    REDIRECTS,
    REFUSED_ADDRESS,
    ROBOTS,
    SAME_CONTENT,
)
from corpuskit.connectors.web import discover, history, lists, optout, records
from corpuskit.connectors.web.archive import Archive, Kept
from corpuskit.connectors.web.client import Answer, Client, FetchError
from corpuskit.connectors.web.frontier import (
    FEED,
    KEPT,
    LOST,
    PAGE,
    READ,
    SITEMAP,
    Entry,
    Frontier,
    Outcome,
)
from corpuskit.connectors.web.hints import Hints
from corpuskit.connectors.web.history import Capture, unmodified
from corpuskit.connectors.web.options import WebOptions
from corpuskit.connectors.web.records import Said
from corpuskit.connectors.web.scope import Scope, is_trap, normal_url
from corpuskit.connectors.web.site import MAX_HOPS, Site, Sites
from corpuskit.connectors.web.site import REDIRECTS as REDIRECT_CODES
from corpuskit.connectors.web.streak import Streaks, text_key
from corpuskit.document import RawRecord, Signal, Tdm

MAX_TRIES: Final = 3
"""How often a URL is asked that gives an error which may pass."""

_PAGES: Final = frozenset({sniff.HTML, sniff.XHTML, sniff.TEXT})
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})
NOT_MODIFIED: Final = 304
GONE: Final = 410
_CLOCKS: Final = timedelta(days=1)
"""How far in the future a page may say to be published: time zones and clocks that are wrong."""


@dataclass(slots=True)
class Visit:
    """What a visit changed."""

    kept: bool = False
    settled: int = 1
    """URLs that no longer wait."""
    idle: bool = True
    """Whether nothing was asked, so that the host needs no rest."""
    bytes: int = 0
    new: dict[str, int] = field(default_factory=dict)
    """URLs that wait now, per host."""
    crawl_delay: float = 0.0
    retry_after: float = 0.0
    failure: FetchError | None = None
    """What went wrong, where the host may be in trouble."""


class Visitor:
    """Visits URLs; any number of threads may, each at a host of its own."""

    def __init__(
        self,
        options: WebOptions,
        client: Client,
        frontier: Frontier,
        archive: Archive,
        pause: Callable[[str, float], None],
        judge: Judge | None = None,
    ) -> None:
        self._options, self._client = options, client
        self._judge, self._hints = judge, Hints(judge.languages if judge else ())
        self._frontier, self._archive = frontier, archive
        self._sites = Sites(client, frontier, pause, options.max_crawl_delay)
        self._history = frontier.history
        self._streaks = Streaks(frontier.history.ended())
        self._writing = threading.Lock()
        self._queries = frontier.queries()
        narrowed = options.hosts or options.domains or options.tlds
        seeds = [Entry(normal_url(seed) or "", PAGE, 0) for seed in options.seeds]
        self.scope = Scope(
            options.hosts if narrowed else [seed.host for seed in seeds],
            options.domains, options.tlds, options.paths, options.exclude,
        )  # fmt: skip
        self.seeds = seeds

    def visit(self, entry: Entry) -> Visit:
        """Ask for a URL if that is allowed, and settle it unless it is worth another try."""
        visit = Visit()
        try:
            site, asked = self._sites.of(entry.origin)
            visit.crawl_delay, visit.idle = site.rules.delay, not asked
            if site.too_slow:
                detail = f"Crawl-delay: {site.rules.delay:g}"
                visit.settled = self._frontier.give_up(entry.host, CRAWL_DELAY, detail)
                return visit
            if asked:
                # The page's turn comes when the host has had its rest.
                visit.settled = 0
                self._take_up(visit, self._sitemaps(entry, site))
                if not site.rules.file.unavailable:
                    return visit
            self._ask(entry, site, visit)
        except FetchError as error:
            self._failed(entry, visit, error)
        return visit

    def _ask(self, entry: Entry, site: Site, visit: Visit) -> None:
        visit.settled = 1
        if site.rules.file.unavailable:
            rule = site.rules.verdict(entry.url)["rule"] or ""
            raise FetchError(ROBOTS, rule, again=True)
        if not site.rules.allowed(entry.url):
            raise FetchError(ROBOTS, site.rules.rule(entry.url) or "disallowed")
        if entry.kind == PAGE and (why := self._streaks.ended(entry.url)):
            raise FetchError(SAME_CONTENT, why)
        signals = self._stated(entry.url, site)
        _respect(signals)
        last = self._history.capture(entry.url) if entry.kind == PAGE else None
        if unmodified(last, self._history.hint(entry.url)):
            self._frontier.settle(entry, Outcome(KEPT, detail="by its sitemap as it was"))
            visit.kept = True
            return
        visit.idle = False
        conditions = last.validators if last else {}
        answer = self._client.get(
            entry.url, _wanted(entry.kind), _limit(entry.kind), conditions=conditions
        )
        visit.bytes, visit.retry_after = len(answer.body), answer.retry_after()
        if last and answer.status == NOT_MODIFIED:
            self._unchanged(entry, site, answer, signals, last, visit)
            return
        if answer.status in REDIRECT_CODES:
            self._redirected(entry, answer, visit)
        elif answer.status != 200:
            again = answer.status in _AGAIN
            self._failed(
                entry, visit, FetchError(HTTP_STATUS, str(answer.status), again=again), answer
            )
        elif entry.kind == PAGE:
            self._page(entry, site, answer, signals, last, visit)
        else:
            self._list(entry, answer, visit)

    def _stated(self, url: str, site: Site) -> list[Signal]:
        """Opt-out signals that are known before a page is asked for."""
        signals = optout.of_robots(site.rules, url, self._options.ai_bots)
        signals += optout.of_tdmrep(site.tdmrep, url)
        if site.ai_txt:
            signals.append(Signal(kind="ai.txt", value="present"))
        return signals

    def _unchanged(
        self,
        entry: Entry,
        site: Site,
        answer: Answer,
        signals: list[Signal],
        last: Capture,
        visit: Visit,
    ) -> None:
        """The server says that a page is as it was; its headers may reserve it all the same."""
        signals = signals + optout.of_headers(answer.fields)
        _respect(signals)
        said = self._said(entry, site, optout.verdict(signals), answer)
        outcome = Outcome(KEPT, detail="not modified", status=answer.status)
        with self._writing:
            kept = self._archive.revisit(answer, last, records.UNCHANGED, said)
            noted = [history.capture(last.confirmed(records.warc_date(answer.at)))]
            self._frontier.settle(entry, outcome, (), kept, noted)
        visit.kept = True

    def _page(
        self,
        entry: Entry,
        site: Site,
        answer: Answer,
        signals: list[Signal],
        last: Capture | None,
        visit: Visit,
    ) -> None:
        content = answer.content()
        kind = answer.media_type
        if not content.strip():
            raise FetchError(EMPTY, f"{len(content)} bytes")
        if kind not in _PAGES:
            kind = sniff.sniff(content) if kind in sniff.UNDECLARED else kind
            if kind not in _PAGES:
                raise FetchError(CONTENT_TYPE, kind)
        found = discover.Found()
        if kind != sniff.TEXT:
            found = discover.in_page(content, entry.url, answer.charset)
        signals = signals + optout.of_headers(answer.fields) + optout.of_meta(found.metas)
        links = [] if optout.nofollow(signals) else self._links(entry, found)
        tdm = optout.verdict(signals)
        if tdm["verdict"] == "disallow":
            outcome = Outcome(LOST, OPT_OUT, _shown(signals), 200, len(answer.body), self._none())
            noted = [history.withdraw(entry.url, f"{OPT_OUT} {outcome.detail}")]
            visit.new = self._frontier.settle(entry, outcome, links, noted=noted)
            return
        wanted = self._worth(content, kind, answer)
        outcome = Outcome(KEPT, status=200, bytes=len(answer.body), wanted=wanted)
        with self._writing:
            kept, noted = self._keep(answer, last, self._said(entry, site, tdm, answer))
            visit.new = self._frontier.settle(entry, outcome, links, kept, noted)
        visit.kept = True
        if ended := self._streaks.note(entry.url, found.key or text_key(content.decode("latin-1"))):
            visit.settled += self._frontier.end(*ended, SAME_CONTENT)

    def _keep(
        self, answer: Answer, last: Capture | None, said: Said
    ) -> tuple[Kept, list[history.Statement]]:
        """Append a page, or that it is the same as before, and what to remember of it."""
        at, digest = records.warc_date(answer.at), records.payload_digest(answer.body)
        etag, modified = answer.fields.get("etag", ""), answer.fields.get("last-modified", "")
        if last is not None and last.digest == digest:
            kept = self._archive.revisit(answer, last, records.SAME, said)
            again = replace(last, etag=etag, modified=modified, asked_at=at)
            return kept, [history.capture(again)]
        kept = self._archive.keep(answer, said)
        capture = Capture(answer.url, at, kept.record, digest, etag, modified, at)
        place = history.record(kept.file, kept.start, kept.size, answer.url)
        return kept, [history.capture(capture), place]

    def _said(self, entry: Entry, site: Site, tdm: Tdm, answer: Answer) -> Said:
        """What the head of a page's record says of it."""
        robots, hint = site.rules.verdict(entry.url), self._history.hint(entry.url)
        if hint.published is None or hint.published > answer.at + _CLOCKS:
            return Said(robots, tdm)
        return Said(robots, tdm, hint.published.isoformat(), hint.source)

    def _worth(self, content: bytes, kind: str, answer: Answer) -> int | None:
        """Characters that a page adds to what is wanted, None if nobody can tell."""
        if self._judge is None:
            return None
        return self._judge(
            RawRecord(
                source_ref=answer.url,
                content=content,
                url=answer.url,
                content_type=kind,
                charset=answer.charset,
                headers=answer.fields,
            )
        )

    def _none(self) -> int | None:
        """What a page adds that may not be kept."""
        return None if self._judge is None else 0

    def _list(self, entry: Entry, answer: Answer, visit: Visit) -> None:
        content = answer.content(lists.MAX_SITEMAP_BYTES)
        read = lists.in_feed if entry.kind == FEED else lists.in_sitemap
        found = read(content, entry.url)
        outcome = Outcome(READ, status=200, bytes=len(answer.body))
        noted = self._dated(found)
        visit.new = self._frontier.settle(entry, outcome, self._links(entry, found), noted=noted)

    def _dated(self, found: discover.Found) -> Iterator[history.Statement]:
        """What a list says of pages within the crawl."""
        for named, hint in found.hints.items():
            url = normal_url(named)
            if url is not None and self.scope.holds(url):
                yield history.hint(url, hint)

    def _redirected(self, entry: Entry, answer: Answer, visit: Visit) -> None:
        """Take up the target as a URL of its own, so that everything is checked anew."""
        location = answer.fields.get("location", "")
        try:
            target = normal_url(urljoin(entry.url, location))
        except ValueError:
            target = None
        if not location or entry.hops >= MAX_HOPS:
            raise FetchError(REDIRECTS, f"{entry.hops} before" if location else "to nowhere")
        if target is None:
            raise FetchError(REFUSED_ADDRESS, "redirect to no http or https URL")
        following = self._admit([target], entry.kind, entry.depth, entry.hops + 1)
        outcome = Outcome(READ, detail=f"redirect to {target}", status=answer.status)
        visit.new = self._frontier.settle(entry, outcome, following)

    def _failed(
        self, entry: Entry, visit: Visit, error: FetchError, answer: Answer | None = None
    ) -> None:
        visit.failure = error if error.again else None
        visit.settled = int(not error.again or entry.tries + 1 >= MAX_TRIES)
        if not visit.settled:
            self._frontier.try_again(entry)
            return
        status = answer.status if answer else None
        noted, detail = [], error.detail
        if error.code == OPT_OUT or status == GONE:
            noted = [history.withdraw(entry.url, f"{error.code} {error.detail}")]
        elif last := self._history.capture(entry.url):
            detail = f"{detail}; the text of {last.at} stays"
        outcome = Outcome(LOST, error.code, detail, status, visit.bytes)
        self._frontier.settle(entry, outcome, noted=noted)

    def _sitemaps(self, entry: Entry, site: Site) -> Iterator[Entry]:
        if self._options.sitemaps and not site.rules.file.unavailable:
            named = site.rules.sitemaps or [f"{entry.origin}/sitemap.xml"]
            urls = (urljoin(entry.origin, url) for url in named[: lists.MAX_SITEMAPS])
            yield from self._admit(urls, SITEMAP, 0)

    def _take_up(self, visit: Visit, entries: Iterator[Entry]) -> None:
        visit.new = self._frontier.add(entries)

    def _links(self, entry: Entry, found: discover.Found) -> list[Entry]:
        if entry.depth >= self._options.max_depth:
            return []
        deeper = entry.depth + 1
        # Lists first: they say when a page was published and whether it has changed.
        links = list(self._admit(found.sitemaps, SITEMAP, deeper))
        if self._options.feeds:
            links += self._admit(found.feeds, FEED, deeper)
        return [*links, *self._admit(found.pages, PAGE, deeper, said=found.said)]

    def _admit(
        self,
        urls: Iterable[str],
        kind: str,
        depth: int,
        hops: int = 0,
        said: Mapping[str, discover.Said] = MappingProxyType({}),
    ) -> Iterator[Entry]:
        """Those URLs that the crawl may take up; `said`: what the page says of them."""
        for named in urls:
            url = normal_url(named)
            if url is None or not self._within(url, kind):
                continue
            if (kind == PAGE and is_trap(url)) or not self._few_queries(url):
                continue
            yield Entry(url, kind, depth, hops, hint=self._hints.of(url, said.get(named)))

    def _within(self, url: str, kind: str) -> bool:
        """Sitemaps and feeds may lie outside the paths, though not outside the hosts."""
        if kind == PAGE:
            return self.scope.holds(url)
        return self.scope.holds_host(Entry(url, kind, 0).host)

    def _few_queries(self, url: str) -> bool:
        bare, mark, query = url.partition("?")
        if not mark:
            return True
        with self._writing:
            known = self._queries.setdefault(bare, set())
            if query not in known and len(known) >= self._options.max_queries:
                return False
            known.add(query)
            return True


def _wanted(kind: str) -> Callable[[int, str], bool]:
    if kind == PAGE:
        return lambda status, media: status == 200 and media in (_PAGES | sniff.UNDECLARED)
    return lambda status, _: status == 200


def _limit(kind: str) -> int:
    return MAX_CONTENT_BYTES if kind == PAGE else lists.MAX_SITEMAP_BYTES


def _respect(signals: list[Signal]) -> None:
    if optout.verdict(signals)["verdict"] == "disallow":
        raise FetchError(OPT_OUT, _shown(signals))


def _shown(signals: list[Signal]) -> str:
    return "; ".join(f"{one['kind']}: {one['value']}" for one in signals)[:500]
