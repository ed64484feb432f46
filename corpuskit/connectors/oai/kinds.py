"""Of which kind a document is, by its bytes: servers declare PDF as anything."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from corpuskit.connectors import sniff
from corpuskit.connectors.documents import docx, epub, odt, pdf

_PACKED: Final = {epub.CONTAINER: "epub", docx.DOCUMENT: "docx", odt.CONTENT: "odt"}


def kind_of(content: bytes) -> str | None:
    """pdf, html, epub, docx or odt; None for everything else."""
    if b"%PDF-" in content[: pdf.HEAD]:
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    return "html" if sniff.sniff(content) in (sniff.HTML, sniff.XHTML) else None


def _packed(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            names = set(file.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    return next((kind for name, kind in _PACKED.items() if name in names), None)
