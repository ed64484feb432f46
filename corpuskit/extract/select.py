"""Which blocks of a page are its article.

    template    a publishing system marks the article: nothing to choose
    region      `<main>`, `<article>` or the whole body is almost only text: take all of it
    selection   trafilatura chooses; blocks it left out between chosen ones are put back
    prose       trafilatura chose next to nothing, raised, or the page is too large for it:
                every block that is not links and not suspect
    landmarks   nothing was left: long prose inside headers, menus and the like, which
                malformed pages leave open

Where next to nothing is chosen, retries.py tries again with fewer rules.

trafilatura chooses among our blocks, it does not write the text: a mark is put in front of
every block before it runs, and the marks in its output name the blocks. This way zero-width
characters survive (its sanitizer deletes them), no word is lost from the middle of a sentence
(it drops inline elements by class), and lists and tables get no Markdown.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lxml.html import HtmlElement

from corpuskit import logs
from corpuskit.extract import rules
from corpuskit.extract.blocks import Block, PageBlocks, Region, blocks_of

_log = logs.logger(__name__)

MAX_ELEMENTS = 30_000
"""Larger pages are not given to trafilatura: a forum's index of 24,000 elements takes it 1.7
seconds, a page of 10 MB can hold forty times as many, and time grows faster than size."""

_SYSTEMS: Final = frozenset(rules.CONTENT.values())

_MIN_REGION_SHARE = 0.5
_MIN_SYSTEM_SHARE = 0.25
"""Share of the page's prose that a region must hold to be taken: half, or a quarter if a
publishing system's class name marks it, since comments may be longer than the article."""

_MAX_LINKED_SHARE = 0.15
_MAX_SUSPECT_SHARE = 0.02
"""Largest shares of link blocks and of blocks suspect by name in a region that is taken whole. Help
pages end in related links (11 % at the ninth decile of 448); among 117 pages of the WARC test
set, those with a menu in the region have 20 % and more."""

_MIN_CHOSEN_SHARE = 0.25
"""trafilatura's choice is rejected if it holds less of the region's prose. It once chose a note of
40 words from a Khmer page of 300."""

_SCOPE_SHARE = 0.9
MIN_PROSE = 40
"""Characters of a block before or after trafilatura's choice that make it prose, not a label."""

_MIN_LENIENT = 200
"""Prose in landmarks with fewer characters than this is not an article: the page has no text."""

_SHORT = 100
"""A suspect block shorter than this is left out even if it is not links."""


@dataclass(frozen=True, slots=True)
class ArticleChoice:
    """The article's blocks, how they were chosen, and why the method fell back, if it did."""

    blocks: list[Block]
    name: str
    mode: str
    fallback: str | None = None


def choose(root: HtmlElement, page: PageBlocks) -> ArticleChoice:
    """The blocks of `page` that are its article. Changes the tree under `root`."""
    menus = _menus(page.blocks)
    region = _region(page, menus)
    blocks = page.blocks[region.start : region.stop]
    system = region.kind in _SYSTEMS
    if system or _is_plain(blocks, menus):
        mode = f"{'template' if system else 'region'}:{region.kind}"
        return ArticleChoice(_with_heading(page, _tidy(blocks, menus)), "corpuskit", mode)
    prose = [block for block in blocks if _is_prose(block, menus)]
    if page.elements > MAX_ELEMENTS:
        return ArticleChoice(prose, "corpuskit", "prose", "large")
    chosen, problem = _choose_by_trafilatura(root, page)
    if problem or not chosen or _mass(chosen) < _MIN_CHOSEN_SHARE * _mass(prose):
        return ArticleChoice(
            _with_heading(page, prose), "corpuskit", "prose", problem or "too little chosen"
        )
    filled = _fill_gaps(page.blocks, chosen, menus)
    return ArticleChoice(_with_heading(page, filled), "trafilatura", "selection")


