"""fastText's training lines from labelled texts: whole, in pieces, and as words by frequency."""

from __future__ import annotations

import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from corpuskit.identify.preprocess import lid_sea_2
from corpuskit.identify.training.seeds import NEGATIVE, SeedRow, WordList
from corpuskit.text.words import words

SMALLEST: Final = 500
"""Texts to which a language is upsampled."""
SMALLEST_SOURCE: Final = 300
"""Texts to which each of its sources is upsampled, so that a language is not identified with one
kind of text: the seeds have 30 paragraphs of the UDHR in Indonesian, and as many in Papuan Malay,
nearly the same, that were upsampled as a negative class."""
MOST_ROUNDS: Final = 10
"""How often a text may be repeated for the sake of its source, which may have a dozen texts."""
SMALLEST_NEGATIVE: Final = 300
CROP: Final = (4, 10)
"""Words of a crop, one per text; without crops a fifth of short texts is identified wrongly."""
BAGS: Final = 3000
"""Lines of words drawn from a word list. With lists of Indonesian, Malay and Tagalog (and the
upsampling of sources) F1 of Malay rises from .77 to .88 held out, of Indonesian from .84 to .87."""
BAG: Final = (4, 15)
_SEED: Final = 1


def example_lines(rows: Iterable[SeedRow], lists: Sequence[WordList] = ()) -> list[str]:
    """The training lines, in a fixed order that mixes languages."""
    classes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        classes[row.label][row.source].append(row.text)
    lines = [line for label in sorted(classes) for line in _class_lines(label, classes[label])]
    for word_list in lists:
        lines += bags(word_list)
    random.Random(_SEED).shuffle(lines)
    return lines


def _class_lines(label: str, sources: dict[str, list[str]]) -> Iterator[str]:
    chance = random.Random(zlib.crc32(label.encode()))
    whole = sum(map(len, sources.values()))
    for source in sorted(sources):
        texts = sources[source]
        for round_ in range(_rounds(label, len(texts), whole)):
            for text in texts:
                if round_ == 0:
                    yield f"__label__{label} {lid_sea_2(text)}"
                yield f"__label__{label} {lid_sea_2(crop(text, chance))}"


def _rounds(label: str, texts: int, whole: int) -> int:
    """How often a source of so many texts is repeated, in a language of `whole` texts."""
    if label.startswith(NEGATIVE):
        return max(1, -(-SMALLEST_NEGATIVE // whole))
    return max(1, min(MOST_ROUNDS, -(-SMALLEST_SOURCE // texts)), -(-SMALLEST // whole))


def crop(text: str, chance: random.Random) -> str:
    """4 to 10 words from a random place in the text."""
    length = chance.randint(*CROP)
    spaced = text.split()
    if len(spaced) > CROP[0] or not _unspaced(text):
        start = chance.randint(0, max(0, len(spaced) - length))
        return " ".join(spaced[start : start + length])
    cut = words(text)
    start = chance.randint(0, max(0, len(cut) - length))
    return "".join(cut[start : start + length])


def _unspaced(text: str) -> bool:
    return len(text) > 20 * (text.count(" ") + 1)


def bags(word_list: WordList) -> Iterator[str]:
    """Words drawn half by frequency, half by its square root, which includes more rare words."""
    chance = random.Random(zlib.crc32(word_list.label.encode()))
    listed = sorted(word_list.shares)
    whole = sum(word_list.shares.values())
    rare = sum(share**0.5 for share in word_list.shares.values())
    weights = [
        word_list.shares[word] / whole + word_list.shares[word] ** 0.5 / rare for word in listed
    ]
    upto = list(accumulate(weights))
    for _ in range(BAGS):
        drawn = chance.choices(listed, cum_weights=upto, k=chance.randint(*BAG))
        yield f"__label__{word_list.label} {' '.join(drawn)}"


def sources_of(rows: Iterable[SeedRow]) -> dict[str, Counter[str]]:
    """Texts per language and source."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row.label][row.source] += 1
    return counts
