"""Magic numbers: the first bytes of binary formats, and byte order marks.

The connectors read them to tell what a file is that nobody declared, the stage `decode` to find
binary data that was declared as text.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class MagicNumber(NamedTuple):
    """The first bytes of a format, and what each of the two readers calls it."""

    magic: bytes
    kind: str | None
    """In the detail of `decode/binary`; None where the stage `decode` does not look for it."""
    media_type: str | None
    """None where the connectors do not look for it and leave it to `decode`."""


MAGIC_NUMBERS: Final = tuple(
    MagicNumber(*row)
    for row in (
        (b"%PDF-", "pdf", "application/pdf"),
        (b"%!PS", "postscript", None),
        (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
        (b"\xff\xd8\xff", "jpeg", "image/jpeg"),
        (b"GIF87a", "gif", "image/gif"),
        (b"GIF89a", "gif", "image/gif"),
        (b"RIFF", "riff", "application/x-riff"),
        (b"PK\x03\x04", "zip", "application/zip"),
        (b"\x1f\x8b\x08", "gzip", "application/gzip"),
        (b"BZh9", "bzip2", "application/x-bzip2"),
        (b"BZh", None, "application/x-bzip2"),  # a text may well start with these three letters
        (b"\xfd7zXZ\x00", "xz", "application/x-xz"),
        (b"7z\xbc\xaf\x27\x1c", "7z", None),
        (b"Rar!\x1a\x07", "rar", None),
        (b"\x28\xb5\x2f\xfd", "zstd", "application/zstd"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole2", "application/x-ole-storage"),
        (b"{\\rtf", "rtf", None),
        (b"OggS", "ogg", "application/ogg"),
        (b"ID3\x03", "mp3", "audio/mpeg"),
        (b"ID3\x04", "mp3", "audio/mpeg"),
        (b"ID3", None, "audio/mpeg"),
        (b"wOFF", "woff", None),
        (b"wOF2", "woff2", None),
        (b"\x00\x01\x00\x00\x00", "truetype", None),
        (b"\x7fELF", "elf", "application/x-executable"),
        (b"\xca\xfe\xba\xbe", "class", None),
        (b"SQLite format 3\x00", "sqlite", "application/vnd.sqlite3"),
        (b"PAR1", None, "application/vnd.apache.parquet"),
        (b"WARC/", None, "application/warc"),
        (b"II*\x00", "tiff", None),
        (b"MM\x00*", "tiff", None),
        (b"\x00\x00\x01\x00", "ico", None),
        (b"FLV\x01", "flv", None),
        (b"CWS", "flash", None),
    )
)
"""The longer of two that start alike comes first (MIME Sniffing Standard, section 6, and the
formats' own documents)."""

BYTE_ORDER_MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32le"),  # before UTF-16: its first two bytes are the same
    (b"\x00\x00\xfe\xff", "utf-32be"),
    (b"\xff\xfe", "utf-16le"),
    (b"\xfe\xff", "utf-16be"),
)
"""Marks with their encodings (Unicode Standard, section 23.8)."""
