"""Lines of a rendered page made into the lines of a text, residue of wikitext taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

ITEM: Final = "\x01"
"""Starts the line of a list's item; XML has no such character, so no page has it."""
HEADING: Final = "\x02"
"""Starts the line of a heading, before its level, a digit."""

_QUOTES: Final = re.compile(r"'{2,}")
"""Bold and italic: two, three or five quotes. Of four the first is an apostrophe, of more than five
all but the last five are (MediaWiki, Parser::doQuotes): Madurese words end in one. More than one
is a slip of the keyboard."""
_MAGIC: Final = re.compile(r"__[^\s_a-z]{2,40}__")
"""Behaviour switches such as __NOTOC__, in any language; Python's __init__ is none."""
_TABLE: Final = re.compile(r"^[^\S\n]*(?:\{\||\|[-+}|]?|!(?=.*(?:!!|\|))|\}\}).*$", re.MULTILINE)
"""Lines of tables and templates that are not closed, so that the parser took them for text."""
_UNCLOSED: Final = re.compile(r"\{\{[^\n]*|\[\[[^\[\]\n|:]*:[^\[\]\n|]*\|[^\n]*")
_BRACKETS: Final = re.compile(r"\[\[|\]\]|\{\{|\}\}|\{\||\|\}")
_BRACKET: Final = re.compile(r"[\[\]{}]")
_TAG: Final = re.compile(
    r"</?(?:abbr|b|bdi|big|blockquote|br|center|cite|code|dd|del|div|dl|dt|em|font|gallery|hr|i"
    r"|includeonly|ins|kbd|li|math|noinclude|nowiki|ol|onlyinclude|p|poem|pre|q|ref|references"
    r"|rp|rt|ruby|s|small|span|strike|strong|sub|sup|table|tbody|td|th|tr|tt|u|ul|var)"
    r"(?:[\s/][^<>\n]*)?>",
    re.IGNORECASE,
)
_EMPTY_PARENTHESES: Final = re.compile(
    r"(?<![^\S\n])[^\S\n]*(?:\([\s,;:/–—-]*\)|（[\s、，；：]*）)"
)
_SPACES: Final = re.compile(r"[ \t]+")


def tidy(rendered: str) -> str:
    """The lines of rendered wikitext without what the parser left of its markup."""
    text = rendered
    for residue in (_TABLE, _UNCLOSED, _BRACKETS, _TAG, _MAGIC):
        text = residue.sub("", text)
    if _BRACKETS.search(text):  # of what was left when others were taken out from between
        text = _BRACKET.sub("", text)
    return text_of(_QUOTES.sub(_apostrophes, text))


def text_of(rendered: str) -> str:
    """Paragraphs, headings and items, a line each; headings with nothing under them go."""
    text = _EMPTY_PARENTHESES.sub("", rendered)
    return "\n".join(_with_text(_blocks(text.split("\n"))))


def _apostrophes(quotes: re.Match[str]) -> str:
    size = len(quotes[0])
    return "'" * (size == 4 or size > 5)


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines of each paragraph: a single line break is a space to MediaWiki."""
    paragraph: list[str] = []
    for line in lines:
        clean = _SPACES.sub(" ", line.strip(" \t"))
        alone = line.startswith((ITEM, HEADING, " "))
        if not clean or alone:
            yield from _joined(paragraph)
            paragraph = []
        if alone:
            yield from _joined([clean])
        elif clean:
            paragraph.append(clean)
    yield from _joined(paragraph)


def _joined(lines: list[str]) -> Iterator[str]:
    text = " ".join(lines)
    text = text if text.startswith(HEADING) else text.replace(ITEM, "").strip()
    if any(char.isalnum() for char in text):
        yield text


def _with_text(blocks: Iterable[str]) -> Iterator[str]:
    """Give out a heading once there is text in its section."""
    waiting: list[tuple[str, str]] = []
    for block in blocks:
        if block.startswith(HEADING):
            level, title = block[1:2], block[2:].strip()
            waiting = [heading for heading in waiting if heading[0] < level]
            if any(char.isalnum() for char in title):
                waiting.append((level, title))
        else:
            yield from (title for _, title in waiting)
            waiting = []
            yield block
