"""Bounded reading of what is packed in a ZIP file (EPUB, DOCX, ODT), and of the XML in it."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final
from unicodedata import normalize
from urllib.parse import unquote

from lxml import etree

from corpuskit.connectors import xml
from corpuskit.connectors.reasons import CORRUPT, ENCRYPTED, TOO_LARGE, LostError

MAX_MEMBER_BYTES: Final = 100_000_000
MAX_TOTAL_BYTES: Final = 200_000_000
"""Bytes that are unpacked of one member, and of a file. Markup takes some 10 times the room of its
text, of which 10 MB are read; a bomb packs a thousandfold and stops here."""

MAX_DIRECTORY_BYTES: Final = 10_000_000
"""Bytes of a directory: some 100,000 members. Documents have hundreds; each takes 0.5 kB of
memory."""

MAX_MARKUP: Final = 2_000_000
"""Tags and attributes of a member that is parsed as a whole: each takes some 0.2 kB of memory, and
a book of 1,000 pages has some 500,000."""

_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LOCATOR: Final = b"PK\x06\x07"
_LOCATOR_BYTES: Final = 20
_END_64: Final = b"PK\x06\x06"
_END_64_BYTES: Final = 56
_UTF8_NAME: Final = 1 << 11  # general purpose bit 11 (APPNOTE 4.4.4)

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
    """An open ZIP file. Every method raises LostError where the file is damaged or too large.

    Names of members are found whatever their case, slashes and Unicode form: programs differ, and
    package formats (ECMA-376 part 2, 6.2.2.3) say that case does not count.
    """

    def __init__(self, source: str | bytes, within: ZipArchive | None = None) -> None:
        """`source` is a path, or the bytes of a file that `within` holds as a member."""
        try:
            _check_directory(source)
            self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        except _ERRORS as error:
            raise LostError(CORRUPT, f"ZIP: {error}"[:200]) from None
        self._names: dict[str, str] = {}
        for info in self._zip.infolist():
            for name in _spellings(info):
                self._names.setdefault(_key(name), info.filename)
        self._members = frozenset(self._zip.namelist())
        self._budget: list[int] = within._budget if within else [MAX_TOTAL_BYTES]
        self.is_nested = within is not None

    def __enter__(self) -> ZipArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def find(self, name: str) -> str | None:
        """The member of that name as its own file spells it; None if there is none."""
        if name in self._members:
            return name
        return self._names.get(_key(name)) or self._names.get(_key(unquote(name)))

    def has(self, name: str) -> bool:
        """Whether there is a member of that name."""
        return self.find(name) is not None

    def read(self, name: str) -> bytes:
        """The content of a member."""
        member_name = self.find(name)
        if member_name is None:
            raise LostError(CORRUPT, f"{name} is missing")
        info = self._zip.getinfo(member_name)
        if info.flag_bits & 1:
            raise LostError(ENCRYPTED, name)
        limit = min(MAX_MEMBER_BYTES, self._budget[0])
        try:
            with self._zip.open(info) as member:
                content = member.read(limit + 1)
        except _ERRORS as error:
            raise LostError(CORRUPT, f"{name}: {error}"[:200]) from None
        if len(content) > limit:
            raise LostError(TOO_LARGE, f"{name}: more than {limit} bytes")
        self._budget[0] -= len(content)
        return content

    def xml(self, name: str) -> etree._Element:
        """The root element of a member. Entities are left alone: they may be bombs or files."""
        content = self.read(name)
        check_markup(name, content)
        try:
            return xml.parse(content)
        except ValueError as error:
            raise LostError(CORRUPT, f"{name}: {error}"[:200]) from None


def check_markup(name: str, content: bytes, limit: int = MAX_MARKUP) -> None:
    """LostError where markup has more tags and attributes than memory or time should be given."""
    count = content.count(b"<") + content.count(b'="') + content.count(b"='")
    if count > limit:
        raise LostError(TOO_LARGE, f"{name}: {count} tags and attributes")


def _spellings(info: zipfile.ZipInfo) -> list[str]:
    """The names that a member may go by: old programs wrote UTF-8 without saying so."""
    names = [info.filename]
    if not info.flag_bits & _UTF8_NAME and not info.filename.isascii():
        with suppress(UnicodeError):
            names.append(info.filename.encode("cp437").decode("utf-8"))
    return names


def _key(name: str) -> str:
    return normalize("NFC", name.replace("\\", "/").lstrip("/").removeprefix("./")).casefold()


def _check_directory(source: str | bytes) -> None:
    """LostError where the directory, which is read into memory, is too large."""
    with io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb") as file:
        size = _directory_bytes(file)
    if size > MAX_DIRECTORY_BYTES:
        raise LostError(TOO_LARGE, f"ZIP: a directory of {size} bytes")


def _directory_bytes(file: BinaryIO) -> int:
    """How many bytes of directory the end of the file claims (APPNOTE 4.3.14, 4.3.16)."""
    length = file.seek(0, 2)
    start = max(0, length - (1 << 16) - _END_BYTES)
    file.seek(max(0, start - _LOCATOR_BYTES - _END_64_BYTES))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_BYTES:
        return 0
    (size,) = struct.unpack_from("<L", tail, at + 12)
    end_64 = at - _LOCATOR_BYTES - _END_64_BYTES
    has_64 = end_64 >= 0 and tail.startswith(_LOCATOR, at - _LOCATOR_BYTES)
    if has_64 and tail.startswith(_END_64, end_64):
        (size,) = struct.unpack_from("<Q", tail, end_64 + 40)
    return int(size)
