"""Whether a text has words of the language that it was taken for.

A classifier shares every text out among what it knows. Of a language that it was never shown it
may be as sure as of its own: Uighur had 1.0 as Acehnese in Arabic letters, since no other language
there had letters so rare. What the seeds of a language have in words is a second, simpler look: in
a text in it, of whatever kind, some are known. With the words of all sources but one, .7 % of the
texts of that one have fewer than a quarter of their words known (44 pairs of language and source,
each with one vote); of the texts in languages never seen that were accepted, 39 % (278 texts of
text-labelled, all in languages that are neither seeds nor in `unmodelled`).

The words are kept in a Bloom filter (B. H. Bloom, Space/Time Trade-offs in Hash Coding, 1970),
of 10 bits a word and 5 probes: a foreign word is taken for a known one once in a hundred.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.identify.sections import Section, packed
from corpuskit.languages import script_of
from corpuskit.text.words import UNSPACED

VOCABULARY: Final = b"CKVOCAB1"
BITS: Final = 10
_PROBES: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93,
     0xA0761D6478BD642F], dtype=np.uint64,
)  # fmt: skip
"""Odd numbers without a pattern; a probe is what is left of the product, without its low half."""
_HALF: Final = np.uint64(32)
ENOUGH: Final = 5
"""Words from which their share says something."""
MOST: Final = 200
"""Words of a text that are looked at."""
_UNSPACED: Final = frozenset({
    *UNSPACED, "Hans", "Hant", "Jpan", "Ahom", "Lana", "Tale", "Talu", "Tavt", "Bali", "Cakm",
    "Java", "Tibt",
})  # fmt: skip
"""Scripts that do not put spaces between words (UAX #14, class SA, and as used on Java and Bali, in
Chakma, Chinese and Japanese); Tibetan puts a mark between syllables."""


def is_spaced(code: str) -> bool:
    """Whether the language is written with spaces between words."""
    return script_of(code) not in _UNSPACED


class BloomVocabulary:
    """The words of several languages, with a small chance to take a foreign word for one."""

    def __init__(self, languages: Collection[str], bits: npt.NDArray[np.uint8]) -> None:
        self.languages = frozenset(languages)
        self._bits = bits
        self._seeds = {code: zlib.crc32(code.encode()) for code in self.languages}

    @classmethod
    def of(cls, words: Mapping[str, Collection[str]]) -> BloomVocabulary:
        """From the prepared words of each language; those of unspaced scripts are left out."""
        kept = {code: found for code, found in words.items() if is_spaced(code)}
        size = sum(map(len, kept.values())) * BITS // 8 + 1
        made = cls(kept, np.zeros(size, np.uint8))
        for code, found in kept.items():
            places = made._places(code, list(found)).ravel()
            np.bitwise_or.at(made._bits, places >> 3, (1 << (places & 7)).astype(np.uint8))
        return made

    def share(self, code: str, line: str) -> float:
        """Share (0 to 1) of a line's words that the language has; 1 where it cannot be told."""
        words = line.split(maxsplit=MOST)[:MOST]
        if code not in self.languages or len(words) < ENOUGH:
            return 1.0
        places = self._places(code, words)
        there = (self._bits[places >> 3] >> (places & 7)) & 1
        return float(there.all(axis=1).mean())

    def _places(self, code: str, words: Collection[str]) -> npt.NDArray[np.int64]:
        """For every word a row of places in the filter."""
        seed = self._seeds[code]
        digests = np.array([zlib.crc32(word.encode(), seed) for word in words], np.uint64)
        mixed = (digests[:, None] * _PROBES) >> _HALF
        return (mixed % np.uint64(self._bits.size * 8)).astype(np.int64)

    def to_bytes(self) -> bytes:
        """What is appended to a model's file."""
        return packed(VOCABULARY, {"languages": sorted(self.languages)}, self._bits.tobytes())


def vocabulary(section: Section) -> BloomVocabulary:
    """The vocabulary of a section; KeyError if it is none."""
    return BloomVocabulary(section.head["languages"], np.frombuffer(section.body, np.uint8))
