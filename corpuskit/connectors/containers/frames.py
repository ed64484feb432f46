"""Cutting a web archive into records, whatever has happened to it.

fastwarc, the fastest library, is not used for this. It stops for good at the first damaged
gzip member, passes without a word over a member that the end of the file cuts off, and
gives one offset to all records of a member that holds several (measured with 2.0.1);
warcio shares the first two faults. Here every byte of a file belongs to a record or to a
`Frame` that says what was lost, and it makes no difference where reading begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.containers.bytestream import ByteStream
from corpuskit.connectors.containers.compression import Codec, Damage, Member, decompressed, plain
from corpuskit.connectors.containers.warc_format import MAX_HEAD, Format, Head
from corpuskit.connectors.reasons import CORRUPT, TRUNCATED

MAX_BLOCK: Final = MAX_CONTENT_BYTES + MAX_HEAD
"""Longest block that is kept: the largest content with its HTTP headers."""
_USUAL_HEAD: Final = 1 << 12
_WINDOW: Final = 1 << 20
_OVERLAP: Final = 1 << 14
"""Longer than any match of a record's start, so that none falls between two windows."""


@dataclass(slots=True)
class Frame:
    """A record as it is stored, or a stretch of the archive that is not a record."""

    offset: int
    """In the stored file where each member holds one record, else in what it decompresses to."""
    inner: int = 0
    """Offset within what the member at `offset` decompresses to."""
    length: int = 0
    """Up to the next record, in the same bytes; 0 if it shares its member with others."""
    head: Head | None = None
    block: bytes = b""
    """The record's block, at most its first MAX_BLOCK bytes."""
    damage: Damage | None = None


class FrameSource(Protocol):
    """Decompressed bytes that can be read from any position, more than once."""

    checked: bool
    """Whether the end of the source tells if its last record is whole."""

    def open(self, position: int) -> ByteStream:
        """The bytes from a position on."""
        ...


class StreamSource:
    """A whole file: plain, or compressed without regard to records."""

    checked = False

    def __init__(self, file: BinaryIO, codec: Codec | None) -> None:
        self._file, self._codec = file, codec

    def open(self, position: int) -> ByteStream:
        """Its bytes from a position on; a compressed file is read from its start."""
        if self._codec is None:
            return ByteStream(plain(self._file, position), position)
        stream = ByteStream(decompressed(self._file, self._codec))
        stream.seek(position)
        return stream


class MemberSource:
    """One gzip member or zstd frame; `member` is the reader that was opened last."""

    checked = True

    def __init__(self, file: BinaryIO, start: int, codec: Codec) -> None:
        self._file, self._start, self._codec = file, start, codec
        self.member = Member(file, start, codec)

    def open(self, position: int) -> ByteStream:
        """Its bytes from a position on."""
        self.member = Member(self._file, self._start, self._codec)
        stream = ByteStream(_with_damage(self.member))
        stream.seek(position)
        return stream


def _with_damage(member: Member) -> Iterator[bytes | Damage]:
    yield from member
    if member.damage is not None:
        yield member.damage


