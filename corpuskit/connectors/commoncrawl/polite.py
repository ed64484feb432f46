"""How Common Crawl's servers are asked, and whether they have a crawl."""

from __future__ import annotations

from corpuskit.connectors.base import Agent
from corpuskit.connectors.commoncrawl import index_api
from corpuskit.connectors.commoncrawl.listing import ListingStore
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.fetching.errors import AskedToWaitError, HttpError
from corpuskit.connectors.fetching.session import Session
from corpuskit.errors import SourceError


def polite_session(agent: Agent, delay: float) -> Session:
    """A client of servers that everybody uses: patient, and never sent elsewhere by a redirect,
    for they are known by name."""
    return Session(agent, delay=delay, first_pause=2 * delay, redirects=False)


def check_crawls(options: CommonCrawlOptions, store: ListingStore, session: Session) -> None:
    """Refuse a crawl that the index server does not have, where it says which it has."""
    path, asked = store.folder / "collinfo.json", set(options.crawl)
    if path.exists() and asked <= set(index_api.crawls(path.read_bytes()) or ()):
        return
    try:
        reply = session.get(f"{options.index_url}/collinfo.json")
    except AskedToWaitError:
        raise
    except HttpError:  # a server of one's own need not have the list
        return
    known = index_api.crawls(reply.content) if reply.status == 200 else None
    if known is None:
        return
    store.write(path, reply.content)
    if missing := sorted(asked - set(known)):
        newest = ", ".join(known[:3])
        raise SourceError(
            f"{options.index_url} has no crawl {missing[0]!r}; its newest are {newest}"
        )
