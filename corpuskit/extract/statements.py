"""What the visible text of a page says about its license: notices in footers and sentences about
"this work", in the catalogue's languages.

A license that concerns a part of the page (a picture, a comment, a widget, a program beside it)
is not the page's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from lxml.html import HtmlElement

from corpuskit.extract import rules
from corpuskit.extract.blocks import Block, PageBlocks, blocks_of
from corpuskit.extract.element_rules import is_hidden
from corpuskit.extract.notice_words import (
    CODE,
    EXCEPT,
    LABEL,
    PAGE,
    PART,
    THIS,
    VERB,
    WITHIN,
    hints_in,
)
from corpuskit.licenses.identifiers import spdx_of_url
from corpuskit.licenses.names import RIGHTS_RESERVED, fold_statement, license_places
from corpuskit.licenses.terms import join
from corpuskit.markup.tree import TooDeep

Place = Literal["part", "notice", "body"]
Scope = Literal["page", "code", "part", "reserved"]

_MAX_NOTICE: Final = 1_500
"""Characters of a line that are read in a notice: the longest of the test pages has 420."""
_MAX_SENTENCE: Final = 600
_LAST: Final = 4
"""Lines at the end of a page's text where a license alone on its line is a notice."""
_LONG_NAME: Final = 60
_ALONE: Final = 40
"""Characters that such a line has beside the license."""

_PART_TAGS: Final = frozenset(
    (
        "figure", "figcaption", "picture", "pre", "code", "blockquote", "iframe", "object", "video",
        "audio", "details", "samp", "textarea",
    )
)  # fmt: skip
_PART_NAMES: Final = re.compile(
    r"(?<![a-z])(?:comments?|commentlist|widgets?|captions?|figcaption|gallery|thumb(?:nail|inner)?"
    r"|carousel|slider|lightbox|embed|player|leaflet|mapbox|related|teasers?|avatar|advert|sponsor"
    r"|cookies?|infobox|attachment|featured-image|post-thumbnail)(?![a-z])"
)
"""Class or id of elements that are parts of a page, or beside it."""
_NOTICE_NAMES: Final = re.compile(
    r"(?<![a-z])(?:footer|foot|copyright|copyleft|licen[cs]e|licen[cs]ing|lisensi|lesen|legal|rights"
    r"|colophon|imprint|impressum|site-?_?info|creative-?commons|cc-?license|copy)(?![a-z])"
)
_FRAMES: Final = frozenset(("html", "body", "main", "article"))
"""Elements whose class describes the kind of page."""
_MEDIA_TYPES: Final = re.compile(
    r"(?:Image|Video|Audio|Media)Object|Photograph|Comment|SoftwareApplication|SoftwareSourceCode"
)
_SENTENCE: Final = re.compile(r"(?<=[.!?。។။။])\s+(?=[^\d\s])|\s[|•·]\s")


@dataclass(frozen=True, slots=True)
class RightsStatement:
    """What a line of a page says about rights."""

    license: str | None
    """SPDX expression; None where rights are reserved."""
    value: str
    where: str
    """As `footer p`."""
    scope: Scope


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a line, and where the line stands."""

    text: str
    folded: str
    around: str
    """The folded line."""
    place: Place
    is_last: bool
    """Whether the line is at the end of the page's text."""


def place_of(element: HtmlElement) -> Place:
    """Whether an element is within a part of the page, a notice of the site, or anywhere else."""
    place: Place = "body"
    for ancestor in (element, *element.iterancestors()):
        tag = ancestor.tag
        if tag in _PART_TAGS or _is_about_media(ancestor):
            return "part"
        if tag in _FRAMES:
            continue
        is_part, is_notice = _told_by(ancestor.get("class", ""), ancestor.get("id", ""))
        if is_part and ancestor.find(".//h1") is None:
            return "part"
        if is_notice or tag == "footer" or ancestor.get("role") == "contentinfo":
            place = "notice"
    return place


