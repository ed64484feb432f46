"""The match key: the same for two copies of a text, however they were typed.

Used to compare texts (near-duplicates), never published: it also folds spellings that look
different but mean the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.arguments import as_text
from corpuskit.text.tables import (
    CONTROL,
    FORMAT,
    PUNCTUATION,
    SPACE,
    Codes,
    class_table,
    code_points,
    from_code_points,
)

FOLDED: Final[dict[str, str]] = {
    "\u17d2\u178a": "\u17d2\u178f",  # Khmer coeng DA, looks like TA: 66 % of the UDHR's lines
    "\u0eab\u0e99": "\u0edc",  # Lao HO and NO, HO and MO: as one letter
    "\u0eab\u0ea1": "\u0edd",
    "\u0643": "\u06a9",  # Jawi: KAF typed as Arabic has it
    "\u0762": "\u06ac",  # Jawi GA, in the shapes of three languages
    "\u06af": "\u06ac",
}
"""Spelling -> the spelling that replaces it in the key."""

_ENDING: Final = ("oa", "oe", "uy")
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"


def _placed(vowels: str, tone: str, at: int) -> str:
    return unicodedata.normalize("NFC", vowels[: at + 1] + tone + vowels[at + 1 :])


MOVED: Final = {_placed(v, tone, 0): _placed(v, tone, 1) for v in _ENDING for tone in _TONES}
"""Vietnamese puts the tone on either of these vowels; the key has it on the second."""
_FOLDABLE: Final = re.compile("[\u17d2\u0eab\u0643\u0762\u06af]")
_TONED: Final = re.compile(f"[{''.join(sorted({pair[0] for pair in MOVED}))}]")


@lru_cache(maxsize=1)
def kept_table() -> npt.NDArray[np.bool_]:
    """Whether a key keeps each code point."""
    return ~np.isin(class_table(), (CONTROL, FORMAT, PUNCTUATION, SPACE))


# Without these, NFC only composes U+1025 with U+102E, and sorts the marks 1037, 1039, 103A, 108D.
_NOT_MYANMAR: Final = re.compile("[^\\0-\u00bf\u1000-\u109f\u200b-\u200d\u2010-\u2027]")
_UNSORTED: Final = re.compile("[\u1039\u103a\u108d]\u1037|\u108d[\u1039\u103a]|\u1025\u102e")


def composed_text(text: str) -> str:
    """The text in NFC.

    Burmese is typed with the asat before the dot below, which NFC puts after it, and has a vowel
    that might compose: `unicodedata` takes 75 microseconds for 900 characters, this road 30.
    """
    if ("\u102e" in text or "\u1037" in text) and not _NOT_MYANMAR.search(text):
        swapped = text.replace("\u103a\u1037", "\u1037\u103a")
        if not _UNSORTED.search(swapped):
            return swapped
    return unicodedata.normalize("NFC", text)


def folded_text(text: str) -> str:
    """The match key before characters are dropped."""
    composed = composed_text(text)
    folded = composed.casefold()
    # Text in scripts without case (Khmer, Thai, ...) is unchanged: this saves a third of the time.
    if folded != composed:
        folded = unicodedata.normalize("NFC", folded)
    if _FOLDABLE.search(folded):
        folded = _replaced(folded, FOLDED)
    return _replaced(folded, MOVED) if _TONED.search(folded) else folded


def _replaced(text: str, pairs: Mapping[str, str]) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text


def match_key(text: str) -> str:
    """NFC, case-folded, without format (ZWSP, ZWJ, ...), control, space and punctuation characters,
    with the spellings of FOLDED and the positions of Vietnamese tones unified.

    Measured on 2,497 constructed copies in 23 languages (benchmarks/neardup.py): copies
    that differ by ZWSP, NFD, case or white space get the same key.
    """
    codes = code_points(folded_text(as_text("match_key", text)))
    return from_code_points(codes[kept_table()[codes]])


def match_keys(texts: Sequence[str]) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Match keys of many texts as code points, and their offsets; shapes (m,) and (n + 1,).

    Apart from the folding, four times as fast as `match_key` on each text.
    """
    folded = [folded_text(text) for text in texts]
    codes = code_points("".join(folded))
    kept = kept_table()[codes]
    ends = np.cumsum([len(text) for text in folded], dtype=np.int64)
    counted = np.concatenate(([0], np.cumsum(kept, dtype=np.int64)))
    return codes[kept], counted[np.concatenate(([0], ends))]