def prose_in_landmarks(root: HtmlElement) -> ArticleChoice | None:
    """Long blocks without links from anywhere in the page, if there are enough of them."""
    page = blocks_of(root, lenient=True)
    menus = _menus(page.blocks)
    kept = [
        block for block in page.blocks if len(block.text) >= MIN_PROSE and _is_prose(block, menus)
    ]
    if _mass(kept) < _MIN_LENIENT:
        return None
    return ArticleChoice(kept, "corpuskit", "prose", "landmarks")


def _mass(blocks: Sequence[Block]) -> int:
    """Characters outside links."""
    return sum(len(block.text) - block.links for block in blocks)


def _menus(blocks: Sequence[Block]) -> set[int]:
    """Groups (lists, tables) that hold nothing but links."""
    other: dict[int, int] = {}
    for block in blocks:
        if block.group:
            other[block.group] = other.get(block.group, 0) | (not block.linked)
    return {group for group, prose in other.items() if not prose}


def _is_prose(block: Block, menus: set[int]) -> bool:
    return not (block.linked or block.suspect or block.group in menus)


def _region(page: PageBlocks, menus: set[int]) -> Region:
    """The element that is known to hold the article, or the whole body.

    If there are several candidates (the excerpts of a blog's front page), one is taken only if
    it holds more than the others together.
    """
    sizes = [0]
    for block in page.blocks:
        sizes.append(sizes[-1] + (len(block.text) if _is_prose(block, menus) else 0))

    def size(region: Region) -> int:
        return sizes[region.stop] - sizes[region.start]

    for kinds in (_SYSTEMS, ("article",), ("main",)):
        regions = [region for region in page.regions if region.kind in kinds]
        if not regions:
            continue
        largest = max(regions, key=size)
        others = sum(size(region) for region in regions if region.apart(largest))
        least = _MIN_SYSTEM_SHARE if kinds is _SYSTEMS else _MIN_REGION_SHARE
        if size(largest) > max(least * sizes[-1], others):
            return largest
    return Region("body", 0, len(page.blocks))


def _is_plain(blocks: Sequence[Block], menus: set[int]) -> bool:
    """Whether the blocks are almost only article text."""
    total = sum(len(block.text) for block in blocks)
    linked = sum(len(block.text) for block in blocks if block.linked or block.group in menus)
    suspect = sum(len(block.text) for block in blocks if block.suspect and not block.linked)
    return linked <= _MAX_LINKED_SHARE * total and suspect <= _MAX_SUSPECT_SHARE * total


def _tidy(blocks: Sequence[Block], menus: set[int]) -> list[Block]:
    """The blocks without menus, short suspects, links before the first other line, and headings
    that have no text left below them."""
    kept: list[Block] = []
    for section in _sections(blocks):
        heads = section[0].tag in rules.HEADINGS
        rest = section[1:] if heads else section
        left = [block for block in rest if not _is_furniture(block, menus)]
        if left or not rest:
            kept += section[: int(heads)] + left
    while len(kept) > 1 and kept[-1].tag in rules.HEADINGS:
        kept.pop()  # its section was left out with its element: references, comments
    return _from_text(kept)


def _is_furniture(block: Block, menus: set[int]) -> bool:
    short = block.linked or len(block.text) < _SHORT
    return block.group in menus or (block.suspect and short)


def _sections(blocks: Sequence[Block]) -> list[list[Block]]:
    """The blocks cut before every heading."""
    sections: list[list[Block]] = []
    for block in blocks:
        if not sections or block.tag in rules.HEADINGS:
            sections.append([])
        sections[-1].append(block)
    return sections


def _from_text(blocks: list[Block]) -> list[Block]:
    """The blocks from the first heading or non-link block on; those before it are a menu."""
    at = (n for n, block in enumerate(blocks) if not block.linked or block.tag in rules.HEADINGS)
    return blocks[next(at, len(blocks)) :]


def _with_heading(page: PageBlocks, kept: list[Block]) -> list[Block]:
    """`kept`, with the page's heading put first if it is outside the article's element."""
    if not kept or any(block.tag == "h1" for block in kept):
        return kept
    first = next(n for n, block in enumerate(page.blocks) if block is kept[0])
    before = [block for block in page.blocks[:first] if block.tag == "h1" and not block.linked]
    return before[-1:] + kept


