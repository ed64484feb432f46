"""Characters of a page with places as if all text ran from left to right.

pdfium gives characters in the order in which they are read. Lines, spaces and columns are found by
gaps in the direction of reading, so that right-to-left text needs the mirror image of its places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from unicodedata import bidirectional

from corpuskit.connectors.documents.pdf_char import Char

_RIGHT_TO_LEFT: Final = frozenset(("R", "AL"))
_LEFT_TO_RIGHT: Final = frozenset(("L", "EN", "AN"))
_SAME_BASELINE: Final = 0.6  # em; a mark or a raised number is still in its line


def left_to_right(chars: list[Char]) -> list[Char]:
    """The characters with mirrored places where they run from right to left.

    On a page that is mostly right to left every place is mirrored, and then those of words and
    numbers within it that run the other way; on any other page only right-to-left words are.
    """
    directions = _directions(chars)
    rightward, leftward = directions.count(1), directions.count(-1)
    if not leftward:
        return chars
    main = -1 if leftward > rightward else 1
    if main == -1:
        chars = [replace(char, x=-char.right, right=-char.x) for char in chars]
    chars = list(chars)
    for start, stop in _runs(chars, directions, -main):
        run = chars[start:stop]
        edges = min(char.x for char in run) + max(char.right for char in run)
        chars[start:stop] = [
            replace(char, x=edges - char.right, right=edges - char.x) for char in run
        ]
    return chars


def _directions(chars: Iterable[Char]) -> list[int]:
    """1 for a letter or digit that runs to the right, -1 to the left, 0 for what goes with its
    surroundings (UAX 9, 3.2); a mark is as the letter that bears it."""
    directions: list[int] = []
    for char in chars:
        kind = bidirectional(char.text[:1])
        if kind == "NSM" and directions:
            directions.append(directions[-1])
        else:
            directions.append((kind in _LEFT_TO_RIGHT) - (kind in _RIGHT_TO_LEFT))
    return directions


def _runs(chars: list[Char], directions: list[int], wanted: int) -> Iterator[tuple[int, int]]:
    """Spans of characters of one line that run in the wanted direction, with what stands between
    two of them and has no direction."""
    start = stop = -1
    for index, direction in enumerate(directions):
        if start >= 0 and (direction == -wanted or not _is_one_line(chars[start], chars[index])):
            yield start, stop
            start = -1
        if direction == wanted:
            start = index if start < 0 else start
            stop = index + 1
    if start >= 0:
        yield start, stop


def _is_one_line(first: Char, other: Char) -> bool:
    return abs(first.y - other.y) <= _SAME_BASELINE * max(first.em, other.em)
