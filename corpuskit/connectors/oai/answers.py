"""What a repository answers: records, a token for more, or an error (OAI-PMH 2.0, section 3.2).

Repositories send characters that XML forbids, entities of HTML, and records that end too early.
An answer that is no XML as it stands is mended where what was meant is plain; if that does not
help its records are read one by one, so that one broken record loses no other.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from lxml import etree

from corpuskit.connectors import xml

_DECLARED: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{1,40})")
_PROLOG: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
# XML 1.0, 2.2: what is no character, as itself and by number
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BY_NUMBER: Final = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_BY_NAME: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#)(\w{1,40};)?")
# What printing XML prettily adds around a token; spaces alone may be its own.
_PRINTED: Final = re.compile(r"^\s*\n\s*|\s*\n\s*$")
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?OAI-PMH\b[^>]*>")
_END: Final = re.compile(r"</((?:[\w.-]+:)?OAI-PMH)\s*>\s*$")
_RECORD: Final = re.compile(
    r"<((?:[\w.-]+:)?record)(?:\s[^>]*)?>\s*<(?:[\w.-]+:)?header\b.*?"
    r"(?=</(?:[\w.-]+:)?ListRecords|<(?:[\w.-]+:)?resumptionToken\b"
    r"|<\1(?:\s[^>]*)?>\s*<(?:[\w.-]+:)?header\b)",
    re.DOTALL,
)


class NoAnswerError(ValueError):
    """The bytes are no answer of OAI-PMH: a page of HTML, or one that was cut off."""


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
    start, end = _ROOT.search(text), _END.search(text)
    if start is None:
        raise NoAnswerError(f"no XML ({problem[:100]})")
    if end is None:
        raise NoAnswerError("an answer that is cut off")
    try:
        return _of_tree(xml.parse(text.encode()))
    except ValueError:
        return _one_by_one(text, start[0], end[1])


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
            for one in child:
                answer.about.setdefault(xml.local(one), " ".join((one.text or "").split()))
    return answer


def _with(answer: OaiAnswer, items: Iterator[OaiItem], token: str | None) -> OaiAnswer:
    token = _PRINTED.sub("", token or "")
    return replace(answer, items=list(items), token=token if token.strip() else None)


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
    declared = _DECLARED.match(content)
    try:
        text = content.decode(declared[1].decode() if declared else "utf-8", "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    text = _PROLOG.sub("", text.removeprefix("\ufeff"))
    text = _BY_NUMBER.sub(_allowed, _FORBIDDEN.sub("", text))
    return _BY_NAME.sub(_character, text)


def _allowed(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return "" if code > 0x10FFFF or _FORBIDDEN.match(chr(code)) else match[0]


def _character(match: re.Match[str]) -> str:
    """An entity of HTML as its character; an ampersand that begins none is meant as itself."""
    name = match[1] or ""
    meant = html.unescape(f"&{name}") if name else "&"
    return f"&amp;{name}" if meant.startswith("&") else html.escape(meant, quote=False)


def _one_by_one(text: str, opening: str, root: str) -> OaiAnswer:
    """What is around the records, and of these each by itself."""
    items: list[OaiItem] = []
    for found in _RECORD.finditer(text):
        whole = f"{opening}<ListRecords>{found[0]}</ListRecords></{root}>"
        try:
            items += _of_tree(xml.parse(whole.encode())).items
        except ValueError:
            items.append(_broken(found[0].strip()))
    token = re.search(r"<(?:[\w.-]+:)?resumptionToken\b[^>]*>([^<]*)<", text)
    date = re.search(r"responseDate>\s*([^<\s]*)", text)
    named = html.unescape(token[1]) if token else None
    return _with(OaiAnswer(date=date[1] if date else ""), iter(items), named)


def _broken(record: str) -> OaiItem:
    identifier = re.search(r"identifier>\s*([^<\s]+)\s*<", record)
    datestamp = re.search(r"datestamp>\s*([^<\s]+)\s*<", record)
    content = record.encode()
    return OaiItem(
        html.unescape(identifier[1]) if identifier else _nameless(content),
        datestamp[1] if datestamp else "",
        False,
        content,
    )
