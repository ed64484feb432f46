"""The data of a build: raw records in, documents out.

Column names and types are public API; they follow the provenance schema in
docs/schema.md. Spelling there is the schema's (`license`, `normalizer`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NotRequired, TypedDict


class WarcPointer(TypedDict):
    """The place of a record, so that it can be extracted again."""

    file: str
    offset: int | None
    """None, like `length`, if a table has the file and the record id but not the offset."""
    length: int | None
    record_id: str | None


class Robots(TypedDict):
    """The verdict of robots.txt when the record was fetched."""

    verdict: str
    """`allowed`, `disallowed`, or `not_checked`."""
    ua: str | None
    rule: str | None
    robots_sha256: str | None
    checked_at: datetime | None


class OptOutSignal(TypedDict):
    """One opt-out signal as received: a header, a meta element, a file."""

    kind: str
    value: str
    protocol: NotRequired[str | None]
    """Whose words it uses (docs/rights.md); None for what reserves nothing."""
    vocabulary: NotRequired[str | None]
    """The version of the protocol's vocabulary that it was read by."""
    verdict: NotRequired[str]
    """What it says of training: `allow`, `disallow` or `unknown`."""


class Tdm(TypedDict):
    """Whether text and data mining is reserved (`allow`, `disallow` or `unknown`), and why."""

    verdict: str
    signals: list[OptOutSignal]


class Evidence(TypedDict):
    """One piece of evidence about a license: its kind, its value and where it was found."""

    kind: str
    value: str
    where: str


@dataclass(slots=True, kw_only=True)
class RawRecord:
    """What a connector yields: bytes and everything that is known about them.

    `source_ref` identifies the record within its source permanently (a WARC record id, a
    file's relative path and digest, a dump's page and revision). A record that was lost
    before it had content has `reason` (a code of docs/reason-codes.md) and `detail` instead
    of `content`.
    """

    source_ref: str
    content: bytes = b""
    url: str | None = None
    fetched_at: datetime | None = None
    http_status: int | None = None
    content_type: str | None = None
    """Media type without parameters, lower case; the connector sniffs it if none is declared."""
    charset: str | None = None
    """Charset declared outside the content (HTTP header), not verified."""
    headers: dict[str, str] = field(default_factory=dict)
    """HTTP response headers, names in lower case; repeated ones joined by ', ', X-Robots-Tag by a
    line break."""
    payload_digest: str | None = None
    warc: WarcPointer | None = None
    title: str | None = None
    published_at: datetime | None = None
    published_at_source: str | None = None
    lang_declared: str | None = None
    license: str | None = None
    license_confidence: str | None = None
    license_evidence: list[Evidence] = field(default_factory=list)
    robots: Robots | None = None
    tdm: Tdm | None = None
    reason: str | None = None
    detail: str | None = None


@dataclass(slots=True)
class Document:
    """One document, for authors of stages and tests."""

    text: str
    id: str = ""
    url: str | None = None
    lang: str | None = None
    source: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    """Every other column of the document's row, by name."""


def document_id(source_ref: str, text: str) -> str:
    """First 32 hex digits of sha256(source_ref + text)."""
    return hashlib.sha256((source_ref + text).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def text_sha256(text: str) -> str:
    """Hex sha256 of the text's UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
