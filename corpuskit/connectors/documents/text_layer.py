"""Whether the text layer of a PDF is text.

A PDF says which characters its glyphs stand for, and often says it wrong for scripts that are
shaped: made without shaping, or with a map that knows one character per glyph, Khmer comes out
with its vowels astray. Nothing can be had of such a file without OCR, so it is told apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from corpuskit.connectors.documents.parts import MAX_DAMAGED
from corpuskit.connectors.reasons import NO_TEXT_LAYER, PDF_TEXT_LAYER, LostError
from corpuskit.text.tables import (
    CONTROL,
    LETTER,
    MARK,
    PRIVATE,
    class_table,
    code_points,
    script_table,
)

MAX_ORPHANS: Final = 0.02
"""Share of combining marks that may stand on no letter of their script. Measured on the UDHR in all
its languages: none in most, 0.2 % in Tibetan, 21 % in the one file that had been damaged."""

MIN_CHARS_PER_PAGE: Final = 10
"""A PDF with fewer characters a page has no text layer: a scan with a page number or a stamp."""

_CID = re.compile(r"\(cid:\d+\)")
_JOINERS: Final = (0x200B, 0x200C, 0x200D, 0x2060, 0x25CC)


@dataclass(frozen=True, slots=True)
class TextLayerDamage:
    """Counts over a document: characters, those that are none, marks, marks on no letter."""

    chars: int
    damaged: int
    marks: int
    orphans: int

    @property
    def bad(self) -> bool:
        """Whether it is beyond what a well-made PDF has."""
        few = MAX_DAMAGED * self.chars  # so many marks in a long English text prove nothing
        return self.damaged > few or self.orphans > max(few, MAX_ORPHANS * self.marks)

    def __str__(self) -> str:
        return (
            f"{self.damaged} of {self.chars} characters damaged, "
            f"{self.orphans} of {self.marks} marks orphaned"
        )


def damage_of(text: str, unmapped: int = 0) -> TextLayerDamage:
    """Measure text; `unmapped` is how many of its glyphs the PDF names no character for."""
    codes = code_points(text)
    classes = class_table()[codes]
    spaces = np.isin(codes, [ord(char) for char in "\n\t\r\f "])
    odd = (classes == CONTROL) | (classes == PRIVATE) | (codes == 0xFFFD)
    cids = sum(map(len, _CID.findall(text)))
    marks, orphans = _orphans(codes, classes)
    return TextLayerDamage(
        chars=int((~spaces).sum()),
        damaged=max(int((odd & ~spaces).sum()) + cids, unmapped),
        marks=marks,
        orphans=orphans,
    )


def _orphans(codes: np.ndarray, classes: np.ndarray) -> tuple[int, int]:
    """How many combining marks there are, and how many follow no letter or mark that may bear
    them: one of their own script, or of any where the mark is common to all."""
    keep = ~np.isin(codes, _JOINERS)
    codes, classes = codes[keep], classes[keep]
    is_mark = classes == MARK
    scripts = script_table()[codes]
    before_class = np.concatenate(([0], classes))[: len(codes)]
    before_script = np.concatenate(([0], scripts))[: len(codes)]
    bears = (before_class == LETTER) | (before_class == MARK)
    bears &= (scripts == before_script) | (scripts == 0) | (before_script == 0)
    orphans = is_mark & ~bears
    return int(is_mark.sum()), int(orphans.sum())


def check(text: str, pages: int, unmapped: int = 0) -> None:
    """Raise LostError where a PDF of that many pages has no text layer, or a broken one."""
    damage = damage_of(text, unmapped)
    if damage.chars < MIN_CHARS_PER_PAGE * pages:
        raise LostError(NO_TEXT_LAYER, f"{damage.chars} characters on {pages} pages")
    if damage.bad:
        raise LostError(PDF_TEXT_LAYER, str(damage))
