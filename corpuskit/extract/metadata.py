"""What a page declares: title, language, date of publication. Nothing is guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from lxml.html import HtmlElement

from corpuskit.calendars import is_publication_date
from corpuskit.extract.stating import StatingElements
from corpuskit.extract.structured import first_text

_SPACES: Final = re.compile(r"\s+")

_DATE_NAMES: Final = (
    "article:published_time",
    "datepublished",
    "dcterms.issued",
    "dc.date.issued",
    "dcterms.date",
    "dc.date",
    "dcterms.created",
    "dc.date.created",
    "citation_publication_date",
    "parsely-pub-date",
    "sailthru.date",
)
"""`name`, `property` or `itemprop` of `<meta>` that state the date of publication, best first."""

_SLASHED: Final = re.compile(r"^(\d{4})/(\d{1,2})/(\d{1,2})$")


def title_of(page: StatingElements) -> str | None:
    """The page's title: its heading if `<title>` contains it, else og:title, else `<title>`.

    `<title>` often contains the site's name too.
    """
    title = _text(next(iter(page.titles), None))
    headings = [heading for element in page.headings if (heading := _text(element))]
    in_title = next((heading for heading in headings if title and heading in title), None)
    if in_title:
        return in_title
    open_graph = next((value for name, value in page.metas if name == "og:title"), None)
    return open_graph or title or next(iter(headings), None)


def language_of(page: StatingElements) -> str | None:
    """The language that the page declares: `lang` of `<html>`, else content-language."""
    for attribute in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
        if value := (page.root.get(attribute) or "").strip():
            return value
    declared = next((value for name, value in page.metas if name == "content-language"), "")
    return declared.partition(",")[0].strip() or None


def published_of(page: StatingElements, nodes: list[dict[str, object]]) -> datetime | None:
    """The date of publication that the page states, in UTC; a date without time is midnight.

    `nodes` are the page's JSON-LD objects. A time without zone is taken as UTC.
    """
    first_values: dict[str, str] = {}
    for name, value in page.metas:
        first_values.setdefault(name, value)
    values = [first_values[name] for name in _DATE_NAMES if name in first_values]
    values.append(first_text(nodes, "datePublished") or "")
    return next((date for value in values if (date := _date(value))), None)


def _text(element: HtmlElement | None) -> str | None:
    if element is None:
        return None
    return _SPACES.sub(" ", "".join(element.itertext())).strip() or None


def _date(value: str) -> datetime | None:
    value = value.strip()
    if slashed := _SLASHED.match(value):
        value = "-".join(part.zfill(2) for part in slashed.groups())
    try:
        date = datetime.fromisoformat(value)
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return date if is_publication_date(date) else None
