"""Of which kind a document in a ZIP file is, by its members."""

from __future__ import annotations

from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents import epub, odt
from corpuskit.connectors.documents.package import main_document


def packed_kind(archive: ZipArchive) -> str | None:
    """epub, docx or odt; None for everything else."""
    if archive.has(epub.CONTAINER):
        return "epub"
    if main_document(archive) is not None:
        return "docx"
    return "odt" if archive.has(odt.CONTENT) else None
