"""The heads of WARC records (ISO 28500:2017) and of ARC records (Internet Archive, 1996)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from corpuskit.connectors.containers.http_message import parse_headers

MAX_HEAD: Final = 1 << 16
"""Longest head that is looked for, in bytes: twice what fastwarc allows."""


@dataclass(frozen=True, slots=True)
class Head:
    """A record's head: its fields (lower-case names) and how long it and its block are."""

    fields: dict[str, str]
    size: int
    block: int


@dataclass(frozen=True, slots=True)
class Format:
    """How an archive's records begin."""

    name: str
    start: re.Pattern[bytes]
    """Matches at the start of a record."""
    inside: re.Pattern[bytes]
    """Finds the start of a record in a line of its own, after damage."""
    unfinished: re.Pattern[bytes]
    """Matches the whole of a file's last bytes if it may end inside a record's head."""
    parse: Callable[[bytes], Head | None]
    """Reads the head at the start of some bytes; None if there is none."""


_WARC_START = rb"WARC/\d\.\d+[ \t]*\r?\n[A-Za-z][A-Za-z-]*:"
# Version 1 has five fields, version 2 ten; the URL may hold spaces.
_ARC_START = (
    rb"(?P<url>[a-z][a-z0-9+.-]*:[^\r\n]{1,8192}?) (?P<ip>[0-9.]{7,15}) (?P<date>\d{12,14})"
    rb" (?P<mime>[^ \r\n]*)(?: \d{3} \S+ \S+ \d+ \S+)? (?P<length>\d{1,15})\r?\n"
)
_BLANK = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(r"\d{1,15}")


def _parse_warc(data: bytes) -> Head | None:
    if not data.startswith(b"WARC/"):
        return None
    end = _BLANK.search(data)
    if end is None:
        return None
    fields = parse_headers(data[: end.start()])
    length = fields.get("content-length", "")
    return Head(fields, end.end(), int(length)) if _LENGTH.fullmatch(length) else None


def _parse_arc(data: bytes) -> Head | None:
    line = ARC.start.match(data)
    if line is None:
        return None
    url, mime = line["url"].decode("utf-8", "replace"), line["mime"].decode("ascii", "replace")
    about_itself = url.startswith("filedesc:")
    http = url.startswith(("http:", "https:"))
    fields = {
        "warc-type": "warcinfo" if about_itself else "response",
        "warc-target-uri": url,
        "warc-date": line["date"].decode().ljust(14, "0"),
        "content-type": "application/http; msgtype=response" if http else mime,
    }
    return Head(fields, line.end(), int(line["length"]))


WARC: Final = Format(
    "WARC",
    re.compile(rb"\A" + _WARC_START),
    re.compile(rb"(?<=\n)" + _WARC_START),
    re.compile(rb"W(A(R(C(/((?!\r?\n\r?\n).)*)?)?)?)?", re.DOTALL),
    _parse_warc,
)
ARC: Final = Format(
    "ARC",
    re.compile(rb"\A" + _ARC_START),
    re.compile(rb"(?<=\n)" + _ARC_START),
    re.compile(rb"[^\n]*"),
    _parse_arc,
)


def format_of(start: bytes) -> Format | None:
    """The archive format that some decompressed bytes are the start of."""
    if WARC.start.match(start):
        return WARC
    return ARC if start.startswith(b"filedesc:") or ARC.start.match(start) else None
