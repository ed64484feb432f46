"""Bounded reading of what is packed in a ZIP file (EPUB, DOCX, ODT), and of the XML in it."""

from __future__ import annotations

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from lxml import etree

from corpuskit.connectors.documents.parts import About, LostError
from corpuskit.connectors.reasons import CORRUPT, ENCRYPTED, TOO_LARGE

MAX_MEMBER_BYTES: Final = 100_000_000
MAX_TOTAL_BYTES: Final = 200_000_000
"""Bytes that are unpacked of one member, and of a file. Markup takes some 10 times the room of its
text, of which 10 MB are read; a bomb packs a thousandfold and stops here."""

_SPACES = re.compile(r"\s+")
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


class Archive:
    """An open ZIP file. Everything raises LostError where the file is damaged or too large."""

    def __init__(self, path: str) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except _ERRORS as error:
            raise LostError(CORRUPT, f"ZIP: {error}"[:200]) from None
        self.names = frozenset(self._zip.namelist())
        self._left = MAX_TOTAL_BYTES

    def __enter__(self) -> Archive:
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
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        content = self.read(name)
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise LostError(CORRUPT, f"{name}: {error}"[:200]) from None
        if root is None:
            raise LostError(CORRUPT, f"{name}: no element")
        return root


def local(element: etree._Element) -> str:
    """An element's name without its namespace; empty for comments, entities and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name without the namespace: it differs between editions of a format."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of those names."""
    return (child for child in element if local(child) in names)


def first_text(root: etree._Element, name: str) -> str | None:
    """The text of the first element of that name that has any, on one line."""
    return next(all_texts(root, name), None)


def all_texts(root: etree._Element, name: str) -> Iterator[str]:
    """The text of every element of that name that has any, on one line."""
    for element in root.iter():
        if local(element) == name and (text := _SPACES.sub(" ", element.text or "").strip()):
            yield text


def dublin_core(archive: Archive, member: str) -> About:
    """Title, language and rights as Dublin Core elements of a member say them."""
    if member not in archive.names:
        return About()
    root = archive.xml(member)
    return About(
        title=first_text(root, "title"),
        language=first_text(root, "language"),
        rights=[(text, f"{member}: dc:rights") for text in all_texts(root, "rights")],
    )
