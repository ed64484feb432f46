"""Sitemaps and feeds: the pages they list, and what they say of them.

A sitemap's `lastmod` says when a page last changed, which only matters for asking again. When it
was published say `news:publication_date` of a news sitemap and the dates of a feed's entries.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import urljoin

import feedparser
from lxml import etree

from corpuskit.connectors.containers.http_message import decode_content
from corpuskit.connectors.web.discover import FoundLinks
from corpuskit.connectors.web.history import Hint, moment

MAX_SITEMAP_BYTES: Final = 50 * 1024 * 1024
"""sitemaps.org: a sitemap has at most 50 MB uncompressed,"""
MAX_SITEMAP_URLS: Final = 50_000
"""and at most 50,000 URLs."""
MAX_SITEMAPS: Final = 1_000
"""Sitemaps taken from one robots.txt or index."""
FIRST_PAGE: Final = datetime(1991, 8, 6, tzinfo=UTC)
"""When the first page of the web was announced: a date before it is a default, no date."""

_MAX_DATE: Final = 40
"""Characters: the longest date of W3C's note has 35."""


def in_sitemap(body: bytes, url: str) -> FoundLinks:
    """URLs of a sitemap or a sitemap index, as XML or one a line, plain or gzipped.

    No entity is expanded and nothing is loaded; what follows damage is lost.
    """
    if body.startswith(b"\x1f\x8b"):
        body, lost = decode_content(body, "gzip", MAX_SITEMAP_BYTES)
        if lost is not None and not body:
            return FoundLinks()
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = body[:MAX_SITEMAP_BYTES].decode("utf-8-sig", "replace").splitlines()
        urls = (line for line in lines if line.startswith(("http://", "https://")))
        return FoundLinks(pages=_listed(urls, url))
    named: dict[str, list[str]] = {"url": [], "sitemap": []}
    hints: dict[str, Hint] = {}
    for parent, address, hint in _locations(body[:MAX_SITEMAP_BYTES], url):
        if hint is None:
            named["sitemap" if parent == "sitemap" else "url"].append(address)
        else:
            hints[address] = hint
    pages = _listed(named["url"], url)
    known = set(pages)
    return FoundLinks(
        pages=pages,
        sitemaps=_listed(named["sitemap"], url)[:MAX_SITEMAPS],
        hints={one: hint for one, hint in hints.items() if one in known},
    )


def _listed(urls: Iterable[str | None], base: str) -> list[str]:
    found = dict.fromkeys(absolute(url, base) for url in urls if url and url.strip())
    return [one for one in found if one.startswith(("http://", "https://"))][:MAX_SITEMAP_URLS]


def absolute(url: str, base: str) -> str:
    """A URL that a document at `base` names, absolute; empty if it is not a URL."""
    try:
        return urljoin(base, url.strip())
    except ValueError:
        return ""


def _locations(body: bytes, base: str) -> Iterator[tuple[str, str, Hint | None]]:
    """Every `loc`, absolute, with the name of its parent (url or sitemap); after a whole `url`
    once more, with what is said of it."""
    events = etree.iterparse(
        BytesIO(body),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    count = 0
    try:
        for _, element in events:
            name = _local_name(element)
            parent = element.getparent()
            if name == "loc" and parent is not None:
                yield _local_name(parent), absolute(element.text or "", base), None
                count += 1
                if count >= MAX_SITEMAP_URLS:
                    return
            elif name in ("url", "sitemap"):
                if name == "url" and (said := _said(element, base)):
                    yield said
                element.clear()
    except etree.LxmlError:
        return


def _said(element: etree._Element, base: str) -> tuple[str, str, Hint] | None:
    """What a `url` element says of its page, None if nothing."""
    texts = {
        _local_name(one): (one.text or "").strip()
        for one in element.iter("{*}loc", "{*}lastmod", "{*}publication_date")
        if _local_name(one) != "loc" or one.getparent() is element
    }
    modified = texts.get("lastmod", "")[:_MAX_DATE] or None
    published = _plausible(moment(texts.get("publication_date", "")[:_MAX_DATE]))
    if not texts.get("loc") or not (modified or published):
        return None
    hint = Hint(published, "sitemap" if published else None, modified)
    return "url", absolute(texts["loc"], base), hint


def _plausible(at: datetime | None) -> datetime | None:
    return at if at is not None and at >= FIRST_PAGE else None


def _local_name(element: etree._Element) -> str:
    """Name without its namespace, also of names that break XML's rules."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def in_feed(body: bytes, url: str) -> FoundLinks:
    """Links of an RSS or Atom feed's entries, however malformed, with their dates."""
    try:
        feed = feedparser.parse(
            BytesIO(body), response_headers={"content-location": url}, sanitize_html=False
        )
    except Exception:  # noqa: BLE001  # a feed cannot be allowed to stop a crawl
        return FoundLinks()
    pages = _listed((entry.get("link") for entry in feed.entries), url)
    hints: dict[str, Hint] = {}
    for entry in feed.entries:
        at = _plausible(_published(entry))
        if at is not None and entry.get("link"):
            hints.setdefault(absolute(entry["link"], url), Hint(at, "feed"))
    known = set(pages)
    return FoundLinks(pages=pages, hints={one: hint for one, hint in hints.items() if one in known})


def _published(entry: Any) -> datetime | None:
    """When an entry says that it was published, in UTC; dates of updates do not count."""
    parsed = entry.get("published_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
