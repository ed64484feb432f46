"""A second opinion on a text's language: words that similar languages do not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from corpuskit.quality.shares import Floats
from corpuskit.quality.vocabulary import with_cases
from corpuskit.quality.word_counts import BatchWordCounts

FEW: Final = 20
"""Words that a text needs to be measured: a fifth of shorter texts have no word of the list by
chance (docs/evidence.md)."""


@dataclass(frozen=True, slots=True)
class SpecificLists:
    """The word lists of one language and of those that it is confused with."""

    places: Mapping[str, int]
    """The list of every word, in all its cases, by number; 0 is the language's own list."""
    lists: int

    @classmethod
    def of(cls, code: str, lists: Mapping[str, Sequence[str]]) -> SpecificLists:
        """From the words per language code; a word on two lists counts for the first."""
        ordered = [code, *sorted(lists.keys() - {code})]
        places: dict[str, int] = {}
        for place, language in enumerate(ordered):
            for word in with_cases(lists[language]):
                places.setdefault(word, place)
        return cls(places, len(ordered))


def specific_shares(
    counts: BatchWordCounts, langs: Sequence[str | None], specific: Mapping[str, SpecificLists]
) -> Floats:
    """Per text, the share of words specific to its language minus that of its closest rival.

    0 if the rival has more; NaN if the language has no list or the text has fewer than FEW words.
    """
    shares = np.full(len(langs), np.nan)
    for row, lang in enumerate(langs):
        lists, words = specific.get(lang or ""), int(counts.words[row])
        if lists is not None and words >= FEW:
            specific_words, *rivals = _counts(counts.kinds[row], lists)
            shares[row] = max(0, specific_words - max(rivals, default=0)) / words
    return shares


def _counts(times: Mapping[str, int], lists: SpecificLists) -> list[int]:
    """Words of a text on each list."""
    counts = [0] * lists.lists
    for word in times.keys() & lists.places.keys():
        counts[lists.places[word]] += times[word]
    return counts
