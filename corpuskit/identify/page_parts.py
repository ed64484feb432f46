"""The parts of a page that the screen asks a model about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from corpuskit.languages import script_of
from corpuskit.text.scripts import MEMBERS
from corpuskit.text.tables import (
    LETTER,
    MARK,
    SCRIPT_IDS,
    SCRIPTS,
    Classes,
    class_table,
    code_points,
    script_table,
)

PART_CHARS: Final = 300
"""Code points that a part has at least, so that the model is right about it."""
LONG_PART: Final = 600
"""Code points that a part has at most, save the last one."""
PARTS: Final = 6
"""Parts of a page that a model is asked about: all but one spread evenly, and the one that looks
most like prose, since a short text can stand between long menus."""

_NOT_WRITTEN: Final = len(SCRIPTS)


@lru_cache(maxsize=1)
def _script_of_letters() -> Classes:
    """Script id of every code point that is a letter or mark, _NOT_WRITTEN for all others."""
    classes = class_table()
    is_written = (classes == LETTER) | (classes == MARK)
    return np.where(is_written, script_table(), _NOT_WRITTEN).astype(np.uint8)


class Part(NamedTuple):
    """A run of whole lines, or a piece of a long one."""

    text: str
    letters: int
    """Those in a script of a wanted language."""


class PageText:
    """The visible text of a page, and its letters by script."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._scripts = _script_of_letters()[code_points(text)]
        self._counts = np.bincount(self._scripts, minlength=_NOT_WRITTEN + 1)

    @property
    def letters(self) -> int:
        """Letters and marks in all scripts."""
        return len(self.text) - int(self._counts[_NOT_WRITTEN])

    def letters_of(self, codes: Iterable[str]) -> int:
        """Letters and marks in a script of any of these languages."""
        return int(self._counts[_scripts_of(codes)].sum())

    def lines_in(self, codes: Iterable[str]) -> PageText:
        """The lines that have at least half of their letters in a script of these languages."""
        wanted = np.zeros(_NOT_WRITTEN + 1, dtype=bool)
        wanted[_scripts_of(codes)] = True
        lines = self.text.split("\n")
        stops = np.cumsum([len(line) + 1 for line in lines]) - 1
        letters = np.diff(_running(wanted[self._scripts])[stops], prepend=0)
        totals = np.diff(_running(self._scripts != _NOT_WRITTEN)[stops], prepend=0)
        kept = np.flatnonzero((letters > 0) & (2 * letters >= totals))
        return PageText("\n".join([lines[number] for number in kept]))

    def parts(
        self, codes: Iterable[str], is_written: Callable[[int, int], bool], most: int | None = PARTS
    ) -> tuple[list[Part], int]:
        """At most `most` of the parts that have enough letters in a script of `codes`, all with
        None; and how many such letters all these parts have. A text shorter than one part has
        none.

        `is_written` is asked with the number of such letters and that of all letters of a part.
        """
        spans = part_spans(self.text)
        if not spans:
            return [], 0
        wanted = np.zeros(_NOT_WRITTEN + 1, dtype=bool)
        wanted[_scripts_of(codes)] = True
        letters = _within(spans, wanted[self._scripts])
        totals = _within(spans, self._scripts != _NOT_WRITTEN)
        rows = [row for row, pair in enumerate(zip(letters, totals, strict=True))
                if is_written(*pair)]  # fmt: skip
        whole = sum(letters[row] for row in rows)
        if most is not None:
            lengths = [self._line_length(spans[row]) for row in rows]
            rows = [rows[place] for place in sample(lengths, most)]
        parts = [
            Part(self.text[slice(*spans[row])].replace("\n", " "), letters[row]) for row in rows
        ]
        return parts, whole

    def _line_length(self, span: tuple[int, int]) -> float:
        """Mean length of the lines of a part."""
        start, stop = span
        return (stop - start) / (1 + self.text.count("\n", start, stop - 1))


def part_spans(text: str) -> list[tuple[int, int]]:
    """The text cut into runs of whole lines of PART_CHARS or more, long lines cut up.

    A shorter remainder joins the last part; a text shorter than one part has no parts.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    while len(text) - start >= PART_CHARS:
        stop = text.find("\n", start + PART_CHARS - 1, start + LONG_PART) + 1
        stop = stop or min(start + LONG_PART, len(text))
        spans.append((start, stop))
        start = stop
    if spans:
        spans[-1] = (spans[-1][0], len(text))
    return spans


def sample(line_lengths: Sequence[float], most: int) -> list[int]:
    """Places of at most `most` parts with these mean lengths of lines, in ascending order."""
    size = len(line_lengths)
    if size <= most:
        return list(range(size))
    places = {(2 * number + 1) * size // (2 * (most - 1)) for number in range(most - 1)}
    rest = (place for place in range(size) if place not in places)
    return sorted({*places, max(rest, key=line_lengths.__getitem__)})


def _scripts_of(codes: Iterable[str]) -> list[int]:
    """Ids of the scripts of languages."""
    scripts = {script_of(code) for code in codes}
    members = {member for script in scripts for member in MEMBERS.get(script, (script,))}
    return sorted({SCRIPT_IDS.get(member, 0) for member in members})


def _running(counted: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many code points before each place, and before the end, are counted."""
    return np.concatenate(([0], np.cumsum(counted, dtype=np.int64)))


def _within(spans: Sequence[tuple[int, int]], counted: npt.NDArray[np.bool_]) -> list[int]:
    """How many code points of each span are counted."""
    sums: list[int] = np.add.reduceat(
        counted.view(np.uint8), [start for start, _ in spans], dtype=np.int64
    ).tolist()
    return sums
