"""Records taken out of archives of our own, with a placeholder of the same size in their place.

All other records keep their positions, so whatever refers to a position stays valid. The
gzip member of a placeholder is filled up with a comment of its header (RFC 1952, 2.3), which every
reader passes over.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Final

from corpuskit.connectors.containers.compression import GZIP, open_binary
from corpuskit.connectors.containers.warc_format import WARC
from corpuskit.connectors.containers.warc_layout import ArchiveLayout, walk
from corpuskit.connectors.containers.warc_write import member
from corpuskit.store import atomic_file

WITHDRAWN_FIELD: Final = "Corpuskit-Withdrawn"
"""A field of our own in the head of a record in place of one that was taken out: why."""

_HAS_COMMENT: Final = 0x10
_HEADER: Final = 10
_LAYOUT: Final = ArchiveLayout(WARC, GZIP, per_record=True)
_COPIED: Final = 1 << 20

Placeholder = Callable[[Mapping[str, str]], tuple[dict[str, str], bytes] | None]
"""Head and block of what stands in place of a record, by the record's head (names in lower case);
None where the record stays."""


def replace_records(path: Path, scratch: Path, placeholder: Placeholder) -> int:
    """Replace records of an archive with a gzip member a record; how many were.

    The archive is written anew and changes at once; one of which nothing is replaced is left
    alone. ValueError where a record is smaller than its placeholder.
    """
    changes: list[tuple[int, bytes]] = []
    with open_binary(str(path)) as file:
        for frame in walk(file, _LAYOUT, keep=False):
            made = placeholder(frame.head.fields) if frame.head and frame.length else None
            if made is not None:
                changes.append((frame.offset, padded_member(*made, size=frame.length)))
    if changes:
        with path.open("rb") as source, atomic_file(path, scratch) as target:
            position = 0
            for offset, data in changes:
                _copy(source, target, position, offset)
                target.write(data)
                position = offset + len(data)
            _copy(source, target, position, path.stat().st_size)
    return len(changes)


def taken_down(fields: Mapping[str, str], mark: str) -> tuple[dict[str, str], bytes]:
    """Head and block in place of a record that was taken down: its date and a mark."""
    head = {
        "WARC-Type": "metadata",
        "WARC-Date": fields.get("warc-date", ""),
        "WARC-Target-URI": mark,
        WITHDRAWN_FIELD: "taken down",
    }
    return {name: value for name, value in head.items() if value}, b""


def padded_member(fields: Mapping[str, str], block: bytes, *, size: int) -> bytes:
    """A record as a gzip member of exactly `size` bytes; ValueError where it needs more."""
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{json.dumps(dict(fields))} {size}")
    plain = member(f"<urn:uuid:{name}>", fields, block)
    missing = size - len(plain)
    if missing < 0:
        raise ValueError(f"a record of {size} bytes is too small for a placeholder")
    if not missing:
        return plain
    header = bytearray(plain[:_HEADER])
    header[3] |= _HAS_COMMENT
    return bytes(header) + b" " * (missing - 1) + b"\0" + plain[_HEADER:]


def _copy(source: IO[bytes], target: IO[bytes], start: int, stop: int) -> None:
    source.seek(start)
    while (left := stop - source.tell()) > 0:
        target.write(source.read(min(left, _COPIED)))
