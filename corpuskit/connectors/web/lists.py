"""Sitemaps and feeds: the pages they list, and what they say of them.

A sitemap's `lastmod` says when a page last changed, which only matters for asking again. When it
was published say `news:publication_date` of a news sitemap and the dates of a feed's entries.
"""

from __future__ import annotations

import calendar
import html
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from html.entities import html5
from io import BytesIO
from typing import Any, Final

import feedparser
from lxml import etree

from corpuskit import logs
from corpuskit.connectors.containers.http_message import decode_content
from corpuskit.connectors.fetching.redaction import without_secrets
from corpuskit.connectors.web.discover import FoundLinks
from corpuskit.connectors.web.history import Hint, moment, plausible
from corpuskit.markup.charsets import charset_of
from corpuskit.markup.decode import decode
from corpuskit.urls import absolute_url

_log = logs.logger(__name__)

MAX_SITEMAP_BYTES: Final = 50 * 1024 * 1024
"""sitemaps.org: a sitemap has at most 50 MB uncompressed,"""
MAX_SITEMAP_URLS: Final = 50_000
"""and at most 50,000 URLs."""
MAX_SITEMAPS: Final = 1_000
"""Sitemaps taken from one robots.txt or index."""
Location = tuple[str, str, Hint | None]

_PROLOG: Final = 65_536
"""Bytes in which the root element is looked for, behind comments and what a server printed."""
_ROOT: Final = re.compile(rb"<(?:[\w.-]+:)?(urlset|sitemapindex|rss|feed|rdf)[\s>]", re.IGNORECASE)
_TEXT_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"\A\s*+<\?xml[^>]*+>")
_XML_ENCODING: Final = re.compile(
    rb"\s*+<\?xml[^>]*?\bencoding\s*+=\s*+[\"']([\w.:-]{1,40})", re.IGNORECASE
)
_NUMERIC: Final = re.compile(r"&(?:amp;)*+#(?:x([0-9a-f]++)|(\d++));?", re.IGNORECASE)
_MAX_DIGITS: Final = 10
"""Digits of a character reference that may name a character, leading zeros included."""
_FORBIDDEN: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY: Final = re.compile(r"&(?:#?\w{1,32};)?+")
_OTHER_TAG: Final = re.compile(
    r"</?(?:[\w.-]+:)?+(?!(?:urlset|sitemapindex|sitemap|url|loc|lastmod|publication_date|link|news"
    r"|image|video)\b)[A-Za-z_][^<>]*+>",
    re.IGNORECASE,
)
"""Tags of elements that are not read, `image` and `video` apart: their addresses are not pages."""
_LESS_THAN: Final = re.compile(r"<(?![A-Za-z_/!?])")
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;"})
_NEXT: Final = frozenset({"next", "prev-archive"})
_SLASHED: Final = re.compile(r"\s*+(\d{4})/(\d{1,2})/(\d{1,2})( \d\d:\d\d(?::\d\d)?)?\s*+")
"""Year, month and day as Asian sites write them; the order is known where the year is first."""
_WHOLE: Final = re.compile(
    r"\s*+(?!\d{4})|\s*+\d{4}(?:-\d{1,2}-\d|\d{4}(?!\d)|-?\d{3}(?!\d)|\D{2,})"
)
"""A date that is not a year or a month alone."""
_MAX_DATE: Final = 40
"""Characters: the longest date of W3C's note has 35."""


def in_sitemap(body: bytes, url: str, charset: str | None = None) -> FoundLinks:
    """URLs of a sitemap or a sitemap index, as XML or one a line, plain or gzipped.

    A feed is a sitemap too (sitemaps.org, "Other Sitemap formats"). No entity of a DTD is expanded
    and nothing is loaded; XML that is damaged is mended as far as its other entries need it.
    """
    if body.startswith(b"\x1f\x8b"):
        body, damage = decode_content(body, "gzip", MAX_SITEMAP_BYTES)
        if damage is not None and not body:
            return FoundLinks()
    body = body[:MAX_SITEMAP_BYTES]
    root = _ROOT.search(body, 0, _PROLOG) or _ROOT.search(_characters(body, charset)[:_PROLOG])
    if root is None:
        lines = (line.strip() for line in _characters(body, charset).decode().splitlines())
        return FoundLinks(pages=_listed((line for line in lines if _WEB.match(line)), url))
    if root[1].lower() in (b"rss", b"feed", b"rdf"):
        return in_feed(body, url, charset)
    locations = _parsed(body, url)
    if locations is None:
        locations = _parsed(_mended(_characters(body, charset)), url, recover=True) or []
    return _of_locations(locations, url)


