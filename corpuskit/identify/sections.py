"""Sections after the fastText model in the same file; fastText stops reading at the end of its own
part. Each section is compressed (a JSON head and raw bytes) and ends with its length and name, so
that sections can be found from the end of the file.

Sections are compressed with zlib. Models that were trained earlier have LZMA, which makes a word
table a quarter smaller and takes every process of a build four times as long to read.
"""

from __future__ import annotations

import json
import lzma
import struct
import zlib
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from corpuskit.errors import ModelError

_TAIL: Final = struct.Struct("<Q8s")
_HEAD: Final = struct.Struct("<Q")
_LZMA: Final = b"\xfd7zXZ"


class Section(NamedTuple):
    """One section, unpacked."""

    head: dict[str, Any]
    body: bytes


def packed(name: bytes, head: dict[str, Any], body: bytes) -> bytes:
    """The bytes of a section, to append to a model; its name has eight bytes."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    data = zlib.compress(_HEAD.pack(len(text)) + text + body, level=9)
    return data + _TAIL.pack(len(data), name)


def read_sections(path: Path, names: frozenset[bytes]) -> dict[bytes, Section]:
    """The sections of these names at the end of a file; ModelError if one is damaged."""
    sections: dict[bytes, Section] = {}
    with path.open("rb") as file:
        end = file.seek(0, 2)
        while end >= _TAIL.size:
            length, name = _TAIL.unpack(_at(file, end - _TAIL.size, _TAIL.size))
            if name not in names or name in sections:
                break
            end -= _TAIL.size + length
            try:
                sections[name] = _unpacked(_at(file, max(0, end), length))
            except (lzma.LZMAError, zlib.error, ValueError, struct.error) as error:
                raise ModelError(
                    f"model {path}: the data after the model is damaged ({error})"
                ) from error
    return sections


def _at(file: IO[bytes], place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


def _unpacked(data: bytes) -> Section:
    raw = lzma.decompress(data) if data.startswith(_LZMA) else zlib.decompress(data)
    (length,) = _HEAD.unpack_from(raw)
    return Section(json.loads(raw[_HEAD.size : _HEAD.size + length]), raw[_HEAD.size + length :])
