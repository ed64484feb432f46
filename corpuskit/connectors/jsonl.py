"""Lines of JSON: cutting a stream into lines, and a line into a raw record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from difflib import get_close_matches
from itertools import chain
from typing import Any, Final

from corpuskit.connectors.base import MAX_CONTENT_BYTES
from corpuskit.connectors.containers.compression import Damage
from corpuskit.connectors.reasons import EMPTY, INVALID_JSON, INVALID_UTF8, NO_TEXT, TOO_LARGE
from corpuskit.surrogates import well_formed

MAX_LINE: Final = 3 * MAX_CONTENT_BYTES
r"""Longest line that is read: `\u1780` takes twice the bytes of the letter it stands for, and
other columns stand beside the text."""

Line = bytes | Damage
"""A line without its end, or what was lost in its place."""

LOOKED_AT: Final = 100
"""Lines in which columns are looked for: a row may leave out those without a value."""

_LINE_FEED_WITHIN: Final = 1_000_000
"""Bytes in which a file with line feeds has its first one; the text of one document is shorter."""

_BOM = b"\xef\xbb\xbf"


def lines(chunks: Iterable[bytes | Damage]) -> Iterator[Line]:
    """Cut chunks at line feeds; a line too long for memory is a Damage and is passed over.

    Chunks that start with carriage returns and no line feed (old Macintosh, some spreadsheets) are
    cut at those. A line that is cut by damage comes as that damage; what follows starts a new line.
    """
    chunks = iter(chunks)
    head: list[bytes | Damage] = []
    end = _line_end(chunks, head)
    parts: list[bytes] = []
    size = 0
    for chunk in chain(head, chunks):
        if isinstance(chunk, Damage):
            yield chunk
            parts, size = [], 0
            continue
        first, *others = chunk.split(end)
        for piece in others:
            yield _joined(parts, first, size + len(first))
            parts, size, first = [], 0, piece
        size += len(first)
        parts.append(first)
        if size > MAX_LINE:
            parts = []
    if size:
        yield _joined(parts, b"", size)


def _line_end(chunks: Iterator[bytes | Damage], head: list[bytes | Damage]) -> bytes:
    """What ends a line, by the first chunks, which are moved to `head`."""
    start = b""
    for chunk in chunks:
        head.append(chunk)
        if isinstance(chunk, Damage) or b"\n" in chunk:
            return b"\n"
        start += chunk
        if len(start) > _LINE_FEED_WITHIN:
            break
    first, found, rest = start.removeprefix(_BOM).partition(b"\r")
    within_string = first.lstrip().startswith(b"{") and rest.strip()[:1] not in (b"", b"{")
    return b"\r" if found and not within_string else b"\n"


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
        value = _loaded(text)
    except json.JSONDecodeError as error:
        return Damage(INVALID_JSON, f"{error.msg} at character {error.pos + 1} of the line")
    except RecursionError:
        return Damage(INVALID_JSON, "nested too deeply")
    except ValueError as error:
        return Damage(INVALID_JSON, str(error)[:200])
    if not isinstance(value, dict):
        return Damage(INVALID_JSON, f"not an object but {_kind(value)}")
    return value


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer of more digits than Python reads
        return json.loads(text, strict=False, parse_int=_integer)


def _integer(digits: str) -> int | None:
    try:
        return int(digits)
    except ValueError:
        return None


def columns_of(rows: Iterable[dict[str, Any] | Damage]) -> list[str]:
    """The columns of rows, sorted; none where no row is readable."""
    return sorted(set(chain.from_iterable(row for row in rows if isinstance(row, dict))))


def missing_column(column: str, role: str, there: Iterable[str], option: str) -> str:
    """What to tell where a file lacks a column; `option` says how a recipe names one, with `{}`
    in the place of its name."""
    names = sorted(there)
    close = get_close_matches(column, names, n=1, cutoff=0.5)
    hint = f"; did you mean {option.format(close[0])}?" if close else ""
    listed = ", ".join(map(repr, names))
    return f"there is no column {column!r} for {role}; there are {listed}{hint}"


def text_of(row: dict[str, Any], column: str) -> bytes | Damage:
    """The text of a row as UTF-8; lone surrogates become U+FFFD."""
    value = row.get(column)
    if not isinstance(value, str):
        what = f"is {_kind(value)}" if column in row else "is missing"
        return Damage(NO_TEXT, f"column {column!r} {what}")
    content = well_formed(value).encode()
    if not content.strip():
        return Damage(EMPTY, f"column {column!r}")
    if len(content) > MAX_CONTENT_BYTES:
        return Damage(TOO_LARGE, f"{len(content)} bytes")
    return content


def string(row: dict[str, Any], column: str | None) -> str | None:
    """A column as a string; numbers are written out, everything else is None."""
    value = row.get(column) if column is not None else None
    if isinstance(value, str):
        return well_formed(value).strip() or None
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
