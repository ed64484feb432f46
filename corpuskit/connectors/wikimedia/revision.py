"""From a page's XML to its current revision (export schema 0.10 and 0.11, and older)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Final

from lxml import etree

_PARSER_OPTIONS: Final = {"resolve_entities": False, "no_network": True, "huge_tree": True}
_TITLE: Final = re.compile(rb"<title>([^<]{1,2000})</title>")
_ID: Final = re.compile(rb"<id>(\d{1,20})</id>")


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
    try:
        page = etree.fromstring(xml, etree.XMLParser(**_PARSER_OPTIONS))
    except etree.XMLSyntaxError as error:
        raise ValueError(f"XML: {error.msg}") from error
    revisions = page.findall("revision")
    if not revisions:
        raise ValueError("a page without a revision")
    latest = max(revisions, key=lambda one: _number(one, "id"))
    text, redirect = latest.find("text"), page.find("redirect")
    kept = text is not None and text.get("deleted") is None
    return Revision(
        title=page.findtext("title") or "",
        page=_number(page, "id"),
        namespace=_number(page, "ns"),
        redirect=None if redirect is None else redirect.get("title", ""),
        number=_number(latest, "id"),
        timestamp=_time(latest.findtext("timestamp")),
        model=latest.findtext("model") or "wikitext",
        text=(text.text or "") if kept and text is not None else None,
        sha1=latest.findtext("sha1") or None,
    )


def head_of(xml: bytes) -> tuple[str | None, int | None]:
    """Title and number of a page from the start of its XML, as far as they are there."""
    title, number = _TITLE.search(xml), _ID.search(xml)
    return (
        unescape(title[1].decode(errors="replace")) if title else None,
        int(number[1]) if number else None,
    )


def _number(element: etree._Element, tag: str) -> int:
    value = (element.findtext(tag) or "0").strip()
    if not value.removeprefix("-").isdecimal():
        raise ValueError(f"<{tag}> is {value[:40]!r}, not a number")
    return int(value)


def _time(value: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(value.strip()).astimezone(UTC) if value else None
    except ValueError:
        return None
