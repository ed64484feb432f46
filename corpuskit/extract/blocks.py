"""The lines of text of a page, with what the tree says about each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from lxml.etree import XPath, iterwalk
from lxml.html import HtmlElement

from corpuskit.extract import rules
from corpuskit.markup.tree import MAX_DEPTH, TooDeep
from corpuskit.text.raised import RAISED, raised

_SPACES: Final = re.compile(r"[ \t\n\f\r]+")
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer, where `<wbr>` separates words as ZWSP does."""

_INVISIBLE: Final = " \t\n\f\r\u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff"

_PANEL: Final = XPath("boolean(.//*[@role='tabpanel'])")

_TRUSTED: Final = frozenset(("body", "html", "main", *rules.HEADINGS))
"""Elements whose class and id are ignored: on the body they name the kind of page, and the id of a
heading is made from its text."""

_DROP, _SUSPECT, _NOTHING = 2, 1, 0
_SUSPECTED: Final = "suspect"

_MAX_SUSPECT_SHARE = 0.8
"""An element with more of the page's text than this is the page's frame, whatever its name
(`has-sidebar` is a class of the outermost element in many themes)."""


@dataclass(slots=True)
class Block:
    """One line of text, between two block-level tags.

    `links` counts the characters in hyperlinks. The line begins in the text of `holder`, or in
    its tail; `place` is the element that contains this beginning. `group` numbers the outermost
    list or table around it (0: none).
    """

    text: str
    links: int
    holder: HtmlElement
    tail: bool
    place: HtmlElement
    tag: str
    group: int
    suspect: bool = False

    @property
    def linked(self) -> bool:
        """Whether at least half of its characters are in hyperlinks."""
        return 2 * self.links >= len(self.text)


@dataclass(frozen=True, slots=True)
class Region:
    """An element that may hold the article; its blocks are blocks[start:stop]."""

    kind: str
    """`main`, `article`, or a publishing system of rules.CONTENT."""
    start: int
    stop: int

    def apart(self, other: Region) -> bool:
        """Whether the two have no block in common."""
        return self.start >= other.stop or self.stop <= other.start


@dataclass(slots=True)
class PageBlocks:
    """A page's blocks in reading order, the elements left out, and where its article may be."""

    blocks: list[Block] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    suspects: list[Region] = field(default_factory=list)
    dropped: list[HtmlElement] = field(default_factory=list)
    elements: int = 0


@lru_cache(maxsize=65_536)
def _verdict_of_names(tag: str, classes: str, identifier: str) -> tuple[int, str | None]:
    """Judge an element by class and id: a verdict, and the publishing system it belongs to."""
    system = None
    for name in classes.split():
        if f".{name}" in rules.SURROUNDINGS or f"{tag}.{name}" in rules.SURROUNDINGS:
            return _DROP, None
        system = system or rules.CONTENT.get(name)
    suspect = tag not in _TRUSTED and (
        rules.SUSPECT.search(classes) or rules.SUSPECT.search(identifier)
    )
    return (_SUSPECT if suspect and not system else _NOTHING), system


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    if attributes.get("hidden", "until-found").strip().lower() != "until-found":
        return True  # a reader's search opens what is hidden "until found"
    if attributes.get("aria-hidden") == "true":
        return True
    if tag == "label" and "for" in attributes:
        return True
    style = attributes.get("style")
    return bool(style and rules.HIDDEN_STYLE.search(style))


def _has_panels(element: HtmlElement) -> bool:
    """Whether a list of tabs contains what they show, as Bootstrap 3's accordion does."""
    return bool(_PANEL(element))


def _region_kind(tag: str, attributes: Mapping[str, str]) -> str | None:
    role = attributes.get("role")
    if tag == "main" or role == "main":
        return "main"
    if tag == "article" or role == "article" or attributes.get("itemprop") == "articleBody":
        return "article"
    return None


