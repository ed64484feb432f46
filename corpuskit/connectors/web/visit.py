"""One URL from its verdicts to its outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from corpuskit.connectors import sniff
from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.reasons import (
    CONTENT_TYPE,
    EMPTY,
    HTTP_STATUS,
    OPT_OUT,
    REDIRECTS,
    REFUSED_ADDRESS,
    ROBOTS,
)
from corpuskit.connectors.web import discover, optout
from corpuskit.connectors.web.archive import Archive
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
from corpuskit.connectors.web.options import WebOptions
from corpuskit.connectors.web.records import Said
from corpuskit.connectors.web.scope import Scope, is_trap, normal_url
from corpuskit.connectors.web.site import MAX_HOPS, Site, Sites
from corpuskit.connectors.web.site import REDIRECTS as REDIRECT_CODES
from corpuskit.document import Signal

MAX_TRIES: Final = 3
"""How often a URL is asked that gives an error which may pass."""

_PAGES: Final = frozenset({sniff.HTML, sniff.XHTML, sniff.TEXT})
_AGAIN: Final = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(slots=True)
class Visit:
    """What a visit changed."""

    kept: bool = False
    settled: bool = True
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
    ) -> None:
        self._options, self._client = options, client
        self._frontier, self._archive = frontier, archive
        self._sites = Sites(client, frontier, pause)
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
            visit.crawl_delay = site.rules.delay
            if asked:
                # The page's turn comes when the host has had its rest.
                visit.settled = False
                self._take_up(visit, self._sitemaps(entry, site))
                if not site.rules.file.unavailable:
                    return visit
            self._ask(entry, site, visit)
        except FetchError as error:
            self._failed(entry, visit, error)
        return visit

    def _ask(self, entry: Entry, site: Site, visit: Visit) -> None:
        visit.settled = True
        if site.rules.file.unavailable:
            rule = site.rules.verdict(entry.url)["rule"] or ""
            raise FetchError(ROBOTS, rule, again=True)
        if not site.rules.allowed(entry.url):
            raise FetchError(ROBOTS, "disallowed")
        signals = self._stated(entry.url, site)
        _respect(signals)
        answer = self._client.get(entry.url, _wanted(entry.kind), _limit(entry.kind))
        visit.bytes, visit.retry_after = len(answer.body), answer.retry_after()
        if answer.status in REDIRECT_CODES:
            self._redirected(entry, answer, visit)
        elif answer.status != 200:
            again = answer.status in _AGAIN
            self._failed(
                entry, visit, FetchError(HTTP_STATUS, str(answer.status), again=again), answer
            )
        elif entry.kind == PAGE:
            self._page(entry, site, answer, signals, visit)
        else:
            self._list(entry, answer, visit)

    def _stated(self, url: str, site: Site) -> list[Signal]:
        """Opt-out signals that are known before a page is asked for."""
        signals = optout.of_robots(site.rules, url, self._options.ai_bots)
        signals += optout.of_tdmrep(site.tdmrep, url)
        if site.ai_txt:
            signals.append(Signal(kind="ai.txt", value="present"))
        return signals

    def _page(
        self, entry: Entry, site: Site, answer: Answer, signals: list[Signal], visit: Visit
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
            outcome = Outcome(LOST, OPT_OUT, _shown(signals), 200, len(answer.body))
            visit.new = self._frontier.settle(entry, outcome, links)
            return
        outcome = Outcome(KEPT, status=200, bytes=len(answer.body))
        with self._writing:
            kept = self._archive.keep(answer, Said(site.rules.verdict(entry.url), tdm))
            visit.new = self._frontier.settle(entry, outcome, links, kept)
        visit.kept = True

    def _list(self, entry: Entry, answer: Answer, visit: Visit) -> None:
        content = answer.content(discover.MAX_SITEMAP_BYTES)
        read = discover.in_feed if entry.kind == FEED else discover.in_sitemap
        found = read(content, entry.url)
        outcome = Outcome(READ, status=200, bytes=len(answer.body))
        visit.new = self._frontier.settle(entry, outcome, self._links(entry, found))

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
        visit.settled = not error.again or entry.tries + 1 >= MAX_TRIES
        if not visit.settled:
            self._frontier.try_again(entry)
            return
        status = answer.status if answer else None
        self._frontier.settle(entry, Outcome(LOST, error.code, error.detail, status, visit.bytes))

    def _sitemaps(self, entry: Entry, site: Site) -> Iterator[Entry]:
        if self._options.sitemaps and not site.rules.file.unavailable:
            named = site.rules.sitemaps or [f"{entry.origin}/sitemap.xml"]
            urls = (urljoin(entry.origin, url) for url in named[: discover.MAX_SITEMAPS])
            yield from self._admit(urls, SITEMAP, 0)

    def _take_up(self, visit: Visit, entries: Iterator[Entry]) -> None:
        visit.new = self._frontier.add(entries)

    def _links(self, entry: Entry, found: discover.Found) -> list[Entry]:
        if entry.depth >= self._options.max_depth:
            return []
        deeper = entry.depth + 1
        links = list(self._admit(found.pages, PAGE, deeper))
        links += self._admit(found.sitemaps, SITEMAP, deeper)
        if self._options.feeds:
            links += self._admit(found.feeds, FEED, deeper)
        return links

    def _admit(
        self, urls: Iterator[str] | list[str], kind: str, depth: int, hops: int = 0
    ) -> Iterator[Entry]:
        """Those URLs that the crawl may take up."""
        for named in urls:
            url = normal_url(named)
            if url is None or not self._within(url, kind):
                continue
            if (kind == PAGE and is_trap(url)) or not self._few_queries(url):
                continue
            yield Entry(url, kind, depth, hops)

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
    return MAX_CONTENT_BYTES if kind == PAGE else discover.MAX_SITEMAP_BYTES


def _respect(signals: list[Signal]) -> None:
    if optout.verdict(signals)["verdict"] == "disallow":
        raise FetchError(OPT_OUT, _shown(signals))


def _shown(signals: list[Signal]) -> str:
    return "; ".join(f"{one['kind']}: {one['value']}" for one in signals)[:500]
