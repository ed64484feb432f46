"""The lines of text of a page, with what the tree says about each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from lxml.etree import XPath, iterwalk
from lxml.html import HtmlElement

from corpuskit.extract import rules
from corpuskit.extract.element_rules import (
    HEADED,
    HIDING,
    SECTIONS,
    SUSPECTED,
    TELLING,
    ElementRules,
    is_hidden,
    rules_of,
)
from corpuskit.markup.tree import MAX_DEPTH, TooDeep
from corpuskit.text.raised import RAISED, raised

_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer, where `<wbr>` separates words as ZWSP does."""

_INVISIBLE: Final = " \t\n\f\r\u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff"

_PANEL: Final = XPath("boolean(.//*[@role='tabpanel'])")

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


def _has_panels(element: HtmlElement) -> bool:
    """Whether a list of tabs contains what they show, as Bootstrap 3's accordion does."""
    return bool(_PANEL(element))


class _BlockWalk:
    """One pass over the tree; its counters say which elements are open at the moment."""

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self.page = PageBlocks()
        self.pieces: list[str] = []
        self.links = 0
        self.start: tuple[HtmlElement, bool] | None = None
        self.opened: list[tuple[ElementRules | None, int]] = []
        """Rules (None for an element left out), number of blocks before it."""
        self.block_tags: list[str] = []
        self.in_link = self.in_pre = self.in_section = self.in_list = self.groups = 0
        self.in_heading = 0
        self.raised: list[str] = []

    def walk(self, root: HtmlElement) -> PageBlocks:
        walker = iterwalk(root, events=("start", "end"))
        for event, element in walker:
            if event == "end":
                self._close(element)
            elif not self._open(element):
                walker.skip_subtree()
        self._flush()
        _mark_suspects(self.page)
        return self.page

    def _open(self, element: HtmlElement) -> bool:
        """Open an element; False if it is not part of the page's text."""
        page, opened = self.page, self.opened
        page.elements += 1
        if len(opened) >= MAX_DEPTH:
            raise TooDeep
        tag = element.tag
        names, get = element.keys(), element.get
        if TELLING.isdisjoint(names):
            judged = rules_of(tag)
        else:
            judged = rules_of(tag, get("class", ""), get("id", ""), get("role"), get("itemprop"))
        hidden = not HIDING.isdisjoint(names) and is_hidden(tag, element.attrib)
        if opened and (judged.unseen or hidden or self._is_beside(element, judged)):
            page.dropped.append(element)
            opened.append((None, 0))
            return False
        if judged.block:
            self._flush()
            self.block_tags.append(tag)
        opened.append((judged, len(page.blocks)))
        if judged.counted:
            self._count(element, tag, 1)
        elif tag == "wbr":  # libxml2 does not treat it as empty: the next text may be inside
            self._break_word()
        if text := element.text:
            self._add(text, element, tail=False)
        return True

    def _is_beside(self, element: HtmlElement, judged: ElementRules) -> bool:
        """Whether it is a control or an area beside the content that does not hold <main>."""
        if self.lenient:
            return False
        if judged.surroundings:
            return True
        aside = judged.aside or (judged.edge and not self.in_section)  # those of an article stay
        if not aside or (judged.tabs and _has_panels(element)):
            return False
        if judged.tag == "button" and self.in_heading:
            return False  # of a section that a click opens (ARIA Authoring Practices, accordion)
        # malformed pages leave a header or menu open, so that it contains the rest of the page
        return next(element.iter("main"), None) is None

    def _close(self, element: HtmlElement) -> None:
        judged, start = self.opened.pop()
        if judged is None:
            if element.tag in rules.BLOCKS:
                self._flush()
        else:
            if judged.block:
                self._flush()
                self.block_tags.pop()
            if judged.counted:
                self._count(element, judged.tag, -1)
            if judged.kind and self.opened:
                self._end_region(judged.kind, start)
        if self.opened and (tail := element.tail):
            self._add(tail, element, tail=True)

    def _end_region(self, kind: str, start: int) -> None:
        page = self.page
        region = Region(kind, start, len(page.blocks))
        (page.suspects if kind == SUSPECTED else page.regions).append(region)

    def _count(self, element: HtmlElement, tag: str, by: int) -> None:
        if tag == "a":
            self.in_link += by if element.get("href") is not None else 0
        elif tag == "pre":
            self.in_pre += by
        elif tag in SECTIONS:
            self.in_section += by
        elif tag in HEADED:
            self.in_heading += by
        elif tag in RAISED:
            self.raised.append(tag) if by > 0 else self.raised.pop()
        else:
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
        """End the line, if there is one."""
        if self.start is None:
            self.pieces.clear()
            return
        text = "".join(self.pieces)
        text = text.strip("\n") if self.in_pre else collapse_spaces(text)
        if text.strip(_INVISIBLE):
            holder, tail = self.start
            tag = self.block_tags[-1] if self.block_tags else "body"
            group = self.groups if self.in_list else 0
            links = min(self.links, len(text))
            place = holder.getparent() if tail else holder
            self.page.blocks.append(Block(text, links, holder, tail, place, tag, group))
        self.pieces, self.links, self.start = [], 0, None


def collapse_spaces(text: str) -> str:
    """`text` as HTML shows it: runs of its white space are one space, none at the ends."""
    for space in "\n\t\r\f":
        if space in text:
            text = text.replace(space, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")


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
