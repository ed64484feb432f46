"""Really Simple Licensing, RSL 1.0 (RSL-SPEC-1.0, 2025-12-10): what a license document for machines
says about training on a page.

A document has terms for addresses (`<content url>`); the most specific address that covers a page
decides, and a prohibition is stronger than a permission (section 3.1.1). Training is permitted
where a license permits it, or names no uses, and asks for nothing that a build cannot give:
attribution it gives, since every row has its address. Payment, a token of a license server, reports
and limits to users and countries are conditions that are not met. Who cannot obtain a valid
document has no license (section 4.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from corpuskit.connectors.fetching.url_patterns import covers
from corpuskit.connectors.xml import attribute, children, local, parse
from corpuskit.document import OptOutSignal
from corpuskit.link_header import links_of_header
from corpuskit.urls import absolute_url, header_url

MEDIA_TYPE: Final = "application/rsl+xml"
MAX_BYTES: Final = 500_000
"""A license document is read up to this size, as robots.txt; those published have some 1 kB."""
MAX_DOCUMENTS: Final = 3
"""Documents that are read for one page."""

NAMESPACE: Final = b"https://rslstandard.org/rsl"
_FEED: Final = re.compile(rb"<(?:[a-zA-Z]{1,20}:)?(?:rss|feed|RDF)\b")
_HOLDERS: Final = ("item", "entry", "channel", "feed")
_TRAINING: Final = frozenset(("all", "ai-all", "ai-train", "train-ai", "train-genai", "ai"))
"""Uses that training is among (section 3.4.1), with the words of the 0.9 draft and of aipref."""
_FREE: Final = frozenset(("free", "attribution"))
"""Types of payment whose conditions a build meets (section 3.7)."""
_DECLARATION: Final = re.compile(r"\A<\?xml[^<>?]{0,200}+\?>")
_TOKENS: Final = re.compile(r"[^\s,]+")


@dataclass(frozen=True, slots=True)
class RslVerdict:
    """What a document says about training on a page."""

    verdict: str
    """`allow`, `disallow` or `unknown`."""
    why: str
    """As `prohibits ai-train`."""


UNREAD: Final = RslVerdict("disallow", "(the terms could not be read)")
SILENT: Final = RslVerdict("unknown", "(says nothing of this page)")


def judge_terms(content: bytes | str, url: str) -> RslVerdict | None:
    """What a document says about training on the page at `url`; None if it does not cover it."""
    if isinstance(content, str):  # decoded: what it says of its encoding no longer holds
        content = _DECLARATION.sub("", content.lstrip("\ufeff \t\r\n"), count=1).encode()
    try:
        root = _root(content.strip()[:MAX_BYTES])
    except ValueError:
        return RslVerdict("disallow", "the terms are not valid XML")
    contents = list(_contents(root))
    if local(root) != "rsl" and not contents:
        return RslVerdict("disallow", "the terms are not RSL")
    by_length: dict[int, list[etree._Element]] = {}
    for pattern, element in contents:
        if _is_about(pattern, url):
            by_length.setdefault(len(_path_of(pattern)), []).append(element)
    if not by_length:
        return None
    return _strictest(_of_content(element) for element in by_length[max(by_length)])


@lru_cache(maxsize=32)
def _root(content: bytes) -> etree._Element:
    """One document is asked about many pages."""
    return parse(content)


def is_feed(content: bytes) -> bool:
    """Whether a document that names the namespace of RSL is a feed, not a license document."""
    return _FEED.search(content[:MAX_BYTES]) is not None


def _contents(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """What terms are about, and the terms: of a license document or of the items of a feed.

    In a feed (RSS with the module of RSL, section 4.7) the terms of an item are about its link,
    unless they name an address; so do those of the channel.
    """
    if local(root) == "rsl":
        for element in children(root, "content"):
            yield (attribute(element, "url") or "").strip(), element
        return
    for holder in root.iter():
        if local(holder) in _HOLDERS:
            for element in children(holder, "content"):
                if element.tag.startswith(f"{{{NAMESPACE.decode()}"):
                    yield (attribute(element, "url") or "").strip() or _link(holder), element


def _link(holder: etree._Element) -> str:
    """The address of an item, as a pattern for this address alone; that of a channel as a prefix.
    An item without one is about nothing."""
    for element in children(holder, "link", "guid", "id"):
        address = (attribute(element, "href") or element.text or "").strip()
        if "://" in address:
            return address if local(holder) in ("channel", "feed") else f"{address}$"
    return "about:blank"


def signal_of(kind: str, address: str, verdict: RslVerdict) -> OptOutSignal:
    """A verdict as a signal; `kind` says where the document was named (`rsl-header`)."""
    return OptOutSignal(
        kind=kind, value=f"{address} {verdict.why}".strip(), verdict=verdict.verdict
    )


def _is_about(pattern: str, url: str) -> bool:
    """Whether an address covers a page; an empty one covers what names the document (3.3)."""
    if not pattern:
        return True
    host = urlsplit(pattern).hostname if "://" in pattern else None
    if host is not None and host != urlsplit(url).hostname:
        return False
    return covers(pattern, url)


def _path_of(pattern: str) -> str:
    return pattern.partition("://")[2].partition("/")[2] if "://" in pattern else pattern


def _strictest(verdicts: Iterable[RslVerdict]) -> RslVerdict:
    ordered = sorted(verdicts, key=lambda verdict: verdict.verdict != "disallow")
    return ordered[0]


def _of_content(content: etree._Element) -> RslVerdict:
    """Of one address: its licenses are alternatives, but what one prohibits none permits."""
    licenses = list(children(content, "license"))
    for license_ in licenses:
        if prohibited := _tokens(license_, "prohibits", "usage") & _TRAINING:
            return RslVerdict("disallow", f"prohibits {' '.join(sorted(prohibited))}")
    if attribute(content, "server"):
        return RslVerdict("disallow", "asks for a token of a license server")
    reasons = [_why_not(license_) for license_ in licenses]
    if "" in reasons:
        return RslVerdict("allow", "permits training")
    return RslVerdict("disallow", reasons[0] if reasons else "has no license")


def _why_not(license_: etree._Element) -> str:
    """Why a license does not let a build train; empty where it does."""
    permitted = _tokens(license_, "permits", "usage")
    if permitted and not permitted & _TRAINING:
        return f"permits only {' '.join(sorted(permitted))}"
    for kind in ("user", "geo"):
        for name in ("permits", "prohibits"):
            if limits := _tokens(license_, name, kind):
                return f"{name} {kind} {' '.join(sorted(limits))}"
    for payment in children(license_, "payment"):
        kind = (attribute(payment, "type") or ("free" if not len(payment) else "unstated")).strip()
        if kind not in _FREE or next(children(payment, "amount"), None) is not None:
            return f"asks for payment ({kind})"
    if next(children(license_, "reporting"), None) is not None:
        return "asks for reports"
    return ""


def _tokens(license_: etree._Element, name: str, kind: str) -> set[str]:
    """The words of `<permits type>` or `<prohibits type>`; the type may be left out for usage."""
    return {
        token.lower()
        for element in children(license_, name)
        if (attribute(element, "type") or "usage").strip() == kind
        for token in _TOKENS.findall("".join(map(str, element.itertext())))
    }


@dataclass(frozen=True, slots=True)
class PageTerms:
    """License documents that a page names, and those that it holds."""

    in_headers: tuple[str, ...] = ()
    """Addresses of the header Link (section 4.5)."""
    in_links: tuple[str, ...] = ()
    """Addresses of `<link rel="license" type="application/rsl+xml">` (section 4.6.1)."""
    inline: tuple[str, ...] = ()
    """Contents of `<script type="application/rsl+xml">` (section 4.6.2)."""

    def signals(
        self, url: str, documents: Callable[[str], bytes | str | None] = lambda _: None
    ) -> list[OptOutSignal]:
        """What the documents say about the page at `url`; `documents` gives one by its address,
        None where it cannot be had."""
        signals = []
        for kind, addresses in (("rsl-header", self.in_headers), ("rsl-link", self.in_links)):
            signals += signals_of(kind, addresses, url, documents)
        for content in self.inline[:MAX_DOCUMENTS]:
            signals.append(signal_of("rsl-inline", "", judge_terms(content, url) or SILENT))
        return signals


def signals_of(
    kind: str, addresses: Iterable[str], url: str, documents: Callable[[str], bytes | str | None]
) -> list[OptOutSignal]:
    """What the documents at some addresses say about the page at `url`."""
    signals = []
    for address in list(dict.fromkeys(addresses))[:MAX_DOCUMENTS]:
        content = documents(address)
        verdict = UNREAD if content is None else judge_terms(content, url) or SILENT
        signals.append(signal_of(kind, address, verdict))
    return signals


def terms_of(root: HtmlElement | None, url: str, headers: Mapping[str, str]) -> PageTerms:
    """The license documents that a response (headers with lower-case names) and its page name.

    Those of an element of the page concern that part alone in RSL; here they count for the whole,
    for the text is taken whole.
    """
    in_headers = [
        header_url(link.target)
        for link in links_of_header(headers.get("link", ""))
        if "license" in link.relations and link.media_type == MEDIA_TYPE
    ]
    in_links, inline = [], []
    for element in root.iter("link", "a", "script") if root is not None else ():
        if (element.get("type") or "").strip().lower() != MEDIA_TYPE:
            continue
        if element.tag == "script":
            inline.append(element.text or "")
        elif "license" in (element.get("rel") or "").lower().split():
            in_links.append(element.get("href") or "")
    return PageTerms(_absolute(in_headers, url), _absolute(in_links, url), tuple(inline))


def _absolute(addresses: Iterable[str], url: str) -> tuple[str, ...]:
    targets = (absolute_url(address, url) for address in addresses)
    return tuple(dict.fromkeys(target for target in targets if target))
