"""From a record of a repository to raw records: one for each description, or of its document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from corpuskit.calendars import is_publication_date
from corpuskit.connectors import xml
from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.containers.frames import Frame
from corpuskit.connectors.containers.warc_records import parse_date
from corpuskit.connectors.dublin_core import declare, dublin_core
from corpuskit.connectors.jsonl import utc
from corpuskit.connectors.oai import documents
from corpuskit.connectors.oai.archive import FULL_TEXT_FIELD
from corpuskit.connectors.reasons import CORRUPT, DELETED, NO_TEXT, TOO_LARGE
from corpuskit.connectors.sniff import TEXT
from corpuskit.document import RawRecord, WarcPointer
from corpuskit.surrogates import well_formed
from corpuskit.text.markup import visible_text
from corpuskit.text.raised import raised

_DATES: Final = ("date", "issued", "created")
_TEXTS: Final = ("description", "abstract")
_LINKS: Final = ("identifier", "relation")
# A description that was written as HTML: escaped in the XML, so that its tags are text there.
_INSIDE: Final = r"(?:\s++[\w:-]++\s*+=[^<>]*+>|\s*+/?>)"
_INLINE: Final = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|a|span|jats:(?:italic|bold|sub|sup))" + _INSIDE, re.IGNORECASE
)
_RAISED: Final = re.compile(
    r"<(?:jats:)?(sup|sub)>([^<>]{1,40})</(?:jats:)?(?:sup|sub)>", re.IGNORECASE
)
_BLOCKS: Final = re.compile(
    r"</?(?:p|br|div|ul|ol|li|h[1-6]|blockquote|jats:\w+)" + _INSIDE, re.IGNORECASE
)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?")


def raw_records(frame: Frame, name: str, folder: Path | None = None) -> Iterator[RawRecord]:
    """The raw records of a frame of the archive called `name`, lost ones with their reason.

    `folder` is where its documents are kept. A record whose document cannot be had gives its
    descriptions, and says so in `detail`.
    """
    record, metadata = described(frame, name)
    if record.reason is not None or metadata is None:
        yield record
        return
    documents = _document(record, frame, folder)
    if isinstance(documents, Damage):
        yield from _descriptions(frame, name, metadata, documents)
    else:
        yield from documents


def _descriptions(
    frame: Frame, name: str, metadata: etree._Element, without: Damage
) -> Iterator[RawRecord]:
    """A row for each description; `without` says why there is no document."""
    texts = list(_texts(metadata))
    if not texts:
        record, _ = described(frame, name)
        record.reason = without.reason or NO_TEXT
        record.detail = "; ".join(filter(None, ("no dc:description", without.detail)))
        yield record
    for number, (text, language) in enumerate(texts):
        record, _ = described(frame, name)
        if len(texts) > 1:
            record.source_ref += f"#description-{number + 1}"
        record.lang_declared = language or record.lang_declared
        record.content, record.content_type, record.charset = text, TEXT, "utf-8"
        if without.reason:
            record.detail = f"no document: {without.reason} {without.detail}"
        yield record


def _document(record: RawRecord, frame: Frame, folder: Path | None) -> list[RawRecord] | Damage:
    """The raw records of the document that a record leads to, or why there is none."""
    kept = frame.head.fields.get(FULL_TEXT_FIELD.lower()) if frame.head else None
    if kept is None or folder is None:
        return Damage("", "")
    return documents.rows(record, json.loads(kept), folder)


def described(frame: Frame, name: str) -> tuple[RawRecord, etree._Element | None]:
    """What a record says beside its text, and its element `metadata` if it has one."""
    record = RawRecord(
        source_ref=f"oai:{name}@{frame.offset}",
        warc=WarcPointer(file=name, offset=frame.offset, length=frame.length, record_id=None),
    )
    if frame.head is None or frame.damage is not None:
        lost = frame.damage
        record.reason, record.detail = (lost.reason, lost.detail) if lost else (CORRUPT, None)
        return record, None
    _of_head(record, frame.head.fields)
    if frame.head.block > len(frame.block):
        record.reason, record.detail = TOO_LARGE, f"{frame.head.block} bytes of XML"
        return record, None
    try:
        root = xml.parse(frame.block)
    except ValueError as error:
        record.reason, record.detail = CORRUPT, f"not well-formed: {error}"[:200]
        return record, None
    return record, _of_element(record, root)


def _of_head(record: RawRecord, fields: dict[str, str]) -> None:
    assert record.warc is not None
    record.url = fields.get("warc-target-uri")
    record.fetched_at = parse_date(fields.get("warc-date", ""))
    record.payload_digest = fields.get("warc-payload-digest")
    record.warc["record_id"] = fields.get("warc-record-id")


def _of_element(record: RawRecord, root: etree._Element) -> etree._Element | None:
    header = next(xml.children(root, "header"), None)
    if header is None or not (identifier := xml.first_text(header, "identifier")):
        record.reason, record.detail = CORRUPT, "no identifier"
        return None
    prefix = "" if identifier.startswith("oai:") else "oai:"
    record.source_ref = f"{prefix}{identifier}@{xml.first_text(header, 'datestamp') or ''}"
    if header.get("status") == "deleted":
        record.reason, record.detail = DELETED, "the repository's header says so"
        return None
    metadata = next(xml.children(root, "metadata"), None)
    if metadata is None:
        record.reason, record.detail = CORRUPT, "no metadata"
        return None
    _of_metadata(record, metadata)
    return metadata


def _of_metadata(record: RawRecord, metadata: etree._Element) -> None:
    about = dublin_core(metadata, "oai record")
    record.title, record.lang_declared = about.title, about.language
    record.published_at = published(metadata)
    record.published_at_source = "meta" if record.published_at else None
    declare(record, about.rights)
    record.url = next(iter(links(metadata)), record.url)


def published(metadata: etree._Element) -> datetime | None:
    """The first of a record's dates that names a day.

    Repositories add the days on which they took the document in: these are later. A year or a
    month alone is not a day, and a day of another calendar (2567) is not used.
    """
    days = (_moment(value) for value in xml.all_texts(metadata, *_DATES))
    return min((day for day in days if day is not None), default=None)


def _moment(value: str) -> datetime | None:
    if not _DAY.fullmatch(value):
        return None
    try:
        day = utc(datetime.fromisoformat(value).replace(microsecond=0)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return day if is_publication_date(day) else None


def links(metadata: etree._Element) -> list[str]:
    """Addresses that a record gives as its identifiers, then those it is related to."""
    named = (text for name in _LINKS for text in xml.all_texts(metadata, name))
    return list(dict.fromkeys(url for url in named if _is_address(url)))


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in value


def _texts(metadata: etree._Element) -> Iterator[tuple[bytes, str | None]]:
    """Each description with its declared language; the same text once."""
    seen = set()
    for element in metadata.iter():
        if xml.local(element) in _TEXTS:
            text = well_formed(_plain("".join(element.itertext()))).encode()
            if text.strip() and text not in seen:
                seen.add(text)
                yield text, xml.attribute(element, "lang")


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - 1) : match.start()]


def _plain(text: str) -> str:
    before = text
    text = _RAISED.sub(lambda match: raised(match[2], match[1].lower(), _before(match)), text)
    within = _INLINE.sub("", text)
    markup = within != before or _BLOCKS.search(text) is not None
    return visible_text(within) if markup else text.strip()
