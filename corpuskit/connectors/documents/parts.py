"""What a reader of one format hands to the connector."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

MAX_FILE_BYTES: Final = 500_000_000
"""Largest file that is opened. A scanned gazette has some 0.1 MB a page: this is 5,000 of them."""

MAX_DAMAGED: Final = 0.001
"""Share of characters that may be damaged (no character, or one of a legacy font) before a
document is rejected: 1 in 1,000, as where bytes are decoded; well-made PDFs have none."""


@dataclass(slots=True)
class DocumentMetadata:
    """What a document says about itself in its metadata."""

    title: str | None = None
    language: str | None = None
    rights: list[tuple[str, str]] = field(default_factory=list)
    """Statements about rights, each with its place."""
    published_at: datetime | None = None


@dataclass(slots=True)
class DocumentPart:
    """Text of a document, or of one item of it; or why there is none."""

    text: str = ""
    item: str | None = None
    title: str | None = None
    reason: str | None = None
    detail: str | None = None
