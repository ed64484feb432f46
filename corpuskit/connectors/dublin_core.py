"""What a document, or a catalogue's record of one, says about itself in Dublin Core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents.parts import DocumentMetadata
from corpuskit.connectors.xml import all_texts, attribute, first_text, local
from corpuskit.document import Evidence, RawRecord
from corpuskit.licenses.expression import stated_license
from corpuskit.licenses.terms import most_restrictive

_MAX_VALUE: Final = 500
"""Characters of a statement that are kept: an address or a sentence, not a contract."""


def dublin_core(root: etree._Element, where: str) -> DocumentMetadata:
    """Title, language and rights of the elements below `root`; `where` is told as evidence."""
    return DocumentMetadata(
        title=first_text(root, "title"),
        language=first_text(root, "language"),
        rights=[
            *((text, f"{where}: dc:rights") for text in all_texts(root, "rights", "license")),
            *_properties(root, where),
        ],
    )


_RIGHTS_NAMES: Final = frozenset(("license", "licence", "rights", "copyright", "lisensi", "lesen"))


def _properties(root: etree._Element, where: str) -> Iterator[tuple[str, str]]:
    """Properties that a user defined: of ODT (`meta:user-defined`) and DOCX (`property`)."""
    for element in root.iter():
        if local(element) in ("user-defined", "property"):
            name = (attribute(element, "name") or "").strip()
            text = " ".join("".join(map(str, element.itertext())).split())
            if name.lower() in _RIGHTS_NAMES and text:
                yield text, f"{where}: {name}"


def dublin_core_of(archive: ZipArchive, member: str, *others: str) -> DocumentMetadata:
    """What the Dublin Core elements of a ZIP's member say; nothing without it. `others` are members
    whose statements about rights are added."""
    about = dublin_core(archive.xml(member), member) if archive.has(member) else DocumentMetadata()
    for other in others:
        if archive.has(other):
            about.rights += dublin_core(archive.xml(other), other).rights
    return about


def declare(record: RawRecord, rights: Sequence[tuple[str, str]]) -> None:
    """Keep statements about rights as evidence, each with its place, and the license that
    they name; of several the most restrictive, and the conflict as evidence.

    Words alone ("free to copy") are evidence for people.
    """
    record.license_evidence = [
        Evidence(kind="rights", value=value[:_MAX_VALUE], where=where) for value, where in rights
    ]
    licenses = sorted({spdx for value, _ in rights if (spdx := stated_license(value))})
    if len(licenses) > 1:
        conflict = Evidence(kind="conflict", value=" / ".join(licenses), where="document")
        record.license_evidence.append(conflict)
    if license_ := most_restrictive(licenses):
        record.license, record.license_confidence = license_, "declared"
