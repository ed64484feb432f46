"""From a frame of a web archive to a raw record, or to the reason why it is lost."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from corpuskit.connectors import sniff
from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.containers.frames import Frame
from corpuskit.connectors.containers.http_message import (
    Message,
    charset,
    dechunk,
    decode_content,
    media_type,
    parse_message,
)
from corpuskit.connectors.reasons import (
    CONTENT_TYPE,
    EMPTY,
    HTTP_STATUS,
    RECORD_TYPE,
    REVISIT,
    TOO_LARGE,
    TRUNCATED,
)
from corpuskit.document import RawRecord, WarcPointer

_PAGES: Final = frozenset({"response", "resource", "conversion"})
_READ: Final = frozenset({sniff.HTML, sniff.XHTML, sniff.TEXT})
_XML: Final = frozenset({"text/xml", "application/xml"})
_CRAWLER_NOTES: Final = re.compile(
    r"(?:metadata|screenshot):|urn:(?:x-[a-z0-9-]{1,30}|pageinfo|thumbnail|view|fullpage"
    r"|text|embeds|[a-z0-9-]{1,30}(?=:https?:)):",
    re.IGNORECASE,
)
"""Addresses of what crawlers keep beside the pages: log and arguments (wget `metadata:`, wpull
`urn:x-wpull:`), pictures and the text of rendered pages (Browsertrix `urn:text:https://...`,
harvard-lil/warc-gpt issue 2)."""
_MAX_LENGTH_DIGITS: Final = 15
"""Content-Length with more digits than this is not a length, and is ignored."""
_DATE = re.compile(r"(\d{4})-?(\d\d)?-?(\d\d)?T?(\d\d)?:?(\d\d)?:?(\d\d)?(?:\.(\d{1,6}+)\d*+)?Z?")


def to_record(frame: Frame, name: str) -> RawRecord:
    """The raw record of a frame of the archive called `name`."""
    record = RawRecord(
        source_ref=f"warc:{name}@{frame.offset}" + (f"+{frame.inner}" if frame.inner else ""),
        warc=WarcPointer(file=name, offset=frame.offset, length=frame.length, record_id=None),
    )
    if frame.head is not None:
        _describe(record, frame.head.fields)
    lost = frame.damage or _read_page(record, frame)
    if lost is not None:
        record.content, record.reason, record.detail = b"", lost.reason, lost.detail
    return record


@dataclass(frozen=True, slots=True)
class ArchivedAnswer:
    """What a server answered, whatever its type."""

    url: str
    fetched_at: datetime | None
    status: int
    content: bytes


def answer_of(frame: Frame) -> ArchivedAnswer | None:
    """The answer in a frame; None for one that is damaged or holds none."""
    if frame.head is None or frame.damage is not None or _not_a_page(frame.head.fields):
        return None
    record = RawRecord(source_ref="")
    _describe(record, frame.head.fields)
    message = _page(frame.head.fields, frame.block).message
    body, _ = _transferred(message)
    encoding = message.headers.get("content-encoding", "")
    content, _ = decode_content(body, encoding, MAX_CONTENT_BYTES)
    if record.url is None:
        return None
    status = 200 if message.status is None else message.status
    return ArchivedAnswer(record.url, record.fetched_at, status, content)


def _describe(record: RawRecord, fields: dict[str, str]) -> None:
    url = fields.get("warc-target-uri", "").strip("<> ")  # wget writes <…>
    record.url = url.replace(" ", "%20") or None
    record.fetched_at = parse_date(fields.get("warc-date", ""))
    record.payload_digest = fields.get("warc-payload-digest")
    record_id = fields.get("warc-record-id")
    if record_id and record.warc is not None:
        record.source_ref = f"warc:{record_id}"
        record.warc["record_id"] = record_id


def parse_date(value: str) -> datetime | None:
    """A WARC-Date in any precision of WARC 1.1, or an ARC date of 14 digits; None if neither."""
    if len(value) == 20 and value.endswith("Z"):  # WARC 1.0: to the second
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return None
    match = _DATE.fullmatch(value.strip())
    if match is None:
        return None
    year, month, day, *time, fraction = match.groups()
    hour, minute, second = (int(part or 0) for part in time)
    microsecond = int((fraction or "0").ljust(6, "0"))
    try:
        return datetime(
            int(year), int(month or 1), int(day or 1), hour, minute, second, microsecond, UTC
        )
    except ValueError:
        return None


@dataclass(slots=True)
class _Page:
    """A record's payload on its way to being content."""

    message: Message
    media_type: str
    charset: str | None


def _read_page(record: RawRecord, frame: Frame) -> Damage | None:
    """Fill in the content, or say why there is none."""
    assert frame.head is not None  # frames without one are damaged
    fields = frame.head.fields
    if lost := _not_a_page(fields):
        return lost
    page = _page(fields, frame.block)
    record.http_status, record.headers = page.message.status, page.message.headers
    record.content_type, record.charset = page.media_type or None, page.charset
    if page.message.status not in (None, 200):
        return Damage(HTTP_STATUS, str(page.message.status))
    if page.media_type not in (_READ | _XML | sniff.UNDECLARED):
        return Damage(CONTENT_TYPE, page.media_type)
    if lost := _incomplete(fields, frame):
        return lost
    return _decode(record, page.message)


