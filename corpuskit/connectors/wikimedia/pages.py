"""The pages of a dump, cut out of its bytes one by one.

MediaWiki escapes `<` in all content and writes no CDATA, so `<page>` and `</page>` in the bytes
are always the elements, whatever attributes or prefix another program gave them. Cutting there,
before any XML is parsed, keeps memory bounded by a page, lets reading begin anywhere and confines
damage to the page that has it. A page whose tags are damaged is found by its title between pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.reasons import CORRUPT, TOO_LARGE, TRUNCATED
from corpuskit.connectors.wikimedia.stream import Placed
from corpuskit.text.markup import unescape

MAX_PAGE_BYTES: Final = 64_000_000
"""A page in XML; MediaWiki limits a revision to 2 MB ($wgMaxArticleSize), so that only a page
with a history of many revisions comes near it."""

_HEAD: Final = 4096
"""Bytes kept of a page that is lost: its title and number stand first."""
_PREFIX = rb"(?:[A-Za-z_][\w.-]{0,40}:)?"
PAGE_TAG: Final = re.compile(rb"<(/?)" + _PREFIX + rb"page(?:\s[^<>]{0,200})?/?>")
"""The start or the end of a page."""
_MAX_TAG: Final = 256
"""Bytes that a tag may be cut in two by."""
_END: Final = re.compile(rb"</" + _PREFIX + rb"mediawiki\s{0,20}>")
_TITLE: Final = re.compile(rb"<" + _PREFIX + rb"title(?:\s[^<>]{0,200})?>([^<]{0,200})")
_REVISION: Final = re.compile(rb"<" + _PREFIX + rb"revision[\s>]")


@dataclass(frozen=True, slots=True)
class Cut:
    """A page's bytes, from `<page>` to `</page>`, or its start and what is wrong.

    With `damage` and no bytes it stands for a part of the dump, not for a page.
    """

    position: int
    xml: bytes
    damage: Damage | None = None


def cut(
    chunks: Iterable[Placed], stop: int, *, streams: bool, whole: bool = True, to_end: bool = True
) -> Iterator[Cut]:
    """The pages that start before the position `stop`.

    `streams` says that positions are those of bzip2 streams, not of bytes; `whole` that the
    chunks begin where the dump does, `to_end` that it ends before `stop`: then one that does
    not end as it should is told of.
    """
    cutter = _Cutter(stop, streams=streams, whole=whole)
    for position, chunk in chunks:
        if isinstance(chunk, Damage):
            yield from cutter.broken(position, chunk)
        else:
            yield from cutter.feed(position, chunk)
        if cutter.done(position):
            return
    yield from cutter.end(to_end=to_end)


class _Cutter:
    def __init__(self, stop: int, *, streams: bool, whole: bool) -> None:
        self._stop, self._streams = stop, streams
        self._buffer = bytearray()
        self._passed = 0  # bytes before the buffer
        self._marks: list[tuple[int, int]] = []  # offset of a chunk, its position
        self._open: int | None = None  # position of the page that the buffer starts with
        self._searched = 0  # index in the buffer before which that page does not end
        self._orphan: str | None = None  # what is known of a page whose tags are damaged
        self._oversize = False
        self._outside = whole  # known not to be in the middle of a page
        self._ended = False

    def done(self, position: int) -> bool:
        """Whether nothing of what follows can belong to a page that starts before `stop`."""
        first = self._position() if self._open is None else self._open
        return position >= self._stop and first >= self._stop

    def feed(self, position: int, chunk: bytes) -> Iterator[Cut]:
        """Add bytes; the pages that they complete."""
        self._marks.append((self._passed + len(self._buffer), position))
        self._buffer += chunk
        while True:
            if self._open is None:
                yield from self._find_start()
            page = None if self._open is None else self._find_stop()
            if page is None:
                return
            if page.position < self._stop:
                yield page

    def broken(self, position: int, damage: Damage) -> Iterator[Cut]:
        """Bytes are lost: give up the open page, and tell of the damage where it is ours."""
        yield from self._lost(damage)
        self._drop(len(self._buffer))
        self._outside = self._ended = False
        self._orphan = None
        if position < self._stop:
            yield Cut(position, b"", damage)

    def end(self, *, to_end: bool) -> Iterator[Cut]:
        """What there is to say where the dump ends."""
        if self._open is not None:
            yield from self._lost(Damage(TRUNCATED, "the dump ends inside the page"))
            return
        yield from self._orphaned()
        if to_end and self._outside and not self._ended:
            damage = Damage(TRUNCATED, "the dump ends before </mediawiki>")
            yield Cut(self._position(), b"", damage)

    def _lost(self, damage: Damage) -> Iterator[Cut]:
        if self._open is not None and self._open < self._stop:
            yield Cut(self._open, bytes(self._buffer[:_HEAD]), damage)
        self._open, self._oversize = None, False

    def _find_start(self) -> Iterator[Cut]:
        """Go to the next page; what is lost before it."""
        while True:
            tag = PAGE_TAG.search(self._buffer)
            start, end = tag.span() if tag else (len(self._buffer), 0)
            stops = bool(tag and tag[1])
            self._look_between(start)
            if tag is None:
                self._drop(max(0, start - _MAX_TAG))  # a tag may be cut in two
                return
            if stops and self._outside:
                self._orphan = self._orphan or ""
            yield from self._orphaned()
            self._outside = True
            empty = bytes(self._buffer[start:end]) if self._buffer[end - 2] == ord("/") else b""
            if not (stops or empty):
                self._drop(start)
                self._open, self._searched = self._position(), end - start
                return
            if empty and self._position() < self._stop:
                yield Cut(self._position(), empty)
            self._drop(end)

    def _look_between(self, stop: int) -> None:
        """Note what is in the buffer before `stop`, outside of pages."""
        self._ended = self._ended or _END.search(self._buffer, 0, stop) is not None
        if title := _TITLE.search(self._buffer, 0, stop):
            self._orphan = f" ({unescape(title[1].decode(errors='replace')).strip()})"
        elif self._outside and self._orphan is None and _REVISION.search(self._buffer, 0, stop):
            self._orphan = ""

    def _orphaned(self) -> Iterator[Cut]:
        """The page whose tags are damaged, where there is one."""
        if self._orphan is not None and self._position() < self._stop:
            yield Cut(
                self._position(), b"", Damage(CORRUPT, f"a page without its tags{self._orphan}")
            )
        self._orphan = None

    def _find_stop(self) -> Cut | None:
        tag = PAGE_TAG.search(self._buffer, self._searched)
        if tag is not None:
            start, end = tag.span()
            if tag[1]:
                return self._take(end, None)
            # the end of this page is missing
            return self._take(start, Damage(CORRUPT, "another page starts inside the page"))
        before = len(self._buffer)
        self._searched = max(self._searched, before - _MAX_TAG)
        if before > MAX_PAGE_BYTES:
            self._forget()
        return None

    def _forget(self) -> None:
        """Keep only the head of a page that is too large."""
        self._oversize = True
        del self._buffer[_HEAD : self._searched]
        self._passed += self._searched - _HEAD
        self._searched = _HEAD

    def _take(self, size: int, damage: Damage | None) -> Cut:
        assert self._open is not None
        if self._oversize:
            damage = Damage(TOO_LARGE, f"more than {MAX_PAGE_BYTES} bytes of XML")
        page = Cut(self._open, bytes(self._buffer[: _HEAD if damage else size]), damage)
        self._drop(size)
        self._open, self._oversize = None, False
        return page

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._passed += size
        while len(self._marks) > 1 and self._marks[1][0] <= self._passed:
            del self._marks[0]

    def _position(self) -> int:
        """Of the buffer's first byte."""
        if not self._marks:
            return 0
        offset, position = self._marks[0]
        return position if self._streams else position + self._passed - offset
