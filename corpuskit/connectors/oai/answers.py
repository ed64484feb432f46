"""What a repository answers: records, a token for more, or an error (OAI-PMH 2.0, section 3.2).

Repositories send characters that XML forbids, entities of HTML, and records that end too early.
An answer that is not well-formed is mended where the meaning is plain, and what servers print
around it is cut off. If that does not help, its records are read one by one, so that one broken
record loses no other.
"""

from __future__ import annotations

import codecs
import hashlib
import html
import re
from bisect import bisect
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from lxml import etree

from corpuskit.connectors import xml
from corpuskit.text.markup import unescape

_DECLARED: Final = re.compile(rb"\s*+<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{1,40})")
_NOT_CHARSETS: Final = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"}
)
"""Names of Python's codecs that no document is written in; some raise whatever they are given."""
# XML 1.0, 2.2: what is not a character, as itself and by number
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BY_NUMBER: Final = re.compile(r"&#(?:x([0-9A-Fa-f]++)|([0-9]++));")
_MAX_DIGITS: Final = 10
_BY_NAME: Final = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);|#(?:x[0-9A-Fa-f]++|[0-9]++);)(\w{1,40};)?"
)
_ROOT: Final = re.compile(r"<((?:[\w.-]++:)?OAI-PMH)\b[^<>]*+>")
_ROOT_END: Final = re.compile(r"</((?:[\w.-]++:)?OAI-PMH)\s*+>")
_START: Final = re.compile(r"<((?:[\w.-]++:)?record)(?:\s[^<>]*+)?>\s*+<(?:[\w.-]++:)?header\b")
_STOP: Final = re.compile(r"</(?:[\w.-]++:)?ListRecords\b|<(?:[\w.-]++:)?resumptionToken\b")
_TOKEN: Final = re.compile(r"<(?:[\w.-]++:)?resumptionToken\b[^<>]*+>([^<]*+)<")
_DATE: Final = re.compile(r"responseDate>\s*+([^<\s]*+)")
_IDENTIFIER: Final = re.compile(r"identifier>\s*+([^<>\s]++)\s*+<")
_DATESTAMP: Final = re.compile(r"datestamp>\s*+([^<>\s]++)\s*+<")


class NoAnswerError(ValueError):
    """The bytes are not an answer of OAI-PMH: a page of HTML, or an answer that was cut off."""


@dataclass(frozen=True, slots=True)
class OaiItem:
    """A record of a repository."""

    identifier: str
    datestamp: str
    deleted: bool
    xml: bytes
    """The element `record` by itself; of one that cannot be parsed its bytes as they came."""


@dataclass(frozen=True, slots=True)
class OaiAnswer:
    """A whole answer."""

    date: str = ""
    """responseDate: the repository's clock."""
    items: list[OaiItem] = field(default_factory=list)
    token: str | None = None
    """For the next part of the list; None where it ends."""
    size: int | None = None
    """Records of the whole list, about, where the repository says."""
    errors: dict[str, str] = field(default_factory=dict)
    """Message by code."""
    about: dict[str, str] = field(default_factory=dict)
    """Children of Identify, the first of each name."""


def read(content: bytes) -> OaiAnswer:
    """The answer that a body holds; NoAnswerError where it holds none."""
    try:
        return _of_tree(xml.parse(content))
    except NoAnswerError:
        raise
    except ValueError as error:
        problem = str(error)
    text = _mended(content)
    root = _ROOT.search(text)
    if root is None:
        raise NoAnswerError(f"no XML ({problem[:100]})")
    ends = [match.start() for match in _ROOT_END.finditer(text) if match[1] == root[1]]
    if not ends:
        raise NoAnswerError("an answer that is cut off")
    for end in dict.fromkeys((ends[0], ends[-1])):  # servers add messages and scripts behind it
        with suppress(ValueError):
            return _of_tree(xml.parse(f"{text[root.start() : end]}</{root[1]}>".encode()))
    return _one_by_one(text[root.start() : ends[-1]], root)


def _of_tree(root: etree._Element) -> OaiAnswer:
    if xml.local(root) != "OAI-PMH":
        raise NoAnswerError(f"a document of the type {xml.local(root)!r}")
    answer = OaiAnswer(date=xml.first_text(root, "responseDate") or "")
    for child in root:
        name = xml.local(child)
        if name == "error":
            answer.errors[child.get("code") or "?"] = " ".join("".join(child.itertext()).split())
        elif name == "ListRecords":
            token = next(iter(xml.children(child, "resumptionToken")), None)
            answer = _with(answer, _items(child), None if token is None else token.text)
            answer = replace(answer, size=None if token is None else _size(token))
        elif name == "Identify":
            for element in child:
                value = " ".join((element.text or "").split())
                answer.about.setdefault(xml.local(element), value)
    return answer


