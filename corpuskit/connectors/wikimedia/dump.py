"""Reading a dump: where it may be cut, and a record of each of its pages."""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from corpuskit.connectors import cursors
from corpuskit.connectors.base import MAX_CONTENT_BYTES, Input, Piece
from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.pieces import RECORDS, Cutter
from corpuskit.connectors.reasons import (
    CONTENT_MODEL,
    CORRUPT,
    EMPTY,
    NAMESPACE,
    REDIRECT,
    TOO_LARGE,
    UNREADABLE,
    UNSUPPORTED_TYPE,
)
from corpuskit.connectors.sniff import TEXT
from corpuskit.connectors.wikimedia.api.site import WikiSite
from corpuskit.connectors.wikimedia.pages import Cut, cut
from corpuskit.connectors.wikimedia.revision import Revision, head_of, parse_page
from corpuskit.connectors.wikimedia.siteinfo import SiteInfo, siteinfo
from corpuskit.connectors.wikimedia.stream import DumpLayout, layout_of, read_from, stream_starts
from corpuskit.connectors.wikimedia.text import Converter
from corpuskit.document import RawRecord

_PAGES: Final = 100  # in a stream of Wikimedia's own multistream dumps
_STREAMS = RECORDS // _PAGES
_RATIO: Final = 4  # of XML to bzip2: viwiki's is 4.4, bnwiki's 6.7, mrwiki's 7.1


def scan(item: Input) -> list[Piece]:
    """Cut between bzip2 streams, which takes no decompression, or else between pages."""
    pieces: list[Piece] = []
    try:
        if siteinfo(item.path, item.name) is not None:
            layout = layout_of(item.path)
            pieces = _by_stream(item.path, layout) if layout.streams else _by_page(item.path)
    except OSError:  # read() says why
        pass
    return pieces or [Piece(0, 1, 1, 0)]


def read(
    item: Input, piece: Piece, namespaces: Collection[int], site: WikiSite | None = None
) -> Iterator[RawRecord]:
    """The pages that start in a piece.

    `namespaces` are the ones to keep; `site` is what the wiki itself says, where it was asked.
    """
    try:
        info = siteinfo(item.path, item.name)
        if info is None:
            yield _no_dump(item)
            return
        reader = _DumpReader(info, item.name, frozenset(namespaces), site)
        for page_cut in _cuts(item.path, layout_of(item.path), piece):
            yield reader.record(page_cut)
    except OSError as error:
        yield RawRecord(source_ref=f"wiki:{item.name}", reason=UNREADABLE, detail=error.strerror)


def _by_stream(path: str, layout: DumpLayout) -> list[Piece]:
    starts = [*stream_starts(path), layout.size]
    cuts = [*starts[:-1:_STREAMS], layout.size]
    return [
        Piece(start, stop, _STREAMS * _PAGES, (stop - start) * _RATIO)
        for start, stop in pairwise(cuts)
    ]


def _by_page(path: str) -> list[Piece]:
    layout, cutter = layout_of(path), Cutter()
    for page_cut in _all_cuts(path, layout):
        if page_cut.xml:  # what else there is to tell of is in the piece around it
            cutter.add(page_cut.position, len(page_cut.xml))
    first, *others = cutter.pieces(sys.maxsize) or [Piece(0, sys.maxsize, 1, layout.size)]
    return [replace(first, start=0), *others]


def _cuts(path: str, layout: DumpLayout, piece: Piece) -> Iterator[Cut]:
    if not layout.seekable:
        placed = cursors.between(
            path,
            "wikimedia",
            piece.start,
            piece.stop,
            lambda: ((page_cut.position, page_cut) for page_cut in _all_cuts(path, layout)),
        )
        yield from (page_cut for _, page_cut in placed)
        return
    chunks = read_from(path, layout, piece.start)
    yield from cut(
        chunks,
        piece.stop,
        streams=layout.streams,
        whole=piece.start == 0,
        to_end=piece.stop >= layout.size,
    )


def _all_cuts(path: str, layout: DumpLayout) -> Iterator[Cut]:
    return cut(read_from(path, layout, 0), sys.maxsize, streams=layout.streams)


