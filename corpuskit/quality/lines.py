"""Signals of a text's lines: lengths, starts, ends and repeated lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from corpuskit.quality.marks import BULLETS, CLOSERS, DASHES, ELLIPSES
from corpuskit.quality.shares import Columns
from corpuskit.text import TextBatch
from corpuskit.text.sentence_rules import TERMINAL
from corpuskit.text.words import word_spans

SHORT: Final = 30
"""A line with fewer code points is short (FineWeb's short_line_length)."""
FRAGMENT: Final = 60
"""A line with fewer code points and without a sentence mark at the end is a fragment."""
VERSE_LINES: Final = 4
"""Lines that a text needs to be verse: a stanza."""
VERSE_SPREAD: Final = 0.25
"""Largest standard deviation of the lengths of verse lines, as a share of their mean: .10 to .19 in
poems with a meter (lục bát, pantun, klon), .38 to 1.2 in interface strings and menus."""
VERSE_REACH: Final = 0.6
"""Farthest that a verse line may be from the median length, as a share of it."""
VERSE_OTHERS: Final = 2
"""Other lines that may stand beside verse: a title and a name."""
VERSE_WORDS: Final = 3
"""Words that nine of ten verse lines have: 4 or more in such poems, 1 or 2 in menus."""
VERSE_SIGNS: Final = 0.08
"""Largest share of verse lines with a digit or symbol: 0 in such poems, .16 to .65 in lines drawn
at random from pages, whose lengths are alike too."""
LIST: Final = 3
"""Lines that a text needs for bullets or ellipses to count as a list or as teasers; a dialogue of
one line also starts with a dash."""

_SIGN: Final = re.compile(r"[\d|/\\_=<>{}\[\]()#@$%^&*+~:]")

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
    fragments = [
        line
        for line, is_closed in zip(lines, closed, strict=True)
        if len(line) < FRAGMENT and not is_closed
    ]
    broken = sum(map(len, without_verse(fragments)))
    distinct = set(lines)
    return (
        count,
        total / count,
        sum(length < SHORT for length in lengths) / count,
        broken / total,
        sum(closed) / count,
        sum(is_bullet(line) for line in lines) / count if count >= LIST else 0,
        sum(line.endswith(ELLIPSES) for line in lines) / count if count >= LIST else 0,
        1 - len(distinct) / count,
        1 - sum(map(len, distinct)) / total,
    )


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a sentence mark of any script, ignoring quotes and brackets."""
    return line.rstrip(CLOSERS)[-1:] in TERMINAL


def without_verse(lines: Sequence[str]) -> Sequence[str]:
    """Lines that end without a mark, less those of verse: of like length, each of several words,
    without numbers and signs. A title and a name may stand beside the verse."""
    lengths = np.array([len(line) for line in lines])
    if len(lines) < VERSE_LINES:
        return lines
    alike = np.abs(lengths - np.median(lengths)) <= VERSE_REACH * np.median(lengths)
    verse = [line for line, is_alike in zip(lines, alike, strict=True) if is_alike]
    others = [line for line, is_alike in zip(lines, alike, strict=True) if not is_alike]
    return others if len(others) <= VERSE_OTHERS and _is_verse(verse) else lines


def _is_verse(lines: Sequence[str]) -> bool:
    lengths = np.array([len(line) for line in lines])
    if len(lines) < VERSE_LINES or lengths.std() > VERSE_SPREAD * lengths.mean():
        return False
    if sum(bool(_SIGN.search(line)) for line in lines) > VERSE_SIGNS * len(lines):
        return False
    words = np.diff(word_spans(lines).offsets)
    return bool((words < VERSE_WORDS).sum() <= len(lines) / 10)


def is_bullet(line: str) -> bool:
    """Whether a line is an item of a list."""
    return line[0] in BULLETS or line.startswith(DASHES)
