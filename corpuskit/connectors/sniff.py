"""What a document is, by its first bytes, where nothing trustworthy says so.

A small part of the WHATWG standard "MIME Sniffing": what tells HTML, plain text and the
usual binary formats apart.
"""

from __future__ import annotations

import json
import re
from typing import Final

from corpuskit.magic import BYTE_ORDER_MARKS, MAGIC_NUMBERS

HTML: Final = "text/html"
XHTML: Final = "application/xhtml+xml"
TEXT: Final = "text/plain"
JSON: Final = "application/json"
SCRIPT: Final = "text/javascript"
STYLE: Final = "text/css"
MAIL: Final = "message/rfc822"
BINARY: Final = "application/octet-stream"
UNDECLARED: Final = frozenset(
    {"", BINARY, "binary/octet-stream", "unknown/unknown", "application/unknown", "*/*"}
)
"""Media types that say nothing (WHATWG MIME Sniffing, 7, and what servers send besides)."""

_LOOKED_AT = 1445  # bytes; WHATWG MIME Sniffing, 5.2: the resource header
_MAX_PROLOG = 65_536
"""Bytes in which the root element of XML is looked for: a license may stand in a comment first."""
_SIGNATURES: Final = tuple((row, row.media_type) for row in MAGIC_NUMBERS if row.media_type)
_MAGICS: Final = tuple(row.magic for row, _ in _SIGNATURES)
_UTF8_MARK: Final = next(mark for mark, name in BYTE_ORDER_MARKS if name == "utf-8")
_UTF16_MARKS: Final = tuple(mark for mark, name in BYTE_ORDER_MARKS if name.startswith("utf-16"))
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # WHATWG: "binary data byte"
_TAG = re.compile(
    rb"<(?:!doctype\s+html|(?:html|head|body|title|meta|link|script|style|base|iframe|table|div|"
    rb"span|font|center|h[1-6]|p|a|b|br|ul|ol|img)[\s/>])",
    re.IGNORECASE,
)
_XML = re.compile(rb"\s*+<\?xml\b")
_XHTML_ROOT = re.compile(
    rb"<html\b[^<>]*\bxmlns\s*+=|<!doctype\s+html\b[^<>]*\bxhtml\b", re.IGNORECASE
)
_ROOT: Final = re.compile(
    rb"(?:\s*+(?:<\?[^>]*+>|<!--(?:(?!-->).)*+-->|<!doctype[^>\[]*+(?:\[[^\]]*+\][^>]*+)?>))*+"
    rb"\s*+<(?:[A-Za-z_][\w.-]*+:)?([A-Za-z_][\w.-]*+)",
    re.IGNORECASE | re.DOTALL,
)
"""The name of the root element, after declarations and comments."""
_XML_ROOTS: Final = {
    b"rss": "application/rss+xml",
    b"feed": "application/atom+xml",
    b"rdf": "application/rdf+xml",
    b"svg": "image/svg+xml",
    b"opml": "text/x-opml",
    **dict.fromkeys(
        (b"urlset", b"sitemapindex", b"oai-pmh", b"kml", b"gpx", b"stylesheet", b"wsdl"),
        "application/xml",
    ),
}
"""Root elements (lower case) of feeds, sitemaps and other XML that is not a page (WHATWG MIME
Sniffing, 7.3, for the first three)."""
_MIME_HEAD = re.compile(rb"\s*+(?:[A-Za-z][\w-]*+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)+")
_MIME_VERSION = re.compile(rb"^mime-version:", re.IGNORECASE | re.MULTILINE)
_PAGE = re.compile(rb"<(?:!doctype|html|head|body)[\s>]", re.IGNORECASE)
_COMMENTS = rb"(?:\s++|/\*(?:(?!\*/).)*+\*/|//[^\n]*+\n)*+"
_SCRIPT = re.compile(
    _COMMENTS + rb"(?:['\"]use strict['\"]\s*+;"
    rb"|(?:var|let|const)\s++(?:[\w$]++|\{[\w$\s,:]*+\})\s*+="
    rb"|(?:async\s++)?function\b\s*+[\w$]*+\s*+\([\w$\s,]*+\)\s*+\{"
    rb"|[!;(+]\s*+\(?\s*+(?:async\s++)?function\b\s*+[\w$]*+\s*+\("
    rb"|[!;(+]?\s*+\(\s*+\([\w$\s,]*+\)\s*+=>\s*+\{"
    rb"|(?:window|document|self|exports|module\.exports)\s*+[.\[=]"
    rb"|(?:jQuery|\$|define|require)\s*+\((?=[\s'\"\[(\w])[^()]*+[()]"
    rb"|import\s[^;\n'\"]*+['\"][^'\"\n]*+['\"]\s*+;|export\s++(?:default|const|function|class)\s)",
    re.DOTALL,
)
_STYLE = re.compile(
    _COMMENTS + rb"(?:@(?:charset|import|namespace)\s[^;{}]*+;|\s++)*+" + _COMMENTS
    + rb"(?:@[\w-]++[^{};]*+\{\s*+)?" + _COMMENTS
    + rb"[^{}<;]{1,500}+\{" + _COMMENTS + rb"[\w-]++\s*+:[^{}]*+\}",
    re.DOTALL,
)  # fmt: skip
_CALL = re.compile(rb"(?:\s++|/\*\*/)*+[A-Za-z_$][\w$.]*+\s*+\(")
"""JSON with padding: the call of a function with a document of JSON."""
_JSON = re.compile(rb'\s*+(?:\{\s*+"|\[\s*+[\[{"])')


