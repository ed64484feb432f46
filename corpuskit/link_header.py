"""Links of the HTTP header Link (RFC 8288)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_QUOTED: Final = r"\"(?:[^\"\\]++|\\.)*+\"?"
_LINK: Final = re.compile(rf"<([^<>]*+)>((?:[^<>,\"]++|{_QUOTED})*+)")
_PARAMETER: Final = re.compile(rf";\s*+([\w*-]++)\s*+=\s*+({_QUOTED}|[^\s;,\"]++)")
_MAX_LINKS: Final = 100


@dataclass(frozen=True, slots=True)
class HeaderLink:
    """One link of a header."""

    target: str
    """As written: it may be relative to the address of the response, and its bytes read as
    latin-1 (`urls.header_url`)."""
    relations: frozenset[str]
    """In lower case."""
    media_type: str
    """In lower case, empty where none is stated."""


def links_of_header(value: str) -> list[HeaderLink]:
    """The links of a header in order; several headers may be joined by commas or line breaks."""
    links: list[HeaderLink] = []
    for match in _LINK.finditer(value):
        parameters: dict[str, str] = {}
        for name, stated in _PARAMETER.findall(f";{match[2].lstrip(' ;')}"):
            parameters.setdefault(name.lower(), stated.strip('"'))
        relations = frozenset(parameters.get("rel", "").lower().split())
        media_type = parameters.get("type", "").strip().lower()
        links.append(HeaderLink(match[1].strip(), relations, media_type))
        if len(links) == _MAX_LINKS:
            break
    return links
