"""Opt-outs from text mining and training, judged by what an archive kept of a page.

Crawlers of archives have their own view of robots.txt and hear none of the other signals. Those
that a record holds, in the response's headers and the page's meta elements, decide as for a page
of a live crawl, together with the robots.txt, tdmrep.json and license documents that the same
archive holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.fetching.archived_terms import NO_TERMS, ArchivedTerms
from corpuskit.connectors.fetching.opt_outs import AI_BOTS
from corpuskit.connectors.fetching.page_metas import metas_of, parse_page
from corpuskit.connectors.fetching.rsl import terms_of
from corpuskit.connectors.sniff import HTML, XHTML
from corpuskit.document import OptOutSignal, RawRecord

_META: Final = re.compile(rb"<(?:[\w.-]{1,50}:)?meta\b")
_TERMS: Final = b"application/rsl+xml"
_WINDOW: Final = 2_000
"""Bytes after the start of a meta element in which its name stands: most names stand first."""
_HARMLESS: Final = re.compile(
    rb"""<meta\s++name=(["'])(?:robots|[a-z]{1,10}bot)\1\s++content=(["'])"""
    rb"""(?:(?:index|follow|all|noodp|noydir|max-[a-z-]{1,20}+:\s?-?\w{1,9}+)[,\s]{0,3}+){0,9}+\2\s*+/?>"""
)
"""What most pages say to robots: nothing that refuses."""
_MENTIONED: Final = re.compile(
    rb"bots?\b|tdm|corpuskit|content.?(?:signal|usage)|=[\"']?[^\s\"'<>]{0,12}&#|"
    + "|".join(AI_BOTS).lower().encode()
)
"""Names of such elements, and names written with character references."""
_PARTS: Final = (
    b"bot", b"tdm", b"corpuskit", b"signal", b"usage", b"&#",
    *(name.lower().encode() for name in AI_BOTS if "bot" not in name.lower()),
)  # fmt: skip
"""Parts of which each match of _MENTIONED has one: looking for them costs a hundredth."""


def judge(record: RawRecord, terms: ArchivedTerms = NO_TERMS) -> RawRecord:
    """The record with the column `tdm`, and `robots` where the archive holds the host's robots.txt;
    whether a page that reserves mining or training may be used is for the policy to decide.

    `terms` are what the archive holds of robots.txt and license documents.
    """
    if record.reason is not None:
        return record
    url, time = record.url or "", record.fetched_at
    signals = _page_signals(record, lambda address: terms.document(address, time))
    record.tdm = opt_outs.verdict([*terms.signals(url, time), *signals])
    record.robots = terms.robots(url, time) or record.robots
    return record


def with_page_signals(record: RawRecord) -> RawRecord:
    """A crawled page with what it says in words that its crawl did not yet read; the signals of the
    crawl stay."""
    if record.reason is not None or record.tdm is None:
        return record
    known = record.tdm["signals"]
    has_terms = any("rsl" in signal["kind"] for signal in known)  # its crawl read the documents
    seen = {(signal["kind"], signal["value"]) for signal in known}
    new = [
        signal
        for signal in _page_signals(record)
        if (signal["kind"], signal["value"][: opt_outs.MAX_VALUE]) not in seen
        and not (has_terms and "rsl" in signal["kind"])
    ]
    record.tdm = opt_outs.verdict([*known, *new])
    return record


def _page_signals(
    record: RawRecord, documents: Callable[[str], bytes | str | None] = lambda _: None
) -> list[OptOutSignal]:
    """What the response's headers and the page's meta elements say; `documents` gives the license
    documents that they name."""
    signals = opt_outs.of_headers(record.headers)
    root = None
    if record.content_type in (HTML, XHTML) and _may_state(record.content):
        root = parse_page(record.content, record.charset)
        signals += opt_outs.of_meta(metas_of(root))
    url = record.url or ""
    return signals + terms_of(root, url, record.headers).signals(url, documents)


def _may_state(content: bytes) -> bool:
    """Whether a page may have such a meta element: most need not be parsed for one."""
    if b"\0" in content:  # half of a letter in UTF-16
        return True
    content = content.lower()
    if _TERMS in content:
        return True
    content, searched = _HARMLESS.sub(b"", content), 0
    for match in _META.finditer(content):
        start, searched = max(match.end(), searched), match.end() + _WINDOW
        window = content[start:searched]
        if any(part in window for part in _PARTS) and _MENTIONED.search(window):
            return True
    return False