def _of_locations(locations: list[Location], url: str) -> FoundLinks:
    named: dict[str, list[str]] = {"url": [], "sitemap": []}
    hints: dict[str, Hint] = {}
    for parent, address, hint in locations:
        if hint is None:
            named["sitemap" if parent == "sitemap" else "url"].append(address)
        else:
            hints[address] = hint
    pages = _listed(named["url"], url)
    known = set(pages)
    return FoundLinks(
        pages=pages,
        sitemaps=_listed(named["sitemap"], url)[:MAX_SITEMAPS],
        hints={address: hint for address, hint in hints.items() if address in known},
    )


def _listed(references: Iterable[str | None], base: str) -> list[str]:
    urls = dict.fromkeys(
        absolute(reference, base) for reference in references if reference and reference.strip()
    )
    return [url for url in urls if url.startswith(("http://", "https://"))][:MAX_SITEMAP_URLS]


def absolute(reference: str, base: str) -> str:
    """A URL that a document at `base` names, absolute; empty if it is not a URL."""
    return absolute_url(reference, base) or ""


def _characters(body: bytes, charset: str | None) -> bytes:
    """A document in UTF-8, whatever its encoding, without a declaration of that encoding."""
    decoded = decode(body, charset)
    text = decoded.markup if decoded.reason is None else body.decode("utf-8", "replace")
    if decoded.method in (None, "detected"):
        text = _as_declared(body, charset) or text
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")


def _as_declared(body: bytes, charset: str | None) -> str | None:
    """A document in the charset that it or its server declares, None if it cannot be that.

    The few letters of a list of URLs are no text by which to judge a declaration.
    """
    match = _XML_ENCODING.match(body)
    for label in (charset, match[1].decode("ascii", "replace") if match else None):
        declared = charset_of(label)
        if declared is not None:
            with suppress(UnicodeDecodeError):
                return body.decode(declared.codec)
    return None


def _mended(body: bytes) -> bytes:
    """Damaged XML in a form that libxml2 recovers from without losing what follows.

    It begins at the root element; ampersands and angle brackets that are part of a URL are
    escaped, named entities of HTML become characters, and what XML forbids goes.
    """
    text = body.decode()
    start = _TEXT_ROOT.search(text)
    text = _FORBIDDEN.sub("", text[start.start() if start else 0 :])
    text = _ENTITY.sub(_escaped, _OTHER_TAG.sub(" ", text))
    return _LESS_THAN.sub("&lt;", text).encode("utf-8", "replace")


def _escaped(match: re.Match[str]) -> str:
    name = match[0][1:]
    if name in ("amp;", "lt;", "gt;", "quot;", "apos;"):
        return match[0]
    is_number = name.startswith("#")
    character = html.unescape(match[0]) if is_number else html5.get(name, "") if name else ""
    return character.translate(_MARKUP) or f"&amp;{name}"


def _parsed(body: bytes, base: str, *, recover: bool = False) -> list[Location] | None:
    """Every `loc` and alternate, absolute; None if the XML is damaged and not to be recovered."""
    try:
        return list(_locations(body, base, recover=recover))
    except (etree.LxmlError, UnicodeError, ValueError):
        return None