class _BlockWalk:
    """One pass over the tree; its counters say which elements are open at the moment."""

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self.page = PageBlocks()
        self.pieces: list[str] = []
        self.links = 0
        self.start: tuple[HtmlElement, bool] | None = None
        self.tags: list[str] = []
        self.in_link = self.in_pre = self.in_section = self.in_list = self.groups = 0
        self.in_heading = 0
        self.raised: list[str] = []
        self.open_regions: dict[HtmlElement, tuple[str, int]] = {}

    def walk(self, root: HtmlElement) -> PageBlocks:
        walker = iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag = element.tag
            if event == "start":
                self.page.elements += 1
                if len(self.tags) >= MAX_DEPTH:
                    raise TooDeep
                if element is not root and self._leave_out(element, tag):
                    self.page.dropped.append(element)
                    walker.skip_subtree()
                    self.tags.append("")
                    continue
                self._open(element, tag)
            else:
                self._close(element, tag)
                if element is not root and element.tail:
                    self._add(element.tail, element, tail=True)
        self._flush()
        _mark_suspects(self.page)
        return self.page

    def _leave_out(self, element: HtmlElement, tag: str) -> bool:
        """Whether the element is not part of the page's text; also records suspects and regions."""
        if tag in rules.UNSEEN:
            return True
        attributes = element.attrib
        if not self.lenient and self._is_landmark(element, tag, attributes):
            return True
        if attributes and _is_hidden(tag, attributes):
            return True
        verdict, system = _NOTHING, None
        if "class" in attributes or "id" in attributes:
            names, identifier = attributes.get("class", ""), attributes.get("id", "")
            verdict, system = _verdict_of_names(tag, names, identifier)
        if verdict == _DROP:
            return not self.lenient
        kind = system or _region_kind(tag, attributes)
        if verdict == _SUSPECT and tag in rules.BLOCKS and not kind:
            kind = _SUSPECTED
        if kind:
            self.open_regions[element] = (kind, 0)
        return False

    def _is_landmark(self, element: HtmlElement, tag: str, attributes: Mapping[str, str]) -> bool:
        """Whether it is a control or an area beside the content that does not hold <main>."""
        if tag == "button" and self.in_heading:
            return False  # of a section that a click opens (ARIA Authoring Practices, accordion)
        role = attributes.get("role")
        aside = (
            tag in rules.INTERFACE
            or role in rules.ROLES
            or (tag in ("header", "footer") and not self.in_section)  # those of an article stay
        )
        if not aside or (role == "tablist" and _has_panels(element)):
            return False
        # malformed pages leave a header or menu open, so that it contains the rest of the page
        return next(element.iter("main"), None) is None

    def _open(self, element: HtmlElement, tag: str) -> None:
        if tag in rules.BLOCKS:
            self._flush()
        self.tags.append(tag)
        self._count(element, tag, 1)
        if element in self.open_regions:
            self.open_regions[element] = (self.open_regions[element][0], len(self.page.blocks))
        if tag == "wbr":  # libxml2 does not treat it as empty: the next text may be inside
            self._break_word()
        if element.text:
            self._add(element.text, element, tail=False)

    def _close(self, element: HtmlElement, tag: str) -> None:
        if tag in rules.BLOCKS:
            self._flush()
        if not self.tags.pop():  # was left out
            return
        self._count(element, tag, -1)
        if opened := self.open_regions.pop(element, None):
            region = Region(*opened, len(self.page.blocks))
            suspect = region.kind == _SUSPECTED
            (self.page.suspects if suspect else self.page.regions).append(region)

    def _count(self, element: HtmlElement, tag: str, by: int) -> None:
        if tag == "a":
            self.in_link += by if element.get("href") is not None else 0
        elif tag == "pre":
            self.in_pre += by
        elif tag in ("main", "article", "section", "blockquote"):
            self.in_section += by
        elif tag in rules.HEADINGS or tag in ("dt", "summary"):
            self.in_heading += by
        elif tag in RAISED:
            self.raised.append(tag) if by > 0 else self.raised.pop()
        elif tag in rules.LISTS:
            self.groups += by > 0 and not self.in_list
            self.in_list += by

    def _add(self, text: str, element: HtmlElement, *, tail: bool) -> None:
        if not text.isspace():
            if self.start is None:
                self.start = (element, tail)
            if self.in_link:
                self.links += len(text.strip())
        if self.raised and not self.in_pre:
            text = raised(text, self.raised[-1], self.pieces[-1] if self.pieces else "")
        self.pieces.append(text)

    def _break_word(self) -> None:
        if self.pieces and _UNSPACED.match(self.pieces[-1][-1:]):
            self.pieces.append("\u200b")

    def _flush(self) -> None:
        if self.start is not None:
            text = "".join(self.pieces)
            text = text.strip("\n") if self.in_pre else _SPACES.sub(" ", text).strip(" ")
        if self.start is not None and text.strip(_INVISIBLE):
            holder, tail = self.start
            tag = next((tag for tag in reversed(self.tags) if tag in rules.BLOCKS), "body")
            group = self.groups if self.in_list else 0
            links = min(self.links, len(text))
            place = holder.getparent() if tail else holder
            self.page.blocks.append(Block(text, links, holder, tail, place, tag, group))
        self.pieces, self.links, self.start = [], 0, None


def _mark_suspects(page: PageBlocks) -> None:
    """Mark the blocks of each suspect element, except of frames that hold the article."""
    total = sum(len(block.text) for block in page.blocks if not block.linked)
    for suspect in page.suspects:
        inside = page.blocks[suspect.start : suspect.stop]
        size = sum(len(block.text) for block in inside if not block.linked)
        is_frame = any(
            suspect.start <= region.start and region.stop <= suspect.stop for region in page.regions
        )
        has_heading = any(block.tag == "h1" for block in inside)
        if not (is_frame or has_heading or size > _MAX_SUSPECT_SHARE * total):
            for block in inside:
                block.suspect = True


def blocks_of(root: HtmlElement, *, lenient: bool = False) -> PageBlocks:
    """The page's text in blocks, without what HTML itself marks as not content.

    `lenient` keeps landmarks (header, menu, aside, ...) and the surroundings that publishing
    systems name. Raises TooDeep for elements nested deeper than MAX_DEPTH.
    """
    return _BlockWalk(lenient=lenient).walk(root)
