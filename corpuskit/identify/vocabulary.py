"""Whether a text has words of the language that the model named.

A classifier assigns every text to some language it knows, and it may be as certain about an
unknown language as about its own: Uighur scored 1.0 as Acehnese in Arabic letters, since no other
language there had letters so rare. The words in the seeds of a language are a second, simpler
check: any text in the language has some of them. If only the words of the other sources are
known, .7 % of the texts of a source have fewer than a quarter of their words known (44 pairs of
language and source, each with one vote); of accepted texts in unknown languages it is 39 % (278
texts of text-labelled, all in languages that are neither seeds nor in `unmodelled`).

The words are kept in a Bloom filter (B. H. Bloom, Space/Time Trade-offs in Hash Coding, 1970),
with 8 bits a word and 5 probes: one foreign word in fifty passes for a known one.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.identify.sections import Section, packed
from corpuskit.languages import script_of
from corpuskit.text.words import UNSPACED

VOCABULARY: Final = b"CKVOCAB1"
BITS: Final = 8
_PROBES: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93,
     0xA0761D6478BD642F], dtype=np.uint64,
)  # fmt: skip
"""Odd numbers without a pattern; a probe is the high half of the product."""
_HALF: Final = np.uint64(32)
ENOUGH: Final = 5
"""Words that a text needs for the share to be meaningful."""
MOST: Final = 200
"""Words of a text that are looked up."""
REMEMBERED: Final = 1 << 16
"""Words per language whose lookups are kept. For texts of 150 words it halves the time (55 to 24
microseconds a text)."""
_UNSPACED: Final = frozenset({
    *UNSPACED, "Hans", "Hant", "Jpan", "Ahom", "Lana", "Tale", "Talu", "Tavt", "Bali", "Cakm",
    "Java", "Tibt",
})  # fmt: skip
"""Scripts without spaces between words (UAX #14, class SA, and as used on Java and Bali, in Chakma,
Chinese and Japanese); Tibetan has a mark between syllables."""


def is_spaced(code: str) -> bool:
    """Whether the language is written with spaces between words."""
    return script_of(code) not in _UNSPACED


class BloomVocabulary:
    """The words of several languages; a small share of foreign words passes for known."""

    def __init__(self, languages: Collection[str], bits: npt.NDArray[np.uint8]) -> None:
        self.languages = frozenset(languages)
        self._bits = bits
        self._seeds = {code: zlib.crc32(code.encode()) for code in self.languages}
        self._known: dict[str, dict[str, bool]] = {code: {} for code in self.languages}

    @classmethod
    def of(cls, words: Mapping[str, Collection[str]]) -> BloomVocabulary:
        """From the prepared words of each language; languages in unspaced scripts are left out."""
        kept = {code: listed for code, listed in words.items() if is_spaced(code)}
        size = sum(map(len, kept.values())) * BITS // 8 + 1
        vocabulary = cls(kept, np.zeros(size, np.uint8))
        for code, listed in kept.items():
            places = vocabulary._places(code, list(listed)).ravel()
            np.bitwise_or.at(vocabulary._bits, places >> 3, (1 << (places & 7)).astype(np.uint8))
        return vocabulary

    def share(self, code: str, line: str) -> float:
        """Share (0 to 1) of a line's words that the language has; 1 if it cannot be determined."""
        words = line.split(maxsplit=MOST)[:MOST]
        if code not in self.languages or len(words) < ENOUGH:
            return 1.0
        return sum(self._are_known(code, words)) / len(words)

    def _are_known(self, code: str, words: Sequence[str]) -> list[bool]:
        """Whether the language has each word; each is looked up once."""
        known = self._known[code]
        facts = list(map(known.get, words))
        if None in facts:
            if len(known) > REMEMBERED:
                self._known[code] = known = {}
            new = [word for word in words if word not in known]
            places = self._places(code, new)
            is_set = (self._bits[places >> 3] >> (places & 7)) & 1
            known.update(zip(new, is_set.all(axis=1).tolist(), strict=True))
            return [known[word] for word in words]
        return facts  # type: ignore[return-value]  # none is None

    def _places(self, code: str, words: Collection[str]) -> npt.NDArray[np.int64]:
        """The places of each word in the filter, one row per word."""
        seed = self._seeds[code]
        digests = np.array([zlib.crc32(word.encode(), seed) for word in words], np.uint64)
        mixed = (digests[:, None] * _PROBES) >> _HALF
        return (mixed % np.uint64(self._bits.size * 8)).astype(np.int64)

    def to_bytes(self) -> bytes:
        """The bytes to append to a model's file."""
        return packed(VOCABULARY, {"languages": sorted(self.languages)}, self._bits.tobytes())


def vocabulary(section: Section) -> BloomVocabulary:
    """The vocabulary in a section; KeyError if the section is something else."""
    return BloomVocabulary(section.head["languages"], np.frombuffer(section.body, np.uint8))
