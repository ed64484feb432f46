"""Magic numbers: the first bytes of binary formats, and byte order marks.

The connectors read them to tell what a file is that nobody declared, the stage `decode` to find
binary data that was declared as text.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class MagicNumber(NamedTuple):
    """The first bytes of a format, and what each of the two readers calls it."""

    magic: bytes
    kind: str | None
    """In the detail of `decode/binary`; None where the stage `decode` does not look for it."""
    media_type: str | None
    """None where the connectors do not look for it and leave it to `decode`."""
    header: re.Pattern[bytes] | None = None
    """The header from its first byte, where the magic alone might start a text."""

    def matches(self, content: bytes) -> bool:
        """Whether `content` starts with the format's header."""
        if not content.startswith(self.magic):
            return False
        return self.header is None or self.header.match(content) is not None


_BZIP2: Final = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)", re.DOTALL)
_FLASH: Final = re.compile(
    rb".WS[\x01-\x40].{3}[\x00-\x08]", re.DOTALL
)  # version, length: below 144 MB
_GIF: Final = re.compile(rb"GIF8[79]a.{0,20}?[\x00-\x08\x0e-\x1a]", re.DOTALL)
_ID3: Final = re.compile(rb"ID3[\x02-\x04][^\xff].[\x00-\x7f]{4}", re.DOTALL)
_OGG: Final = re.compile(rb"OggS\x00", re.DOTALL)
_PARQUET: Final = re.compile(rb"PAR1[\x00-\x1f]", re.DOTALL)
_RIFF: Final = re.compile(rb"RIFF.{4}(?:WAVE|AVI |WEBP|ACON|RMID|CDDA|RDIB|sfbk)", re.DOTALL)
_WARC: Final = re.compile(rb"WARC/\d\.\d+[ \t]*\r?\n", re.DOTALL)
_WOFF: Final = re.compile(rb"wOF[F2](?:\x00\x01\x00\x00|OTTO|true|ttcf)", re.DOTALL)

MAGIC_NUMBERS: Final = (
    MagicNumber(b"%PDF-", "pdf", "application/pdf"),
    MagicNumber(b"%!PS", "postscript", None),
    MagicNumber(b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    MagicNumber(b"\xff\xd8\xff", "jpeg", "image/jpeg"),
    MagicNumber(b"GIF87a", "gif", "image/gif", _GIF),
    MagicNumber(b"GIF89a", "gif", "image/gif", _GIF),
    MagicNumber(b"RIFF", "riff", "application/x-riff", _RIFF),
    MagicNumber(b"PK\x03\x04", "zip", "application/zip"),
    MagicNumber(b"\x1f\x8b\x08", "gzip", "application/gzip"),
    MagicNumber(b"BZh", "bzip2", "application/x-bzip2", _BZIP2),
    MagicNumber(b"\xfd7zXZ\x00", "xz", "application/x-xz"),
    MagicNumber(b"7z\xbc\xaf\x27\x1c", "7z", None),
    MagicNumber(b"Rar!\x1a\x07", "rar", None),
    MagicNumber(b"\x28\xb5\x2f\xfd", "zstd", "application/zstd"),
    MagicNumber(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole2", "application/x-ole-storage"),
    MagicNumber(b"{\\rtf", "rtf", None),
    MagicNumber(b"OggS", "ogg", "application/ogg", _OGG),
    MagicNumber(b"ID3", "mp3", "audio/mpeg", _ID3),
    MagicNumber(b"wOFF", "woff", None, _WOFF),
    MagicNumber(b"wOF2", "woff2", None, _WOFF),
    MagicNumber(b"\x00\x01\x00\x00\x00", "truetype", None),
    MagicNumber(b"\x7fELF", "elf", "application/x-executable"),
    MagicNumber(b"\xca\xfe\xba\xbe", "class", None),
    MagicNumber(b"SQLite format 3\x00", "sqlite", "application/vnd.sqlite3"),
    MagicNumber(b"PAR1", None, "application/vnd.apache.parquet", _PARQUET),
    MagicNumber(b"WARC/", None, "application/warc", _WARC),
    MagicNumber(b"II*\x00", "tiff", None),
    MagicNumber(b"MM\x00*", "tiff", None),
    MagicNumber(b"\x00\x00\x01\x00", "ico", None),
    MagicNumber(b"FLV\x01", "flv", None),
    MagicNumber(b"CWS", "flash", None, _FLASH),
    MagicNumber(b"FWS", "flash", None, _FLASH),
    MagicNumber(b"ZWS", "flash", None, _FLASH),
)
"""MIME Sniffing Standard, section 6, and the formats' own documents."""

BYTE_ORDER_MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),  # before UTF-16: its first two bytes are the same
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
"""Marks with their encodings (Unicode Standard, section 23.8)."""
