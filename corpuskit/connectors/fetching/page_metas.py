"""The elements of an HTML page, and its meta elements, as sites use them to reserve it."""

from __future__ import annotations

import re
from typing import Final

from lxml.html import HtmlElement

from corpuskit.markup import tree
from corpuskit.markup.decode import decode

_STRUCTURE: Final = re.compile(
    r"<(?!/?(?:a|area|base|frame|iframe|link|meta|script|style|template|title)\b)[^<>]*+>",
    re.IGNORECASE,
)
"""Tags that a page is flattened by: those of no element that links, describes or hides."""


_XHTML_PREFIX: Final = re.compile(
    r"xmlns:([A-Za-z_][\w.-]{0,50}+)\s*+=\s*+[\"']http://www\.w3\.org/1999/xhtml/?[\"']"
)
_MAX_PREFIXES: Final = 8
"""Prefixes of a page that are looked at: a document needs one."""
_OPENING: Final = "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb"
"""Quotation marks of a word processor: HTML reads them as part of a value without quotes."""


def parse_page(content: bytes, charset: str | None) -> HtmlElement | None:
    """The root of a page, decoded as the stage `decode` does; None for what is not markup.

    A page that nests too deeply for the parser is parsed without the elements that only nest.
    `charset` is the label declared over HTTP, if any.
    """
    return parse_markup(decode(content, charset).markup)


def parse_markup(markup: str) -> HtmlElement | None:
    """The root of a decoded page; `<h:meta>` becomes `<meta>` where `h` is the prefix of XHTML."""
    if prefixes := sorted(set(_XHTML_PREFIX.findall(markup)))[:_MAX_PREFIXES]:
        names = "|".join(map(re.escape, prefixes))
        markup = re.sub(rf"<(/?)(?:{names}):", r"<\1", markup)
    try:
        return tree.parse(markup)
    except tree.TooDeep:
        pass
    try:
        return tree.parse(_STRUCTURE.sub(" ", markup))
    except tree.TooDeep:
        return None


def metas_of(root: HtmlElement | None) -> list[tuple[str, str]]:
    """Lower-case name and content of each meta element that has a name, in order.

    `http-equiv`, `property` and `itemprop` count as names where there is no `name`, and `value` as
    the content, because pages write opt-outs in these attributes as well.
    """
    if root is None:
        return []
    return [
        (name.strip(_OPENING).strip().lower(), _content_of(meta))
        for meta in root.iter("meta")
        if (name := next(filter(None, map(meta.get, _NAMING)), None))
    ]


_NAMING: Final = ("name", "http-equiv", "property", "itemprop")


def _content_of(meta: HtmlElement) -> str:
    """The content, with the words that were cut off behind `content=“index,` as attributes."""
    content: str = meta.get("content") or meta.get("value") or ""
    if not content.startswith(tuple(_OPENING)):
        return content
    names = list(meta.attrib)
    return " ".join([content, *names[names.index("content") + 1 :]])


def metas_in(content: bytes, charset: str | None) -> list[tuple[str, str]]:
    """The same of a page that is not parsed yet."""
    return metas_of(parse_page(content, charset))
