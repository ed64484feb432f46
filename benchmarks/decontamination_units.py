"""Units of n-grams for finding evaluation items: code points, grapheme clusters, words.

For each unit and length, the share of edited items that is found at the lowest threshold at which
no clean text of the language is marked. A score is the share of an item's code points that lie in
n-grams which the text has as often.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from corpuskit.text.clusters import clusters
from corpuskit.text.keys import match_key
from corpuskit.text.words import word_spans

ITEMS, CLEAN = 250, 1500
UNITS = {
    "code points": (5, 6, 7, 8),
    "clusters": (3, 4, 5),
    "words": (1, 2, 3),
}

Row = dict[str, Any]
Ngrams = list[tuple[str, ...]]


def units_of(text: str, kind: str) -> list[str]:
    if kind == "words":
        return [key for word in word_spans([text]).cut([text])[0] if (key := match_key(word))]
    key = match_key(text)
    return list(key) if kind == "code points" else clusters(key)


def ngrams_of(units: Sequence[str], length: int) -> Ngrams:
    return [tuple(units[at : at + length]) for at in range(len(units) - length + 1)]


def score(units: Sequence[str], ngrams: Ngrams, available: Counter[tuple[str, ...]]) -> float:
    """Share of the code points of `units` that shared n-grams cover."""
    length, left = len(units) - len(ngrams) + 1, Counter(available)
    covered = [False] * len(units)
    for at, ngram in enumerate(ngrams):
        if left[ngram] > 0:
            left[ngram] -= 1
            covered[at : at + length] = [True] * length
    sizes = [len(unit) for unit in units]
    return sum(size for size, is_in in zip(sizes, covered, strict=True) if is_in) / sum(sizes)


def compare_units(
    items: Sequence[Row],
    clean: Sequence[Row],
    copies: dict[str, Callable[[str, random.Random], str]],
    languages: Sequence[str],
) -> Iterator[Row]:
    """A row per unit and length, with the recall of each kind of copy per language."""
    for kind, lengths in UNITS.items():
        for length in lengths:
            row: Row = {"unit": f"{length} {kind}"}
            for code in languages:
                rng = random.Random(1)
                own = [item["text"] for item in items if item["lang"] == code]
                own = rng.sample(own, min(ITEMS, len(own)))
                texts = [r["text"] for r in clean if r["lang"] == code]
                texts = rng.sample(texts, min(CLEAN, len(texts)))
                for name, copy in copies.items():
                    edited = [copy(text, rng) for text in own]
                    row[f"{code}, {name}"] = _recall(own, edited, texts, kind, length)
            yield row


def _recall(
    items: Sequence[str], edited: Sequence[str], clean: Sequence[str], kind: str, length: int
) -> float:
    units = [units_of(text, kind) for text in items]
    ngrams = [ngrams_of(of, length) for of in units]
    usable = [row for row, of in enumerate(ngrams) if of]
    owners = defaultdict(set)
    for row in usable:
        for ngram in ngrams[row]:
            owners[ngram].add(row)
    highest = 0.0
    for text in clean:
        available = Counter(ngrams_of(units_of(text, kind), length))
        for row in {row for ngram in available for row in owners.get(ngram, ())}:
            highest = max(highest, score(units[row], ngrams[row], available))
    found = 0
    for row in usable:
        available = Counter(ngrams_of(units_of(edited[row], kind), length))
        found += score(units[row], ngrams[row], available) > highest
    return found / len(items)
