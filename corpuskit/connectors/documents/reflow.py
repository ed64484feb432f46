"""From the lines of pages back to paragraphs.

A line was broken by its program, and goes on in the next, if the first word of the next had not
fitted into it. How lines are joined depends on the script: a space where words are spaced,
nothing between letters of Khmer, Lao, Burmese, Thai, Chinese or Japanese.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, pairwise
from statistics import median
from typing import Final

from corpuskit.connectors.documents.pdf_chars import PdfLine
from corpuskit.text.tables import code_points
from corpuskit.text.words import is_unspaced, words

Page = list[PdfLine]

MAX_LEADING: Final = 1.35
"""A step between lines, as a multiple of the page's usual one, that ends a paragraph."""

UNSPACED_SLACK: Final = 6.0
"""Room, in em, that a broken line of a script without spaces may leave: many programs break Khmer
only at a ZWSP, which PDFs do not keep, and a run between two is up to 5 em long in the help pages
of LibreOffice. It is half the page where paragraphs stand apart, which then tells them: text
without a ZWSP is broken at its few spaces. Not where the line ends with a stop."""

INDENT: Final = 0.8
"""An indent, in em, that starts a paragraph; typographers use 1 to 2 em."""

MAX_INDENT: Final = 4.0
"""Lines that start further apart than this, in em, are of different columns."""

_NEAR = 40
"""Lines before and after one in which its column is looked for; a page has some 40."""

_MIN_COLUMN = 3
"""Lines that tell where their column ends."""

_EDGE_LINES = 2
"""Lines at the top and bottom of a page among which running heads are looked for."""

_DIGITS = re.compile(r"\d+")
_HYPHENS = ("-", "\u00ad", "\u2010")
_LEADERS = re.compile(r"(?:[.\u2026] ?){5}")
_BULLETS: Final = frozenset("\u2022\u2023\u2043\u25aa\u25cf\u25e6")
"""Marks that start an item of a list, and so a paragraph."""
_STOPS: Final = frozenset("។៕៖၊။")
"""Marks that a space follows in scripts that write none between words (Khmer, Burmese)."""
_ENDS: Final = _STOPS | frozenset(".!?")
"""Marks after which the first line of a page starts a paragraph."""
_SPACE: Final = 0.25
"""Width of a space, in em: a program needs room for it as well to put a word on a line."""


def without_running_heads(pages: list[Page]) -> list[Page]:
    """Pages without the lines that most of them (of at least three) begin or end with.

    Digits do not count: page numbers differ. A line of nothing but digits goes with them.
    """
    written = [page for page in pages if page]
    if len(written) < 3:
        return pages
    seen = Counter(chain.from_iterable({_key(line) for line in _edges(page)} for page in written))
    running = {key for key, count in seen.items() if count > len(written) / 2}
    return [_trimmed(page, running) for page in pages]


def _edges(page: Page) -> Page:
    return page[:_EDGE_LINES] + page[-_EDGE_LINES:]


def _key(line: PdfLine) -> str:
    return _DIGITS.sub("0", line.text.strip())


def _trimmed(page: Page, running: set[str]) -> Page:
    edge = {id(line) for line in _edges(page)}
    return [line for line in page if id(line) not in edge or _key(line) not in running]


def paragraphs(pages: list[Page]) -> list[str]:
    """The text of pages, a paragraph each."""
    texts: list[str] = []
    last: PdfLine | None = None
    edge = 0.0
    for page in pages:
        leading = _usual_leading(page)
        spaced = any(a.y - b.y > MAX_LEADING * leading > 0 for a, b in pairwise(page))
        for number, line in enumerate(page):
            if last is None or (number == 0 and last.text.rstrip()[-1:] in _ENDS):
                texts.append(line.text)
            elif _goes_on(last, line, leading) and not _has_room(last, line, edge, spaced):
                texts[-1] = joined(texts[-1], line.text)
            else:
                texts.append(line.text)
            edge = _right_edge(page, number)
            last = line
    return [stripped for text in texts if (stripped := text.strip())]


def _right_edge(page: Page, number: int) -> float:
    """Where the column of a line ends: lines near it that start where it does may be full.

    Too few lines say nothing of that, and the margins of the page do.
    """
    line = page[number]
    near = page[max(number - _NEAR, 0) : number + _NEAR]
    column = [other for other in near if abs(other.left - line.left) <= MAX_INDENT * line.em]
    edge = max(other.right for other in column)
    is_told = len(column) >= _MIN_COLUMN or line.limit is None
    return edge if is_told else max(edge, line.limit or edge)


def _usual_leading(page: Page) -> float:
    steps = [a.y - b.y for a, b in pairwise(page) if a.y - b.y > 0.5 * a.em]
    return median(steps) if steps else 0.0


def _goes_on(last: PdfLine, line: PdfLine, leading: float) -> bool:
    """Whether size, distance and indent let `line` go on with the paragraph of `last`.

    Where a page or column ends the distance says nothing.
    """
    if line.text[:1] in _BULLETS:
        return False
    if abs(last.em - line.em) > 0.1 * line.em or _LEADERS.search(last.text):
        return False
    step = last.y - line.y
    if step > MAX_LEADING * leading > 0 or 0 <= step < 0.5 * line.em:
        return False
    indent = line.left - last.left
    if step > 0 and abs(indent) > MAX_INDENT * line.em:
        return False  # the next row of a table; the next column begins higher up
    return not INDENT * line.em < indent <= MAX_INDENT * line.em


def _has_room(last: PdfLine, line: PdfLine, edge: float, spaced: bool) -> bool:
    """Whether the first word of `line` had fitted into `last`, whose column ends at `edge`.

    `spaced`: some lines of the page are further apart than usual.
    """
    room = _SPACE * line.em + _first_word_width(line)
    if _is_unspaced_join(last, line):
        slack = (edge - last.left) / 2 if spaced else UNSPACED_SLACK * line.em
        room = max(room, slack)
    return last.right + room <= edge


def _is_unspaced_join(last: PdfLine, line: PdfLine) -> bool:
    """Whether letters of scripts without spaces meet where the lines do."""
    tail, head = last.text.rstrip()[-1:], line.text.lstrip()[:1]
    if tail in _STOPS or not (tail and head):
        return False
    return is_unspaced(code_points(tail)) and is_unspaced(code_points(head))


def _first_word_width(line: PdfLine) -> float:
    """Width of what a program would have moved to the line before if it had fitted."""
    token = line.text.split(maxsplit=1)[0] if line.text.strip() else ""
    parts = words(token)
    length = len(token)
    if parts and is_unspaced(code_points(token)):
        length = token.find(parts[0]) + len(parts[0])
    start = len(line.text) - len(line.text.lstrip())
    return line.edges[min(start + length, len(line.edges)) - 1] - line.left if length else 0.0


def joined(before: str, after: str) -> str:
    """Two lines of a paragraph as one.

    A space at the end of a line is in the file and is kept. A hyphen between small letters
    is taken for the line's, not the word's.
    """
    if not before or not after or before[-1].isspace():
        return before + after
    if before[-1] in _HYPHENS and before[-2:-1].isalpha() and after[0].islower():
        return before[:-1] + after
    if before[-1] == "\u200b":  # the break that was between these words
        return before + after
    unspaced = is_unspaced(code_points(before[-1])) and is_unspaced(code_points(after[0]))
    return before + after if unspaced and before[-1] not in _STOPS else f"{before} {after}"
