"""A character of a PDF page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Char:
    """A character that stands in the file, with its place in points."""

    text: str
    font: str
    unmapped: bool
    x: float
    y: float
    right: float
    em: float
    drawn: int | None = None
    """Number of the text object that draws it, in the order of the page's content."""
    apart: bool = False
    """Whether pdfium sees a space before it."""
