"""Which URLs a crawl takes up: within its scope, no traps, one form per URL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from corpuskit.connectors.base import never_excluded
from corpuskit.connectors.fetching.origins import OriginRules
from corpuskit.connectors.web import history, lists
from corpuskit.connectors.web.discover import FoundLinks, LinkNote
from corpuskit.connectors.web.frontier import FEED, PAGE, SITEMAP, Entry
from corpuskit.connectors.web.hints import Hints
from corpuskit.connectors.web.options import WebOptions
from corpuskit.connectors.web.scope import Scope, is_trap, normal_url


class Admission:
    """Decides what may be taken up; any number of threads may use it."""

    def __init__(
        self,
        options: WebOptions,
        queries: dict[str, set[str]],
        hints: Hints,
        excluded: Callable[[str], str | None] = never_excluded,
    ) -> None:
        """`queries`: those known of each URL without one; see `Frontier.queries`. `excluded`
        says why a URL must not be asked, None where it may."""
        self._options, self._queries, self._hints = options, queries, hints
        self._lock = threading.Lock()
        self.seeds = [Entry(normal_url(seed) or "", PAGE, 0) for seed in options.seeds]
        narrowed = options.hosts or options.domains or options.tlds
        self.scope = Scope(
            options.hosts if narrowed else [seed.host for seed in self.seeds],
            options.domains, options.tlds, options.paths, options.exclude, excluded,
        )  # fmt: skip

    def sitemaps(self, site: OriginRules, origin: str) -> Iterator[Entry]:
        """The sitemaps that robots.txt names, else the one in the usual place."""
        if self._options.sitemaps and not site.rules.file.unavailable:
            named = site.rules.sitemaps or [f"{origin}/sitemap.xml"]
            urls = (lists.absolute(url, origin) for url in named[: lists.MAX_SITEMAPS])
            yield from self._admit(urls, SITEMAP, 0)

    def links(self, entry: Entry, named: FoundLinks) -> list[Entry]:
        """What a page or list names. Lists come first: they say when a page was published and
        whether it has changed."""
        if entry.depth >= self._options.max_depth:
            return []
        deeper = entry.depth + 1
        links = list(self._admit(named.sitemaps, SITEMAP, deeper))
        if self._options.feeds:
            links += self._admit(named.feeds, FEED, deeper)
        return [*links, *self._admit(named.pages, PAGE, deeper, notes=named.notes)]

    def target(self, entry: Entry, url: str) -> list[Entry]:
        """Where a redirect leads: a URL of its own, for which everything is checked anew."""
        return list(self._admit([url], entry.kind, entry.depth, entry.hops + 1))

    def dated(self, listed: FoundLinks) -> Iterator[history.Statement]:
        """What a list says of pages within the crawl."""
        for named, hint in listed.hints.items():
            url = normal_url(named)
            if url is not None and self.scope.holds(url):
                yield history.hint(url, hint)

    def _admit(
        self,
        urls: Iterable[str],
        kind: str,
        depth: int,
        hops: int = 0,
        notes: Mapping[str, LinkNote] = MappingProxyType({}),
    ) -> Iterator[Entry]:
        for named in urls:
            url = normal_url(named)
            if url is None or not self._within(url, kind):
                continue
            if (kind == PAGE and is_trap(url)) or not self._few_queries(url):
                continue
            yield Entry(url, kind, depth, hops, hint=self._hints.of(url, notes.get(named)))

    def _within(self, url: str, kind: str) -> bool:
        """Sitemaps and feeds may lie outside the paths, though not outside the hosts."""
        if kind == PAGE:
            return self.scope.holds(url)
        return self.scope.holds_site(url)

    def _few_queries(self, url: str) -> bool:
        bare, mark, query = url.partition("?")
        if not mark:
            return True
        with self._lock:
            known = self._queries.setdefault(bare, set())
            if query not in known and len(known) >= self._options.max_queries:
                return False
            known.add(query)
            return True
