"""Hosts by language, counted in Common Crawl's columnar index: seeds for a crawl."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpuskit import exclusions
from corpuskit.connectors.base import Agent, unnoted
from corpuskit.connectors.commoncrawl import columnar
from corpuskit.connectors.commoncrawl.captures import CaptureRange
from corpuskit.connectors.commoncrawl.listing import ListingStore, request_of
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.commoncrawl.polite import polite_session
from corpuskit.urls import host_of

_PATHS: Final = "{}/crawl-data/{}/cc-index-table.paths.gz"
"""Where Common Crawl lists the files of a crawl's columnar index."""


@dataclass(slots=True)
class HostCount:
    """What an index knows of one host's pages in one language."""

    host: str
    pages: int = 0
    """Captures of HTML pages of which the index names the language among up to three,"""
    first: int = 0
    """and names it first."""
    bytes: int = 0
    """Of the records of these pages, compressed."""
    excluded: str | None = None
    """The catalogue's entry that keeps the host out of corpora, if there is any."""


def index_of(crawl: str, data_url: str) -> str:
    """The list of files of a crawl's columnar index."""
    return _PATHS.format(data_url.rstrip("/"), crawl)


def hosts_in_language(
    options: CommonCrawlOptions,
    agent: Agent,
    work: Path,
    report: Callable[[str], None] = unnoted,
) -> list[HostCount]:
    """Hosts with pages in the one language of `options`, the most pages first.

    Each file of the index leaves its answer in `work`, so that the same call goes on where an
    earlier one stopped. A page that several crawls hold counts once for each. Raises SourceError
    where the index cannot be read, ValueError for options with another number of languages.
    """
    if len(options.languages) != 1 or not options.index:
        raise ValueError("hosts are counted for one language in the columnar index")
    root, store = Path.cwd(), ListingStore(work)
    store.tidy()
    request, _ = request_of(options, columnar.states(options, root))
    session = polite_session(agent, options.delay)
    pages = columnar.pages(options, root, store, session, request, report)
    captures = (capture for page in pages for capture in page.captures)
    return counted_hosts(captures, options.languages[0])


def counted_hosts(captures: Iterable[CaptureRange], language: str) -> list[HostCount]:
    """Captures in a language by host."""
    counts: dict[str, HostCount] = {}
    for capture in captures:
        host = host_of(capture.url)
        if host is None:
            continue
        count = counts.setdefault(host, HostCount(host))
        count.pages += 1
        count.first += capture.languages.split(",")[0] == language
        count.bytes += capture.length
    for count in counts.values():
        entry = exclusions.of_host(count.host)
        count.excluded = entry.name if entry else None
    return sorted(counts.values(), key=lambda count: (-count.pages, count.host))


def seeds_of(counts: Sequence[HostCount]) -> list[str]:
    """Addresses of the hosts that may be used, as seeds of the connector `web`."""
    return [f"https://{count.host}/" for count in counts if count.excluded is None]
