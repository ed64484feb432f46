"""What a PDF would make its reader do, found before it is read.

pdfium cannot be interrupted. Forms (PDF 32000-1, 8.10) that call each other twice over 20 levels
are a million forms, and a stream of 1 MB can unpack to 1 GB. Both are seen in the file's objects.
Encrypted streams and filters other than FlateDecode are not looked into.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.reasons import TOO_LARGE, LostError

MAX_STREAM_BYTES: Final = 100_000_000
"""Bytes of a stream that is not a picture, unpacked: the content of a dense map has some 10 MB."""

MAX_FORMS: Final = 10_000
"""Forms that one form draws, those within others counted: drawings have some hundred. pdfium takes
40 us for each, measured."""

_MAX_RATIO: Final = 1_032  # of deflate (zlib.net, Technical Details)
_MAX_DICTIONARY: Final = 20_000  # bytes of an object up to its stream
_MAX_CONTENT: Final = 10_000_000  # of a form or an object stream that is looked into
_MAX_LEVELS: Final = 100  # pdfium goes down 40
_OBJECT: Final = re.compile(
    rb"(?<![0-9])([0-9]{1,9})[\0\t\n\f\r ]{1,9}[0-9]{1,5}[\0\t\n\f\r ]{1,9}obj"
)
_STREAM: Final = re.compile(rb"stream\r?\n")
_CALL: Final = re.compile(rb"/([^\s/<>\[\](){}%]{1,127})\s{1,9}Do(?![A-Za-z])")
_REFERENCE: Final = re.compile(
    rb"/([^\s/<>\[\](){}%]{1,127})\s{1,9}([0-9]{1,9})\s{1,9}[0-9]{1,5}\s{1,9}R"
)
_NUMBER: Final = re.compile(rb"\s{0,9}([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class _Form:
    dictionary: bytes
    calls: Counter[bytes]
    """How often its content draws what a name of its resources stands for."""


@dataclass(slots=True)
class _PdfObjects:
    dictionaries: dict[int, bytes] = field(default_factory=dict)
    forms: dict[int, _Form] = field(default_factory=dict)


def check_bounds(path: str) -> None:
    """LostError where a PDF unpacks to more, or draws more, than it may."""
    with open_binary(path) as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        objects = _objects(data)
    counts: dict[int, int] = {}
    for number in objects.forms:
        count = _drawn(objects, number, counts, frozenset())
        if count > MAX_FORMS:
            raise LostError(TOO_LARGE, f"form {number} draws {count} forms")


def _objects(data: mmap.mmap) -> _PdfObjects:
    objects = _PdfObjects()
    at, end = 0, len(data)
    while match := _OBJECT.search(data, at):
        start = match.end()
        stop = data.find(b"endobj", start, start + _MAX_DICTIONARY)
        stream = _STREAM.search(data, start, stop if stop >= 0 else start + _MAX_DICTIONARY)
        at = start
        if stream is None:
            dictionary = data[start : max(stop, start)]
            if b" R" in dictionary and b"/Type" not in dictionary:  # it may hold resources
                objects.dictionaries[int(match[1])] = dictionary
            continue
        dictionary = data[start : stream.start()]
        close = data.find(b"endstream", stream.end(), end)
        if close < 0:  # nor has any later stream an end
            break
        at = close
        _look(objects, int(match[1]), dictionary, data[stream.end() : close])
    return objects


def _look(objects: _PdfObjects, number: int, dictionary: bytes, stored: bytes) -> None:
    """Note a form or packed objects; LostError where a stream unpacks to too much."""
    is_packed = dictionary.count(b"/FlateDecode") + dictionary.count(b"/Fl ")
    if re.search(rb"/Subtype\s{0,9}/Image", dictionary):
        return
    if is_packed > 1 or (is_packed and len(stored) * _MAX_RATIO > MAX_STREAM_BYTES):
        size = 0
        for chunk in _unpacked(stored, is_packed):
            size += len(chunk)
            if size > MAX_STREAM_BYTES:
                raise LostError(TOO_LARGE, f"stream {number}: more than {MAX_STREAM_BYTES} bytes")
    is_form = re.search(rb"/Subtype\s{0,9}/Form", dictionary)
    if not is_form and b"/ObjStm" not in dictionary:
        return
    content = bytearray()
    for chunk in _unpacked(stored, is_packed):
        content += chunk
        if len(content) > _MAX_CONTENT:
            break
    if is_form:
        objects.forms[number] = _Form(dictionary, Counter(_CALL.findall(content)))
    else:
        objects.dictionaries |= dict(_contained(dictionary, bytes(content)))


def _unpacked(stored: bytes, times: int) -> Iterator[bytes]:
    """The content of a stream packed so many times, in chunks, up to any damage."""
    if not times:
        yield stored
        return
    inflate = zlib.decompressobj()
    for chunk in _unpacked(stored, times - 1):
        rest = chunk
        while rest and not inflate.eof:
            try:
                out = inflate.decompress(rest, 1 << 20)
            except zlib.error:
                return
            rest = inflate.unconsumed_tail
            yield out


def _contained(dictionary: bytes, content: bytes) -> Iterator[tuple[int, bytes]]:
    """The objects of an object stream (7.5.7) with their numbers."""
    first = re.search(rb"/First\s{1,9}([0-9]{1,9})", dictionary)
    start = int(first[1]) if first else 0
    numbers = [int(number) for number in _NUMBER.findall(content[:start])]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    ends = [offset for _, offset in pairs[1:]] + [len(content)]
    for (number, offset), end in zip(pairs, ends, strict=True):
        yield number, content[start + offset : min(start + end, start + offset + _MAX_DICTIONARY)]


def _drawn(objects: _PdfObjects, number: int, counts: dict[int, int], above: frozenset[int]) -> int:
    """How many forms a form draws, itself among them; LostError if it draws itself (8.10.1)."""
    if number in counts:
        return counts[number]
    if number in above:
        raise LostError(TOO_LARGE, f"form {number} draws itself")
    form = objects.forms[number]
    targets = _resources(objects, form.dictionary)
    count = 1
    for name, times in form.calls.items():
        target = targets.get(name)
        if target in objects.forms and len(above) < _MAX_LEVELS:
            count += times * _drawn(objects, target, counts, above | {number})
        if count > MAX_FORMS:
            break
    counts[number] = count
    return count


def _resources(objects: _PdfObjects, dictionary: bytes) -> dict[bytes, int]:
    """Objects by the names that a form's resources give them, wherever these stand."""
    references = dict(_REFERENCE.findall(dictionary))
    for name in (b"Resources", b"XObject"):
        if name in references:
            outer = objects.dictionaries.get(int(references[name]), b"")
            references |= dict(_REFERENCE.findall(outer))
    return {name: int(number) for name, number in references.items()}
