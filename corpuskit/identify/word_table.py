"""Words as a second opinion on languages that look alike.

To a fastText model of a few hundred kilobytes, Indonesian and Malay look much the same: the same
syllables, mostly the same words. They differ in which of two words they use (*kantor* or
*pejabat*). The table says, for each word and each language of a group, how much rarer the word is
in it than in the language of the group that uses it most. The words of a text vote with that
(naive Bayes), and the model's score for the whole group is distributed anew.

Trained on six sevenths of the seeds and judged on the rest, this raises F1 of Indonesian from .87
to .91 and of Malay from .88 to .93. The table is stored after the model in the same file
(sections.py). Half of the words occur once in the seeds; without them the table is half as large,
and macro-F1 on a source left out falls by .005 (NusaX) and .015 (OLDI).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, takewhile
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpuskit.identify.sections import Section, packed

WEIGHT: Final = 1.0
"""Weight of the words relative to the model. Held out, 0 gives macro-F1 .9795, .5 .9841, 1 .9845
(Malay .880, .925, .928); on NusaX, left out of the training, .901, .933 and .936."""
RARE: Final = 3e-6
"""Added to every frequency: that of a word used once in 330,000. Held out, a tenth of it costs
.0003 of macro-F1, ten times as much .0008: without a large word list, an unseen word means
little."""
CLIP: Final = 4.0
"""Bound on the vote of a single word, e^4 : 1; it may be a name or a quotation."""
MIN_GROUP: Final = 0.05
"""Score that the group must have for the words to be consulted."""
PRIOR: Final = 1e-3
"""Added to the score of each language of the group, so that smaller scores make no difference."""
ENOUGH: Final = 30
"""Words of a sentence or two. More words repeat one another and do not add certainty."""
_STEPS: Final = 127
STEP: Final = 8
"""Votes are rounded to an eighth of a nat (CLIP / _STEPS * STEP = .25): the table is a third
smaller."""
RECENT: Final = 1 << 14
"""Words whose rows are kept in a small table: looking them up in the large one takes three times
as long, because that does not fit into a core's cache."""
_UNKNOWN: Final = -1
WORDS: Final = b"CKWORDS2"
OLD_WORDS: Final = b"CKWORDS1"
"""As models before sea-2 have it: all words in the head, all rows in the body."""
COMMON: Final = 255
"""Rows that a byte stands for: three words in four were seen in one language alone, and have one of
a few rows."""

Frequencies = Mapping[str, Mapping[str, float]]
"""Per language, the share of each word in running text."""


