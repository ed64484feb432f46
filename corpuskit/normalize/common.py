"""Rules for text in any script: controls, newlines, spaces, normalization form C.

Never NFKC: it changes 305 of 414 Lao and 227 of 478 Thai lines of the test data, because
it splits SARA AM in two.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.normalize.edits import EditRule, Edits, Remove, Replace
from corpuskit.text.tables import SIZE, Codes, code_points

# Unicode Standard, section 23.7: the last two code points of every plane, and U+FDD0..U+FDEF.
_NONCHARACTERS: Final = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}-{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_CONTROLS: Final = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # all of Cc except white space
_BIDI: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # UAX #9, section 2
_RIGHT_TO_LEFT: Final = re.compile(
    # The blocks whose unassigned code points default to R or AL (UAX #9, DerivedBidiClass).
    "[\u0590-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Invisible operators, deprecated format characters, interlinear annotation, object
# replacement (Unicode Standard, chapter 23), musical format controls (section 21.2).
_FORMAT: Final = "\u2061-\u2064\u206a-\u206f\ufff9-\ufffc\U0001d173-\U0001d17a"
# Tags contain text that no reader sees, except in the flags of regions (UTS #51, section 2.8).
_FLAG: Final = "(?:\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)"
_TAGS: Final = "\U000e0001\U000e0020-\U000e007f"
# Zs without the Ogham space mark, which is a visible letter-like stroke (Unicode Standard, 8.3).
_MAX_MARKS: Final = 30  # UAX #15, Stream-Safe Text Format
_MARKS: Final = range(0x300, 0x1E94B)  # the first and the last character that reorders, Unicode 16
SPACES: Final = "\t\u00a0\u2000-\u200a\u202f\u205f\u3000"


def _join(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")


_REMOVALS: Final[tuple[EditRule, ...]] = (
    Replace("surrogates_joined", re.compile("[\ud800-\udbff][\udc00-\udfff]"), _join),
    Remove("surrogates_removed", re.compile("[\ud800-\udfff]+")),
    Remove("controls_removed", re.compile(f"[{_CONTROLS}{_NONCHARACTERS}]+")),
    Remove("bom_removed", re.compile("\ufeff+")),
    Remove("shy_removed", re.compile("\u00ad+")),
    Remove("format_removed", re.compile(f"({_FLAG})|[{_FORMAT}{_TAGS}]+")),
)

# A single search shows whether any removal applies; most texts need none.
REMOVABLE: Final = f"\ud800-\udfff{_CONTROLS}{_NONCHARACTERS}\ufeff\u00ad{_FORMAT}{_TAGS}{_BIDI}"
_removable: Final = re.compile(f"[{REMOVABLE}]")
_remove_bidi: Final = Remove("bidi_removed", re.compile(f"[{_BIDI}]+"))

NEWLINES: Final = "\r\v\f\x85\u2028\u2029"  # UAX #14, classes BK, CR, LF, NL
unify_newlines: Final[EditRule] = Replace(
    "newlines_unified", re.compile(f"\r\n|[{NEWLINES}]"), "\n"
)

_SPACE_RULES: Final[tuple[EditRule, ...]] = (
    Replace("spaces_unified", re.compile(f"[{SPACES}]"), " "),
    Replace("space_runs_collapsed", re.compile("  +"), " "),
    Replace("line_edges_trimmed", re.compile(r"^ | $", re.MULTILINE)),
    Replace("blank_lines_collapsed", re.compile(r"\n{3,}"), "\n\n"),
    Replace("text_edges_trimmed", re.compile(r"\A\n+|\n+\Z")),
)


LIGATURES: Final = "\ufb00-\ufb06"
_split_ligatures: Final = Replace(
    "ligatures_split",
    re.compile(f"[{LIGATURES}]"),
    lambda match: unicodedata.normalize("NFKC", match[0]),
)
"""Typesetters' ligatures, mostly of PDFs: no orthography needs them, and words with them are found
neither by a reader's search nor among duplicates (Unicode Standard, section 7.1)."""


def split_ligatures(text: str, edits: Edits) -> str:
    """Latin ligatures such as U+FB01 as the letters that they are drawn for."""
    return _split_ligatures(text, edits)


def remove_controls(text: str, edits: Edits) -> str:
    """Drop invisible characters that no script needs: controls, surrogates, BOM, SHY, tags."""
    if not _removable.search(text):
        return text
    for rule in _REMOVALS:
        text = rule(text, edits)
    return text if _RIGHT_TO_LEFT.search(text) else _remove_bidi(text, edits)


