"""Grapheme clusters: characters as a reader sees them (Unicode UAX #29).

ICU 78 keeps Khmer coeng pairs and Burmese stacks together (rule GB9c).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from icu4py.breakers import CharacterBreaker

from corpuskit.arguments import as_text

Lengths = npt.NDArray[np.int64]

# Ranges in which every code point is a cluster by itself, whatever its neighbors: Latin, Greek,
# Cyrillic, their extensions and common punctuation (Grapheme_Cluster_Break is Other, LF or
# Control). Composed (NFC) text in these scripts needs no ICU, and Vietnamese is cut 6 times as
# fast.
_OTHERS: Final = (
    r"[^\n -\u02ff\u0370-\u0482\u048a-\u0530\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20c0]"
)
_JOINS: Final = re.compile(_OTHERS)
_JOIN_RUN: Final = re.compile(f"{_OTHERS}+")
_BETWEEN: Final = "\u2029"
"""Put between parts of a text: a control, with which nothing joins (GB4, GB5)."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def clusters(text: str) -> list[str]:
    """The text's extended grapheme clusters, in order; their concatenation is the text."""
    if not _JOINS.search(as_text("clusters", text)):
        return list(text)
    return list(CharacterBreaker(well_formed(text), "en"))


def cluster_lengths(text: str) -> Lengths | None:
    """The code points of each extended grapheme cluster; None if each cluster is one."""
    runs = [match.span() for match in _JOIN_RUN.finditer(text)]
    if not runs:
        return None
    parts = _with_neighbors(runs, len(text))
    if 2 * sum(stop - start for start, stop in parts) > len(text):
        return np.fromiter(map(len, CharacterBreaker(well_formed(text), "en")), np.int64)
    begins = np.ones(len(text), dtype=np.bool_)
    between = len(_BETWEEN)
    joined = well_formed(_BETWEEN.join(text[start:stop] for start, stop in parts))
    lengths = np.fromiter(map(len, CharacterBreaker(joined, "en")), np.int64)
    at_begin = np.zeros(len(joined), dtype=np.bool_)
    at_begin[np.cumsum(lengths) - lengths] = True
    place = 0
    for start, stop in parts:
        begins[start:stop] = at_begin[place : place + stop - start]
        place += stop - start + between
    return np.diff(np.append(np.flatnonzero(begins), len(text)))


def _with_neighbors(runs: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The runs, each with the character on either side; those that then overlap are one.

    Between two characters that are clusters whatever their neighbors a cluster always ends, so
    that each part is cut as it is in the whole text.
    """
    parts: list[tuple[int, int]] = []
    for start, stop in runs:
        first, last = max(0, start - 1), min(length, stop + 1)
        if parts and first < parts[-1][1]:
            first = parts.pop()[0]
        parts.append((first, last))
    return parts


def well_formed(text: str) -> str:
    """The text with each surrogate replaced by U+FFFD, as ICU requires; the length is the same."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text
