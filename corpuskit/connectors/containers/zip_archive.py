"""Bounded reading of what is packed in a ZIP file (EPUB, DOCX, ODT), and of the XML in it."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from typing import Final

from lxml import etree

from corpuskit.connectors import xml
from corpuskit.connectors.reasons import CORRUPT, ENCRYPTED, TOO_LARGE, LostError

MAX_MEMBER_BYTES: Final = 100_000_000
MAX_TOTAL_BYTES: Final = 200_000_000
"""Bytes that are unpacked of one member, and of a file. Markup takes some 10 times the room of its
text, of which 10 MB are read; a bomb packs a thousandfold and stops here."""

_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,  # bzip2 says so of damage
    NotImplementedError,
    ValueError,
    RuntimeError,
)


class ZipArchive:
    """An open ZIP file. Every method raises LostError where the file is damaged or too large."""

    def __init__(self, path: str) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except _ERRORS as error:
            raise LostError(CORRUPT, f"ZIP: {error}"[:200]) from None
        self.names = frozenset(self._zip.namelist())
        self._left = MAX_TOTAL_BYTES

    def __enter__(self) -> ZipArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def read(self, name: str) -> bytes:
        """The content of a member."""
        if name not in self.names:
            raise LostError(CORRUPT, f"{name} is missing")
        info = self._zip.getinfo(name)
        if info.flag_bits & 1:
            raise LostError(ENCRYPTED, name)
        limit = min(MAX_MEMBER_BYTES, self._left)
        try:
            with self._zip.open(info) as member:
                content = member.read(limit + 1)
        except _ERRORS as error:
            raise LostError(CORRUPT, f"{name}: {error}"[:200]) from None
        if len(content) > limit:
            raise LostError(TOO_LARGE, f"{name}: more than {limit} bytes")
        self._left -= len(content)
        return content

    def xml(self, name: str) -> etree._Element:
        """The root element of a member. Entities are left alone: they may be bombs or files."""
        content = self.read(name)
        try:
            return xml.parse(content)
        except ValueError as error:
            raise LostError(CORRUPT, f"{name}: {error}"[:200]) from None