class WordTable:
    """For every word, how much rarer it is in each language than in the one that uses it most."""

    def __init__(
        self, languages: Sequence[str], words: Sequence[str], rarer: npt.NDArray[np.uint8]
    ) -> None:
        """`rarer` has a row per word and a column per language: 0 to 127 is 0 to CLIP."""
        self.languages = tuple(languages)
        self._place = {language: at for at, language in enumerate(self.languages)}
        self._words = dict(zip(words, range(len(words)), strict=True))
        self._rarer = rarer
        self._recent: dict[str, int] = {}

    @classmethod
    def of(cls, frequencies: Frequencies) -> WordTable:
        """From frequencies; words that are equally frequent in all languages are left out."""
        languages = sorted(frequencies)
        words = sorted({word for shares in frequencies.values() for word in shares})
        table = np.array(
            [[frequencies[code].get(word, 0.0) for code in languages] for word in words]
        )
        logs = np.log(table.reshape(len(words), len(languages)) + RARE)
        below = np.minimum(logs.max(axis=1, keepdims=True) - logs, CLIP)
        steps = np.rint(below * (_STEPS / CLIP / STEP)) * STEP
        rarer = np.minimum(steps, _STEPS).astype(np.uint8)
        telling = [at for at, row in enumerate(rarer) if row.any()]
        return cls(languages, [words[at] for at in telling], rarer[telling])

    def votes(self, lines: Sequence[str]) -> npt.NDArray[np.floating[Any]]:
        """Log-probability per language, up to a constant, of lines of prepared words.

        Shape (lines, languages).
        """
        words = [line.split() for line in lines]
        numbers = [self._numbers(listed) for listed in words]
        sums = np.zeros((len(lines), len(self.languages)), dtype=np.int64)
        known = [row for row, listed in enumerate(numbers) if listed]
        if known:
            counts = np.array([len(numbers[row]) for row in known])
            rows = np.fromiter(chain.from_iterable(numbers), np.int64, int(counts.sum()))
            starts = np.cumsum(counts) - counts
            sums[known] = np.add.reduceat(self._rarer[rows], starts, axis=0, dtype=np.int64)
        shares = [-CLIP / _STEPS * min(1.0, ENOUGH / max(1, len(listed))) for listed in words]
        return np.asarray(sums * np.array(shares).reshape(-1, 1))

    def _numbers(self, words: Sequence[str]) -> list[int]:
        """The rows of those words that the table has."""
        recent = self._recent
        numbers = list(map(recent.get, words))
        if None in numbers:
            if len(recent) > RECENT:
                recent.clear()
            for place, number in enumerate(numbers):
                if number is None:
                    word = words[place]
                    numbers[place] = recent[word] = self._words.get(word, _UNKNOWN)
        return [number for number in numbers if number is not None and number >= 0]

    def shared_out(
        self, lines: Sequence[str], scores: Sequence[Mapping[str, float]]
    ) -> list[dict[str, float]]:
        """The group's scores of each line distributed anew, with the same sum; empty if the sum is
        small."""
        groups = [{code: row[code] for code in self.languages if code in row} for row in scores]
        wholes = [sum(group.values()) for group in groups]
        asked = [row for row, whole in enumerate(wholes) if whole >= MIN_GROUP]
        shared: list[dict[str, float]] = [{} for _ in lines]
        if not asked:
            return shared
        model = np.array(
            [
                [math.log(groups[row].get(code, 0.0) + PRIOR) for code in self.languages]
                for row in asked
            ]
        )
        logs = model + WEIGHT * self.votes([lines[row] for row in asked])
        parts = np.exp(logs - logs.max(axis=1, keepdims=True))
        sums = np.array([wholes[row] for row in asked])
        parts *= (sums / parts.sum(axis=1))[:, None]
        for row, values in zip(asked, parts.tolist(), strict=True):
            shared[row] = dict(zip(self.languages, values, strict=True))
        return shared

    def to_bytes(self) -> bytes:
        """The bytes to append to a model's file."""
        rows = [row.tobytes() for row in self._rarer]
        counts = sorted(Counter(rows).items(), key=lambda item: (-item[1], item[0]))
        common = {row: number for number, (row, _) in enumerate(counts[:COMMON], 1)}
        numbers = bytes(common.get(row, 0) for row in rows)
        prefixes, rests = _front_coded(list(self._words))
        head = {"languages": self.languages, "words": len(rows), "common": len(common)}
        rare = (row for row in rows if row not in common)
        body = b"".join((*common, numbers, prefixes, *rare, rests))
        return packed(WORDS, head, body)


def word_table(section: Section) -> WordTable:
    """The table in a section; KeyError or ValueError if the section is something else."""
    head, body = section.head, np.frombuffer(section.body, np.uint8)
    width, words = len(head["languages"]), head["words"]
    if not isinstance(words, int):
        return WordTable(head["languages"], words, body.reshape(len(words), width))
    common = head["common"]
    numbers, prefixes = body[common * width :][: 2 * words].reshape(2, words)
    rest = body[common * width + 2 * words :]
    rare = int(np.count_nonzero(numbers == 0))
    rows = np.concatenate((body[: common * width], rest[: rare * width])).reshape(-1, width)
    places = numbers.astype(np.int64) - 1
    places[numbers == 0] = np.arange(common, common + rare)
    return WordTable(
        head["languages"], _words_of(prefixes.tolist(), rest[rare * width :]), rows[places]
    )


def _front_coded(words: Sequence[str]) -> tuple[bytes, bytes]:
    """For each word how many characters it begins with as the one before, and the others."""
    prefixes, rests, last = bytearray(), [], ""
    for word in words:
        pairs = zip(last[:255], word, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        prefixes.append(shared)
        rests.append(word[shared:])
        last = word
    return bytes(prefixes), "\n".join(rests).encode()


def _words_of(prefixes: Sequence[int], rests: npt.NDArray[np.uint8]) -> list[str]:
    """The words that `_front_coded` packed."""
    words, last = [], ""
    for shared, rest in zip(prefixes, rests.tobytes().decode().split("\n"), strict=True):
        last = last[:shared] + rest
        words.append(last)
    return words


def word_shares(lines: Iterable[str]) -> dict[str, float]:
    """The share of each word in prepared lines."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line.split())
    whole = sum(counts.values())
    return {word: count / whole for word, count in counts.items()}


def mixed(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """The mean of two tables of shares."""
    if not first or not second:
        return dict(first or second)
    words = first.keys() | second.keys()
    return {word: (first.get(word, 0.0) + second.get(word, 0.0)) / 2 for word in sorted(words)}
