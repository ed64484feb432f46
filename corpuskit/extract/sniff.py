"""What bytes look like before anything is believed that was declared about them."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

_SIGNATURES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "pdf"),
    (b"%!PS", "postscript"),
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh9", "bzip2"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole2"),
    (b"{\\rtf", "rtf"),
    (b"RIFF", "riff"),
    (b"OggS", "ogg"),
    (b"ID3\x03", "mp3"),
    (b"ID3\x04", "mp3"),
    (b"wOFF", "woff"),
    (b"wOF2", "woff2"),
    (b"\x00\x01\x00\x00\x00", "truetype"),
    (b"\x7fELF", "elf"),
    (b"\xca\xfe\xba\xbe", "class"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\x00\x00\x01\x00", "ico"),
    (b"FLV\x01", "flv"),
    (b"CWS", "flash"),
)
"""First bytes of formats that crawls deliver where text was declared (MIME Sniffing Standard,
section 6, and the formats' own documents)."""

_BOMS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),  # before UTF-16: its first two bytes are the same
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)

_SNIFFED = 65_536
"""Bytes looked at: enough for the statistics below, bounded for a page of 200 MB."""

_MAX_CONTROL_SHARE = 0.05
"""Random or compressed bytes hold about 10 % of the control characters counted here (26 of
256 values); text holds none but strays, which in a short text are a large share."""

_FEW_CONTROLS = 8

_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_MIN_HIGH_BYTE_SHARE = 0.6
_MAX_LOW_BYTE_SHARE = 0.2
"""Half of the bytes of UTF-16 text name the block: 0x00 in Latin, 0x17 in Khmer, 0x0E in Thai
and Lao, 0x10 in Burmese. That value fills one of the two positions (letters of one script and
ASCII: 97 % on the Khmer and Thai pages of the WARC test set) and hardly the other."""


def bom_of(content: bytes) -> tuple[str, int] | None:
    """Encoding and length of a byte order mark at the start, None if there is none."""
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name, len(mark)
    return None


def unmarked_utf16(content: bytes) -> str | None:
    """`utf-16le` or `utf-16be` if the bytes are UTF-16 without a byte order mark."""
    sample = np.frombuffer(content[:_SNIFFED], dtype=np.uint8)
    sample = sample[: len(sample) // 2 * 2].reshape(-1, 2)
    if len(sample) < 2:
        return None
    for name, high in (("utf-16le", 1), ("utf-16be", 0)):
        counts = np.bincount(sample[:, high], minlength=256)
        counts[0x20:0x7F] = 0  # no block of living scripts but CJK; plain ASCII would fit
        block = int(counts.argmax())
        # ASCII inside Thai text has the high byte 0, the block's own is the other
        share = (counts[block] + (counts[0] if block else 0)) / len(sample)
        other = float((sample[:, 1 - high] == block).mean())
        if share >= _MIN_HIGH_BYTE_SHARE and other <= _MAX_LOW_BYTE_SHARE and counts[0] > 0:
            return name
    return None


def binary_kind(content: bytes) -> str | None:
    """What kind of binary data this is, None for what may be text.

    The bytes must not be UTF-16 or UTF-32, whose Latin text is half zero bytes.
    """
    start = content[:64].lstrip(b"\r\n\t ")
    for signature, kind in _SIGNATURES:
        if start.startswith(signature) or content.startswith(signature):
            return kind
    if start[4:8] == b"ftyp":
        return "mp4"
    sample = content[:_SNIFFED]
    if len(_CONTROLS.findall(sample)) > max(_FEW_CONTROLS, _MAX_CONTROL_SHARE * len(sample)):
        return "control characters"
    return None
