"""What a dump says about its wiki: name, addresses, language, namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import quote

from lxml import etree

from corpuskit.connectors.wikimedia.pages import PAGE_TAG
from corpuskit.connectors.wikimedia.revision import parse_part
from corpuskit.connectors.wikimedia.stream import DumpLayout, layout_of, read_from
from corpuskit.connectors.xml import all_texts, local

_HEAD_BYTES: Final = 1_000_000
"""Bytes in which the head is looked for; those of the test data have at most 5 kB."""

_ROOT: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?mediawiki\b[^<>]*+>")
_LANGUAGE: Final = re.compile(rb"""xml:lang=["']([A-Za-z0-9-]{2,35})["']""")
_SITEINFO: Final = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,40}:)?siteinfo)(?:\s[^<>]*+)?>")
_KEY: Final = re.compile(r"-?[0-9]{1,9}")
_UNQUOTED: Final = ";@$!*(),/~:"
"""What MediaWiki leaves as it is in a title's address (wfUrlencode)."""


@dataclass(frozen=True, slots=True)
class SiteInfo:
    """The head of a dump."""

    wiki: str
    """Name of the wiki's database, as `kmwiki`; that of the file where the dump has none."""
    language: str | None = None
    base: str | None = None
    """Address of the wiki's main page."""
    namespaces: dict[str, int] = field(default_factory=dict)
    """Number of each namespace by its name in the wiki's language."""

    def url_of(self, title: str) -> str | None:
        """The address of a page."""
        if self.base is None:
            return None
        place, mark, _ = self.base.partition("?title=")
        if not mark:
            place, mark = self.base.rpartition("/")[:2]
        return place + mark + quote(title.replace(" ", "_"), safe=_UNQUOTED)


def siteinfo(path: str, name: str) -> SiteInfo | None:
    """What the dump at `path`, called `name`, says of its wiki; None if it is not a dump."""
    state = Path(path).stat()
    layout = layout_of(path)
    return _siteinfo(path, name, layout, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _siteinfo(path: str, name: str, layout: DumpLayout, changed: int) -> SiteInfo | None:
    head = _head(path, layout)
    root = _ROOT.search(head)
    if root is None:
        return None
    language = _LANGUAGE.search(root[0])
    table = _table(head)
    return SiteInfo(
        wiki=_text(table, "dbname") or name.partition(".")[0],
        language=language[1].decode() if language else None,
        base=_text(table, "base"),
        namespaces=dict(_namespaces(table)),
    )


def _head(path: str, layout: DumpLayout) -> bytes:
    head = bytearray()
    for _, chunk in read_from(path, layout, 0):
        if not isinstance(chunk, bytes):
            break
        head += chunk
        if PAGE_TAG.search(chunk) or len(head) > _HEAD_BYTES:
            break
    return PAGE_TAG.split(bytes(head[:_HEAD_BYTES]), maxsplit=1)[0]


def _table(head: bytes) -> etree._Element | None:
    start = _SITEINFO.search(head)
    stop = head.find(b"</" + start[1], start.end()) if start else -1
    if start is None or stop < 0:
        return None
    try:
        return parse_part(head[start.start() : stop] + b"</" + start[1] + b">")
    except ValueError:
        return None


def _text(table: etree._Element | None, tag: str) -> str | None:
    return next(all_texts(table, tag), None) if table is not None else None


def _namespaces(table: etree._Element | None) -> Iterator[tuple[str, int]]:
    for element in table.iter() if table is not None else ():
        key = element.get("key", "")
        if local(element) == "namespace" and element.text and _KEY.fullmatch(key):
            yield element.text, int(key)
