"""Syllables of the Myanmar script, for languages that ICU's Burmese dictionary does not know.

In Shan, Mon and Karen the dictionary finds Burmese words by chance and cuts anywhere between
them, inside syllables too (benchmarks/segmentation.py counts this). The start of a syllable can be
determined from the letters alone, in every language of the script:

| a letter | starts a syllable | source |
|---|---|---|
| alone, or with signs after it | yes | Unicode Standard 16.3; UTN #11, "Syllable chaining" |
| with U+103A (asat) on it | no: it closes the previous one | UTN #11, "Devoweliser" |
| with U+1037 (dot below) and U+103A on it | no | the same, in NFC's order of the two |
| after U+1039 (virama) | no: it is stacked below the previous letter | UTN #11 |
| before U+1039 | yes: the stack starts one | Mon, below |

In Mon a stack is a cluster at the start of a syllable: 158 of 386 are at the start of a phrase in
the test data (global-asp-stories, UDHR). Shan and Karen have none. In Pali words in Pa'O and
Rakhine (4 and 16 in 7,736 and 19,225 characters) the upper letter belongs to the previous
syllable; these are cut before the stack too. In Karen U+103A also follows tone signs (U+1062,
U+1063); there no letter carries it, so it closes no syllable.
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
# Letters by category that repeat the previous syllable and start none (UTN #11, "Khamti Shan";
# Unicode 7.0: U+A9E6 for Shan).
REPEATERS: Final = (0xAA70, 0xA9E6)

_Flags = npt.NDArray[np.bool_]


def cut_syllables(codes: Codes) -> tuple[_Flags, _Flags]:
    """Which code points are in the Myanmar script, and at which code points a segment begins.

    Segments begin at every syllable and number of the script, and where the script changes.
    """
    in_script = script_table()[codes] == SCRIPT_IDS[SCRIPT]
    digits = in_script & (class_table()[codes] == DIGIT)
    changes = (in_script != _before(in_script)) | (digits & ~_before(digits))
    return in_script, changes | _opens(codes)


def _opens(codes: Codes) -> _Flags:
    """Where a letter starts a syllable, by the table above."""
    asat = _after(codes == ASAT)
    closes = asat | (_after(codes == DOT_BELOW) & _after(asat))
    opens: _Flags = _is_letter()[codes] & ~closes & ~_stacked(codes)
    return opens


def _stacked(codes: Codes) -> _Flags:
    """Code points after a virama, with any signs and invisible joiners in between: a grapheme
    cluster by rule GB9c of UAX #29."""
    at = np.arange(len(codes))
    classes = class_table()[codes]
    virama = np.maximum.accumulate(np.where(codes == VIRAMA, at, -1))
    other = np.maximum.accumulate(np.where((classes == MARK) | (classes == FORMAT), -1, at))
    return _before(virama > other)


@lru_cache(maxsize=1)
def _is_letter() -> _Flags:
    """Whether a code point is a letter of the script that can start a syllable."""
    letters: _Flags = (class_table() == LETTER) & (script_table() == SCRIPT_IDS[SCRIPT])
    letters[list(REPEATERS)] = False
    return letters


def _before(flags: _Flags) -> _Flags:
    """The flag of the previous code point."""
    return np.concatenate((np.zeros(1, dtype=np.bool_), flags[:-1]))


def _after(flags: _Flags) -> _Flags:
    """The flag of the next code point."""
    return np.concatenate((flags[1:], np.zeros(1, dtype=np.bool_)))
