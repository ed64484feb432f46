"""Numbers of a text: runs of digits in any script, and what stands between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_NATIVE: Final = re.compile(r"[^\D0-9]")
_RUN: Final = re.compile(r"[0-9]++")
_SEPARATOR: Final = re.compile(r"[ \-./()\u00a0\u200b\u2010\u2011\u2013]{1,3}")
_LONGEST: Final = 3
"""Separators in a row within one number, as in `(021) 835`."""


def with_ascii_digits(text: str) -> str:
    """The text with every decimal digit of any script as 0 to 9; of the same length."""
    if text.isascii():
        return text
    return _NATIVE.sub(lambda match: str(unicodedata.decimal(match[0])), text)


@dataclass(frozen=True, slots=True)
class DigitRun:
    """Consecutive digits."""

    start: int
    end: int
    digits: str


@dataclass(frozen=True, slots=True)
class NumberGroup:
    """Runs with nothing but separators between them, such as `012 345-678`."""

    text: str
    runs: tuple[DigitRun, ...]
    separators: tuple[str, ...]
    """Between each run and the next."""

    def is_apart(self, first: int, behind: int) -> bool:
        """Whether white space, or nothing, is between runs `first` to `behind` and the others."""
        before = self.separators[first - 1] if first else " "
        after = self.separators[behind - 1] if behind < len(self.runs) else " "
        return before[-1].isspace() and (after[0].isspace() or after[:2] in _ENDS)


_ENDS: Final = (". ", ") ", "/ ")


def number_groups(text: str) -> Iterator[NumberGroup]:
    """Every run of digits of a text with ASCII digits, in groups."""
    runs: list[DigitRun] = []
    separators: list[str] = []
    for match in _RUN.finditer(text):
        run = DigitRun(match.start(), match.end(), match[0])
        if runs:
            between = text[runs[-1].end : run.start]
            if len(between) > _LONGEST or not _SEPARATOR.fullmatch(between):
                yield NumberGroup(text, tuple(runs), tuple(separators))
                runs, separators = [], []
            else:
                separators.append(between)
        runs.append(run)
    if runs:
        yield NumberGroup(text, tuple(runs), tuple(separators))


def without_spans(
    groups: Iterable[NumberGroup], spans: Sequence[tuple[int, int]]
) -> Iterator[NumberGroup]:
    """The groups without those runs that touch one of the spans, cut where one was."""
    if not spans:
        yield from groups
        return
    for group in groups:
        kept: list[int] = []
        for number, run in enumerate(group.runs):
            if any(start < run.end and run.start < end for start, end in spans):
                yield from _part(group, kept)
                kept = []
            else:
                kept.append(number)
        yield from _part(group, kept)


def _part(group: NumberGroup, kept: Sequence[int]) -> Iterator[NumberGroup]:
    if kept:
        first, last = kept[0], kept[-1]
        yield NumberGroup(group.text, group.runs[first : last + 1], group.separators[first:last])