def _with(answer: OaiAnswer, items: Iterator[OaiItem], token: str | None) -> OaiAnswer:
    token = _unprinted(token or "")
    return replace(answer, items=list(items), token=token if token.strip() else None)


def _unprinted(token: str) -> str:
    """The token without what printing XML prettily adds; spaces alone may be its own."""
    start = len(token) - len(token.lstrip())
    stop = len(token.rstrip())
    return token[
        start if "\n" in token[:start] else 0 : stop if "\n" in token[stop:] else len(token)
    ]


def _size(token: etree._Element) -> int | None:
    size = token.get("completeListSize", "").strip()
    return int(size) if size.isdecimal() and len(size) < 12 else None


def _items(list_records: etree._Element) -> Iterator[OaiItem]:
    for record in xml.children(list_records, "record"):
        content = etree.tostring(record, encoding="utf-8", with_tail=False)
        header = next(iter(xml.children(record, "header")), record)
        yield OaiItem(
            xml.first_text(header, "identifier") or _nameless(content),
            xml.first_text(header, "datestamp") or "",
            header.get("status") == "deleted",
            content,
        )


def _nameless(content: bytes) -> str:
    return f"unnamed:{hashlib.sha256(content).hexdigest()[:16]}"


def _mended(content: bytes) -> str:
    """The text without what XML forbids, entities of HTML as the characters they stand for."""
    text = _decoded(content).removeprefix("\ufeff")
    text = _BY_NUMBER.sub(_allowed, _FORBIDDEN.sub("", text))
    return _BY_NAME.sub(_character, text)


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    declared = _DECLARED.match(content)
    label = declared[1].decode().lower() if declared else "utf-8"
    for name in (label, label.replace("windows-", "cp")):  # Python knows windows-874 as cp874
        with suppress(LookupError, UnicodeError):
            codec = codecs.lookup(name)
            if codec.name not in _NOT_CHARSETS:
                return content.decode(codec.name, "replace")
    return content.decode("utf-8", "replace")


def _allowed(match: re.Match[str]) -> str:
    digits = (match[1] or match[2]).lstrip("0") or "0"
    if len(digits) > _MAX_DIGITS:
        return ""
    code = int(digits, 16 if match[1] else 10)
    return "" if code > 0x10FFFF or _FORBIDDEN.match(chr(code)) else match[0]


def _character(match: re.Match[str]) -> str:
    """An entity of HTML as its character; an ampersand that begins none is meant as itself."""
    name = match[1] or ""
    meant = html.unescape(f"&{name}") if name else "&"
    return f"&amp;{name}" if meant.startswith("&") else html.escape(meant, quote=False)


def _one_by_one(text: str, root: re.Match[str]) -> OaiAnswer:
    """What is around the records, and each of the records by itself."""
    items: list[OaiItem] = []
    for record in _records(text):
        whole = f"{root[0]}<ListRecords>{record}</ListRecords></{root[1]}>"
        try:
            items += _of_tree(xml.parse(whole.encode())).items
        except ValueError:
            items.append(_broken(record.strip()))
    token, date = _TOKEN.search(text), _DATE.search(text)
    answer = OaiAnswer(date=date[1] if date else "")
    return _with(answer, iter(items), unescape(token[1]) if token else None)


def _records(text: str) -> Iterator[str]:
    """The text of each record: to the next one, or to the end of the list."""
    matches = list(_START.finditer(text))
    starts = [match.start() for match in matches if match[1] == matches[0][1]]
    stops = [match.start() for match in _STOP.finditer(text)]
    for start, following in pairwise([*starts, len(text)]):
        at = bisect(stops, start)
        yield text[start : min(following, stops[at] if at < len(stops) else following)]


def _broken(record: str) -> OaiItem:
    identifier, datestamp = _IDENTIFIER.search(record), _DATESTAMP.search(record)
    content = record.encode()
    return OaiItem(
        unescape(identifier[1]) if identifier else _nameless(content),
        datestamp[1] if datestamp else "",
        False,
        content,
    )
