"""The meta elements of an HTML page, as sites use them to reserve it or to describe it."""

from __future__ import annotations

from lxml import etree, html


def parse_page(content: bytes, charset: str | None) -> html.HtmlElement | None:
    """The root of a page; None for what cannot be parsed."""
    for encoding in (charset, None):
        try:
            return html.document_fromstring(content, parser=html.HTMLParser(encoding=encoding))
        except LookupError:  # a charset that nobody knows
            continue
        except (etree.LxmlError, ValueError, AssertionError):
            return None
    return None


def metas_of(root: html.HtmlElement | None) -> list[tuple[str, str]]:
    """Lower-case name and content of each meta element that has a name, in order."""
    if root is None:
        return []
    return [
        ((meta.get("name") or "").strip().lower(), meta.get("content") or "")
        for meta in root.iter("meta")
        if meta.get("name")
    ]


def metas_in(content: bytes, charset: str | None) -> list[tuple[str, str]]:
    """The same of a page that is not parsed yet."""
    return metas_of(parse_page(content, charset))
