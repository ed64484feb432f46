"""Bounded decompression of gzip, bzip2 and zstd that survives damage.

A compressed file is a run of members (gzip, RFC 1952), streams (bzip2) or frames (zstd,
RFC 8878), each complete in itself. `Member` reads one, `decompressed` all of them; where one is
damaged they say so with a `Damage` and go on with the next. No call ever gives more than about
1 MB (32 MB of hostile zstd), whatever the ratio of compression.
"""

from __future__ import annotations

import bz2
import errno
import re
import stat
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Final, Protocol

import zstandard

from corpuskit.connectors.reasons import CORRUPT, TRUNCATED

READ = 1 << 16
FIRST_READ = 1 << 14
"""Most gzip members of a web archive are smaller than this (median 6 kB in Common Crawl's style
of WARC), and what follows a member in the buffer is copied."""
OUTPUT = 1 << 20
SALVAGE_STEP = 64
"""zlib and zstd throw away what they made in the call that meets the damage. Near the start of a
member, where a record's head stands, the bytes are tried again so many at a time."""
ZSTD_INPUT = 1 << 10
"""zstandard's decompressobj has no output limit. A block of 4 bytes can stand for 128 kB, so
this many bytes give at most 32 MB."""


class DictionaryError(ValueError):
    """The dictionary that a zstd file starts with cannot be read."""


class Bzip2Error(Exception):
    """The bytes are not a bzip2 stream; bz2 raises OSError, which also means a broken disk."""


_ERRORS = (zlib.error, zstandard.ZstdError, Bzip2Error)


@dataclass(frozen=True, slots=True)
class Damage:
    """Stands in a stream of bytes where some of them are lost: a reason code and its detail."""

    reason: str
    detail: str


class Inflater(Protocol):
    """Decompresses one member; when it has ended, `unused` input bytes were not its own."""

    ended: bool
    unused: int

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decompressed bytes of `data` in bounded chunks."""
        ...


class _Gunzip:
    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)  # 31: a gzip header and CRC are required
        self.ended = False
        self.unused = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data and not self.ended:
            out = self._inflate.decompress(data, OUTPUT)
            data = self._inflate.unconsumed_tail
            if self._inflate.eof:
                self.ended, self.unused = True, len(self._inflate.unused_data)
            if out:
                yield out


class _Bunzip2:
    def __init__(self) -> None:
        self._inflate = bz2.BZ2Decompressor()
        self.ended = False
        self.unused = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        while not self.ended and (data or not self._inflate.needs_input):
            try:
                out = self._inflate.decompress(data, OUTPUT)
            except OSError as error:
                raise Bzip2Error(str(error)) from error
            data = b""
            if self._inflate.eof:
                self.ended, self.unused = True, len(self._inflate.unused_data)
            if out:
                yield out


class _Unzstd:
    def __init__(self, dictionary: zstandard.ZstdCompressionDict | None = None) -> None:
        self._inflate = zstandard.ZstdDecompressor(dict_data=dictionary).decompressobj()
        self.ended = False
        self.unused = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), ZSTD_INPUT):
            part = data[start : start + ZSTD_INPUT]
            out = self._inflate.decompress(part)
            if self._inflate.eof:
                rest = len(data) - start - len(part)
                self.ended, self.unused = True, rest + len(self._inflate.unused_data)
            if out:
                yield out
            if self.ended:
                return


@dataclass(frozen=True, slots=True)
class Codec:
    """A compression, known by the bytes its members start with."""

    name: str
    magic: bytes
    part: str
    inflater: Callable[[], Inflater]


GZIP = Codec("gzip", b"\x1f\x8b\x08", "gzip member", _Gunzip)
BZIP2 = Codec("bzip2", b"BZh", "bzip2 stream", _Bunzip2)
ZSTD = Codec("zstd", b"\x28\xb5\x2f\xfd", "zstd frame", _Unzstd)


def codec_of(start: bytes) -> Codec | None:
    """The compression of a file by its first bytes, whatever its name; None if there is none."""
    if start.startswith(GZIP.magic):
        return GZIP
    skippable = start[1:4] == b"\x2a\x4d\x18" and start[0] & 0xF0 == 0x50  # RFC 8878, 3.1.2
    return ZSTD if skippable or start.startswith(ZSTD.magic) else None


_BZIP2_STREAM: Final = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)", re.DOTALL)
"""A stream's first block, or the end of an empty one: `BZh` alone may begin a text."""


def codec_of_file(file: BinaryIO) -> Codec | None:
    """The compression of a file of text, bzip2 included, by its first bytes; None for none."""
    start = _read_at(file, 0, 10)
    return BZIP2 if _BZIP2_STREAM.match(start) else codec_of(start)


_DICTIONARY_MAGIC: Final = b"\x5d\x2a\x4d\x18"
_MAX_DICTIONARY: Final = 64_000_000
"""Bytes of a dictionary. zstd's own trainer makes 112 kB; ArchiveTeam's have 1 MB."""


