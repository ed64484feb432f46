"""What a document is, by its first bytes, where nothing trustworthy says so.

A small part of the WHATWG standard "MIME Sniffing": what tells HTML, plain text and the
usual binary formats apart.
"""

from __future__ import annotations

import re
from typing import Final

from corpuskit.magic import BYTE_ORDER_MARKS, MAGIC_NUMBERS

HTML: Final = "text/html"
XHTML: Final = "application/xhtml+xml"
TEXT: Final = "text/plain"
BINARY: Final = "application/octet-stream"
UNDECLARED: Final = frozenset(
    {"", BINARY, "binary/octet-stream", "unknown/unknown", "application/unknown", "*/*"}
)
"""Media types that say nothing (WHATWG MIME Sniffing, 7, and what servers send besides)."""

_LOOKED_AT = 1445  # bytes; WHATWG MIME Sniffing, 5.2: the resource header
_SIGNATURES: Final = tuple((magic, kind) for magic, _, kind in MAGIC_NUMBERS if kind)
_MAGICS: Final = tuple(magic for magic, _ in _SIGNATURES)
_UTF8_MARK: Final = next(mark for mark, name in BYTE_ORDER_MARKS if name == "utf-8")
_UTF16_MARKS: Final = tuple(mark for mark, name in BYTE_ORDER_MARKS if name.startswith("utf-16"))
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # WHATWG: "binary data byte"
_TAG = re.compile(
    rb"<(?:!doctype\s+html|(?:html|head|body|title|meta|link|script|style|base|iframe|table|div|"
    rb"span|font|center|h[1-6]|p|a|b|br|ul|ol|img)[\s/>])",
    re.IGNORECASE,
)
_XML = re.compile(rb"\s*<\?xml\b")
_XHTML_ROOT = re.compile(rb"<html\b[^>]*\bxmlns\s*=|<!doctype\s+html\b[^>]*\bxhtml\b", re.I)
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{"])')


def sniff(content: bytes) -> str:
    """Media type of a document; text/plain where it is text of no kind known here."""
    head = content[:_LOOKED_AT]
    if known := signature(head):
        return known
    if head.startswith(_UTF16_MARKS):  # UTF-16: every other byte may be NUL
        return HTML if _TAG.search(head.replace(b"\x00", b"")) else TEXT
    if _XML.match(head.removeprefix(_UTF8_MARK)):
        return _sniff_xml(head)
    if _TAG.search(head):
        return HTML
    if _CONTROL.search(head):
        return BINARY
    return "application/json" if _JSON.match(head.removeprefix(_UTF8_MARK)) else TEXT


def signature(head: bytes) -> str | None:
    """Media type of a binary format by its signature; None where there is none."""
    if not head.startswith(_MAGICS):  # the usual case, in one call
        return None
    return next(kind for magic, kind in _SIGNATURES if head.startswith(magic))


def _sniff_xml(head: bytes) -> str:
    if _XHTML_ROOT.search(head):
        return XHTML
    return HTML if _TAG.search(head) else "application/xml"
