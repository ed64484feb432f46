"""What the recognizers share: a view of a text, and what they find in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from corpuskit.privacy.context import folded, named_kinds
from corpuskit.privacy.numbers import with_ascii_digits


@dataclass(frozen=True, slots=True, order=True)
class PersonalDatum:
    """One piece of personal data in a text."""

    start: int
    end: int
    kind: str


_URL: Final = re.compile(r"(?:(?<![a-z])(?:https?|ftp|git|ssh)://|(?<![\w.])www\.)[!-~]++", re.I)
_IDENTIFIER: Final = re.compile(
    r"(?<![0-9.])10\.[0-9]{4,9}(?:\.[0-9]{1,9}){0,3}/[!-~]+"
    r"|(?<![a-z])(?:doi|ark|hdl|urn|arxiv):[ /]?[0-9a-z][!-~]*"
    r"|(?<![a-z])handle [0-9.]{1,20}/[!-~]*",
    re.IGNORECASE,
)
"""Identifiers of publications, whose digits are nobody's: DOI, ARK, Handle, URN, arXiv."""
_IDENTIFIER_SIGNS: Final = ("10.", "doi:", "ark:", "hdl:", "urn:", "arxiv:", "handle ")


class TextView:
    """A text as recognizers read it; each view is made on first use.

    `regions` are the countries (`KH`) whose numbers can be written without a country code.
    """

    def __init__(self, text: str, regions: Sequence[str] = ()) -> None:
        self.original = text
        self.regions = tuple(regions)

    @cached_property
    def text(self) -> str:
        """The text with ASCII digits; every place is the same as in the original."""
        return with_ascii_digits(self.original)

    @cached_property
    def folded(self) -> str:
        """`text` in lower case; every place is the same."""
        return folded(self.text)

    @cached_property
    def urls(self) -> list[tuple[int, int]]:
        """Start and end of every web address."""
        if "://" not in self.text and "www." not in self.folded:
            return []
        return [match.span() for match in _URL.finditer(self.text)]

    @cached_property
    def identifiers(self) -> list[tuple[int, int]]:
        """Start and end of every identifier of a publication, such as a DOI."""
        if not any(sign in self.folded for sign in _IDENTIFIER_SIGNS):
            return []
        return [match.span() for match in _IDENTIFIER.finditer(self.text)]

    def names(self, start: int) -> frozenset[str]:
        """The kinds that a word before `start` names."""
        return named_kinds(self.folded, start)

    def is_apart(self, start: int, end: int) -> bool:
        """Whether nothing that could be a part of the same number or name is on either side."""
        before = self.text[start - 1] if start else " "
        after = self.text[end] if end < len(self.text) else " "
        return (
            (before in _OPENING or not before.isascii())
            and (after in _CLOSING or not after.isascii())
            and not (after in ".,:" and self.text[end + 1 : end + 2].isdigit())
            and not (before in ",:" and start > 1 and self.text[start - 2].isdigit())
        )


_OPENING: Final = frozenset(" \n\t:;,(['\"*|<>")
_CLOSING: Final = frozenset(" \n\t.,:;)]'\"!?*|<>")
