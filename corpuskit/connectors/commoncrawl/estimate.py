"""What a fetch from Common Crawl would take, from a few pages of its index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from corpuskit.connectors.base import FetchContext, FetchEstimate
from corpuskit.connectors.commoncrawl import columnar, index_api
from corpuskit.connectors.commoncrawl.captures import IndexPage
from corpuskit.connectors.commoncrawl.listing import ListingStore, request_of
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.commoncrawl.polite import check_crawls, polite_session
from corpuskit.engines.parser_process import ParserProcess

SAMPLE: Final = 4
"""Pages or files of an index that are looked at, for each domain or list of files, evenly spread:
an index is sorted, so that its parts differ."""
_RANGES: Final = 105
"""Requests that a file of the columnar index takes: 15 for each of 7 row groups like the one of 98
MB that was measured (docs/connector-commoncrawl.md), in a file of 683 MB (205 GB in 300 files)."""

Ask = Callable[[], IndexPage]


def estimate(
    options: CommonCrawlOptions, root: Path, store: ListingStore, context: FetchContext
) -> FetchEstimate:
    """Ask for SAMPLE parts of the index of each kind; what they hold is taken for the whole.

    What the index says is kept in `store`, where a fetch finds it.
    """
    session = polite_session(context.agent, options.delay)
    request, _ = request_of(options, columnar.states(options, root))
    with ParserProcess() as process:
        if options.index:
            groups = [columnar.asks(options, root, store, session, request, process)]
        else:
            check_crawls(options, store, session)
            groups = [
                index_api.asks(server, host, options, store, request)
                for crawl in options.crawl
                for server in [
                    index_api.IndexServer(session, options.index_url, crawl, options.page_size)
                ]
                for host in (*options.tld, *options.domains)
            ]
        return _joined([_of_group(group, options, context) for group in groups], options)


def _of_group(
    asks: Sequence[Ask], options: CommonCrawlOptions, context: FetchContext
) -> tuple[int, int, float, float]:
    """Parts of an index, parts looked at; captures and their bytes in all parts."""
    looked_at = list(_spread(asks))
    captures = size = 0
    for page in (ask() for ask in looked_at):
        wanted = [capture for capture in page.captures if context.excluded(capture.url) is None]
        captures += len(wanted)
        size += sum(capture.length for capture in wanted)
    factor = len(asks) / max(len(looked_at), 1)
    return len(asks), len(looked_at), captures * factor, size * factor


def _spread(asks: Sequence[Ask]) -> Iterator[Ask]:
    """At most SAMPLE of them, at even distances."""
    count = min(SAMPLE, len(asks))
    yield from (asks[(2 * at + 1) * len(asks) // (2 * count)] for at in range(count))


def _joined(
    groups: Sequence[tuple[int, int, float, float]], options: CommonCrawlOptions
) -> FetchEstimate:
    parts = sum(group[0] for group in groups)
    looked_at = sum(group[1] for group in groups)
    captures = round(sum(group[2] for group in groups))
    size = round(sum(group[3] for group in groups))
    if options.max_records and captures > options.max_records:
        size = size * options.max_records // captures
        captures = options.max_records
    index_requests = parts * (_RANGES if options.index else 1)
    kind = "files" if options.index else "pages"
    basis = [
        f"{looked_at:,} of {parts:,} {kind} of the index were looked at",
        f"one request every {options.delay:g} s, a request for each record",
    ]
    if options.one_per_digest:
        basis.append("copies of the same content, which are not fetched, are not subtracted")
    if options.index:
        basis.append(f"{_RANGES} requests for a file of the index are assumed")
    requests = captures + index_requests
    return FetchEstimate(requests, size, requests * options.delay, captures, tuple(basis))
