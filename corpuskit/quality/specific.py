"""A second opinion on a text's language: the words that the languages it is taken for lack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.quality.shares import Floats
from corpuskit.quality.vocabulary import Vocabulary, with_cases

FEW: Final = 20
"""Words of a text below which nothing is said: a fifth of the shorter ones have no word of the
list by chance (docs/evidence.md)."""


@dataclass(frozen=True, slots=True)
class Specific:
    """The lists of one language and of those that it is confused with."""

    places: Mapping[str, int]
    """Of every word on a list, in the cases it takes, the number of the list; 0 is its own."""
    lists: int

    @classmethod
    def of(cls, code: str, lists: Mapping[str, Sequence[str]]) -> Specific:
        """From the words per language code; a word of two lists belongs to the first."""
        ordered = [code, *sorted(lists.keys() - {code})]
        places: dict[str, int] = {}
        for place, one in enumerate(ordered):
            for word in with_cases(lists[one]):
                places.setdefault(word, place)
        return cls(places, len(ordered))


def specific_shares(
    vocabulary: Vocabulary, langs: Sequence[str | None], specific: Mapping[str, Specific]
) -> Floats:
    """Per text, the share of its words that are specific to its language, less the share specific
    to the language of which most are: 0 where these are more, NaN where the language has no list
    or the text has fewer than FEW words."""
    shares = np.full(len(langs), np.nan)
    times = np.bincount(vocabulary.ids, minlength=sum(map(len, vocabulary.seen)))
    for row, lang in enumerate(langs):
        lists, words = specific.get(lang or ""), int(vocabulary.counts[row])
        if lists is not None and words >= FEW:
            own, *others = _counts(vocabulary.seen[row], times, lists)
            shares[row] = max(0, own - max(others, default=0)) / words
    return shares


def _counts(known: Mapping[str, int], times: npt.NDArray[np.int64], lists: Specific) -> list[int]:
    """Words of a text on each list."""
    counts = [0] * lists.lists
    for word in known.keys() & lists.places.keys():
        counts[lists.places[word]] += int(times[known[word]])
    return counts
