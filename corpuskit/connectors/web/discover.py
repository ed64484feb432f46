"""URLs that a page links to, with what it says about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from lxml import html

from corpuskit.connectors.fetching.page_metas import metas_of, parse_markup
from corpuskit.connectors.fetching.rsl import PageTerms, terms_of
from corpuskit.connectors.web.history import Hint
from corpuskit.connectors.web.streak import page_key
from corpuskit.markup.charsets import named
from corpuskit.markup.decode import decode
from corpuskit.urls import absolute_url, header_url

MAX_LINKS: Final = 5_000
"""Links taken from one page: more is a trap or a list that a sitemap should give."""
_MAX_REFERENCES: Final = 10 * MAX_LINKS
"""Different values that are looked at for them: the rest of a page may be script or fragments."""
MAX_ANCHOR: Final = 100
"""Characters of a link's text that are looked at: a title is shorter."""

_FEEDS: Final = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_FOLLOWED: Final = frozenset({"next", "prev", "previous"})
"""Relations of links between the pages of a list."""
_WEB: Final = ("http://", "https://")
_WORDS: Final = re.compile(r"[^\s,\"']+")
_REFRESH: Final = re.compile(
    r"\s*+[\d.]*+(?:\s*+[;,]\s*+|\s++)(?:url\s*+=\s*+)?+(.+)", re.IGNORECASE | re.DOTALL
)
_QUOTED: Final = r"\"(?:[^\"\\]++|\\.)*+\"?"
_LINK_HEADER: Final = re.compile(rf"<([^<>]*+)>((?:[^<>,\"]++|{_QUOTED})*+)")
_RELATION: Final = re.compile(r"(?<!\w)rel\s*+=\s*+(\"[^\"]*+\"?|[^\s;,]++)")


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
    terms: PageTerms = field(default_factory=PageTerms)
    """License documents for machines that the page names or holds."""
    metas: list[tuple[str, str]] = field(default_factory=list)
    """A page's meta elements: lower-case name, content."""
    key: bytes = b""
    """Stands for what a page shows; see `streak`."""
    hints: dict[str, Hint] = field(default_factory=dict)
    """What a list says of its pages, by URL."""
    notes: dict[str, LinkNote] = field(default_factory=dict)
    """Of a page's links, by URL."""


def in_page(
    content: bytes,
    url: str,
    charset: str | None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> FoundLinks:
    """Links, feeds and meta elements of an HTML page; nothing in what cannot be parsed.

    `charset` is the label declared over HTTP; `headers` (lower-case names) may hold links too.
    """
    decoded = decode(content, charset)
    root = parse_markup(decoded.markup)
    if root is None:
        pages = _unique(in_headers(headers), url, "utf-8")
        return FoundLinks(pages=pages, terms=terms_of(None, url, headers))
    codec = _query_codec(decoded.charset)
    base = _base_of(root, url)
    elements: dict[str, html.HtmlElement] = {}
    references: dict[str, html.HtmlElement] = {}
    for reference, element in _references(root):
        references.setdefault(reference.strip(), element)
        if len(references) > _MAX_REFERENCES:
            break
    for reference, element in references.items():
        if len(elements) >= MAX_LINKS:
            break
        target = absolute_url(reference, base, codec) if reference else None
        if target is not None and target.startswith(_WEB):
            elements.setdefault(target, element)
    notes = {target: _note_of(element) for target, element in elements.items()}
    feeds = (link.get("href") or "" for link in root.iter("link") if _is_feed(link))
    return FoundLinks(
        list(dict.fromkeys([*elements, *_unique(in_headers(headers), url, "utf-8")])),
        feeds=_unique(feeds, base, codec),
        metas=metas_of(root),
        terms=terms_of(root, url, headers),
        notes=notes,
        key=page_key(root),
    )


def in_headers(headers: Mapping[str, str]) -> Iterator[str]:
    """References that headers name: Refresh, and links of Link (RFC 8288) that lead to pages."""
    if reference := refresh_target(headers.get("refresh", "")):
        yield header_url(reference)
    for match in _LINK_HEADER.finditer(headers.get("link", "")):
        parameters = match[2].lower()
        relation = _RELATION.search(parameters)
        words = set(_WORDS.findall(relation[1])) if relation else set()
        if words & _FOLLOWED or ("alternate" in words and "hreflang" in parameters):
            yield header_url(match[1])


def refresh_target(value: str) -> str | None:
    """The URL of a Refresh header or meta element (HTML standard, 4.2.5.3): `5; url='/th/'`."""
    match = _REFRESH.match(value)
    if match is None:
        return None
    text = match[1].strip()
    quoted = text[:1] in ("'", '"')
    text = text[1:].partition(text[0])[0] if quoted else text
    return text or None


def _references(root: html.HtmlElement) -> Iterator[tuple[str, html.HtmlElement]]:
    """Each reference to a page, with its element, in the page's order; none of templates, which
    nobody sees until a script copies them."""
    hidden = {inner for template in root.iter("template") for inner in _once(template)}
    for element in root.iter("a", "area", "link", "frame", "iframe", "meta"):
        if element in hidden:
            continue
        if element.tag == "meta":
            if (element.get("http-equiv") or "").strip().lower() == "refresh":
                yield refresh_target(element.get("content") or "") or "", element
        elif element.tag in ("frame", "iframe"):
            yield element.get("src") or "", element
        elif _leads_to_a_page(element):
            yield element.get("href") or element.get("xlink:href") or "", element


def _once(template: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The elements of an outermost template."""
    is_inner = next(template.iterancestors("template"), None) is not None
    return iter(()) if is_inner else template.iter()


def _base_of(root: html.HtmlElement, url: str) -> str:
    """What the page's references are relative to; the page itself if its `base` is not a URL."""
    hrefs = (element.get("href") for element in root.iter("base"))
    base = absolute_url(next((href for href in hrefs if href), ""), url)
    return base if base is not None and base.startswith(_WEB) else url


def _query_codec(charset: str | None) -> str:
    """The codec of the page's queries; UTF-8 for UTF-16 (Encoding standard, 4.3)."""
    if charset is None or charset.startswith(("utf-16", "utf-32")):
        return "utf-8"
    return named(charset).codec


def _unique(references: Iterable[str], base: str, codec: str) -> list[str]:
    urls = (absolute_url(reference, base, codec) for reference in references if reference)
    return list(dict.fromkeys(url for url in urls if url and url.startswith(_WEB)))[:MAX_LINKS]


def _leads_to_a_page(element: html.HtmlElement) -> bool:
    """A link to follow: the next page, or the same in another language (`<link hreflang>`)."""
    rel = set(_WORDS.findall((element.get("rel") or "").lower()))
    if "nofollow" in rel:
        return False
    if element.tag == "link":
        is_translation = "alternate" in rel and element.get("hreflang") and not _is_feed(element)
        return bool(rel & _FOLLOWED or is_translation)
    return True


def _is_feed(link: html.HtmlElement) -> bool:
    is_alternate = "alternate" in (link.get("rel") or "").lower()
    return is_alternate and (link.get("type") or "").partition(";")[0].strip().lower() in _FEEDS


def _beginning(element: html.HtmlElement) -> str:
    """The first characters of an element's text: a link may hold the rest of the page."""
    text = ""
    for part in element.itertext():
        text += part[:MAX_ANCHOR]
        if len(text) >= MAX_ANCHOR:
            break
    return text[:MAX_ANCHOR]


def _note_of(element: html.HtmlElement) -> LinkNote:
    anchor = _beginning(element) if element.tag == "a" else ""
    return LinkNote((element.get("hreflang") or "").strip().lower(), anchor.strip())
