"""First parts of texts that are shown beside a corpus, with the personal data in them masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from corpuskit.privacy.detect import mask_personal_data
from corpuskit.privacy.exceptions import KeptAddresses
from corpuskit.privacy.regions import regions_of
from corpuskit.privacy.stage import worth_a_look
from corpuskit.text import TextBatch

_MARGIN: Final = 320
"""Characters at the end of what is looked at that are not shown: personal data that is cut there is
not recognized. The longest address of RFC 5321 has 320."""


@dataclass(frozen=True)
class Excerpts:
    """Takes the first `chars` characters of texts and masks personal data in them.

    `kinds` are those that are masked, `keep` the addresses of institutions, `regions` the countries
    whose telephone numbers are known without a country code; that of a page's host is added.
    """

    chars: int
    kinds: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    def of(self, texts: Sequence[str | None], urls: Sequence[str | None]) -> list[str | None]:
        """A first part of each text; None where there is no text."""
        window = 2 * self.chars + _MARGIN
        beginnings = [(text or "")[:window] for text in texts]
        worth = worth_a_look(TextBatch(beginnings)) if self.kinds else [False] * len(texts)
        rows = zip(texts, urls, worth, strict=True)
        return [self._excerpt(text, url, look=bool(look)) if text else None
                for text, url, look in rows]  # fmt: skip

    def _excerpt(self, text: str, url: str | None, *, look: bool) -> str:
        return (self._masked(text, url) if look else text)[: self.chars]

    def _masked(self, text: str, url: str | None) -> str:
        window = 2 * self.chars + _MARGIN
        masked = mask_personal_data(
            text[:window],
            regions=regions_of(self.regions, url),
            kinds=self.kinds,
            keep=self._kept,
        ).text
        return masked if len(text) <= window else masked[: max(0, len(masked) - _MARGIN)]

    @cached_property
    def _kept(self) -> KeptAddresses:
        return KeptAddresses(self.keep)
