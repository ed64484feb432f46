"""From a kept document to raw records that carry what the repository says of it."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.containers.http_message import Message, decode_content, parse_message
from corpuskit.connectors.containers.warc_format import WARC
from corpuskit.connectors.containers.warc_records import parse_date
from corpuskit.connectors.documents.connector import read_document, to_record
from corpuskit.connectors.documents.parts import DocumentPart
from corpuskit.connectors.fetching import opt_outs
from corpuskit.connectors.reasons import CORRUPT, TOO_LARGE, LostError
from corpuskit.connectors.sniff import HTML
from corpuskit.document import Evidence, RawRecord, Robots
from corpuskit.licenses.terms import most_restrictive

MAX_DECODED: Final = 200_000_000
"""Bytes of a document without its content coding: what was fetched has at most 64 MB."""


def rows(record: RawRecord, kept: dict[str, Any], folder: Path) -> list[RawRecord] | Damage:
    """The raw records of a record's document, or why there is none.

    `record` says what the repository says, `kept` is what became of its document.
    """
    if "file" not in kept:
        return Damage(kept.get("reason") or "", kept.get("detail") or "")
    try:
        fields, message = _message(folder / kept["file"], kept["sha256"])
    except LostError as lost:
        return Damage(lost.reason, lost.detail or "")
    _describe(record, kept, fields, message)
    content, damage = decode_content(
        message.body, message.headers.get("content-encoding", ""), MAX_DECODED
    )
    if damage is not None:
        return damage
    if kept["kind"] == "html":
        return _page(record, message, content)
    try:
        return list(_of_file(record, content))
    except LostError as lost:
        return Damage(lost.reason, lost.detail or "")


def _message(path: Path, sha256: str) -> tuple[dict[str, str], Message]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LostError(CORRUPT, f"{path.name}: {error.strerror}") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise LostError(CORRUPT, f"{path.name} is not what was kept")
    record = gzip.decompress(content)
    head = WARC.parse(record)
    assert head is not None  # its digest says that it is what was written
    return head.fields, parse_message(record[head.size : head.size + head.block])


def _describe(
    record: RawRecord, kept: dict[str, Any], fields: dict[str, str], message: Message
) -> None:
    at = kept["robots"]["checked_at"]
    checked = datetime.fromisoformat(at) if at else None
    record.robots = Robots(**{**kept["robots"], "checked_at": checked})  # type: ignore[typeddict-item]  # as it was written
    record.tdm = opt_outs.verdict(kept["tdm"]["signals"])
    record.url, record.fetched_at = kept["url"], parse_date(fields.get("warc-date", ""))
    record.payload_digest = fields.get("warc-payload-digest")
    record.http_status, record.headers = message.status, message.headers


def _page(record: RawRecord, message: Message, content: bytes) -> list[RawRecord] | Damage:
    if len(content) > MAX_CONTENT_BYTES:
        return Damage(TOO_LARGE, f"{len(content)} bytes")
    record.content, record.content_type, record.charset = content, HTML, message.charset
    return [record]


def _of_file(record: RawRecord, content: bytes) -> Iterator[RawRecord]:
    """The parts of a PDF, EPUB, DOCX or ODT; LostError where it has no text."""
    with tempfile.NamedTemporaryFile() as file:  # the libraries read files
        file.write(content)
        file.flush()
        about, parts = read_document(file.name)
    for part in parts or [DocumentPart()]:
        document = to_record(record.source_ref, about, part)
        if document.reason is not None and len(parts) <= 1:
            raise LostError(document.reason, document.detail)
        yield _joined(deepcopy(record), document)


def _joined(record: RawRecord, document: RawRecord) -> RawRecord:
    """What the repository says, completed by what the document says of itself."""
    record.source_ref = document.source_ref
    record.content, record.content_type = document.content, document.content_type
    record.charset = document.charset
    record.reason, record.detail = document.reason, document.detail
    record.title = record.title or document.title
    record.lang_declared = record.lang_declared or document.lang_declared
    record.license_evidence += document.license_evidence
    if record.license is None:
        record.license, record.license_confidence = document.license, document.license_confidence
    elif document.license not in (None, record.license):
        both = f"{record.license} / {document.license}"
        record.license_evidence.append(Evidence(kind="conflict", value=both, where="document"))
        record.license = most_restrictive(filter(None, (record.license, document.license)))
    return record