def zstd_with_dictionary(file: BinaryIO) -> Codec:
    """zstd with the dictionary that a file starts with; without one, plain zstd.

    A `.warc.zst` may hold it in a skippable frame, compressed or not (IIPC, "Use of zstandard in
    WARC files", section 3). DictionaryError where that frame is damaged.
    """
    start = _read_at(file, 0, 8)
    if not start.startswith(_DICTIONARY_MAGIC) or len(start) < 8:
        return ZSTD
    size = int.from_bytes(start[4:], "little")
    data = _read_at(file, 8, min(size, _MAX_DICTIONARY + 1))
    if len(data) < size or size > _MAX_DICTIONARY:
        raise DictionaryError(f"a zstd dictionary of {size} bytes; {len(data)} can be read")
    if data.startswith(ZSTD.magic):
        data = _whole_dictionary(data)
    try:
        dictionary = zstandard.ZstdCompressionDict(data)
        zstandard.ZstdDecompressor(dict_data=dictionary)
    except zstandard.ZstdError as error:
        raise DictionaryError(f"zstd dictionary: {error}") from error
    return replace(ZSTD, inflater=partial(_Unzstd, dictionary))


def _whole_dictionary(data: bytes) -> bytes:
    parts, size = [], 0
    member = Member(BytesIO(data), 0, ZSTD)
    for part in member:
        parts.append(part)
        size += len(part)
        if size > _MAX_DICTIONARY:
            raise DictionaryError(f"a zstd dictionary of more than {_MAX_DICTIONARY} bytes")
    if member.damage is not None:
        raise DictionaryError(f"zstd dictionary: {member.damage.detail}")
    return b"".join(parts)


class Member:
    """One gzip member or zstd frame of a file, from `start` on.

    Iterate to get its decompressed bytes. After that either `end` is the offset where it
    ended, whole and with a matching checksum, or `damage` says what is wrong with it.
    """

    def __init__(self, file: BinaryIO, start: int, codec: Codec) -> None:
        self.file, self.start, self.codec = file, start, codec
        self.end: int | None = None
        self.damage: Damage | None = None

    def __iter__(self) -> Iterator[bytes]:
        inflater = self.codec.inflater()
        position, size, delivered = self.start, FIRST_READ, 0
        try:
            while data := _read_at(self.file, position, size):
                position, size = position + len(data), READ
                for chunk in inflater.feed(data):
                    delivered += len(chunk)
                    yield chunk
                if inflater.ended:
                    self.end = position - inflater.unused
                    return
        except _ERRORS as error:
            self.damage = Damage(CORRUPT, f"{self.codec.part} at byte {self.start}: {error}")
            if position <= self.start + FIRST_READ:
                yield from _salvage(self.codec.inflater(), data, delivered)
            return
        self.damage = Damage(
            TRUNCATED, f"the file ends inside the {self.codec.part} at byte {self.start}"
        )

    def resume(self, accept: Callable[[bytes], bool] = bool) -> int | None:
        """Where the next member stands after a damaged one; None if there is none.

        `accept` is asked about the first decompressed bytes of each candidate. A member that
        seemed to be cut off by the end of the file, but has another one after it, is corrupt.
        """
        following = find_member(self.file, self.start + 1, self.codec, accept)
        if following is not None and self.damage is not None:
            self.damage = replace(self.damage, reason=CORRUPT)
        return following


def _salvage(inflater: Inflater, data: bytes, given: int) -> Iterator[bytes]:
    """What can be had of damaged data, without the `given` bytes that came out of it already."""
    out = bytearray()
    with suppress(*_ERRORS):
        for start in range(0, len(data), SALVAGE_STEP):
            for chunk in inflater.feed(data[start : start + SALVAGE_STEP]):
                out += chunk
    if len(out) > given:
        yield bytes(out[given:])


def find_member(
    file: BinaryIO, start: int, codec: Codec, accept: Callable[[bytes], bool] = bool
) -> int | None:
    """The first offset from `start` on where a member begins whose first bytes are accepted."""
    while True:
        window = _read_at(file, start, OUTPUT)
        at = window.find(codec.magic)
        while at >= 0:
            if accept(next(iter(Member(file, start + at, codec)), b"")):
                return start + at
            at = window.find(codec.magic, at + 1)
        if len(window) < OUTPUT:
            return None
        start += len(window) - len(codec.magic) + 1


def open_binary(path: str) -> BinaryIO:
    """Open a file for reading, with a buffer that makes short jumps cheap; OSError if it is none.

    A pipe or a device is refused, because opening it could block forever.
    """
    mode = Path(path).stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, "not a file", path)
    return Path(path).open("rb", buffering=OUTPUT)


def decompressed(file: BinaryIO, codec: Codec | None) -> Iterator[bytes | Damage]:
    """All bytes of a file in chunks; a `Damage` where some are lost, then what follows it."""
    if codec is None:
        yield from plain(file, 0)
        return
    start: int | None = 0
    while start is not None and _read_at(file, start, 1):
        member = Member(file, start, codec)
        yield from member
        start = member.end
        if start is None:
            start = member.resume()
            if member.damage is not None:
                yield member.damage


def plain(file: BinaryIO, start: int) -> Iterator[bytes]:
    """The bytes of an uncompressed file from an offset on."""
    while data := _read_at(file, start, READ):
        start += len(data)
        yield data


def _read_at(file: BinaryIO, start: int, size: int) -> bytes:
    # Several readers share a file: each says where it is. Seeking inside the buffer costs nothing.
    file.seek(start)
    return file.read(size)
