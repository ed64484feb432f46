"""Look-up tables over all code points, built once per process.

Indexing a table with an array of code points classifies a whole batch at once.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.text.script_ranges import RANGES

Codes = npt.NDArray[np.uint32]
Classes = npt.NDArray[np.uint8]

SIZE: Final = sys.maxunicode + 1
SCRIPTS: Final[tuple[str, ...]] = ("Zyyy", *sorted(RANGES))
"""The index is the script id; 0 means common, inherited or a script without a table."""
SCRIPT_IDS: Final[dict[str, int]] = {name: number for number, name in enumerate(SCRIPTS)}

# Character classes: general categories, merged as the signals need them.
CLASSES: Final = range(10)
OTHER, LETTER, MARK, DIGIT, PUNCTUATION, SYMBOL, SPACE, FORMAT, CONTROL, PRIVATE = CLASSES

_CLASS_OF_CATEGORY: Final = {
    "L": LETTER, "M": MARK, "N": DIGIT, "P": PUNCTUATION, "S": SYMBOL, "Z": SPACE,
    "Cf": FORMAT, "Cc": CONTROL, "Co": PRIVATE, "Cs": PRIVATE, "Cn": PRIVATE,
}  # fmt: skip
_SPACE_CONTROLS: Final = "\t\n\v\f\r\x85"


@lru_cache(maxsize=1)
def script_table() -> Classes:
    """Script id (index into SCRIPTS) of every code point."""
    table = np.zeros(SIZE, dtype=np.uint8)
    for script, ranges in RANGES.items():
        for first, last in ranges:
            table[first : last + 1] = SCRIPT_IDS[script]
    return table


@lru_cache(maxsize=1)
def class_table() -> Classes:
    """Character class (LETTER, MARK, ...) of every code point."""
    table = np.full(SIZE, PRIVATE, dtype=np.uint8)
    classes = np.full(1 << 16, PRIVATE, dtype=np.uint8)  # by the two letters of a category
    for first in "LMNPSZC":
        for second in "udtlmoncefkspi":
            name = first + second
            classes[_two_letters(name)] = _CLASS_OF_CATEGORY.get(
                first, _CLASS_OF_CATEGORY.get(name, PRIVATE)
            )
    # Planes 4 to 13 have no assigned characters, 15 and 16 are private: leave them at PRIVATE.
    for start, stop in ((0, 0x40000), (0xE0000, 0xE0200)):
        chars = from_code_points(np.arange(start, stop, dtype=np.uint32))
        table[start:stop] = classes[_two_letters("".join(map(unicodedata.category, chars)))]
    table[[ord(char) for char in _SPACE_CONTROLS]] = SPACE
    return table


@lru_cache(maxsize=1)
def written_table() -> Classes:
    """Script id of every letter and mark; len(SCRIPTS) for all other code points."""
    classes = class_table()
    written = (classes == LETTER) | (classes == MARK)
    return np.where(written, script_table(), np.uint8(len(SCRIPTS)))


def _two_letters(names: str) -> npt.NDArray[np.uint16]:
    """One number for every two letters."""
    return np.frombuffer(names.encode("ascii"), dtype=np.uint16)


def code_points(text: str) -> Codes:
    """The text's code points, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def from_code_points(codes: Codes) -> str:
    """The text of an array of code points; the inverse of `code_points`."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")