def sniff(content: bytes) -> str:
    """Media type of a document; text/plain where it is text of no kind known here."""
    head = content[:_LOOKED_AT]
    if head.startswith(_UTF16_MARKS):  # UTF-16: every other byte may be NUL
        return HTML if _TAG.search(head.replace(b"\x00", b"")) else TEXT
    if kind := signature(head) or _xml_kind(content):
        return kind
    if _XML.match(head.removeprefix(_UTF8_MARK)):
        return _sniff_xml(head)
    if _TAG.search(head):
        return HTML
    if _CONTROL.search(head):
        return BINARY
    return JSON if _JSON.match(head.removeprefix(_UTF8_MARK)) else TEXT


def signature(head: bytes) -> str | None:
    """Media type of a binary format by its signature; None where there is none."""
    if not head.startswith(_MAGICS):  # the usual case, in one call
        return None
    return next((kind for row, kind in _SIGNATURES if row.matches(head)), None)


def not_a_page(content: bytes) -> str | None:
    """Media type of what is neither HTML nor text, whatever was declared; None for a page.

    That is binary data, a feed, a sitemap, a picture in SVG, a whole document of JSON, a script,
    a style sheet, and a mail or a page that is packed like one (MHTML).
    """
    kind = signature(content[:_LOOKED_AT]) or _xml_kind(content)
    return kind or (JSON if _is_json(content) else _code_or_mail(content))


def _code_or_mail(content: bytes) -> str | None:
    start = content[:_MAX_PROLOG].removeprefix(_UTF8_MARK)
    if start.lstrip().startswith(b"<"):
        return None
    head = _MIME_HEAD.match(start)
    if head and _MIME_VERSION.search(head[0]):
        return MAIL
    if _PAGE.search(start):
        return None
    call = _CALL.match(content)
    if call:
        rest = content[call.end() :].rstrip().removesuffix(b";").rstrip()
        if rest.endswith(b")") and _is_json(rest[:-1]):
            return SCRIPT
    ending = content[-_LOOKED_AT:].rstrip()
    if _SCRIPT.match(start) and ending.endswith((b";", b"}", b")", b"*/", b"]")):
        return SCRIPT
    return STYLE if _STYLE.match(start) and ending.endswith((b"}", b"*/")) else None


def _is_json(content: bytes) -> bool:
    if not (_JSON.match(content[:_LOOKED_AT]) and content.rstrip().endswith((b"}", b"]"))):
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _xml_kind(content: bytes) -> str | None:
    root = _ROOT.match(content[:_MAX_PROLOG].removeprefix(_UTF8_MARK))
    return _XML_ROOTS.get(root[1].lower()) if root else None


def _sniff_xml(head: bytes) -> str:
    if _XHTML_ROOT.search(head):
        return XHTML
    return HTML if _TAG.search(head) else "application/xml"