_MARK: Final = "\u2e3a"  # TWO-EM DASH
_DIGITS: Final = "".join(
    char for char in map(chr, range(0x2E00, 0x2E43)) if not char.isalnum() and char != _MARK
)
_VALUE: Final = {char: value for value, char in enumerate(_DIGITS)}
_BASE: Final = len(_DIGITS)
_MARKED: Final = re.compile(f"{_MARK}([{re.escape(_DIGITS)}]{{3}})")
"""A mark is U+2E3A and three digits from the same block (Supplemental Punctuation): printable,
so that trafilatura's sanitizer keeps it, and not letters, so that its filters ignore it."""


def _marked(number: int) -> str:
    high, low = divmod(number, _BASE)
    return _MARK + _DIGITS[high // _BASE] + _DIGITS[high % _BASE] + _DIGITS[low]


def _numbers(text: str) -> set[int]:
    return {
        (_VALUE[code[0]] * _BASE + _VALUE[code[1]]) * _BASE + _VALUE[code[2]]
        for code in _MARKED.findall(text)
    }


@lru_cache(maxsize=1)
def _options() -> Any:
    """trafilatura's defaults, without its second try on short texts; made once, since a page needs
    half a millisecond for reading the settings.

    Its limit of 250 characters is a third of a page of English but a full page of Khmer; its
    second try keeps navigation and breaks the text at links. Our fallback is `prose`.
    """
    from trafilatura.settings import Extractor, use_config

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs every odd page
    config = use_config()
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    return Extractor(config=config, output_format="python", fast=True, comments=False)


def _choose_by_trafilatura(root: HtmlElement, page: PageBlocks) -> tuple[list[Block], str | None]:
    """Let trafilatura choose blocks; also returns the name of the exception if it raised one."""
    from trafilatura import bare_extraction

    if len(page.blocks) >= _BASE**3:
        return [], "large"
    for number, block in enumerate(page.blocks):
        where = "tail" if block.tail else "text"
        setattr(block.holder, where, _marked(number) + getattr(block.holder, where))
    for element in page.dropped:  # after marking: dropping an element moves its tail
        element.drop_tree()
    try:
        result = bare_extraction(root, options=_options())
    except Exception as error:  # noqa: BLE001 - a page can make it raise anything
        _log.info("trafilatura failed on a page", exc_info=error)
        return [], type(error).__name__
    numbers = _numbers(getattr(result, "text", None) or "")
    return [block for number, block in enumerate(page.blocks) if number in numbers], None


def _fill_gaps(blocks: Sequence[Block], chosen: Sequence[Block], menus: set[int]) -> list[Block]:
    """`chosen` with skipped blocks put back: headings, and prose between or beside its blocks."""
    taken = {id(block) for block in chosen}
    at = [number for number, block in enumerate(blocks) if id(block) in taken]
    first, last = at[0], at[-1]
    scope = _scope(chosen)
    kept: list[Block] = []
    for number in range(len(blocks) - 1, -1, -1):
        block = blocks[number]
        inside = first <= number <= last
        heads = block.tag in rules.HEADINGS and bool(kept) and number <= last
        if id(block) in taken or (
            _is_prose(block, menus)
            and (inside or heads or len(block.text) >= MIN_PROSE)
            and _within(block, scope)
        ):
            kept.append(block)
    return _from_text(kept[::-1])


def _within(block: Block, scope: HtmlElement) -> bool:
    place = block.place
    return place is scope or any(ancestor is scope for ancestor in place.iterancestors())


def _scope(chosen: Sequence[Block]) -> HtmlElement:
    """The smallest element that holds nine tenths of the chosen text."""
    masses: dict[HtmlElement, int] = {}
    for block in chosen:
        place = block.place
        for element in (place, *place.iterancestors()):
            masses[element] = masses.get(element, 0) + len(block.text)
    least = _SCOPE_SHARE * sum(len(block.text) for block in chosen)
    # all candidates are ancestors of one another: the deepest is the smallest
    return max((element for element, mass in masses.items() if mass >= least), key=_depth)


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())
