"""Where a web archive may be cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator

from corpuskit.connectors.base import Piece
from corpuskit.connectors.containers.compression import GZIP, Member
from corpuskit.connectors.containers.warc_format import WARC
from corpuskit.connectors.containers.warc_layout import ArchiveLayout, walk
from corpuskit.connectors.containers.warc_terms import (
    HEAD,
    frame_may_hold_terms,
    may_hold_terms,
)
from corpuskit.connectors.pieces import Cutter


def cut(file: BinaryIO, layout: ArchiveLayout) -> list[Piece]:
    """The pieces of an archive, in order; together they cover all of its frames."""
    if layout.per_record and layout.codec is GZIP and layout.kind is WARC:
        pieces = _cut_sound(file)
        if pieces is not None:
            return pieces
    cutter, terms = Cutter(), []
    for frame in walk(file, layout):
        size = frame.head.size + frame.head.block if frame.head else frame.length
        cutter.add(frame.offset, size)
        if frame_may_hold_terms(frame):
            terms.append(frame.offset)
    return _with_terms(cutter.pieces(), terms)


def _with_terms(pieces: Sequence[Piece], terms: Sequence[int]) -> list[Piece]:
    """Every piece with the positions of all records that may hold terms for it."""
    positions = tuple(dict.fromkeys(terms))
    return [replace(piece, terms=positions) for piece in pieces]


def _cut_sound(file: BinaryIO) -> list[Piece] | None:
    """Cut with fastwarc, which takes a third of the time; None where it meets trouble.

    It passes over some damage without a word. That does no harm here: it is only asked where
    records start, the last piece reaches to the end of the file, and reading finds the damage.
    """
    end = file.seek(0, 2)
    file.seek(0)
    cutter, before, terms = Cutter(), -1, []
    try:
        for record in ArchiveIterator(file, parse_http=False):
            if record.stream_pos <= before:  # several records in a gzip member
                return None
            before = record.stream_pos
            cutter.add(before, record.content_length)
            url = record.headers.get("WARC-Target-URI") or ""
            if may_hold_terms(url, record.content_length, record.reader.read(HEAD)):
                terms.append(before)
    except OSError:
        return None
    pieces = cutter.pieces(end)
    sound = all(_starts_record(file, piece.start) for piece in pieces)
    return _with_terms(pieces, terms) if sound else None


def _starts_record(file: BinaryIO, position: int) -> bool:
    return WARC.start.match(next(iter(Member(file, position, GZIP)), b"")) is not None
