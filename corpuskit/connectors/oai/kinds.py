"""Of which kind a document is, by its bytes: servers declare PDF as anything."""

from __future__ import annotations

from corpuskit.connectors import sniff
from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents import pdf
from corpuskit.connectors.documents.packed import packed_kind
from corpuskit.connectors.reasons import LostError


def kind_of(content: bytes) -> str | None:
    """pdf, html, epub, docx or odt; None for everything else."""
    if b"%PDF-" in content[: pdf.HEAD]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    return "html" if sniff.sniff(content) in (sniff.HTML, sniff.XHTML) else None


def _packed(content: bytes) -> str | None:
    try:
        with ZipArchive(content) as archive:
            return packed_kind(archive)
    except LostError:
        return None
