"""Captures from an index server, page by page.

The server is pywb's CDX API (github.com/webrecorder/pywb/wiki/CDX-Server-API), as
index.commoncrawl.org speaks it: `url=*.kh` for a domain with all below it, `showNumPages` for
the number of pages, lines of JSON. Where there is nothing, it answers 404 with a message in
JSON (Common Crawl) or 200 with nothing (pywb).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from corpuskit.connectors.commoncrawl.captures import IndexPage, from_index
from corpuskit.connectors.commoncrawl.listing import ListingStore
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions
from corpuskit.connectors.containers.http_message import media_type
from corpuskit.connectors.fetching.errors import AskedToWaitError, HttpError
from corpuskit.connectors.fetching.session import Reply, Session
from corpuskit.errors import SourceError

_REREADS: Final = 2
"""How often a page with broken lines is asked for again: a server under load cuts answers
short without telling the client."""


class IndexServer:
    """The index of one crawl."""

    def __init__(self, session: Session, url: str, crawl: str, page_size: int) -> None:
        self._session, self.crawl, self.page_size = session, crawl, page_size
        self.url = f"{url}/{crawl}-index"

    def pages(self, host: str) -> int:
        """How many pages there are of captures of a host and all hosts below it."""
        answer = self._ask(host, showNumPages="true")
        number = _json(answer.content) if not _nothing(answer) else 0
        count = number.get("pages") if isinstance(number, dict) else number
        if not isinstance(count, int) or isinstance(count, bool):
            raise SourceError(f"{self.url}: no number of pages but {answer.content[:80]!r}")
        return count

    def page(self, host: str, number: int, languages: list[str]) -> IndexPage:
        """The wanted captures of a page; broken lines are asked for again before they are lost."""
        page = IndexPage()
        for _ in range(1 + _REREADS):
            answer = self._ask(host, page=str(number))
            page = IndexPage() if _nothing(answer) else self._parse(answer, host, number, languages)
            if not page.invalid:
                break
        return page

    def _ask(self, host: str, **more: str) -> Reply:
        params = {
            "url": f"*.{host}",
            "output": "json",
            "filter": "=status:200",
            "pageSize": str(self.page_size),
        }
        try:
            answer = self._session.get(f"{self.url}?{urlencode(params | more)}", accept={404})
        except AskedToWaitError:
            raise
        except HttpError as error:
            raise SourceError(self._refusal(error.status, error.detail)) from error
        if answer.status != 200 and not _nothing(answer):
            raise SourceError(self._refusal(answer.status, f"HTTP {answer.status}"))
        declared = media_type(answer.headers.get("Content-Type", ""))
        if declared == "text/html" or answer.content.lstrip()[:1] == b"<":
            raise SourceError(
                f"{self.url} answered with a page of HTML instead of captures; is index_url "
                "an index server?"
            )
        return answer

    def _refusal(self, status: int | None, fault: str) -> str:
        advice = "run the same command again later (what was fetched is kept)"
        if status == 403:
            advice = "it wants no more requests from here; wait for a day before you run it again"
        elif status is not None and status < 500 and status != 429:
            advice = "is there a crawl of that name, and is index_url right?"
        return f"{self.url}: {fault}; {advice}"

    def _parse(self, answer: Reply, host: str, number: int, languages: list[str]) -> IndexPage:
        page, lines = IndexPage(), answer.content.split(b"\n")
        for place, line in enumerate(lines, 1):
            if not line.strip():
                continue
            row = _json(line)
            capture = from_index(row) if isinstance(row, dict) else None
            if capture is None:
                page.invalid.append(f"{self.crawl} *.{host} page {number} line {place}")
            else:
                page.add(capture, languages)
        return page


def asks(
    server: IndexServer, host: str, options: CommonCrawlOptions, store: ListingStore, request: str
) -> list[Callable[[], IndexPage]]:
    """Per page of captures of a host what gives it: as it was kept, or asked for and kept."""
    folder = f"{request}/{server.crawl}/{host}"
    count = store.cached(f"{folder}/pages", lambda: server.pages(host))
    return [
        partial(
            store.page,
            f"{folder}/{number:05d}",
            partial(server.page, host, number, options.languages),
        )
        for number in range(count)
    ]


def crawls(collinfo: bytes) -> list[str] | None:
    """Names of the crawls in a collinfo.json, newest first; None if the file is something else."""
    listed = _json(collinfo)
    if not isinstance(listed, list):
        return None
    return [str(crawl["id"]) for crawl in listed if isinstance(crawl, dict) and "id" in crawl]


def _nothing(answer: Reply) -> bool:
    """Whether an answer says that there are no captures."""
    if answer.status == 200:
        return not answer.content.strip()
    message = _json(answer.content) if answer.status == 404 else None
    return isinstance(message, dict) and "no captures" in str(message.get("message", "")).lower()


def _json(data: bytes) -> Any:
    """The value of JSON; None for bytes that are not JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
