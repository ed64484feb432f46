"""The connector `documents`: PDF, EPUB, DOCX and ODT files from a folder.

A document is a record of plain text, a long EPUB one a chapter. What a file is its bytes tell,
not its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import ClassVar, Final

from pydantic import Field

from corpuskit.connectors.base import (
    MAX_CONTENT_BYTES,
    Connector,
    ConnectorOptions,
    Input,
    Piece,
)
from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.containers.zip_archive import ZipArchive
from corpuskit.connectors.documents import docx, epub, odt, pdf
from corpuskit.connectors.documents.packed import packed_kind
from corpuskit.connectors.documents.parts import MAX_FILE_BYTES, DocumentMetadata, DocumentPart
from corpuskit.connectors.dublin_core import declare
from corpuskit.connectors.jsonl import utc
from corpuskit.connectors.paths import list_inputs
from corpuskit.connectors.reasons import (
    EMPTY,
    ENCRYPTED,
    TOO_LARGE,
    UNREADABLE,
    UNSUPPORTED_TYPE,
    LostError,
)
from corpuskit.connectors.sniff import TEXT, sniff
from corpuskit.document import RawRecord
from corpuskit.store import file_sha256
from corpuskit.surrogates import well_formed

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 2.3.4.4
_ZIP: Final = b"PK\x03\x04"
_READERS: Final[
    dict[str | None, Callable[[ZipArchive], tuple[DocumentMetadata, list[DocumentPart]]]]
] = {"epub": epub.read_epub, "docx": docx.read_docx, "odt": odt.read_odt}


class DocumentsOptions(ConnectorOptions):
    """What a [[source]] says to the connector `documents`."""

    path: str = Field(description="A file, a folder or a glob, relative to the recipe.")
    captured: datetime | date | None = Field(
        None, description="When the files were fetched; kept as fetched_at in every row."
    )


class DocumentsConnector(Connector):
    """Text from PDF (with pypdfium2: the extra `documents`), EPUB, DOCX and ODT files."""

    name: ClassVar[str] = "documents"
    version: ClassVar[str] = "4"
    source_type: ClassVar[str] = "file"
    libraries: ClassVar[tuple[str, ...]] = ("icu4py", "lxml", "packaging", "pypdfium2")
    Options: ClassVar[type[ConnectorOptions]] = DocumentsOptions
    options: DocumentsOptions

    def inputs(self) -> list[Input]:
        """The files in the order of their names; SourceError where PDF needs the extra."""
        items = list_inputs(self.options.path, self.root)
        if any(item.name.lower().endswith(".pdf") for item in items):
            pdf.pdfium()
        return items

    def scan(self, item: Input) -> list[Piece]:
        """One piece: a document is read as a whole."""
        try:
            size = Path(item.path).stat().st_size
        except OSError:  # read() says why
            size = 0
        return [Piece(0, 1, 1, size)]

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The record of a document, or those of its items."""
        ref = item.name
        try:
            open_binary(item.path).close()  # a pipe would be waited for
            ref = f"{item.name}@sha256:{item.sha256 or file_sha256(item.path)}"
            about, parts = read_document(item.path)
        except OSError as error:
            yield RawRecord(source_ref=ref, reason=UNREADABLE, detail=error.strerror)
        except LostError as lost:
            yield self._record(
                ref, DocumentMetadata(), DocumentPart(reason=lost.reason, detail=lost.detail)
            )
        else:
            for part in parts or [DocumentPart()]:
                yield self._record(ref, about, part)

    def _record(self, ref: str, about: DocumentMetadata, part: DocumentPart) -> RawRecord:
        record = to_record(ref, about, part)
        captured = self.options.captured
        record.fetched_at = utc(captured) if captured else None
        return record


def to_record(ref: str, about: DocumentMetadata, part: DocumentPart) -> RawRecord:
    """The raw record of a part of the document that `ref` names."""
    record = RawRecord(
        source_ref=f"{ref}#{part.item}" if part.item else ref,
        content_type=TEXT,
        charset="utf-8",
        title=part.title or about.title,
        lang_declared=about.language,
        published_at=about.published_at,
        published_at_source="meta" if about.published_at else None,
        reason=part.reason,
        detail=part.detail,
    )
    declare(record, about.rights)
    content = well_formed(part.text).encode()
    if part.reason is None and not content.strip():
        record.reason, record.detail = EMPTY, "no text"
    elif len(content) > MAX_CONTENT_BYTES:
        record.reason, record.detail = TOO_LARGE, f"{len(content)} bytes of text"
    elif part.reason is None:
        record.content = content
    return record


def read_document(path: str) -> tuple[DocumentMetadata, list[DocumentPart]]:
    """What a document says about itself and its text, in parts.

    Raises LostError for a document without text or of no known kind, OSError where the file
    cannot be read.
    """
    with open_binary(path) as file:
        head = file.read(pdf.HEAD)
        size = file.seek(0, 2)
    if not head:
        raise LostError(EMPTY, "0 bytes")
    if size > MAX_FILE_BYTES:
        raise LostError(TOO_LARGE, f"a file of {size} bytes")
    if b"%PDF-" in head and not head.startswith(_ZIP):
        return pdf.read_pdf(path)
    if _ZIP in head:  # a program that unpacks itself may stand before it
        return _zipped(path)
    if head.startswith(_OLE) and _holds(path, _PACKAGE):
        raise LostError(ENCRYPTED, "an encrypted Office document")
    raise LostError(UNSUPPORTED_TYPE, sniff(head))


def _zipped(path: str) -> tuple[DocumentMetadata, list[DocumentPart]]:
    with ZipArchive(path) as archive:
        if reader := _READERS.get(packed_kind(archive)):
            return reader(archive)
    raise LostError(UNSUPPORTED_TYPE, "application/zip")


def _holds(path: str, wanted: bytes) -> bool:
    with open_binary(path) as file:
        before = b""
        while chunk := file.read(1 << 20):
            if wanted in before + chunk:
                return True
            before = chunk[-len(wanted) :]
    return False
