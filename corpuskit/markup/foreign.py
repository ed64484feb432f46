"""SVG and MathML that a page leaves open.

HTML ends them at the first element of HTML inside (HTML Standard, 13.2.6.5). libxml2 does not: the
rest of the page would be part of a picture, and lost with it.
"""

from __future__ import annotations

import re
from typing import Final

_FOREIGN: Final = (b"svg", b"math")
_INTEGRATION: Final = (
    b"foreignobject", b"desc", b"title", b"annotation-xml", b"mi", b"mo", b"mn", b"ms", b"mtext",
)  # fmt: skip
"""Elements of SVG and MathML that may hold HTML (HTML Standard, 13.2.6)."""
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
    """`markup` with the end tags of SVG and MathML where a browser would end them."""
    parts: list[bytes] = []
    start = 0
    opened: list[bytes] = []
    tag = _START.search(markup)
    while tag:
        name = tag[2].lower()
        if name in _FOREIGN or (opened and name in _INTEGRATION):
            _follow(opened, name, tag)
        elif not tag[1] and opened and opened[-1] in _FOREIGN:
            parts.append(markup[start : tag.start()])
            start = tag.start()
            while opened and opened[-1] in _FOREIGN:
                parts.append(b"</%s>" % opened.pop())
        tag = (_TAG if opened else _START).search(markup, tag.end())
    return b"".join((*parts, markup[start:])) if parts else markup


def _follow(opened: list[bytes], name: bytes, tag: re.Match[bytes]) -> None:
    if not tag[1]:
        if not tag[0].endswith(b"/>"):
            opened.append(name)
    elif name in opened:
        while opened.pop() != name:
            pass
