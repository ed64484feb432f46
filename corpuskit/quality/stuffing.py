"""A signal of keyword stuffing: one phrase in every passage of a text.

Shares of words do not tell stuffed pages from clean ones: the five most frequent words are .11 to
.22 of ten gambling pages and up to .42 of clean manuals and declarations. What differs is that a
stuffed phrase is in nearly every passage, where clean text turns to something else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from corpuskit.quality.shares import Floats
from corpuskit.text import TextBatch
from corpuskit.text.words import word_spans

PHRASE: Final = 3
"""Words of a phrase."""
PASSAGE: Final = 25
"""Words of a passage."""
FEWEST_PASSAGES: Final = 10
"""Passages without which a text is too short to tell: 250 words."""
LEAST_FRACTION: Final = 0.03
"""Share of a text's code points in its most frequent phrase below which it is in a third of the
passages at most, so that nothing has to be counted."""


def phrase_spreads(
    texts: TextBatch, words: Floats, fractions: Floats, syllabic: Collection[int] = ()
) -> Floats:
    """Share of each text's passages that hold its most widespread phrase; shape (n,).

    `words` are the numbers of words, `fractions` the signal `top_3gram_char_fraction`, `syllabic`
    the rows whose words are syllables. 0 for texts of fewer than FEWEST_PASSAGES passages, and
    for those without a frequent phrase.
    """
    spreads = np.zeros(len(texts), dtype=np.float64)
    is_candidate = (words >= FEWEST_PASSAGES * PASSAGE) & (fractions >= LEAST_FRACTION)
    for row in np.flatnonzero(is_candidate).tolist():
        text = [texts.texts[row]]
        (cut,) = word_spans(text, [0] if row in syllabic else ()).cut(text)
        spreads[row] = _spread(cut)
    return spreads


def _spread(words: Sequence[str]) -> float:
    count = len(words) // PASSAGE
    passages: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for at in range(count * PASSAGE - PHRASE + 1):
        phrase = tuple(words[at : at + PHRASE])
        if len(set(phrase)) > 1:
            passages[phrase].add(at // PASSAGE)
    return max(map(len, passages.values()), default=0) / count
