"""What a PDF says about its rights: its information dictionary and its XMP metadata."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from corpuskit.connectors.xml import all_texts, attribute, local, parse

_KEYS: Final = ("License", "Licence", "Rights", "Copyright")
"""Keys of the information dictionary that writers add; the standard has none for rights."""
_START: Final = b"<x:xmpmeta"
_END: Final = b"</x:xmpmeta>"
_MAX_PACKETS: Final = 4
"""A file that was saved anew holds the old packets too; the last one is the document's."""
_MAX_PACKET: Final = 1_000_000


def pdf_rights(path: str, document: Any) -> list[tuple[str, str]]:
    """Statements about rights, each with its place.

    XMP is searched for in the bytes of the file: it is to be stored without compression and
    encryption (PDF 1.7 reference, 10.2.2), so that programs find it that do not read PDF.
    """
    values = ((key, document.get_metadata_value(key).strip().strip("\0")) for key in _KEYS)
    rights = [(text, f"Info: {key}") for key, text in values if text]
    packet = _last_packet(path)
    return [*rights, *_in_packet(packet)] if packet else rights


def _last_packet(path: str) -> bytes:
    with (
        Path(path).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        stop = len(data)
        for _ in range(_MAX_PACKETS):
            start = data.rfind(_START, 0, stop)
            if start < 0:
                return b""
            end = data.find(_END, start, start + _MAX_PACKET)
            if end >= 0:
                return bytes(data[start : end + len(_END)])
            stop = start
    return b""


def _in_packet(packet: bytes) -> Iterator[tuple[str, str]]:
    """dc:rights, xmpRights:UsageTerms and WebStatement, cc:license of a packet (XMP, part 1)."""
    try:
        root = parse(packet)
    except ValueError:
        return
    for element in root.iter():
        name = local(element)
        if name in ("rights", "UsageTerms"):
            for text in all_texts(element, "li", name):
                yield text, f"XMP: {name}"
        elif name in ("WebStatement", "license"):
            text = attribute(element, "resource") or " ".join((element.text or "").split())
            if text:
                yield text, f"XMP: {name}"
        elif name == "Description":
            for key in ("WebStatement", "license", "rights"):
                if stated := attribute(element, key):
                    yield stated, f"XMP: {key}"
