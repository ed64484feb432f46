"""The bytes of a dump with their positions, whatever its compression and encoding.

Dumps called multistream are bzip2 streams one after another, each of about a hundred pages
(mediawiki-dumps' "pages-articles-multistream"): reading can begin at any of them. Positions
are then offsets of streams in the stored file. In every other dump they are offsets in its
UTF-8: one bzip2 stream, gzip, zstd, none, or UTF-16, which is turned into UTF-8 on the way.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final

from corpuskit.connectors.containers.compression import (
    BZIP2,
    OUTPUT,
    Codec,
    Damage,
    Member,
    codec_of,
    decompressed,
    open_binary,
    plain,
)
from corpuskit.connectors.reasons import CORRUPT

Placed = tuple[int, bytes | Damage]
"""Bytes, or what stands for lost ones, after their position."""

_STREAM: Final = re.compile(rb"BZh[1-9]1AY&SY")
"""How a bzip2 stream with content starts: its header and the magic of its first block, 80 bits
that nothing else in such a file is likely to hold."""
_STREAM_BYTES: Final = 10
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DumpLayout:
    """How a dump is stored."""

    codec: Codec | None
    streams: bool
    """Whether positions are those of bzip2 streams."""
    encoding: str | None
    """Named only where it is not UTF-8 without a byte order mark."""
    size: int
    """Of the stored file, in bytes."""

    @property
    def seekable(self) -> bool:
        """Whether reading can begin at a position without all that is before it."""
        return self.streams or (self.codec is None and self.encoding is None)


def layout_of(path: str) -> DumpLayout:
    """How a file is stored; OSError if it cannot be read."""
    state = Path(path).stat()
    open_binary(path).close()  # a pipe would be waited for
    return _layout_of(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=8)
def _layout_of(path: str, size: int, changed: int) -> DumpLayout:
    with open_binary(path) as file:
        start = file.read(_STREAM_BYTES)
        codec = BZIP2 if _STREAM.match(start) else codec_of(start)
        head = next((chunk for chunk in _raw(file, codec) if isinstance(chunk, bytes)), b"")
        encoding = next((name for mark, name in _MARKS if head.startswith(mark)), None)
        several = codec is BZIP2 and encoding is None and _find_stream(file, 1) is not None
    return DumpLayout(codec, several, encoding, size)


def read_from(path: str, layout: DumpLayout, start: int) -> Iterator[Placed]:
    """A dump's bytes from a position on, which is 0 where it is not seekable."""
    with open_binary(path) as file:
        if layout.streams:
            yield from _streams(file, start)
            return
        if layout.seekable:
            chunks: Iterator[bytes | Damage] = plain(file, start)
        else:
            chunks = _utf8(_raw(file, layout.codec), layout.encoding)
        for chunk in chunks:
            yield start, chunk
            start += len(chunk) if isinstance(chunk, bytes) else 0


def stream_starts(path: str) -> Iterator[int]:
    """Where the bzip2 streams of a file start, without decompressing any."""
    with open_binary(path) as file:
        start = _find_stream(file, 0)
        while start is not None:
            yield start
            start = _find_stream(file, start + 1)


def _raw(file: BinaryIO, codec: Codec | None) -> Iterator[bytes | Damage]:
    file.seek(0)
    return decompressed(file, codec)


def _streams(file: BinaryIO, start: int) -> Iterator[Placed]:
    size = file.seek(0, 2)
    at: int | None = start
    while at is not None:
        member = Member(file, at, BZIP2)
        yield from ((at, chunk) for chunk in member)
        after = _find_stream(file, at + 1 if member.end is None else member.end)
        if member.damage is not None:
            reason = member.damage.reason if after is None else CORRUPT
            yield at, Damage(reason, member.damage.detail)
        elif member.end is not None and after != member.end and member.end < size:
            yield at, Damage(CORRUPT, f"no bzip2 stream at byte {member.end}")
        at = after


def _find_stream(file: BinaryIO, start: int) -> int | None:
    while True:
        file.seek(start)
        window = file.read(OUTPUT)
        if match := _STREAM.search(window):
            return start + match.start()
        if len(window) < OUTPUT:
            return None
        start += len(window) - _STREAM_BYTES + 1


def _utf8(chunks: Iterator[bytes | Damage], encoding: str | None) -> Iterator[bytes | Damage]:
    """The same text in UTF-8; U+FFFD stands for what is not valid."""
    if encoding is None:
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chain(chunks, (b"",)):
        if isinstance(chunk, Damage):
            yield chunk
        elif text := decoder.decode(chunk, final=not chunk):
            yield text.encode("utf-8", "replace")
