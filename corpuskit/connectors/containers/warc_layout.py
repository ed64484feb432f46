"""A web archive file: how it is laid out, and its frames between two positions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import BinaryIO

from corpuskit.connectors import cursors
from corpuskit.connectors.containers.bytestream import ByteStream
from corpuskit.connectors.containers.compression import (
    GZIP,
    ZSTD,
    Codec,
    codec_of,
    decompressed,
    open_binary,
    zstd_with_dictionary,
)
from corpuskit.connectors.containers.frames import Frame, MemberSource, StreamSource, Walk
from corpuskit.connectors.containers.warc_format import ARC, MAX_HEAD, WARC, Format, format_of
from corpuskit.connectors.reasons import TRUNCATED


@dataclass(frozen=True, slots=True)
class ArchiveLayout:
    """How an archive's records are stored."""

    kind: Format
    codec: Codec | None
    per_record: bool
    """Whether gzip members or zstd frames hold one record each, and reading may start at any."""


def layout_of(file: BinaryIO, name: str) -> ArchiveLayout | None:
    """How a file is laid out by what it holds, by its name where the start is damaged.

    None if it is not an archive, or empty; DictionaryError if its zstd dictionary is damaged.
    """
    start = file.read(MAX_HEAD)
    codec = codec_of(start)
    if codec is None and format_of(start) is None and name.lower().endswith(".gz") and start:
        codec = GZIP
    if codec is ZSTD:
        codec = zstd_with_dictionary(file)
    kind = _format_inside(file, codec) or (_format_by_name(name) if start else None)
    if kind is None:
        return None
    return ArchiveLayout(kind, codec, codec is not None and _holds_one_record(file, kind, codec))


def _format_inside(file: BinaryIO, codec: Codec | None) -> Format | None:
    stream = ByteStream(decompressed(file, codec))
    while True:
        start = stream.peek(MAX_HEAD).lstrip(b"\r\n")
        if start or stream.damage is None:
            return format_of(start)
        stream.resume()


def _format_by_name(name: str) -> Format | None:
    suffixes = [suffix.lower() for suffix in Path(name).suffixes[-2:]]
    if ".arc" in suffixes:
        return ARC
    return WARC if ".warc" in suffixes else None


def _holds_one_record(file: BinaryIO, kind: Format, codec: Codec) -> bool:
    source = MemberSource(file, 0, codec)
    records = [frame for frame in islice(Walk(source, kind, keep=False), 2) if frame.head]
    if len(records) != 1:
        return not records
    damage = records[0].damage
    goes_on = source.member.end is not None and damage is not None and damage.reason == TRUNCATED
    return not goes_on


def frames(
    path: str, layout: ArchiveLayout, start: int, stop: int | None = None
) -> Iterator[Frame]:
    """The frames that start in [start, stop), with their blocks."""
    if layout.per_record or layout.codec is None:
        with open_binary(path) as file:
            yield from _until(stop, walk(file, layout, start))
        return
    how = f"frames of {layout.kind.name}"
    end = 1 << 62 if stop is None else stop
    for _, frame in cursors.between(path, how, start, end, lambda: _placed(path, layout)):
        yield frame


def _until(stop: int | None, every: Iterator[Frame]) -> Iterator[Frame]:
    return every if stop is None else takewhile(lambda frame: frame.offset < stop, every)


def _placed(path: str, layout: ArchiveLayout) -> Iterator[tuple[int, Frame]]:
    with open_binary(path) as file:
        for frame in walk(file, layout):
            yield frame.offset, frame


def walk(
    file: BinaryIO, layout: ArchiveLayout, start: int = 0, keep: bool = True
) -> Iterator[Frame]:
    """Every frame from a frame's offset on; without their blocks unless `keep`."""
    if layout.per_record and layout.codec is not None:
        return _walk_members(file, layout.kind, layout.codec, start, keep)
    return iter(Walk(StreamSource(file, layout.codec), layout.kind, start, keep))


def _walk_members(
    file: BinaryIO, kind: Format, codec: Codec, start: int, keep: bool
) -> Iterator[Frame]:
    end = file.seek(0, 2)
    while start < end:
        source = MemberSource(file, start, codec)
        last, count = None, 0
        for frame in Walk(source, kind, keep=keep):
            if last is not None:
                yield last
            frame.offset, frame.inner, frame.length = start, frame.offset, 0
            last, count = frame, count + 1
        following = _following(source, kind, end)
        if last is not None:
            last.length = following - start if count == 1 else 0
            if last.damage is not None and source.member.damage is not None:
                last.damage = source.member.damage
            yield last
        start = following


def _following(source: MemberSource, kind: Format, end: int) -> int:
    if source.member.end is not None:
        return source.member.end
    following = source.member.resume(lambda first: kind.start.match(first) is not None)
    return end if following is None else following