class Walk:
    """Goes from record to record through a source.

    A frame is held back until what follows it has been seen: a record whose length leads to
    no other record, while one starts inside its block, is cut short there.
    """

    def __init__(
        self, source: FrameSource, kind: Format, start: int = 0, keep: bool = True
    ) -> None:
        self._source, self._format, self._keep = source, kind, keep
        self._stream = source.open(start)
        self._last: Frame | None = None
        self._told = False
        """Whether the damage before the stream's position is in a frame already."""

    def __iter__(self) -> Iterator[Frame]:
        """Every record and every damaged stretch, in order."""
        while True:
            start = self._skip_blank_lines()
            head = self._head(start)
            if head is not None:
                yield from self._release()
                self._read(head)
            elif start:
                yield from self._stray()
            elif self._stream.damage is not None:
                yield from self._lost(self._stream.position, self._stream.damage)
            else:
                yield from self._release()
                return

    def _skip_blank_lines(self) -> bytes:
        """Skip line ends; the bytes that follow them."""
        while (start := self._stream.peek(_USUAL_HEAD)).startswith((b"\r", b"\n")):
            self._stream.skip(len(start) - len(start.lstrip(b"\r\n")))
        return start

    def _head(self, start: bytes) -> Head | None:
        head = self._format.parse(start)
        if head is None and len(start) == _USUAL_HEAD:
            head = self._format.parse(self._stream.peek(MAX_HEAD))
        return head

    def _release(self) -> Iterator[Frame]:
        if self._last is not None:
            self._last.length = self._stream.position - self._last.offset
            yield self._last
            self._last = None

    def _read(self, head: Head) -> None:
        stream = self._stream
        frame = self._last = Frame(stream.position, head=head)
        self._told = False
        stream.skip(head.size)
        if self._keep:
            frame.block = stream.read(min(head.block, MAX_BLOCK))
        stop = frame.offset + head.size + head.block
        stream.skip(stop - stream.position)
        missing = stop - stream.position
        if missing and stream.damage is None and not self._cut_short(frame):
            frame.damage = Damage(TRUNCATED, f"{missing} of {head.block} bytes are missing")

    def _cut_short(self, frame: Frame | None) -> bool:
        """Whether another record starts inside a record's block; if so, go on from there."""
        if frame is None or frame.head is None or frame.damage is not None:
            return False
        block = frame.offset + frame.head.size
        stream = self._source.open(block - 1)
        if not _search(stream, self._format.inside, block + frame.head.block):
            return False
        self._stream = stream
        frame.block = b""
        frame.damage = Damage(TRUNCATED, "the next record starts inside it")
        return True

    def _stray(self) -> Iterator[Frame]:
        """Pass over bytes that are not a record, up to the next record."""
        if self._cut_short(self._last):
            return
        stream, start = self._stream, self._stream.position
        rest = stream.peek(MAX_HEAD)
        unfinished = len(rest) < MAX_HEAD and self._format.unfinished.fullmatch(rest)
        yield from self._release()
        goes_on = _search(stream, self._format.inside)
        if self._told:
            return
        if not goes_on and stream.damage is not None:
            yield from self._lost(start, stream.damage)
        elif unfinished and not goes_on:
            yield _lost_frame(start, stream, Damage(TRUNCATED, "the file ends inside a head"))
        else:
            detail = f"{stream.position - start} bytes that are not a {self._format.name} record"
            yield _lost_frame(start, stream, Damage(CORRUPT, detail))

    def _lost(self, start: int, damage: Damage) -> Iterator[Frame]:
        """Say what was lost where the stream stops, and go on after it."""
        last, stream = self._last, self._stream
        if last is not None and last.damage is None and self._suspect(last, damage):
            last.damage = damage
            yield from self._release()
        else:
            yield from self._release()
            if not self._told:
                yield _lost_frame(start, stream, damage)
        self._told = True
        stream.resume()

    def _suspect(self, last: Frame, damage: Damage) -> bool:
        """Whether damage that follows a record is taken to be in it.

        The checksum of a member that holds it alone speaks for it. In a stream a cut leaves
        what was before it whole, but damage is noticed some way after the place where it is.
        """
        assert last.head is not None  # only records are held back
        whole = self._stream.position >= last.offset + last.head.size + last.head.block
        return self._source.checked or not whole or damage.reason == CORRUPT


def _lost_frame(start: int, stream: ByteStream, damage: Damage) -> Frame:
    return Frame(start, length=stream.position - start, damage=damage)


def _search(stream: ByteStream, pattern: re.Pattern[bytes], stop: int | None = None) -> bool:
    """Go to the next match that starts before `stop`; without one, to where the stream stops."""
    while stop is None or stream.position < stop:
        window = stream.peek(_WINDOW)
        match = pattern.search(window)
        if match is not None:
            stream.skip(match.start())
            return stop is None or stream.position < stop
        if len(window) < _WINDOW:
            stream.skip(len(window))
            return False
        stream.skip(len(window) - _OVERLAP)
    return False
