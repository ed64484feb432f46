"""Markdown from values that strangers wrote: nothing in them is read as Markdown or HTML.

Values of the recipe, of plug-ins, of pages and of the catalogue are escaped, put on one line and
freed of credentials and control characters before they reach a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from corpuskit.display import mask, printable


def plain(text: object) -> str:
    """A value as one line of plain text in Markdown, in a table or outside of one."""
    line = " ".join(printable(mask(" ".join(str(text).split()))).split())
    escaped = re.sub(
        r"([\\`*~\[\]]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", html.escape(line, quote=False)
    )
    return escaped.replace("|", "&#124;")


def paragraph(text: object) -> str:
    """A value as a paragraph of plain text: it begins no heading, list, quotation or rule."""
    line = re.sub(r"^(\d{1,9})([.)])", r"\1\\\2", plain(text))
    return re.sub(r"^([#+=:-])", r"\\\1", line)


def prose(text: str) -> str:
    """A sentence of a stage's author: names between backticks stay code, all else is plain."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return plain(text)
    return "".join(
        code_span(part) if number % 2 else _plain_part(part) for number, part in enumerate(parts)
    )


def _plain_part(text: str) -> str:
    start, end = text[: text[:1].isspace()], text[len(text.rstrip()) :]
    return f"{' ' if start else ''}{plain(text)}{' ' if end and text.strip() else ''}"


def code_span(text: object) -> str:
    """A name as a code span, in a table or outside of one."""
    line = " ".join(printable(mask(str(text))).split()).replace("`", "'").replace("|", "\\|")
    return f"`{line}`" if line else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> list[str]:
    """Lines of a table; its last `numbers` columns are aligned to the right.

    Cells are escaped by the caller, who knows which of them are code.
    """
    rules = ["---"] * (len(heads) - numbers) + ["--:"] * numbers
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(rules)}|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def percent(part: float, whole: float) -> str:
    """A share such as `12.5 %`; `-` of nothing."""
    return f"{100 * part / whole:.1f} %" if whole else "-"
