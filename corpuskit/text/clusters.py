"""Grapheme clusters: what a reader sees as one character (Unicode UAX #29).

ICU 78 keeps Khmer coeng pairs and Burmese stacks together (rule GB9c), so a cluster
is what a near-duplicate shingle should count in these scripts.
"""

from __future__ import annotations

from icu4py.breakers import CharacterBreaker


def clusters(text: str) -> list[str]:
    """The text's extended grapheme clusters, in order; joined they are the text."""
    if text.isascii() and "\r" not in text:
        return list(text)
    return list(CharacterBreaker(well_formed(text), "en"))


def well_formed(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD, which ICU requires."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
