"""Patterns of addresses as robots.txt, TDMRep and RSL write them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from corpuskit.connectors.fetching.robots import AS_WRITTEN


def covers(pattern: str, url: str) -> bool:
    """`*` stands for any characters and `$` for the end, as in robots.txt. Linear in both."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if "?" in pattern else ""
    path = quote((parts.path or "/") + query, safe=AS_WRITTEN, errors="replace")
    if "://" in pattern:
        pattern = "/" + pattern.partition("://")[2].partition("/")[2]
    if not pattern.startswith(("/", "*")):
        pattern = "/" + pattern
    written = quote(pattern.removesuffix("$"), safe=AS_WRITTEN, errors="replace")
    first, *others = written.split("*")
    if not path.startswith(first):
        return False
    ends = others.pop() if others and pattern.endswith("$") else None
    position = len(first)
    for part in others:
        position = path.find(part, position)
        if position < 0:
            return False
        position += len(part)
    if ends is not None:
        return path.endswith(ends) and len(path) - len(ends) >= position
    return not pattern.endswith("$") or position == len(path)