def _not_a_page(fields: dict[str, str]) -> Damage | None:
    kind = fields.get("warc-type", "").lower()
    if kind == "revisit":
        detail = fields.get("warc-refers-to") or fields.get("warc-refers-to-target-uri")
        return Damage(REVISIT, detail or "")
    if kind not in _PAGES:
        return Damage(RECORD_TYPE, kind or "none")
    notes = _CRAWLER_NOTES.match(fields.get("warc-target-uri", "").lstrip("< "))
    return Damage(RECORD_TYPE, f"{kind} {notes[0]}") if notes else None


def _page(fields: dict[str, str], block: bytes) -> _Page:
    declared = fields.get("content-type", "")
    if media_type(declared) == "application/http" or block.startswith(b"HTTP/"):
        message = parse_message(block)
        return _Page(message, message.media_type, message.charset)
    return _Page(Message(None, {}, block), media_type(declared), charset(declared))


def _incomplete(fields: dict[str, str], frame: Frame) -> Damage | None:
    assert frame.head is not None
    if frame.head.block > len(frame.block):
        return Damage(TOO_LARGE, f"{frame.head.block} bytes")
    if cut := fields.get("warc-truncated"):
        return Damage(TRUNCATED, f"WARC-Truncated: {cut}")
    if "warc-segment-number" in fields:
        return Damage(TRUNCATED, "a segment of a record")
    return None


def _decode(record: RawRecord, message: Message) -> Damage | None:
    body, lost = _transferred(message)
    if lost is not None:
        return lost
    content, lost = decode_content(
        body, message.headers.get("content-encoding", ""), MAX_CONTENT_BYTES
    )
    if lost is not None:
        return lost
    if not content.strip():
        return Damage(EMPTY, f"{len(content)} bytes")
    if len(content) > MAX_CONTENT_BYTES:
        return Damage(TOO_LARGE, f"{len(content)} bytes")
    record.content = content
    _check_digest(record, message.body, body)
    return _check_type(record)


def _transferred(message: Message) -> tuple[bytes, Damage | None]:
    """The body without its transfer coding, and whether some of it is missing."""
    if "chunked" in message.headers.get("transfer-encoding", "").lower():
        chunks = dechunk(message.body)
        if chunks is not None:
            return chunks[0], None if chunks[1] else Damage(TRUNCATED, "chunked coding")
        return message.body, None
    declared = message.headers.get("content-length", "")
    is_length = declared.isdecimal() and len(declared) <= _MAX_LENGTH_DIGITS
    if is_length and len(message.body) < int(declared):
        return message.body, Damage(
            TRUNCATED, f"{len(message.body)} bytes where Content-Length says {declared}"
        )
    return message.body, None


def _check_type(record: RawRecord) -> Damage | None:
    """Believe the declared media type unless it says nothing or the content is binary."""
    declared = record.content_type or ""
    if declared in _READ:
        other = sniff.not_a_page(record.content)
        return Damage(CONTENT_TYPE, f"{other} declared as {declared}") if other else None
    record.content_type = sniff.sniff(record.content)
    if record.content_type in _READ and not (
        declared in _XML and record.content_type == sniff.TEXT
    ):
        return None
    return Damage(CONTENT_TYPE, record.content_type)


def _check_digest(record: RawRecord, stored: bytes, body: bytes) -> None:
    """Let `payload_digest` name the payload that is there.

    The declared digest is kept if it fits the payload in one of the forms that crawlers
    digest: without transfer coding (as the standard says), as stored, fully decoded. If it
    fits none, the content is kept all the same, since a wrong digest is more often the
    crawler's mistake than damage: the digest is replaced, and `detail` keeps the declared one.
    """
    declared = record.payload_digest
    if declared is not None:
        algorithm, _, value = declared.partition(":")
        make = _DIGESTS.get(algorithm.strip().lower())
        if make is None or any(
            _fits(value.strip(), make(payload)) for payload in (body, stored, record.content)
        ):
            return
        record.detail = f"declared payload digest {declared} does not fit"
    record.payload_digest = "sha1:" + base64.b32encode(_sha1(body)).decode()


def _fits(value: str, digest: bytes) -> bool:
    if len(value) == 2 * len(digest):
        return value.lower() == digest.hex()
    return value.upper().rstrip("=") == base64.b32encode(digest).decode().rstrip("=")


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


_DIGESTS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "sha1": _sha1, "sha-1": _sha1, "sha256": _sha256, "sha-256": _sha256, "md5": _md5,
}  # fmt: skip
"""By the algorithm's name; a digest of another algorithm is not checked."""
