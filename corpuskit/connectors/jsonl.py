"""Lines of JSON: cutting a stream into lines, and a line into a raw record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.reasons import EMPTY, INVALID_JSON, INVALID_UTF8, NO_TEXT, TOO_LARGE

MAX_LINE: Final = 3 * MAX_CONTENT_BYTES
r"""Longest line that is read: `\u1780` takes twice the bytes of the letter it stands for, and
other columns stand beside the text."""

Line = bytes | Damage
"""A line without its end, or what was lost in its place."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"


def lines(chunks: Iterable[bytes | Damage]) -> Iterator[Line]:
    """Cut chunks at line feeds; a line too long for memory is a Damage and is passed over.

    A line that is cut by damage comes as that damage; what follows starts a new line.
    """
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        if isinstance(chunk, Damage):
            yield chunk
            parts, size = [], 0
            continue
        first, *others = chunk.split(b"\n")
        for piece in others:
            yield _joined(parts, first, size + len(first))
            parts, size, first = [], 0, piece
        size += len(first)
        parts.append(first)
        if size > MAX_LINE:
            parts = []
    if size:
        yield _joined(parts, b"", size)


def _joined(parts: list[bytes], last: bytes, size: int) -> Line:
    if size > MAX_LINE:
        return Damage(TOO_LARGE, f"a line of {size} bytes")
    return b"".join([*parts, last]) if parts else last


def parse(line: bytes) -> dict[str, Any] | Damage:
    """The object that a line holds.

    Control characters within strings are let through: they are a common mistake and the
    text is normalized later anyway.
    """
    try:
        text = line.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        return Damage(INVALID_UTF8, f"at byte {error.start} of the line")
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        return Damage(INVALID_JSON, str(error)[:200])
    if not isinstance(found, dict):
        return Damage(INVALID_JSON, f"not an object but {_kind(found)}")
    return found


def text_of(row: dict[str, Any], column: str) -> bytes | Damage:
    """The text of a row as UTF-8; lone surrogates become U+FFFD."""
    value = row.get(column)
    if not isinstance(value, str):
        what = f"is {_kind(value)}" if column in row else "is missing"
        return Damage(NO_TEXT, f"column {column!r} {what}")
    content = clean(value).encode()
    if not content.strip():
        return Damage(EMPTY, f"column {column!r}")
    if len(content) > MAX_CONTENT_BYTES:
        return Damage(TOO_LARGE, f"{len(content)} bytes")
    return content


def clean(text: str) -> str:
    """A string with every lone surrogate replaced by U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def string(row: dict[str, Any], column: str | None) -> str | None:
    """A column as a string; numbers are written out, everything else is None."""
    value = row.get(column) if column is not None else None
    if isinstance(value, str):
        return clean(value).strip() or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def moment(row: dict[str, Any], column: str | None) -> datetime | None:
    """A column as a time in UTC (ISO 8601, or seconds since 1970); None if it is neither."""
    value = row.get(column) if column is not None else None
    try:
        if isinstance(value, str):
            return utc(datetime.fromisoformat(value.strip()))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def utc(value: date) -> datetime:
    """A date or time in UTC; where it names no zone it is taken to be UTC."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