def _no_dump(item: Input) -> RawRecord:
    empty = not layout_of(item.path).size
    return RawRecord(
        source_ref=f"wiki:{item.name}",
        reason=EMPTY if empty else UNSUPPORTED_TYPE,
        detail=None if empty else "not an XML export of MediaWiki",
    )


class _DumpReader:
    """Makes records of the pages of one dump."""

    def __init__(
        self, info: SiteInfo, name: str, namespaces: frozenset[int], site: WikiSite | None
    ) -> None:
        self._info, self._name, self._namespaces = info, name, namespaces
        self._site = site
        names = {**(site.info.namespaces if site else {}), **info.namespaces}
        self._converter = Converter(names, info.language)

    def record(self, page_cut: Cut) -> RawRecord:
        """The record of a page, or of a part of the dump that is lost."""
        if page_cut.damage is not None:
            return self._lost(page_cut, page_cut.damage)
        try:
            page = parse_page(page_cut.xml)
        except ValueError as error:
            return self._lost(page_cut, Damage(CORRUPT, str(error)))
        record = self._described(page)
        lost = self._passed_over(page) or self._convert(record, page)
        if lost is not None:
            record.content, record.reason, record.detail = b"", lost.reason, lost.detail
        return record

    def _lost(self, page_cut: Cut, damage: Damage) -> RawRecord:
        title, number = head_of(page_cut.xml)
        where = (
            f"{self._info.wiki}:{number}" if number else f"wiki:{self._name}@{page_cut.position}"
        )
        url = self._info.url_of(title) if title else None
        return RawRecord(
            source_ref=where, title=title, url=url, reason=damage.reason, detail=damage.detail
        )

    def _described(self, page: Revision) -> RawRecord:
        record = RawRecord(
            source_ref=f"{self._info.wiki}:{page.page}@{page.number}",
            url=self._info.url_of(page.title),
            title=page.title,
            published_at=page.timestamp,
            published_at_source="revision" if page.timestamp else None,
            lang_declared=self._info.language,
            payload_digest=_digest(page.sha1),
        )
        if self._site is not None:
            self._site.license(record)
        return record

    def _passed_over(self, page: Revision) -> Damage | None:
        if page.namespace not in self._namespaces:
            return Damage(NAMESPACE, str(page.namespace))
        if page.redirect is not None:
            return Damage(REDIRECT, page.redirect)
        if page.model != "wikitext":
            return Damage(CONTENT_MODEL, page.model)
        if page.text is None:
            return Damage(EMPTY, "the text is hidden or not in the dump")
        if target := self._converter.redirect_of(page.text):  # exports of old wikis do not mark it
            return Damage(REDIRECT, target)
        return None

    def _convert(self, record: RawRecord, page: Revision) -> Damage | None:
        assert page.text is not None
        if len(page.text) > MAX_CONTENT_BYTES:
            return Damage(TOO_LARGE, f"{len(page.text)} characters of wikitext")
        _check_digest(record, page)
        text = self._converter.text_of(page.text, page.title)
        if isinstance(text, Damage):
            return text
        if not text:
            return Damage(EMPTY, f"no text in {len(page.text)} characters of wikitext")
        record.content, record.content_type, record.charset = text.encode(), TEXT, "utf-8"
        return None


def _check_digest(record: RawRecord, page: Revision) -> None:
    """Let `payload_digest` name the wikitext that is there, as the WARC connector does."""
    digest = hashlib.sha1((page.text or "").encode(), usedforsecurity=False).digest()
    computed = "sha1:" + base64.b32encode(digest).decode()
    if record.payload_digest not in (None, computed):
        record.detail = f"declared sha1 {page.sha1} does not fit"
    record.payload_digest = computed


def _digest(sha1: str | None) -> str | None:
    """A digest that MediaWiki wrote in base 36, as every other one is written."""
    try:
        value = int(sha1 or "", 36).to_bytes(20, "big")
    except (ValueError, OverflowError):
        return None
    return "sha1:" + base64.b32encode(value).decode()
