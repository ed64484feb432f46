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


def parse_page(content: bytes, charset: str | None) -> HtmlElement | None:
    """The root of a page, decoded as the stage `decode` does; None for what is not markup.

    A page that nests too deeply for the parser is parsed without the elements that only nest.
    `charset` is the label declared over HTTP, if any.
    """
    return parse_markup(decode(content, charset).markup)


def parse_markup(markup: str) -> HtmlElement | None:
    """The root of a page that is decoded."""
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

    `http-equiv` and `property` count as names where there is no `name`: opt-outs stand there too.
    """
    if root is None:
        return []
    return [
        (name.strip().lower(), meta.get("content") or "")
        for meta in root.iter("meta")
        if (name := meta.get("name") or meta.get("http-equiv") or meta.get("property"))
    ]


def metas_in(content: bytes, charset: str | None) -> list[tuple[str, str]]:
    """The same of a page that is not parsed yet."""
    return metas_of(parse_page(content, charset))
