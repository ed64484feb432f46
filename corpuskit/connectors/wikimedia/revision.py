"""From a page's XML to its current revision (export schema 0.10 and 0.11, and older)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from corpuskit.connectors.xml import children
from corpuskit.text.markup import unescape

_PARSER_OPTIONS: Final = {"resolve_entities": False, "no_network": True, "huge_tree": True}
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")
_PREFIX = rb"(?:[A-Za-z_][\w.-]{0,40}:)?"
_TITLE: Final = re.compile(rb"<" + _PREFIX + rb"title>([^<]{1,2000})</")
_ID: Final = re.compile(rb"<" + _PREFIX + rb"id>(\d{1,20})</")
_PREFIXED: Final = re.compile(rb"<([A-Za-z_][\w.-]{0,40}):[A-Za-z]+(?=[\s/>])")


@dataclass(frozen=True, slots=True)
class Revision:
    """A page as of its latest revision in the dump."""

    title: str
    page: int
    namespace: int
    redirect: str | None
    """Title of the page that this one leads to."""
    number: int
    timestamp: datetime | None
    model: str
    text: str | None
    """None where it was removed from view, or is not in this kind of dump."""
    sha1: str | None
    """Digest of the text's UTF-8 in base 36, as MediaWiki writes it."""


def parse_page(xml: bytes) -> Revision:
    """The latest revision of a page; ValueError says what is wrong with the XML.

    In a dump of whole histories that is the one with the highest number.
    """
    page = parse_part(xml)
    revisions = list(children(page, "revision"))
    if not revisions:
        raise ValueError("a page without a revision")
    latest = max(revisions, key=lambda revision: _number(revision, "id"))
    text, redirect = _child(latest, "text"), _child(page, "redirect")
    kept = text is not None and text.get("deleted") is None
    return Revision(
        title=_content(page, "title") or "",
        page=_number(page, "id"),
        namespace=_number(page, "ns"),
        redirect=None if redirect is None else redirect.get("title", ""),
        number=_number(latest, "id"),
        timestamp=_time(_content(latest, "timestamp")),
        model=_content(latest, "model") or "wikitext",
        text=(text.text or "") if kept and text is not None else None,
        sha1=_content(latest, "sha1") or None,
    )


def parse_part(xml: bytes) -> etree._Element:
    """An element cut out of a dump; ValueError says what is wrong with it.

    Its prefix, if it has one, is declared at the start of the dump, and is declared here again.
    """
    if prefixed := _PREFIXED.match(xml):
        xml = prefixed[0] + b' xmlns:%s="prefix"' % prefixed[1] + xml[prefixed.end() :]
    try:
        return etree.fromstring(xml, etree.XMLParser(**_PARSER_OPTIONS))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"XML: {error.msg}") from error


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(children(element, name), None)


def _content(element: etree._Element, name: str) -> str | None:
    child = _child(element, name)
    return None if child is None else child.text or ""


def head_of(xml: bytes) -> tuple[str | None, int | None]:
    """Title and number of a page from the start of its XML, as far as they are there."""
    title, number = _TITLE.search(xml), _ID.search(xml)
    return (
        unescape(title[1].decode(errors="replace")) if title else None,
        int(number[1]) if number else None,
    )


def _number(element: etree._Element, tag: str) -> int:
    value = (_content(element, tag) or "0").strip()
    if not _NUMBER.fullmatch(value):
        raise ValueError(f"<{tag}> is {value[:40]!r}, not a number")
    return int(value)


def _time(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value.strip()).astimezone(UTC) if value else None
    except (ValueError, OverflowError):
        return None
