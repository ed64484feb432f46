"""Parse any markup to a tree."""

from __future__ import annotations

import re
from typing import Final

from lxml.etree import ElementDefaultClassLookup, HTMLParser, ParserError, XMLSyntaxError
from lxml.html import HtmlElement, document_fromstring

from corpuskit.markup.foreign import close_foreign

MAX_DEPTH = 512
"""Levels of nesting that browsers build (Chromium's HTML parser, kMaximumHTMLParserDOMTreeDepth);
libxml2 itself stops at 2048 even when told to be generous, and silently drops the rest."""

SURROGATES: Final = re.compile(r"[\ud800-\udfff]")
_REFUSED: Final = bytes((*range(0x09), 0x0B, *range(0x0E, 0x20)))
_NONCHARACTER: Final = re.compile(b"\xef\xbf[\xbe\xbf]")
"""Characters that libxml2 cannot store: it would end the text there."""

_ENTITIES: Final = {
    b"&zwsp;": "\u200b".encode(),
    b"&ZeroWidthSpace;": "\u200b".encode(),
    b"&NoBreak;": "\u2060".encode(),
}
_ENTITY: Final = re.compile(b"|".join(_ENTITIES))
"""Names of zero-width characters: entities of the HTML Standard unknown to libxml2 before 2.14,
and `&zwsp;`, which is not an entity at all but occurs in Khmer and Burmese pages."""

_ENDS: Final = re.compile(rb"</(?:body|html)\s*>", re.IGNORECASE)
"""End tags that HTML makes optional. libxml2 drops the text after them, browsers show it: a
template that closes the page early would lose the article."""

_MAX_TAG = 100_000
_LONG_TAG: Final = re.compile(rb"<([a-zA-Z][^\s<>/]{0,30}+)[^<>]{%d,}+" % _MAX_TAG)
"""Tags of 100,000 bytes and more: inline images, or 100,000 attributes, which take libxml2 13
seconds (quadratic). Their attributes are not needed here."""

_PARSER_OPTIONS: Final = {
    "encoding": "utf-8",  # as an option, it overrides the page's declaration
    "remove_comments": True,
    "remove_pis": True,
    "huge_tree": True,  # otherwise libxml2 stops at 256 levels and at 10 MB of text
    "collect_ids": False,
    "default_doctype": False,
}

_ELEMENTS: Final = ElementDefaultClassLookup(element=HtmlElement)
"""One class for all elements. lxml.html asks a Python function for the class each time that an
element is touched, which takes a third of the time of a walk; its classes for forms are not needed
here."""


class TooDeep(Exception):  # noqa: N818 - a signal between two functions, not an error
    """The page nests its elements deeper than MAX_DEPTH."""


def clean(markup: str) -> bytes:
    """`markup` in UTF-8 without what the parser cannot handle; zero-width entities become
    characters."""
    try:
        content = markup.encode()
    except UnicodeEncodeError:
        content = SURROGATES.sub("\ufffd", markup).encode()
    content = _ENTITY.sub(lambda match: _ENTITIES[match[0]], content)
    if _may_have_long_tag(content):
        content = _LONG_TAG.sub(rb"<\1 ", content)
    content = close_foreign(_ENDS.sub(b"", content)).translate(None, _REFUSED)
    return _NONCHARACTER.sub(b"", content) if 0xEF in content else content


def _may_have_long_tag(content: bytes) -> bool:
    """Whether 100,000 bytes follow one another without an angle bracket."""
    start = 0
    while start + _MAX_TAG <= len(content):
        stop = start + _MAX_TAG
        last = max(content.rfind(b"<", start, stop), content.rfind(b">", start, stop))
        if last < 0:
            return True
        start = last + 1
    return False


def parse(markup: str) -> HtmlElement | None:
    """The page's root element, or None; raises TooDeep if the parser stopped at a depth limit.

    Bytes are parsed, not characters: lxml refuses a `str` that holds an XML declaration
    with an encoding, as every XHTML page does.
    """
    parser = HTMLParser(**_PARSER_OPTIONS)
    parser.set_element_class_lookup(_ELEMENTS)
    try:
        root = document_fromstring(clean(markup), parser=parser)
    except (ParserError, XMLSyntaxError, AssertionError):  # empty, or without any element
        return None
    log = parser.error_log
    if len(log) and log[-1].type_name == "ERR_RESOURCE_LIMIT":
        raise TooDeep
    for template in list(root.iter("template")):
        if "shadowrootmode" in template.attrib or "shadowroot" in template.attrib:
            template.tag = "div"  # declarative shadow DOM: browsers show it without a script
    return root
