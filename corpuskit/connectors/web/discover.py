"""URLs that a page, a sitemap or a feed names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final
from urllib.parse import urljoin

import feedparser
from lxml import etree, html

from corpuskit.connectors.http_message import decode_content

MAX_SITEMAP_BYTES: Final = 50 * 1024 * 1024
"""sitemaps.org: a sitemap has at most 50 MB uncompressed,"""
MAX_SITEMAP_URLS: Final = 50_000
"""and at most 50,000 URLs."""
MAX_SITEMAPS: Final = 1_000
"""Sitemaps taken from one robots.txt or index."""
MAX_LINKS: Final = 5_000
"""Links taken from one page: more is a trap or a list that a sitemap should give."""

_FEEDS: Final = frozenset({"application/rss+xml", "application/atom+xml"})


@dataclass(slots=True)
class Found:
    """What a document names, absolute, in its order, each once."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    """A page's meta elements: lower-case name, content."""


def in_page(content: bytes, url: str, charset: str | None) -> Found:
    """Links, feeds and meta elements of an HTML page; nothing in what cannot be parsed."""
    root = _parse(content, charset)
    if root is None:
        return Found()
    base = urljoin(url, next(iter(root.xpath("//base/@href")), ""))
    followed = (
        a.get("href")
        for a in root.iter("a", "area")
        if "nofollow" not in (a.get("rel") or "").lower()
    )
    feeds = (
        link.get("href")
        for link in root.iter("link")
        if (link.get("type") or "").strip().lower() in _FEEDS
        and "alternate" in (link.get("rel") or "").lower()
    )
    metas = [
        ((meta.get("name") or "").strip().lower(), meta.get("content") or "")
        for meta in root.iter("meta")
        if meta.get("name")
    ]
    return Found(pages=_absolute(followed, base), feeds=_absolute(feeds, base), metas=metas)


def _parse(content: bytes, charset: str | None) -> html.HtmlElement | None:
    for encoding in (charset, None):
        try:
            return html.document_fromstring(content, parser=html.HTMLParser(encoding=encoding))
        except LookupError:  # a charset that nobody knows
            continue
        except (etree.LxmlError, ValueError, AssertionError):
            return None
    return None


def _absolute(hrefs: Iterator[str | None], base: str) -> list[str]:
    found: dict[str, None] = {}
    for href in hrefs:
        if href and len(found) < MAX_LINKS:
            try:
                found[urljoin(base, href.strip())] = None
            except ValueError:
                continue
    return [url for url in found if url.startswith(("http://", "https://"))]


def in_sitemap(body: bytes, url: str) -> Found:
    """URLs of a sitemap or a sitemap index, as XML or one a line, plain or gzipped.

    No entity is expanded and nothing is loaded; what follows damage is lost.
    """
    if body.startswith(b"\x1f\x8b"):
        body, lost = decode_content(body, "gzip", MAX_SITEMAP_BYTES)
        if lost is not None and not body:
            return Found()
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        lines = body[:MAX_SITEMAP_BYTES].decode("utf-8-sig", "replace").splitlines()
        urls = (line for line in lines if line.startswith(("http://", "https://")))
        return Found(pages=_listed(urls, url))
    pages: list[str | None] = []
    sitemaps: list[str | None] = []
    for parent, text in _locations(body[:MAX_SITEMAP_BYTES]):
        (sitemaps if parent == "sitemap" else pages).append(text)
    return Found(
        pages=_listed(iter(pages), url), sitemaps=_listed(iter(sitemaps), url)[:MAX_SITEMAPS]
    )


def _listed(urls: Iterator[str | None], base: str) -> list[str]:
    found = dict.fromkeys(urljoin(base, url.strip()) for url in urls if url and url.strip())
    return [one for one in found if one.startswith(("http://", "https://"))][:MAX_SITEMAP_URLS]


def _locations(body: bytes) -> Iterator[tuple[str, str | None]]:
    """Every `loc` with the name of its parent (url or sitemap)."""
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
                yield _local_name(parent), element.text
                count += 1
                if count >= MAX_SITEMAP_URLS:
                    return
            elif name in ("url", "sitemap"):
                element.clear()
    except etree.LxmlError:
        return


def _local_name(element: etree._Element) -> str:
    """Name without its namespace; one that breaks XML's rules is no error."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def in_feed(body: bytes, url: str) -> Found:
    """Links of an RSS or Atom feed's entries, however malformed."""
    try:
        feed = feedparser.parse(
            BytesIO(body), response_headers={"content-location": url}, sanitize_html=False
        )
    except Exception:  # noqa: BLE001  # a feed cannot be allowed to stop a crawl
        return Found()
    links = (entry.get("link") for entry in feed.entries)
    return Found(pages=_listed(iter(links), url))
