"""The lines of text of a page, and what is known about each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from corpuskit.extract import rules
from corpuskit.extract.tree import MAX_DEPTH, TooDeep

_SPACES: Final = re.compile(r"[ \t\n\f\r]+")
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese, Khmer: there `<wbr>` parts words as ZWSP does."""

_INVISIBLE: Final = " \t\n\f\r\u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff"

_TRUSTED: Final = frozenset(("body", "html", "main", *rules.HEADINGS))
"""Elements whose names say nothing: those of the body are the page's kind, the id of a heading
is made from its text."""

_DROP, _SUSPECT, _NOTHING = 2, 1, 0


@dataclass(slots=True)
class Block:
    """One line of text: what stands between two block-level tags.

    `links` counts the characters in hyperlinks. The text begins in the text of `holder`, or in
    its tail; `place` is the element that this is in. `group` numbers the outermost list or
    table around it (0: none).
    """

    text: str
    links: int
    holder: HtmlElement
    tail: bool
    place: HtmlElement
    tag: str
    suspect: bool
    group: int

    @property
    def linked(self) -> bool:
        """Whether at least half of it is hyperlinks."""
        return 2 * self.links >= len(self.text)


@dataclass(frozen=True, slots=True)
class Region:
    """An element that may hold the article, with the blocks in it: blocks[start:stop]."""

    kind: str
    """`main`, `article`, or a publishing system of rules.CONTENT."""
    start: int
    stop: int

    def apart(self, other: Region) -> bool:
        """Whether no block is in both."""
        return self.start >= other.stop or self.stop <= other.start


@dataclass(slots=True)
class Page:
    """A page's blocks in reading order, what was left out and where its article may be."""

    blocks: list[Block] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)
    dropped: list[HtmlElement] = field(default_factory=list)
    elements: int = 0


@lru_cache(maxsize=65_536)
def _verdict_of_names(tag: str, classes: str, identifier: str) -> tuple[int, str | None]:
    """What class and id say: a verdict, and the publishing system whose article it is."""
    system = None
    for name in classes.split():
        if f".{name}" in rules.SURROUNDINGS or f"{tag}.{name}" in rules.SURROUNDINGS:
            return _DROP, None
        system = system or rules.CONTENT.get(name)
    suspect = tag not in _TRUSTED and (
        rules.SUSPECT.search(classes) or rules.SUSPECT.search(identifier)
    )
    return (_SUSPECT if suspect and not system else _NOTHING), system


def _excluded(tag: str, attributes: Mapping[str, str]) -> bool:
    """Whether attributes say that the element is hidden, a control or a landmark aside."""
    if attributes.get("role") in rules.ROLES or "hidden" in attributes:
        return True
    if attributes.get("aria-hidden") == "true" or (tag == "label" and "for" in attributes):
        return True
    style = attributes.get("style")
    return bool(style and rules.HIDDEN_STYLE.search(style))


def _region_kind(tag: str, attributes: Mapping[str, str]) -> str | None:
    role = attributes.get("role")
    if tag == "main" or role == "main":
        return "main"
    if tag == "article" or role == "article" or attributes.get("itemprop") == "articleBody":
        return "article"
    return None


class _Walk:
    """One pass over the tree, counting what the current position is inside of."""

    def __init__(self) -> None:
        self.page = Page()
        self.pieces: list[str] = []
        self.links = 0
        self.start: tuple[HtmlElement, bool] | None = None
        self.tags: list[str] = []
        self.in_link = self.in_pre = self.in_suspect = self.in_list = self.groups = 0
        self.in_section = 0
        self.open_regions: dict[HtmlElement, tuple[str, int]] = {}
        self.open_suspects: set[HtmlElement] = set()

    def walk(self, root: HtmlElement) -> Page:
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
        return self.page

    def _leave_out(self, element: HtmlElement, tag: str) -> bool:
        """Whether the element is not part of the page's own text; notes suspects and regions."""
        if tag in rules.LEFT_OUT or (tag in ("header", "footer") and not self.in_section):
            return True  # the page's own header; an article's holds its heading
        attributes = element.attrib
        if attributes and _excluded(tag, attributes):
            return True
        verdict, system = _NOTHING, None
        if "class" in attributes or "id" in attributes:
            names, identifier = attributes.get("class", ""), attributes.get("id", "")
            verdict, system = _verdict_of_names(tag, names, identifier)
        if verdict == _SUSPECT and tag in rules.BLOCKS:
            self.open_suspects.add(element)
        if kind := system or _region_kind(tag, attributes):
            self.open_regions[element] = (kind, 0)
        return verdict == _DROP

    def _open(self, element: HtmlElement, tag: str) -> None:
        if tag in rules.BLOCKS:
            self._flush()
        self.tags.append(tag)
        self._count(element, tag, 1)
        if element in self.open_regions:
            self.open_regions[element] = (self.open_regions[element][0], len(self.page.blocks))
        if tag == "wbr":  # libxml2 does not know it as empty: what follows may be inside
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
            self.page.regions.append(Region(*opened, len(self.page.blocks)))

    def _count(self, element: HtmlElement, tag: str, by: int) -> None:
        if tag == "a":
            self.in_link += by if element.get("href") is not None else 0
        elif tag == "pre":
            self.in_pre += by
        elif tag in ("main", "article", "section", "blockquote"):
            self.in_section += by
        elif tag in rules.LISTS:
            self.groups += by > 0 and not self.in_list
            self.in_list += by
        if element in self.open_suspects:
            self.in_suspect += by

    def _add(self, text: str, element: HtmlElement, *, tail: bool) -> None:
        if not text.isspace():
            if self.start is None:
                self.start = (element, tail)
            if self.in_link:
                self.links += len(text.strip())
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
            suspect = self.in_suspect > 0
            links = min(self.links, len(text))
            place = holder.getparent() if tail else holder
            self.page.blocks.append(Block(text, links, holder, tail, place, tag, suspect, group))
        self.pieces, self.links, self.start = [], 0, None


def blocks_of(root: HtmlElement) -> Page:
    """The page's text in blocks, without what HTML itself marks as not being content.

    Raises TooDeep for elements nested deeper than MAX_DEPTH.
    """
    return _Walk().walk(root)