def unify_spaces(text: str, edits: Edits) -> str:
    """Unify spaces: one kind, no runs, none at line edges, at most one empty line in a row."""
    for rule in _SPACE_RULES:
        text = rule(text, edits)
    return text


def compose(text: str, edits: Edits) -> str:
    """Unicode normalization form C (UAX #15), counting the combining sequences rewritten.

    Runs of combining marks are first cut to 30: no script needs more (UAX #15, section 13), and
    the time to sort a run grows with the square of its length.
    """
    text = _cut_marks(text, edits)
    if unicodedata.is_normalized("NFC", text):
        return text
    edits["nfc_composed"] += _rewritten(text)
    # A mark may decompose into two (U+0344), which can make a run too long again.
    return _cut_marks(unicodedata.normalize("NFC", text), edits)


def _cut_marks(text: str, edits: Edits) -> str:
    return Remove("marks_removed", _long_run())(text, edits) if _has_long_run(text) else text


def _has_long_run(text: str) -> bool:
    """Whether more than 30 combining marks follow one another; ten times as fast as the pattern."""
    marks = is_mark()[code_points(text)]
    before = np.concatenate(([0], np.cumsum(marks)))
    width = _MAX_MARKS + 1
    return bool(before[-1] >= width and (before[width:] - before[:-width] == width).any())


@lru_cache(maxsize=1)
def is_mark() -> npt.NDArray[np.bool_]:
    """Which code points reorder: those with a canonical combining class other than 0."""
    table = np.zeros(SIZE, dtype=np.bool_)
    table[_MARKS.start : _MARKS.stop] = list(map(unicodedata.combining, map(chr, _MARKS)))
    return table


@lru_cache(maxsize=1)
def _long_run() -> re.Pattern[str]:
    marks = "".join(map(chr, np.flatnonzero(is_mark())))
    return re.compile(f"([{marks}]{{{_MAX_MARKS}}})[{marks}]+")


def _rewritten(text: str) -> int:
    """Count the combining sequences of the text that are not in normalization form C.

    A sequence is a run of characters that reorder, compose with their predecessor or change on
    their own, together with the character before the run. Two sequences are separated by a
    normalization boundary.
    """
    unstable = np.concatenate(([False], _are_unstable(code_points(text)), [False]))
    edges = np.flatnonzero(unstable[1:] != unstable[:-1])
    firsts = np.maximum(edges[::2] - 1, 0).tolist()
    counts = Counter(text[a:b] for a, b in zip(firsts, edges[1::2].tolist(), strict=True))
    return sum(
        count
        for sequence, count in counts.items()
        if not unicodedata.is_normalized("NFC", sequence)
    )


def _are_unstable(codes: Codes) -> npt.NDArray[np.bool_]:
    """Which code points `_may_change`; each is looked at once in a process."""
    table = _stability()
    for code in np.unique(codes[table[codes] == _UNKNOWN]).tolist():
        is_outside = 0xD800 <= code < 0xE000 or code >= 0x30000
        table[code] = _STABLE if is_outside or not _may_change(chr(code)) else _UNSTABLE
    return np.asarray(table[codes] == _UNSTABLE)


_UNKNOWN, _STABLE, _UNSTABLE = range(3)


@lru_cache(maxsize=1)
def _stability() -> npt.NDArray[np.uint8]:
    """What is known of every code point."""
    table = np.full(SIZE, _UNKNOWN, dtype=np.uint8)
    table[:0x80] = _STABLE
    return table


@lru_cache(maxsize=1)
def _second_of_pairs() -> frozenset[str]:
    codes = (code for first, last in _DECOMPOSED for code in range(first, last))
    pairs = (unicodedata.decomposition(chr(code)).split() for code in codes)
    seconds = {chr(int(pair[1], 16)) for pair in pairs if len(pair) == 2 and pair[0][0] != "<"}
    vowels_and_finals = map(chr, range(0x1161, 0x11C3))  # Hangul composes by arithmetic
    return frozenset(seconds.union(vowels_and_finals))


# Without ideographs, Hangul, Tangut and private use, which have no decomposition into two.
_DECOMPOSED: Final = (
    (0x80, 0x3400), (0xA000, 0xAC00), (0xF900, 0x17000), (0x1B000, 0x20000),
)  # fmt: skip


def _may_change(char: str) -> bool:
    return (
        unicodedata.combining(char) != 0
        or char in _second_of_pairs()
        or not unicodedata.is_normalized("NFC", char)
    )
