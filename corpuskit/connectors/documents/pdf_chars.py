"""Lines of a PDF page from where its characters stand.

pdfium breaks lines where a glyph hangs below the baseline, which Khmer's subscripts do within a
word, and guesses spaces by widths that marks do not have. So lines and spaces are made here:
a line is what shares a baseline, a space is a gap that no glyph fills.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, Final
from unicodedata import category

from corpuskit.connectors.documents.pdf_char import Char
from corpuskit.connectors.documents.pdf_direction import left_to_right
from corpuskit.text.tables import code_points
from corpuskit.text.words import is_unspaced

NEW_LINE: Final = 0.6
"""A step of the baseline, in em, that starts a line. Khmer subscripts that a PDF draws for
themselves stand 0.3 em below, lines 1 em or more."""

GAP: Final = 0.2
"""A gap, in em, that is a space where the file has none. TeX sets words 0.22 em apart or more; the
unknown width of a ligature leaves 0.17 em within Khmer words of PDFs made by cairo."""

JUMP: Final = 3.0
"""A gap, in em, that is another column or cell, and so another line. Justified lines have gaps of
up to about 2 em."""

_FONT_NAME_BYTES = 128
_LINE_HYPHEN = 2  # the code that pdfium gives a hyphen at which it saw a word broken


@dataclass(slots=True)
class PdfLine:
    """A line of text, with its place in points, mirrored where the page is right to left."""

    text: str
    left: float
    right: float
    y: float
    em: float
    edges: list[float]
    """Right edge after every character of `text`."""
    limit: float | None = None
    """Where lines of the page would end if its margins were alike."""


def page_chars(raw: Any, page: Any, textpage: Any) -> Iterator[Char]:
    """The characters of a page in pdfium's order, without those that it made up.

    `raw` is pypdfium2.raw, `page` and `textpage` the open handles of a page and its text.
    """
    objects = {
        ctypes.addressof(raw.FPDFPage_GetObject(page, index).contents): index
        for index in range(raw.FPDFPage_CountObjects(page))
    }
    x, y = ctypes.c_double(), ctypes.c_double()
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    apart = False
    for index in range(raw.FPDFText_CountChars(textpage)):
        if raw.FPDFText_IsGenerated(textpage, index) == 1:
            apart = raw.FPDFText_GetUnicode(textpage, index) == ord(" ")
            continue
        raw.FPDFText_GetCharOrigin(textpage, index, x, y)
        raw.FPDFText_GetLooseCharBox(textpage, index, box)
        raw.FPDFText_GetMatrix(textpage, index, matrix)
        name.value = b""
        raw.FPDFText_GetFontInfo(textpage, index, name, _FONT_NAME_BYTES, None)
        size = raw.FPDFText_GetFontSize(textpage, index)
        yield Char(
            text=_character(raw.FPDFText_GetUnicode(textpage, index)),
            font=name.value.decode("utf-8", "replace"),
            unmapped=raw.FPDFText_HasUnicodeMapError(textpage, index) == 1,
            x=x.value,
            y=y.value,
            right=max(box.right, x.value),
            em=abs(size) * math.hypot(matrix.c, matrix.d) or 1.0,
            drawn=_drawn(raw.FPDFText_GetTextObject(textpage, index), objects),
            apart=apart,
        )
        apart = False


def _character(code: int) -> str:
    if code == _LINE_HYPHEN:
        return "-"
    surrogate = 0xD800 <= code < 0xE000
    return "\ufffd" if surrogate or code > 0x10FFFF else chr(code)


def _drawn(text_object: Any, objects: dict[int, int]) -> int | None:
    return objects.get(ctypes.addressof(text_object.contents)) if text_object else None


def marks_in_place(chars: list[Char]) -> list[Char]:
    """Characters with every mark that is drawn for itself right after what was drawn before it.

    pdfium sorts what is drawn on a line by where it starts, and a Khmer vowel above that is
    placed to the left of its end comes out behind the next letter.
    """
    runs = [(drawn, list(run)) for drawn, run in groupby(chars, key=lambda char: char.drawn)]
    last_of = {drawn: number for number, (drawn, _) in enumerate(runs)}
    after: dict[int, list[Char]] = {}
    moved: dict[int, int] = {}  # number of a run -> of the run that it now follows
    for number, (drawn, run) in sorted(enumerate(runs), key=lambda one: one[1][0] or 0):
        before = last_of.get(drawn - 1) if drawn is not None else None
        if before is None or before == number - 1 or not _are_marks(run):
            continue
        before = moved.get(before, before)
        if abs(runs[before][1][0].y - run[0].y) <= NEW_LINE * run[0].em:
            after.setdefault(before, []).extend(run)
            moved[number] = before
    kept = (n for n in range(len(runs)) if n not in moved)
    return [char for n in kept for char in chain(runs[n][1], after.get(n, ()))]


def _are_marks(run: list[Char]) -> bool:
    return all(category(char.text).startswith("M") for char in run)


def lines_of(chars: list[Char], width: float | None = None) -> list[PdfLine]:
    """Characters in pdfium's order, of a page of that width, as lines."""
    lines: list[PdfLine] = []
    for char in left_to_right(marks_in_place(chars)):
        if char.text in "\r\n\0":
            continue
        line = lines[-1] if lines else None
        if line is None or _starts_line(line, char):
            if not char.text.isspace():
                lines.append(_new_line(char))
            continue
        if _is_apart(line, char):
            _append(line, " ", char.x)
        if not (char.text.isspace() and line.text.endswith(" ")):
            _append(line, " " if char.text == "\u00a0" else char.text, char.right)
    if width and lines:
        # of a page that is mirrored, places run from -width to 0
        margin = min(line.left for line in lines) % width
        for line in lines:
            line.limit = (0.0 if line.left < 0 else width) - margin
    return lines


def _is_apart(line: PdfLine, char: Char) -> bool:
    if line.text.endswith(" ") or category(char.text).startswith("M"):
        return False  # a mark belongs to what is before
    if char.x - line.right > GAP * line.em:
        return True
    # tightly set words of Latin; between letters of Khmer pdfium sees spaces that are none
    return char.apart and not is_unspaced(code_points(line.text[-1] + char.text))


def _new_line(char: Char) -> PdfLine:
    return PdfLine(char.text, char.x, char.right, char.y, char.em, [char.right])


def _append(line: PdfLine, text: str, right: float) -> None:
    line.text += text
    line.right = max(line.right, right)
    line.edges.append(line.right)


def _starts_line(line: PdfLine, char: Char) -> bool:
    em = max(line.em, char.em)
    if abs(char.y - line.y) > NEW_LINE * em:
        return True
    return char.x - line.right > JUMP * em or line.right - char.x > JUMP * em
