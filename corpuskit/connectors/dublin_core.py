"""What a document, or a catalogue's record of one, says about itself in Dublin Core."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from lxml import etree

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.parts import DocumentMetadata
from corpuskit.connectors.xml import all_texts, first_text
from corpuskit.document import Evidence, RawRecord
from corpuskit.licenses import spdx_in

_MAX_VALUE: Final = 500
"""Characters of a statement that are kept: an address or a sentence, not a contract."""


def dublin_core(root: etree._Element, where: str) -> DocumentMetadata:
    """Title, language and rights of the elements below `root`; `where` is told as evidence."""
    return DocumentMetadata(
        title=first_text(root, "title"),
        language=first_text(root, "language"),
        rights=[(text, f"{where}: dc:rights") for text in all_texts(root, "rights")],
    )


def dublin_core_of(archive: ZipArchive, member: str) -> DocumentMetadata:
    """What the Dublin Core elements of a ZIP's member say; nothing without it."""
    if not archive.has(member):
        return DocumentMetadata()
    return dublin_core(archive.xml(member), member)


def declare(
    record: RawRecord,
    rights: Sequence[tuple[str, str]],
    license_of: Callable[[str], str | None] = spdx_in,
) -> None:
    """Keep statements about rights as evidence; the license is the only one that they name.

    Each comes with where it stands. Words alone ("free to copy") are evidence for people.
    """
    record.license_evidence = [
        Evidence(kind="rights", value=value[:_MAX_VALUE], where=where) for value, where in rights
    ]
    licenses = sorted({spdx for value, _ in rights if (spdx := license_of(value))})
    if len(licenses) == 1:
        record.license, record.license_confidence = licenses[0], "declared"
