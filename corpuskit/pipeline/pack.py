"""Pack pieces of inputs into tasks of a bounded size, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from corpuskit.pipeline.map_tasks import InputPiece, ScannedInput

TASK_RECORDS: Final = 1_000
TASK_BYTES: Final = 64_000_000
"""Bounds of a task: small enough that a crash costs seconds, large enough that a worker
spends its time working (extraction runs at about 20 to 50 documents a second)."""


def pack(
    scanned: Iterable[ScannedInput], records: int = TASK_RECORDS, size: int = TASK_BYTES
) -> Iterator[tuple[InputPiece, ...]]:
    """Tasks of consecutive pieces, closed before they pass `records` or `size` bytes.

    How a source is packed changes which task a record is in, never what comes of it.
    """
    pieces: list[InputPiece] = []
    packed_records = packed_bytes = 0
    for item in scanned:
        for piece in item.pieces:
            full = packed_records + piece.records > records or packed_bytes + piece.bytes > size
            if pieces and full:
                yield tuple(pieces)
                pieces, packed_records, packed_bytes = [], 0, 0
            pieces.append(InputPiece(item.input, item.sha256, piece, item.lost))
            packed_records += piece.records
            packed_bytes += piece.bytes
    if pieces:
        yield tuple(pieces)
