"""Sentences of many texts in one call, by the marks of each script (text.sentence_rules).

The end of a line always ends a sentence: after extraction a line is a paragraph, and Thai, which
has no sentence mark, has no other boundary. In Lao a stop often has no space after it; there a
letter is enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.text.sentence_rules import (
    ABBREVIATIONS,
    CLAUSES,
    CLOSERS,
    KHMER_ETC,
    LAO_LETTERS,
    LAO_TITLE,
    NUMBERED,
    OPENERS,
    SPACED,
    SPELLED,
    TERMINAL,
)
from corpuskit.text.spans import Positions, Spans, in_texts
from corpuskit.text.tables import SPACE, class_table, code_points
from corpuskit.text.words import in_words

_NEWLINES: Final = "\n\r\v\f\x85\u2028\u2029"
_ENDING: Final = "".join(sorted(TERMINAL - CLAUSES.keys()))
_CANDIDATE: Final = re.compile(f"[{_NEWLINES}]+|[{re.escape(_ENDING)}]+[{re.escape(CLOSERS)}]*")
_ALWAYS: Final = re.compile(f"[{re.escape(''.join(sorted(set(_ENDING) - set(SPACED))))}]")
_ZWSP: Final = "\u200b"
_NEXT: Final = re.compile(rf"[\s{_ZWSP}{re.escape(OPENERS)}]*(.?)")
_BEFORE: Final = re.compile(r"[^\s(\[{\"'«“‘/-]*\Z")
_REACH: Final = 24  # code points searched for the word before a dot; the longest listed has 6
_ORDINAL: Final = re.compile(r"(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})")
_INITIALS: Final = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LAO: Final = re.compile("[\u0e81-\u0edf]{3}")
_THAI: Final = re.compile("[\u0e01-\u0e4e]")
_UNSPACED: Final = re.compile("[\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_ABBREVIATIONS: Final = frozenset(" ".join(ABBREVIATIONS.values()).split())
_SPELLED: Final = re.compile(rf"{LAO_LETTERS}(?:\.{LAO_LETTERS})*|{SPELLED}(?:\.{SPELLED})+")
_NUMBERED: Final = frozenset(NUMBERED.split())


def sentences(text: str) -> list[str]:
    """The text's sentences, in order; see `sentence_spans`."""
    return sentence_spans([text]).cut([text])[0]


def sentence_spans(texts: Sequence[str]) -> Spans:
    """The sentences of each text, without the white space around them.

    Each has at least one letter, mark or digit; signs alone ("* * *") belong to the previous
    sentence in their line, or to none.
    """
    joined = "\n".join(texts) + "\n"
    codes = code_points(joined)
    counted = np.concatenate(([0], np.cumsum(in_words(codes))))
    ends = np.array(_ends(joined, counted), dtype=np.int64)
    begins = np.concatenate(([0], ends[:-1])) if len(ends) else ends
    worded = counted[ends] > counted[begins]
    seen = (class_table()[codes] != SPACE) & (codes != ord(_ZWSP))
    starts, stops = _trimmed(seen, begins[worded], ends[worded])
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    return in_texts(starts, stops, np.concatenate(([0], np.cumsum(lengths))))


def _trimmed(
    seen: npt.NDArray[np.bool_], begins: Positions, ends: Positions
) -> tuple[Positions, Positions]:
    at = np.flatnonzero(seen)
    if not len(begins):
        return begins, ends
    first = np.searchsorted(at, begins)
    last = np.searchsorted(at, ends) - 1
    return at[first], at[last] + 1


def _ends(text: str, counted: Positions) -> list[int]:
    """The end of each sentence or line, in order."""
    ends: list[int] = []
    begin, in_line = 0, False  # `in_line`: a sentence of this line has ended at `begin`
    count = counted.item
    for match in _CANDIDATE.finditer(text):
        end = match.end()
        newline = text[match.start()] in _NEWLINES
        if not newline and not _is_end(text, match, begin):
            continue
        if in_line and count(end) == count(begin):
            ends[-1] = end
        elif newline or count(end) > count(begin):
            ends.append(end)
        else:
            continue
        begin, in_line = end, not newline
    return ends


def _is_end(text: str, match: re.Match[str], begin: int) -> bool:
    start, end = match.span()
    marks = match.group()
    if _ALWAYS.search(marks):
        return not text.startswith(KHMER_ETC, start)
    after = text[end : end + 1]
    if not after.isspace() and after != _ZWSP:
        return _ends_unspaced(text, marks, start, after)
    following = _NEXT.match(text, end)
    next_ = following[1] if following else ""
    if next_.islower():
        return False
    return marks[0] != "." or marks[:2] == ".." or not _is_abbreviation(text, start, begin, next_)


def _ends_unspaced(text: str, marks: str, start: int, after: str) -> bool:
    """Whether a mark ends a sentence although no space follows."""
    if marks[0] in "!?":
        return bool(_UNSPACED.match(after)) and bool(_UNSPACED.match(text, start - 1))
    if text.endswith(LAO_TITLE, 0, start):
        return False
    return bool(_LAO.match(text, start - 3)) and bool(_LAO.match(text, start + len(marks)))


def _is_abbreviation(text: str, dot: int, begin: int, next_: str) -> bool:
    """Whether the dot belongs to the word before it and does not end the sentence."""
    if _THAI.match(text, dot - 1):
        return True
    match = _BEFORE.search(text, max(begin, dot - _REACH), dot)
    word = match.group() if match else ""
    if not text[begin : dot - len(word)].strip() and _ORDINAL.fullmatch(word):
        return True  # the number of a list item
    if word in _ABBREVIATIONS or (word in _NUMBERED and next_.isdigit()):
        return True
    parts = word.split(".")
    if not _ABBREVIATIONS.isdisjoint(parts) and all(
        part in _ABBREVIATIONS or (len(part) == 1 and part.isupper()) for part in parts
    ):
        return True
    if _SPELLED.fullmatch(word):
        return True
    return bool(_INITIALS.fullmatch(word)) and not word[0].islower()
