"""What bytes look like, before any declaration about them is believed."""

from __future__ import annotations

from typing import Final

import numpy as np

from corpuskit.magic import BYTE_ORDER_MARKS, MAGIC_NUMBERS

_SIGNATURES: Final = tuple((row, row.kind) for row in MAGIC_NUMBERS if row.kind)
"""Formats that crawls deliver where text was declared."""

_FIRST_BYTES: Final = frozenset(row.magic[:1] for row, _ in _SIGNATURES)

_SNIFFED = 65_536
"""Bytes examined: enough for the statistics below, bounded for a page of 200 MB."""

_MAX_CONTROL_SHARE = 0.05
"""Random or compressed bytes hold about 10 % of the control characters counted here (26 of
256 values); text has only a stray one now and then, which in a short text is a large share."""

_FEW_CONTROLS = 8

_CONTROLS: Final = bytes((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)))

_MIN_HIGH_BYTE_SHARE = 0.6
_MAX_LOW_BYTE_SHARE = 0.2
"""Half of the bytes of UTF-16 text name the block: 0x00 in Latin, 0x17 in Khmer, 0x0E in Thai
and Lao, 0x10 in Burmese. That value fills one of the two positions (letters of one script and
ASCII: 97 % on the Khmer and Thai pages of the WARC test set) and is rare in the other."""


def bom_of(content: bytes) -> tuple[str, int] | None:
    """Encoding and length of a byte order mark at the start, None if there is none."""
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return name, len(mark)
    return None


def unmarked_utf16(content: bytes) -> str | None:
    """`utf-16le` or `utf-16be` if the bytes are UTF-16 without a byte order mark."""
    if content.find(0, 0, _SNIFFED) < 0:  # its spaces, digits and line ends have a zero byte
        return None
    return _utf16_by_counts(content)


def _utf16_by_counts(content: bytes) -> str | None:
    sample = np.frombuffer(content[:_SNIFFED], dtype=np.uint8)
    sample = sample[: len(sample) // 2 * 2].reshape(-1, 2)
    if len(sample) < 2:
        return None
    for name, high in (("utf-16le", 1), ("utf-16be", 0)):
        counts = np.bincount(sample[:, high], minlength=256)
        counts[0x20:0x7F] = (
            0  # of living scripts only CJK uses these blocks; plain ASCII would match
        )
        block = int(counts.argmax())
        # ASCII inside Thai text has the high byte 0
        share = (counts[block] + (counts[0] if block else 0)) / len(sample)
        other = float((sample[:, 1 - high] == block).mean())
        if share >= _MIN_HIGH_BYTE_SHARE and other <= _MAX_LOW_BYTE_SHARE and counts[0] > 0:
            return name
    return None


def binary_kind(content: bytes) -> str | None:
    """The kind of binary data; None if the bytes may be text.

    Not for UTF-16 or UTF-32, whose Latin text has at least half zero bytes.
    """
    start = content[:64].lstrip(b"\r\n\t ")
    if start[:1] in _FIRST_BYTES or content[:1] in _FIRST_BYTES:
        for row, kind in _SIGNATURES:
            if row.matches(start) or row.matches(content):
                return kind
    if start[4:8] == b"ftyp":
        return "mp4"
    sample = content[:_SNIFFED]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls > max(_FEW_CONTROLS, _MAX_CONTROL_SHARE * len(sample)):
        return "control characters"
    return None
