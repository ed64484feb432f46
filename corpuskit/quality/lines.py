"""Signals of a text's lines: lengths, starts, ends and repeated lines."""

from __future__ import annotations

from typing import Final

import numpy as np

from corpuskit.quality.marks import BULLETS, CLOSERS, DASHES, ELLIPSES
from corpuskit.quality.shares import Columns
from corpuskit.text import TextBatch
from corpuskit.text.sentence_rules import TERMINAL

SHORT: Final = 30
"""A line with fewer code points is short (FineWeb's short_line_length)."""
FRAGMENT: Final = 60
"""A line with fewer code points and without a sentence mark at the end is a fragment."""
LIST: Final = 3
"""Lines that a text needs for bullets or ellipses to count as a list or as teasers; a dialogue of
one line also starts with a dash."""

_NAMES: Final = (
    "lines",
    "mean_line_chars",
    "short_line_fraction",
    "fragment_share",
    "terminal_line_fraction",
    "bullet_line_fraction",
    "ellipsis_line_fraction",
    "duplicate_line_fraction",
    "duplicate_line_char_fraction",
)


def line_signals(texts: TextBatch) -> Columns:
    """Signals of the lines that are not blank, one array of len(texts) each.

    Duplicate lines are counted from their second occurrence on, so that the fraction is the
    part that removing them would remove (Rae et al. 2021 count in the same way).
    """
    table = np.zeros((len(texts), len(_NAMES)), dtype=np.float64)
    for row in range(len(texts)):
        lines = texts.lines(row)
        if lines:
            table[row] = _of_lines(lines)
    return dict(zip(_NAMES, table.T, strict=True))


def _of_lines(lines: list[str]) -> tuple[float, ...]:
    count = len(lines)
    lengths = [len(line) for line in lines]
    total = sum(lengths)
    closed = [ends_sentence(line) for line in lines]
    fragments = sum(
        length
        for length, is_closed in zip(lengths, closed, strict=True)
        if length < FRAGMENT and not is_closed
    )
    distinct = set(lines)
    return (
        count,
        total / count,
        sum(length < SHORT for length in lengths) / count,
        fragments / total,
        sum(closed) / count,
        sum(is_bullet(line) for line in lines) / count if count >= LIST else 0,
        sum(line.endswith(ELLIPSES) for line in lines) / count if count >= LIST else 0,
        1 - len(distinct) / count,
        1 - sum(map(len, distinct)) / total,
    )


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence mark of any script, ignoring quotes and brackets."""
    return line.rstrip(CLOSERS)[-1:] in TERMINAL


def is_bullet(line: str) -> bool:
    """Whether a line is an item of a list."""
    return line[0] in BULLETS or line.startswith(DASHES)
