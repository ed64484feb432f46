"""Strings that UTF-8 can hold: JSON and character references may contain halves of a surrogate
pair, which Python keeps and files, Arrow and SQLite refuse."""

from __future__ import annotations


def well_formed(text: str) -> str:
    """The text with surrogate pairs joined and single halves of one replaced by U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
