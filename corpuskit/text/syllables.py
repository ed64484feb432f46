"""Syllables of the Myanmar script, for languages that ICU's Burmese dictionary does not know.

In Shan, Mon and Karen the dictionary finds Burmese words by chance and cuts between them
wherever it must, inside syllables too (benchmarks/segmentation.py counts it). Where a syllable
opens can be told from the letters alone, in every language of the script:

| a letter | opens a syllable | source |
|---|---|---|
| on its own, or with signs behind it | yes | Unicode Standard 16.3; UTN #11, "Syllable chaining" |
| with U+103A (asat) on it | no: it closes the one before | UTN #11, "Devoweliser" |
| with U+1037 (dot below) and U+103A on it | no | the same, in NFC's order of the two |
| behind U+1039 (virama) | no: it is stacked below the letter before | UTN #11 |
| with U+1039 behind it | yes: the stack opens one | Mon, below |

In Mon a stack is a cluster at the start of a syllable: 158 of 386 stand at the start of a
phrase in the test data (global-asp-stories, UDHR). Shan and Karen have none. In words that Pa'O
and Rakhine take from Pali (4 and 16 in 7,736 and 19,225 characters) the upper letter belongs to
the syllable before; those are cut at the stack too. In Karen U+103A also follows tone signs
(U+1062, U+1063); it is no letter that bears it there, so nothing closes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.text.tables import (
    DIGIT,
    FORMAT,
    LETTER,
    MARK,
    SCRIPT_IDS,
    Codes,
    class_table,
    script_table,
)

SCRIPT: Final = "Mymr"
DOT_BELOW, VIRAMA, ASAT = 0x1037, 0x1039, 0x103A
# Letters by category that repeat the syllable before and open none (UTN #11, "Khamti Shan";
# Unicode 7.0: U+A9E6 for Shan).
REPEATERS: Final = (0xAA70, 0xA9E6)

_Flags = npt.NDArray[np.bool_]


def cut_syllables(codes: Codes) -> tuple[_Flags, _Flags]:
    """Which code points are of the Myanmar script, and at which of all a segment begins: at
    every syllable and number of the script, and where the script changes.
    """
    own = script_table()[codes] == SCRIPT_IDS[SCRIPT]
    digits = own & (class_table()[codes] == DIGIT)
    changes = (own != _before(own)) | (digits & ~_before(digits))
    return own, changes | _opens(codes)


def _opens(codes: Codes) -> _Flags:
    """Where a letter opens a syllable, by the table above."""
    asat = _after(codes == ASAT)
    closes = asat | (_after(codes == DOT_BELOW) & _after(asat))
    opens: _Flags = _is_letter()[codes] & ~closes & ~_stacked(codes)
    return opens


def _stacked(codes: Codes) -> _Flags:
    """What stands behind a virama, signs and invisible joiners between them passed over: a
    grapheme cluster as UAX #29 has it (GB9c)."""
    at = np.arange(len(codes))
    classes = class_table()[codes]
    virama = np.maximum.accumulate(np.where(codes == VIRAMA, at, -1))
    other = np.maximum.accumulate(np.where((classes == MARK) | (classes == FORMAT), -1, at))
    return _before(virama > other)


@lru_cache(maxsize=1)
def _is_letter() -> _Flags:
    """Whether a code point is a letter of the script that can open a syllable."""
    letters: _Flags = (class_table() == LETTER) & (script_table() == SCRIPT_IDS[SCRIPT])
    letters[list(REPEATERS)] = False
    return letters


def _before(flags: _Flags) -> _Flags:
    """What is said of the code point before each."""
    return np.concatenate((np.zeros(1, dtype=np.bool_), flags[:-1]))


def _after(flags: _Flags) -> _Flags:
    """What is said of the code point behind each."""
    return np.concatenate((flags[1:], np.zeros(1, dtype=np.bool_)))