def _locations(body: bytes, base: str, *, recover: bool) -> Iterator[Location]:
    """The name of a parent (url or sitemap), a URL, and None; after a whole `url` once more, with
    what is said of it."""
    events = etree.iterparse(
        BytesIO(body),
        events=("end",),
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    count = 0
    for _, element in events:
        name = _local_name(element)
        parent = element.getparent()
        if parent is not None and (reference := _reference(element, name)) is not None:
            yield _local_name(parent), absolute(reference, base), None
            count += 1
            if count >= MAX_SITEMAP_URLS:
                return
        elif name in ("url", "sitemap"):
            if name == "url" and (hint := _hint(element, base)):
                yield hint
            element.clear()


def _reference(element: etree._Element, name: str) -> str | None:
    """The URL that an element names: a `loc`, or an `xhtml:link` to the page in another language
    (developers.google.com/search/docs/specialty/international/localized-versions)."""
    if name == "loc":
        return str(element.text or "")
    if name == "link" and "alternate" in (element.get("rel") or ""):
        return str(element.get("href") or "")
    return None


def _hint(element: etree._Element, base: str) -> Location | None:
    """What a `url` element says of its page, None if nothing."""
    texts = {
        _local_name(child): (child.text or "").strip()
        for child in element.iter()
        if (name := _local_name(child)) in ("lastmod", "publication_date")
        or (name == "loc" and child.getparent() is element)
    }
    modified = texts.get("lastmod", "")[:_MAX_DATE] or None
    published = plausible(moment(texts.get("publication_date", "")[:_MAX_DATE]))
    if not texts.get("loc") or not (modified or published):
        return None
    hint = Hint(published, "sitemap" if published else None, modified)
    return "url", absolute(texts["loc"], base), hint


def _local_name(element: etree._Element) -> str:
    """Name in lower case without its namespace, also of names that break XML's rules."""
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def in_feed(body: bytes, url: str, charset: str | None = None) -> FoundLinks:
    """Links of an RSS or Atom feed's entries, however malformed, with their dates; its next page
    (RFC 5005) is a feed too. `charset` is the label declared over HTTP."""
    content = _characters(body, charset)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _in_json_feed(content, url)
    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    content = _NUMERIC.sub(_possible, content.decode()).encode()
    try:
        feed = feedparser.parse(BytesIO(content), response_headers=headers, sanitize_html=False)
    except Exception:  # noqa: BLE001  # a feed cannot be allowed to stop a crawl
        _log.info("%s: the feed cannot be read", without_secrets(url), exc_info=True)
        return FoundLinks()
    pages = _listed((entry.get("link") for entry in feed.entries), url)
    hints: dict[str, Hint] = {}
    for entry in feed.entries:
        at = plausible(_published(entry))
        if at is not None and entry.get("link"):
            hints.setdefault(absolute(entry["link"], url), Hint(at, "feed"))
    known = set(pages)
    following = (
        link.get("href") for link in feed.feed.get("links", ()) if link.get("rel") in _NEXT
    )
    return FoundLinks(
        pages=pages,
        feeds=_listed(following, url),
        hints={address: hint for address, hint in hints.items() if address in known},
    )


def _possible(match: re.Match[str]) -> str:
    """A character reference, or U+FFFD for one that names no character: half of a surrogate pair
    makes feedparser give up the whole feed."""
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    code = int(digits, base) if len(digits) <= _MAX_DIGITS else 0
    is_character = 0 < code < 0xD800 or 0xDFFF < code < 0x110000
    return match[0] if is_character else "\ufffd"


def _in_json_feed(content: bytes, url: str) -> FoundLinks:
    """Links of a JSON Feed (jsonfeed.org, version 1.1): its items, with their dates, and its next
    page."""
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError):
        _log.info("%s: the feed is not valid JSON", without_secrets(url))
        return FoundLinks()
    items = feed.get("items")
    addresses = {
        item["url"]: item
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, dict) and isinstance(item.get("url"), str)
    }
    pages = _listed(addresses, url)
    known, hints = set(pages), dict[str, Hint]()
    for address, item in addresses.items():
        at = plausible(moment(str(item.get("date_published") or "")[:_MAX_DATE]))
        page = absolute(address, url)
        if at is not None and page in known:
            hints.setdefault(page, Hint(at, "feed"))
    following = feed.get("next_url")
    feeds = _listed([following], url) if isinstance(following, str) else []
    return FoundLinks(pages=pages, feeds=feeds, hints=hints)


def _published(entry: Any) -> datetime | None:
    """When an entry says that it was published, in UTC; dates of updates do not count."""
    written = str(entry.get("published") or "")
    if slashed := _SLASHED.fullmatch(written[:_MAX_DATE]):
        return moment("{}-{:0>2}-{:0>2}{}".format(*slashed.groups(default="")))
    # A date without its day: feedparser takes what is missing from the calendar of today.
    parsed = entry.get("published_parsed") if _WHOLE.match(written) else None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
