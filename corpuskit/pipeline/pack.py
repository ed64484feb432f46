"""Pack pieces of inputs into tasks of a bounded size, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from corpuskit.pipeline.tasks import Part, Scanned

TASK_RECORDS: Final = 1_000
TASK_BYTES: Final = 64_000_000
"""Bounds of a task: small enough that a crash costs seconds, large enough that a worker
spends its time working (extraction runs at about 20 to 50 documents a second)."""


def pack(
    scanned: Iterable[Scanned], records: int = TASK_RECORDS, size: int = TASK_BYTES
) -> Iterator[tuple[Part, ...]]:
    """Tasks of consecutive pieces, closed before they pass `records` or `size` bytes.

    How a source is packed changes which task a record is in, never what comes of it.
    """
    parts: list[Part] = []
    packed_records = packed_bytes = 0
    for one in scanned:
        for piece in one.pieces:
            full = packed_records + piece.records > records or packed_bytes + piece.bytes > size
            if parts and full:
                yield tuple(parts)
                parts, packed_records, packed_bytes = [], 0, 0
            parts.append(Part(one.input, one.sha256, piece))
            packed_records += piece.records
            packed_bytes += piece.bytes
    if parts:
        yield tuple(parts)
