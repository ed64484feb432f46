"""SVG and MathML that a page leaves open.

HTML ends them at the first element of HTML inside (HTML Standard, 13.2.6.5). libxml2 does not: the
rest of the page would be part of a picture, and lost with it.
"""

from __future__ import annotations

import re
from typing import Final

_FOREIGN: Final = ("svg", "math")
_INTEGRATION: Final = (
    "foreignobject", "desc", "title", "annotation-xml", "mi", "mo", "mn", "ms", "mtext",
)  # fmt: skip
"""Elements of SVG and MathML that may hold HTML (HTML Standard, 13.2.6)."""
_BREAKING: Final = (
    "b|big|blockquote|body|br|center|code|dd|div|dl|dt|em|embed|h[1-6]|head|hr|i|img|li|listing|main"
    "|menu|meta|nobr|ol|p|pre|ruby|s|small|span|strong|strike|sub|sup|table|tt|u|ul|var"
    "|article|section"
)
"""The HTML Standard's list, and `main`, `article` and `section`, which no picture holds."""
_TAG: Final = re.compile(
    rf"<(/?)({'|'.join((*_FOREIGN, *_INTEGRATION))}|{_BREAKING})(?=[\s/>])[^<>]*+>", re.IGNORECASE
)
_START: Final = re.compile(r"<(?:svg|math)\b", re.IGNORECASE)


def close_foreign(markup: str) -> str:
    """`markup` with the end tags of SVG and MathML where a browser would end them."""
    if not _START.search(markup):
        return markup
    parts: list[str] = []
    start = 0
    opened: list[str] = []
    for tag in _TAG.finditer(markup):
        name = tag[2].lower()
        if name in _FOREIGN or (opened and name in _INTEGRATION):
            _follow(opened, name, tag)
        elif not tag[1] and opened and opened[-1] in _FOREIGN:
            parts.append(markup[start : tag.start()])
            start = tag.start()
            while opened and opened[-1] in _FOREIGN:
                parts.append(f"</{opened.pop()}>")
    return "".join((*parts, markup[start:])) if parts else markup


def _follow(opened: list[str], name: str, tag: re.Match[str]) -> None:
    if not tag[1]:
        if not tag[0].endswith("/>"):
            opened.append(name)
    elif name in opened:
        while opened.pop() != name:
            pass
