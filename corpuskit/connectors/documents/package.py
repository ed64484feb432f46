"""Parts of an Office package by their relationships (ECMA-376 part 2, Open Packaging Conventions).

Programs name parts as they like: Word Online writes word/document2.xml. What a part is for, the
relationships say.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.reasons import CORRUPT, LostError
from corpuskit.connectors.xml import attribute, children

_USUAL_DOCUMENT: Final = "word/document.xml"
_OTHERS: Final = ("xl/", "ppt/", "visio/")  # folders of sheets, slides and drawings


@dataclass(frozen=True, slots=True)
class Relationship:
    """What one part is to another one."""

    identity: str
    kind: str
    """The last step of its type, which the editions of the standard share: `officeDocument`."""
    target: str
    """The name of a part within the package."""


def main_document(archive: ZipArchive) -> str | None:
    """The name of the part with the document's text; None if the file is not such a package."""
    for relationship in relationships(archive, ""):
        target = relationship.target
        if relationship.kind == "officeDocument" and archive.has(target):
            return None if target.lower().startswith(_OTHERS) else target
    return _USUAL_DOCUMENT if archive.has(_USUAL_DOCUMENT) else None


def relationships(archive: ZipArchive, part: str) -> list[Relationship]:
    """The relationships of a part, or of the package itself (`""`), to other parts.

    None where they are missing or not XML: a document can be read without them.
    """
    folder, name = posixpath.split(part.lstrip("/"))
    member = posixpath.join(folder, "_rels", f"{name}.rels")
    if not archive.has(member):
        return []
    try:
        root = archive.xml(member)
    except LostError as lost:
        if lost.reason != CORRUPT:
            raise
        return []
    return [
        Relationship(
            attribute(element, "Id") or "",
            (attribute(element, "Type") or "").rpartition("/")[2],
            _resolved(attribute(element, "Target") or "", folder),
        )
        for element in children(root, "Relationship")
        if (attribute(element, "TargetMode") or "").lower() != "external"
    ]


def _resolved(target: str, folder: str) -> str:
    path = target.replace("\\", "/").partition("#")[0]
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")
