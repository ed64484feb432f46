"""URLs that a page links to, with what it says about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from lxml import html

from corpuskit.connectors.fetching.page_metas import metas_of, parse_page
from corpuskit.connectors.web.history import Hint
from corpuskit.connectors.web.streak import page_key

MAX_LINKS: Final = 5_000
"""Links taken from one page: more is a trap or a list that a sitemap should give."""
MAX_ANCHOR: Final = 100
"""Characters of a link's text that are looked at: a title is shorter."""

_FEEDS: Final = frozenset({"application/rss+xml", "application/atom+xml"})


@dataclass(frozen=True, slots=True)
class LinkNote:
    """What a page says about where a link of it leads."""

    hreflang: str
    anchor: str


@dataclass(slots=True)
class FoundLinks:
    """What a document names, absolute, in its order, each once."""

    pages: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    """A page's meta elements: lower-case name, content."""
    key: bytes = b""
    """Stands for what a page shows; see `streak`."""
    hints: dict[str, Hint] = field(default_factory=dict)
    """What a list says of its pages, by URL."""
    notes: dict[str, LinkNote] = field(default_factory=dict)
    """Of a page's links, by URL."""


def in_page(content: bytes, url: str, charset: str | None) -> FoundLinks:
    """Links, feeds and meta elements of an HTML page; nothing in what cannot be parsed."""
    root = parse_page(content, charset)
    if root is None:
        return FoundLinks()
    base = urljoin(url, next(iter(root.xpath("//base/@href")), ""))
    followed = [element for element in root.iter("a", "area", "link") if _leads_to_a_page(element)]
    pages = _absolute(((element.get("href"), element) for element in followed), base)
    feeds = (
        (link.get("href"), link)
        for link in root.iter("link")
        if _is_feed(link) and "alternate" in (link.get("rel") or "").lower()
    )
    notes = {url: _note_of(element) for url, element in pages.items()}
    return FoundLinks(
        list(pages),
        feeds=list(_absolute(feeds, base)),
        metas=metas_of(root),
        notes=notes,
        key=page_key(root),
    )


def _leads_to_a_page(element: html.HtmlElement) -> bool:
    """A link to follow, or the same page in another language (`<link hreflang>`)."""
    rel = (element.get("rel") or "").lower()
    if element.tag == "link":
        return "alternate" in rel and bool(element.get("hreflang")) and not _is_feed(element)
    return "nofollow" not in rel


def _is_feed(link: html.HtmlElement) -> bool:
    return (link.get("type") or "").strip().lower() in _FEEDS


def _note_of(element: html.HtmlElement) -> LinkNote:
    anchor = "".join(element.itertext())[:MAX_ANCHOR] if element.tag == "a" else ""
    return LinkNote((element.get("hreflang") or "").strip().lower(), anchor.strip())


def _absolute(
    links: Iterable[tuple[str | None, html.HtmlElement]], base: str
) -> dict[str, html.HtmlElement]:
    """Every URL with the first element that names it."""
    elements: dict[str, html.HtmlElement] = {}
    for href, element in links:
        if href and len(elements) < MAX_LINKS:
            try:
                elements.setdefault(urljoin(base, href.strip()), element)
            except ValueError:
                continue
    return {url: link for url, link in elements.items() if url.startswith(("http://", "https://"))}
