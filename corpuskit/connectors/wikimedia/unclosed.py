"""Brackets of wikitext that have no end.

The parser tries each to the end of the page and goes back: 4,000 times `{{a|` take it 20 seconds,
4,000 times `<b ` 34, and the time grows with the square. A page has a few of them at most; of a
page with many, those that are never closed are taken out before it is parsed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

_MAX: Final = 100
"""Brackets without an end that are left to the parser: they take it some milliseconds."""

_BRACKET: Final = re.compile(
    r"\[\[|\]\]|\{\{|\}\}|\[(?=(?:https?:|ftps?:|ircs?:|mailto:|news:|//))|\]|\n", re.IGNORECASE
)
_OPENS: Final = {"]]": "[[", "}}": "{{", "]": "["}
_UNFINISHED_TAG: Final = re.compile(r"<(?=[a-zA-Z/][^<>]*+(?:<|\Z))")


def without_unclosed(wikitext: str) -> str:
    """The wikitext, without the brackets and tags that are never closed if there are many."""
    if len(_UNFINISHED_TAG.findall(wikitext)) > _MAX:
        wikitext = _UNFINISHED_TAG.sub("", wikitext)
    unclosed = _unclosed(wikitext)
    if len(unclosed) <= _MAX:
        return wikitext
    parts, at = [], 0
    for start, size in unclosed:
        parts.append(wikitext[at:start])
        at = start + size
    return "".join((*parts, wikitext[at:]))


def _unclosed(wikitext: str) -> list[tuple[int, int]]:
    """Position and length of each opening bracket without an end, in order."""
    opened: defaultdict[str, list[int]] = defaultdict(list)
    lost: list[tuple[int, int]] = []
    for match in _BRACKET.finditer(wikitext):
        mark = match[0]
        if mark == "\n":  # external links end with their line
            lost += ((position, 1) for position in opened["["])
            opened["["].clear()
        elif mark in _OPENS:
            if opened[_OPENS[mark]]:
                opened[_OPENS[mark]].pop()
            elif mark == "]]" and opened["["]:
                opened["["].pop()
        else:
            opened[mark].append(match.start())
    lost += ((position, len(mark)) for mark, places in opened.items() for position in places)
    return sorted(lost)
