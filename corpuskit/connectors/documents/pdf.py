"""Text of a PDF by pypdfium2: its pages' lines as paragraphs, or why there is none."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from corpuskit.about import install_hint
from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.documents import reflow, text_layer
from corpuskit.connectors.documents.legacy_fonts import FontCount
from corpuskit.connectors.documents.parts import DocumentMetadata, DocumentPart
from corpuskit.connectors.documents.pdf_bounds import check_bounds
from corpuskit.connectors.documents.pdf_bullets import with_bullets
from corpuskit.connectors.documents.pdf_char import Char
from corpuskit.connectors.documents.pdf_chars import PdfLine, lines_of, page_chars
from corpuskit.connectors.documents.pdf_rights import pdf_rights
from corpuskit.connectors.reasons import CORRUPT, ENCRYPTED, TOO_LARGE, LostError
from corpuskit.errors import SourceError

HEAD: Final = 1024
"""Bytes in which a PDF may begin (PDF 1.7 reference, appendix H, note 13)."""

MAX_PAGES: Final = 10_000
"""Pages of a PDF that is read; the longest books have some 5,000."""


MAX_PAGE_CHARS: Final = 500_000
"""Characters of a page, of which print has some 5,000: each takes 0.2 kB of memory."""


def pdfium() -> Any:
    """The module pypdfium2; SourceError where it is not installed."""
    try:
        import pypdfium2
    except ImportError:
        raise SourceError(f"reading PDF needs pypdfium2: {install_hint('documents')}") from None
    return pypdfium2


def read_pdf(path: str) -> tuple[DocumentMetadata, list[DocumentPart]]:
    """What the PDF says about itself, and its text as one part; LostError where there is none."""
    library = pdfium()
    check_bounds(path)
    with _opened(library, path) as document:
        about = _about(library.raw, document)
        about.rights = pdf_rights(path, document)
        pages, fonts, unmapped = _lines(library, document)
    fonts.check()
    # the gate looks at lines as they are: joining them would hide nothing, but need not be done
    text_layer.check("\n".join(line.text for page in pages for line in page), len(pages), unmapped)
    paragraphs = reflow.paragraphs(reflow.without_running_heads(pages))
    return about, [DocumentPart("\n".join(paragraphs))]


@contextmanager
def _opened(library: Any, path: str) -> Iterator[Any]:
    try:
        document = library.PdfDocument(path)
    except library.PdfiumError as error:
        code = getattr(error, "err_code", None)
        protected = code in (library.raw.FPDF_ERR_PASSWORD, library.raw.FPDF_ERR_SECURITY)
        raise LostError(ENCRYPTED if protected else CORRUPT, f"PDF: {error}"[:200]) from None
    try:
        yield document
    finally:
        document.close()


def _lines(library: Any, document: Any) -> tuple[list[list[PdfLine]], FontCount, int]:
    pages: list[list[PdfLine]] = []
    fonts, unmapped, size = FontCount(), 0, 0
    if not 0 < len(document) <= MAX_PAGES:
        raise LostError(TOO_LARGE if len(document) else CORRUPT, f"{len(document)} pages")
    for index in range(len(document)):
        chars, width = _page(library, document, index)
        chars = with_bullets(chars)
        for char in chars:
            fonts.add(char.font, char.text)
            unmapped += char.unmapped
        pages.append(lines_of(chars, width))
        size += sum(len(line.text.encode()) for line in pages[-1])
        if size > MAX_CONTENT_BYTES:
            raise LostError(TOO_LARGE, f"more than {MAX_CONTENT_BYTES} bytes of text")
    return pages, fonts, unmapped


def _page(library: Any, document: Any, index: int) -> tuple[list[Char], float]:
    """The characters of a page and its width in points; LostError where the page is damaged."""
    try:
        page = document[index]
        textpage = page.get_textpage()
    except library.PdfiumError as error:
        raise LostError(CORRUPT, f"page {index + 1}: {error}"[:200]) from None
    try:
        if library.raw.FPDFText_CountChars(textpage.raw) > MAX_PAGE_CHARS:
            raise LostError(TOO_LARGE, f"page {index + 1}: more than {MAX_PAGE_CHARS} characters")
        return list(page_chars(library.raw, page.raw, textpage.raw)), page.get_width()
    finally:
        textpage.close()
        page.close()


def _about(raw: Any, document: Any) -> DocumentMetadata:
    """Title and language. A PDF says when it was made, not when it was published."""
    title = document.get_metadata_value("Title").strip().strip("\0")
    return DocumentMetadata(title=title or None, language=_language(raw, document))


def _language(raw: Any, document: Any) -> str | None:
    length = raw.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if length <= 2:  # UTF-16 with its end
        return None
    buffer = ctypes.create_string_buffer(length)
    pointer = ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))
    raw.FPDFCatalog_GetLanguage(document.raw, pointer, length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace").strip() or None
