"""Grapheme clusters: characters as a reader sees them (Unicode UAX #29).

ICU 78 keeps Khmer coeng pairs and Burmese stacks together (rule GB9c).
"""

from __future__ import annotations

import re
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
_JOINS: Final = re.compile(
    r"[^\n -\u02ff\u0370-\u0482\u048a-\u0530\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20c0]"
)

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def clusters(text: str) -> list[str]:
    """The text's extended grapheme clusters, in order; their concatenation is the text."""
    if not _JOINS.search(as_text("clusters", text)):
        return list(text)
    return list(CharacterBreaker(well_formed(text), "en"))


def cluster_lengths(text: str) -> Lengths | None:
    """The code points of each extended grapheme cluster; None if each cluster is one."""
    if not _JOINS.search(text):
        return None
    return np.fromiter(map(len, CharacterBreaker(well_formed(text), "en")), np.int64)


def well_formed(text: str) -> str:
    """The text with each surrogate replaced by U+FFFD, as ICU requires; the length is the same."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text
