"""SVG and MathML that a page leaves open, and the HTML that a picture holds.

HTML ends them at the first element of HTML inside (HTML Standard, 13.2.6.5). libxml2 does not: the
rest of the page would be part of a picture, and lost with it. What stands in a `foreignObject` is
shown like any other HTML, so it is taken out of its picture.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final

_FOREIGN: Final = (b"svg", b"math")
_INTEGRATION: Final = (
    b"foreignobject", b"desc", b"title", b"annotation-xml", b"mi", b"mo", b"mn", b"ms", b"mtext",
)  # fmt: skip
"""Elements of SVG and MathML that may hold HTML (HTML Standard, 13.2.6)."""
_HOLDER: Final = b"foreignobject"
_MAX_DEPTH: Final = 64
"""Pictures within pictures that are followed. Real ones have two or three."""
_BREAKING: Final = (
    rb"b|big|blockquote|body|br|center|code|dd|div|dl|dt|em|embed|h[1-6]|head|hr|i|img|li|listing"
    rb"|main|menu|meta|nobr|ol|p|pre|ruby|s|small|span|strong|strike|sub|sup|table|tt|u|ul|var"
    rb"|article|section"
)
"""The HTML Standard's list, and `main`, `article` and `section`, which no picture holds."""
_NAMES: Final = b"|".join((*_FOREIGN, *_INTEGRATION, _BREAKING))
_TAG: Final = re.compile(rb"<(/?)(%s)(?=[\s/>])[^<>]*+>" % _NAMES, re.IGNORECASE)
_START: Final = re.compile(rb"<()(svg|math)(?=[\s/>])[^<>]*+>", re.IGNORECASE)


def close_foreign(markup: bytes) -> bytes:
    """`markup` with the end tags of SVG and MathML where a browser would end them.

    A `foreignObject` becomes a `div` between two pictures.
    """
    parts: list[bytes] = []
    start = 0
    opened: list[bytes] = []
    tag = _START.search(markup)
    while tag:
        name = tag[2].lower()
        if name in _FOREIGN or (opened and name in _INTEGRATION):
            if replacement := _follow(opened, name, tag):
                parts += (markup[start : tag.start()], replacement)
                start = tag.end()
        elif not tag[1] and opened and opened[-1] in _FOREIGN:
            parts.append(markup[start : tag.start()])
            start = tag.start()
            while opened and opened[-1] in _FOREIGN:
                parts.append(b"</%s>" % opened.pop())
        tag = (_TAG if opened else _START).search(markup, tag.end())
    return b"".join((*parts, markup[start:])) if parts else markup


def _follow(opened: list[bytes], name: bytes, tag: re.Match[bytes]) -> bytes:
    """Open or close an element; what stands in place of its tag, empty where the tag stays."""
    if not tag[1]:
        if tag[0].endswith(b"/>") or len(opened) >= _MAX_DEPTH:
            return b""
        opened.append(name)
        if name != _HOLDER:
            return b""
        return b"".join(b"</%s>" % picture for picture in _around(opened)) + b"<div>"
    if name not in opened:
        return b""
    holders = 0
    while (closed := opened.pop()) != name:
        holders += closed == _HOLDER
    if name == _HOLDER:
        pictures = reversed(_around([*opened, name]))
        return b"</div>" * (holders + 1) + b"".join(b"<%s>" % picture for picture in pictures)
    return b"</div>" * holders


def _around(opened: list[bytes]) -> list[bytes]:
    """The pictures around the last element up to the next one that holds HTML, inside out."""
    return list(takewhile(_FOREIGN.__contains__, reversed(opened[:-1])))