@lru_cache(maxsize=16_384)
def _told_by(classes: str, identifier: str) -> tuple[bool, bool]:
    """Whether class and id name a part of a page, and whether they name a notice."""
    names = f"{classes} {identifier}".lower()
    return _PART_NAMES.search(names) is not None, _NOTICE_NAMES.search(names) is not None


def _is_about_media(element: HtmlElement) -> bool:
    """Whether an element describes something within the page (microdata, RDFa)."""
    kind = element.get("itemtype") or element.get("typeof")
    if kind and _MEDIA_TYPES.search(kind):
        return True
    about = element.get("about") or element.get("resource") or ""
    return about.lower().endswith(
        (".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".mp3", ".mp4")
    )


def where_of(element: HtmlElement) -> str:
    """The landmark that an element is in (`head`, `footer`, else `body`) and its tag."""
    landmarks = ("head", "footer", "header", "aside", "nav", "figure", "main", "article")
    if element.tag in landmarks:
        return str(element.tag)
    for ancestor in element.iterancestors():
        if ancestor.tag in landmarks:
            return f"{ancestor.tag} {element.tag}"
    return f"body {element.tag}"


def line_around(element: HtmlElement) -> str:
    """The text of the line that an inline element is in."""
    block = element
    while block.tag not in rules.BLOCKS and (parent := block.getparent()) is not None:
        block = parent
    text = "".join(block.itertext("*", with_tail=False)) if block.tag != "body" else ""
    return " ".join(text.split())[:_MAX_NOTICE]


def rights_statements(page: PageBlocks) -> list[RightsStatement]:
    """What the lines of a page say about rights, in its order, lines beside its text last.

    Lines that hold a link with rel=license are left out: the link says it already.
    """
    statements: list[RightsStatement] = []
    last = len(page.blocks) - _LAST
    if hints := hints_in("\n".join(block.text for block in page.blocks)):
        for index, block in enumerate(page.blocks):
            if hints_in(block.text, hints):
                statements += _statements_of(block, is_last=index >= last)
    for element in page.dropped:
        statements += _beside(element)
    return _only_unambiguous(statements)


def _beside(element: HtmlElement) -> Iterator[RightsStatement]:
    """Statements in an element that is not part of the page's text, as a footer is."""
    if element.tag in rules.UNSEEN or is_hidden(element.tag, element.attrib):
        return
    if not hints_in(element.text_content()):
        return
    try:
        blocks = blocks_of(element, lenient=True).blocks
    except TooDeep:
        return
    for block in blocks:
        if hints_in(block.text):
            yield from _statements_of(block, is_last=False)


def _statements_of(block: Block, *, is_last: bool) -> Iterator[RightsStatement]:
    if len(block.text) > _MAX_NOTICE or _is_declared(block):
        return
    place = place_of(block.place)
    where = where_of(block.place) if block.place.tag in rules.BLOCKS else where_of(block.holder)
    around = fold_statement(block.text)
    for sentence in _SENTENCE.split(block.text):
        folded = fold_statement(sentence[:_MAX_SENTENCE])
        if place == "notice" and RIGHTS_RESERVED.search(folded):
            yield RightsStatement(None, sentence, where, "reserved")
        statement = _Sentence(sentence, folded, around, place, is_last)
        yield from _licenses_of(statement, where)


def _is_declared(block: Block) -> bool:
    """Whether a link with rel=license is in the line."""
    element = block.place
    while element.tag not in rules.BLOCKS and (parent := element.getparent()) is not None:
        element = parent
    return any(
        "license" in (link.get("rel") or "").lower().split()
        for link in element.iter("a")
        if element.tag not in _FRAMES
    )


def _licenses_of(sentence: _Sentence, where: str) -> Iterator[RightsStatement]:
    """The licenses of a sentence, those of one subject together."""
    subjects: dict[Scope, list[str]] = {}
    start, subject = 0, None
    for position, license_ in license_places(sentence.folded, sentence.around):
        subject = _subject(sentence.folded[start:position], subject)
        subjects.setdefault(_scope_in(sentence, subject, license_), []).append(license_)
        start = position
    for scope, licenses in subjects.items():
        license_ = _together(licenses, sentence.folded)
        yield RightsStatement(license_, sentence.text, where, scope)


def _together(licenses: list[str], folded: str) -> str:
    """Licenses of one sentence and subject: alternatives where it says so, or where one is the
    GFDL, which wikis add as a choice; else all hold."""
    is_choice = re.search(r"\b(?:or|atau|hoặc|either|dual)\b|หรือ", folded) is not None
    is_choice |= any(license_.startswith("GFDL") for license_ in licenses)
    return join(licenses, "OR" if is_choice else "AND")


def _subject(clause: str, before: Scope | None) -> Scope | None:
    """What a clause is about; `before` where it has no subject of its own."""
    named = [
        (match.start(), kind)
        for pattern, kind in ((PAGE, "page"), (PART, "part"), (CODE, "code"))
        for match in pattern.finditer(clause)
        if kind != "page" or not WITHIN.search(clause[: match.start()])
    ]
    if any(kind == "page" for _, kind in named) and (
        EXCEPT.search(clause) or min(named)[1] == "page" or _is_joined(clause)
    ):
        return "page"
    if not named:
        return before
    return min(named)[1]  # type: ignore[return-value]  # one of the three kinds


def _is_joined(clause: str) -> bool:
    """Whether a page's word is joined to what stands before it: `code and documentation`."""
    return any(
        re.search(r"(?:and|dan|và|at|,|&|และ|ແລະ|និង|နှင့်) ?(?:the |all )?$", clause[: match.start()])
        for match in PAGE.finditer(clause)
    )


def _scope_in(sentence: _Sentence, subject: Scope | None, license_: str) -> Scope:
    """What a license concerns, by where it stands and what its clause is about."""
    folded = sentence.folded
    if sentence.place == "part" or subject == "part":
        return "part"
    if sentence.place == "notice":
        return subject or "page"
    if subject == "page" and THIS.search(folded) and VERB.search(folded):
        return "page"
    if subject is None and _is_for_content(license_) and len(folded) < _ALONE + _LONG_NAME:
        is_alone = sentence.is_last and len(folded) < _ALONE + len(license_)
        return "page" if is_alone or LABEL.match(folded) else "part"
    return "part"


def _is_for_content(license_: str) -> bool:
    """Whether a license is one for texts and data, not for programs."""
    bare = license_.removeprefix("LicenseRef-")
    return bare.startswith(("CC", "GFDL", "ODbL", "ODC", "PDDL", "OGL", "SG-", "MY-", "TH-", "ID-",
                            "VN-", "PH-", "public-domain"))  # fmt: skip


def _only_unambiguous(statements: list[RightsStatement]) -> list[RightsStatement]:
    """Statements with those about code left out where none is about the page."""
    has_page = any(statement.scope == "page" for statement in statements)
    return [
        statement if statement.scope != "code" or has_page else _as_part(statement)
        for statement in statements
    ]


def _as_part(statement: RightsStatement) -> RightsStatement:
    return RightsStatement(statement.license, statement.value, statement.where, "part")


def linked_license(element: HtmlElement) -> str | None:
    """The license that a link leads to, or whose button a picture is."""
    return spdx_of_url(element.get("href") or element.get("src") or "")


def scope_of_link(element: HtmlElement, license_: str) -> Scope:
    """What a linked license concerns, by its place and the sentence around it."""
    place = place_of(element)
    folded = fold_statement(line_around(element))
    at = folded.find(fold_statement("".join(element.itertext())))
    sentence = _SENTENCE.split(folded[:at])[-1] if at > 0 else folded
    subject = _subject(sentence, None)
    return _scope_in(_Sentence("", folded, folded, place, is_last=False), subject, license_)
