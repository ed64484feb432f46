"""Further tries on a page of which the rules leave next to nothing.

A rule that drops what readers rarely see drops whole articles of some sites. If less than
SHELL_CHARS are left, or less than a tenth of what was dropped, the page is read again without one
kind of rule at a time. `extractor.fallback` of the row names the try that was taken:

    little text   the article from the page's JSON-LD
    noscript      what the page shows if scripts, or frames, are turned off
    hidden        elements that attributes hide, until a script shows them
    template      templates that a script would show
    landmarks     prose in headers, menus, asides and the like
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from lxml.etree import tostring
from lxml.html import HtmlElement

from corpuskit.extract import rules, structured
from corpuskit.extract.blocks import Block, PageBlocks, blocks_of
from corpuskit.extract.select import MIN_PROSE, ArticleChoice, choose, prose_in_landmarks
from corpuskit.markup import tree
from corpuskit.text.markup import unescape

SHELL_CHARS: Final = 50
"""A page with scripts and less text than this is a shell that a script would fill."""

_MIN_SHARE: Final = 0.1
"""Least share of the prose that a first choice must hold. Of 700 pages of the test data, the lowest
has .26: a stub of a wiki beside the notes of its skin."""

_MIN_MORE: Final = 200
"""Characters that a try must give to replace a first choice that is not empty."""

_MAY_HOLD_TEXT: Final = frozenset(("noscript", "noframes", "template"))
_NO_TEXT: Final = rules.UNSEEN - _MAY_HOLD_TEXT

_ABOUT_BROWSER: Final = re.compile(
    r"java\s?script|browser|\bframes?\b|peramban|trình duyệt|เบราว์เซอร์|ເບຣົາເຊີ", re.IGNORECASE
)
_MAX_NOTE: Final = 300
"""Longest line in `<noscript>` that is taken for a note to the reader if it names the browser."""
_NO_FRAMES: Final = re.compile(r"<(/?)noframes\b", re.IGNORECASE)
"""libxml2 takes what is inside for text, not for markup."""
_PLACEHOLDER: Final = re.compile(r"\{\{|\$\{|<%")

_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*+>")
_REFERENCE: Final = re.compile(r"&(?:[a-zA-Z]{2,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")


def size(choice: ArticleChoice) -> int:
    """Characters of a choice, line ends included."""
    return sum(len(block.text) + 1 for block in choice.blocks)


def try_again(
    markup: str, nodes: list[dict[str, Any]], page: PageBlocks, first: ArticleChoice, scripted: bool
) -> ArticleChoice | None:
    """A choice that holds far more than `first`, or None where `first` is good or nothing is.

    `page` is what `first` was chosen from, `nodes` are the page's JSON-LD objects. `scripted` says
    that scripts could fill the page: hidden scraps are then less likely to be its article.
    """
    before = size(first)
    empty = before < SHELL_CHARS
    if not empty and _dropped(page) * _MIN_SHARE < before:
        return None
    if empty and (choice := _from_json_ld(markup, nodes)):
        return choice
    least = max(before / _MIN_SHARE, _MIN_MORE)
    if empty:
        least = 2 * SHELL_CHARS if scripted else SHELL_CHARS
    for name, relaxation in _RELAXATIONS.items():
        reparsed = name == "noscript" and _NO_FRAMES.search(markup)
        if not (reparsed or any(map(relaxation.concerns, page.dropped))):
            continue  # whatever else it shows is inside elements that stay dropped
        again = _relaxed(markup, name, relaxation.relax)
        if again is not None and size(again) >= least:
            return again
    if _has_prose(first):
        return None
    root = tree.parse(markup)
    landmarks = None if root is None else prose_in_landmarks(root)
    return landmarks if landmarks is not None and size(landmarks) >= least else None


def _has_prose(choice: ArticleChoice) -> bool:
    return any(
        len(block.text) >= MIN_PROSE and block.tag not in rules.HEADINGS for block in choice.blocks
    )


def _dropped(page: PageBlocks) -> int:
    """Characters in elements that rules dropped, though they may hold text."""
    return sum(
        len(tostring(element, method="text", encoding="unicode", with_tail=False))
        for element in page.dropped
        if element.tag not in _NO_TEXT
    )


def _relaxed(markup: str, name: str, relax: Callable[[HtmlElement], bool]) -> ArticleChoice | None:
    root = tree.parse(_NO_FRAMES.sub(r"<\1noscript", markup) if name == "noscript" else markup)
    if root is None or not relax(root):
        return None
    choice = choose(root, blocks_of(root))
    return replace(choice, blocks=_without_notes(choice.blocks, name), fallback=name)


def _without_notes(blocks: Iterable[Block], name: str) -> list[Block]:
    """The blocks without notes to readers whose browser lacks something, and placeholders."""
    if name == "template":
        return [block for block in blocks if not _PLACEHOLDER.search(block.text)]
    return [
        block
        for block in blocks
        if name != "noscript"
        or len(block.text) > _MAX_NOTE
        or not _ABOUT_BROWSER.search(block.text)
    ]


def _show_conditional(root: HtmlElement) -> bool:
    return _rename(root, "noscript")


def _show_templates(root: HtmlElement) -> bool:
    return _rename(root, "template")


def _rename(root: HtmlElement, *tags: str) -> bool:
    elements = list(root.iter(*tags))
    for element in elements:
        element.tag = "div"
    return bool(elements)


def _show_hidden(root: HtmlElement) -> bool:
    hidden = False
    for element in root.iter():
        attributes = element.attrib
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            attributes.pop("hidden", None)
            attributes.pop("aria-hidden", None)
            hidden = True
        if "style" in attributes and rules.HIDDEN_STYLE.search(attributes["style"]):
            del attributes["style"]
            hidden = True
    return hidden


def _is_hidden_by_attribute(element: HtmlElement) -> bool:
    get = element.get
    style = get("style")
    return (
        get("hidden") is not None
        or get("aria-hidden") == "true"
        or bool(style and rules.HIDDEN_STYLE.search(style))
    )


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A try without one kind of rule."""

    concerns: Callable[[HtmlElement], bool]
    """Whether that kind of rule dropped this element."""
    relax: Callable[[HtmlElement], bool]
    """Changes a tree so that the rule no longer drops elements; returns whether there were any."""


_RELAXATIONS: Final[dict[str, Relaxation]] = {
    "noscript": Relaxation(lambda element: element.tag == "noscript", _show_conditional),
    "hidden": Relaxation(_is_hidden_by_attribute, _show_hidden),
    "template": Relaxation(lambda element: element.tag == "template", _show_templates),
}


def _from_json_ld(markup: str, nodes: list[dict[str, Any]]) -> ArticleChoice | None:
    article = structured.first_text(nodes, "articleBody") or ""
    root = tree.parse(markup) if len(article) >= SHELL_CHARS else None
    if root is None:
        return None
    lines = [tree.SURROGATES.sub("\ufffd", line) for line in _lines_of(article)]
    blocks = [Block(line, 0, root, False, root, "p", 0) for line in lines]
    choice = ArticleChoice(blocks, "corpuskit", "json-ld", "little text")
    return choice if size(choice) >= SHELL_CHARS else None


def _lines_of(text: str) -> list[str]:
    """A JSON-LD value as lines of text.

    The property is plain text (schema.org), but sites put HTML there, and some escape it.
    """
    for _ in range(2):
        if _TAG.search(text):
            root = tree.parse(f"<div>{text}</div>")
            return [] if root is None else [block.text for block in blocks_of(root).blocks]
        if not _REFERENCE.search(text):
            break
        text = unescape(text)
    return [text.strip()]
