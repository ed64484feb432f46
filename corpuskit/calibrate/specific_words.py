"""Words that tell a language from those it is confused with, from labelled texts.

A word is specific to a language if, of its occurrences in equally much text of the language and of
each that it is confused with, SPECIFIC are in the language; so FineWeb-2 cleans languages that
others contaminate (Penedo et al. 2025). Here the share is a lower bound: a word seen three times,
or one that is only missing from a few hundred words of a neighbor, is not on the list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from unicodedata import category

from corpuskit.calibrate.limits import wilson
from corpuskit.calibrate.profile_file import specific_word_lines
from corpuskit.calibrate.stop_words import debris
from corpuskit.identify.training.seeds import NEGATIVE, SeedRow, WordList
from corpuskit.languages import cuts_syllables, script_of
from corpuskit.text import TextBatch

SPECIFIC: Final = 0.85
"""FineWeb-2's bound."""
LEAST: Final = 5
"""Occurrences that a word needs."""
SOURCES: Final = 2
"""Sources that it needs, where the language has as many of WORDS_OF_SOURCE."""
WORDS_OF_SOURCE: Final = 1_000
MOST: Final = 200
"""Words of a list, the most frequent."""
NAME: Final = 0.5
"""Share of a word's occurrences inside a text with a capital letter, from which on it is a name."""
THIN: Final = 10_000
"""Words of a language below which a list of it, or against it, is short: a word that a neighbor
never uses in 10,000 words must stand 65 times in 30,000 of the language itself."""
LIST_WORDS: Final = 1_000_000
"""Words of running text that a word list with frequencies stands for."""
_INSIDE: Final = "'-\u2019\u02bc"
"""What may stand between letters; an address or a name of a program has other signs."""
ENGLISH: Final = "eng_Latn"
"""Always among those compared with, where there are texts: it is quoted everywhere."""


@dataclass
class Counted:
    """The words of one language's texts."""

    texts: int = 0
    words: int = 0
    by_source: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    inside: Counter[str] = field(default_factory=Counter)
    """Occurrences of each word in texts, the first word of a text left out."""
    capitals: Counter[str] = field(default_factory=Counter)
    """Of these, those with a capital letter."""

    def add(self, source: str, text: Sequence[str]) -> None:
        """Count the words of one text."""
        self.texts += 1
        self.words += len(text)
        self.by_source[source].update(word.casefold() for word in text)
        self.inside.update(word.casefold() for word in text[1:])
        self.capitals.update(word.casefold() for word in text[1:] if word[:1].isupper())

    def add_list(self, one: WordList) -> None:
        """Count a list as so much text."""
        self.words += LIST_WORDS
        counts = {word: round(share * LIST_WORDS) for word, share in one.shares.items()}
        self.by_source[one.source].update({word: n for word, n in counts.items() if n})

    def is_name(self, word: str) -> bool:
        """Whether it mostly has a capital letter inside texts."""
        return self.capitals[word] > NAME * self.inside[word]

    def total(self) -> Counter[str]:
        """Occurrences of each word in all sources."""
        return sum(self.by_source.values(), Counter())

    def sources_of(self, word: str) -> tuple[str, ...]:
        """The sources that have the word."""
        return tuple(sorted(name for name, counts in self.by_source.items() if word in counts))

    @property
    def sources(self) -> int:
        """Sources of some size."""
        return sum(one.total() >= WORDS_OF_SOURCE for one in self.by_source.values())


@dataclass(frozen=True, slots=True)
class SpecificWord:
    """A word of a list."""

    word: str
    specificity: float
    """Lower bound (95 %) of the share of its occurrences that are in the language."""
    count: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpecificWordList:
    """The list of one language."""

    language: str
    words: tuple[SpecificWord, ...]
    """The most frequent first."""
    against: tuple[str, ...]
    texts: int
    seen: int
    """Words of these texts, and those that word lists stand for."""
    sources: tuple[str, ...]
    warnings: tuple[str, ...]

    def about(self, today: date) -> str:
        """Sample, method and day, as they stand in a profile."""
        sample = f"{self.texts:,} texts, {self.seen:,} words with lists ({', '.join(self.sources)})"
        rule = f"{SPECIFIC:.0%} of the occurrences in equally much text, lower 95 % bound"
        return f"made {today} of {sample}: at least {rule}"

    def lines(self, today: date) -> str:
        """The body of `[language.specific_words]`."""
        values = [one.word for one in self.words]
        return specific_word_lines(values, self.against, self.about(today))

    def as_json(self, today: date) -> dict[str, Any]:
        """Everything, for a machine."""
        return {
            "language": self.language,
            "from": self.about(today),
            "warnings": list(self.warnings),
            "words": [
                {"word": one.word, "specificity": round(one.specificity, 3), "count": one.count,
                 "sources": list(one.sources)}
                for one in self.words
            ],
        }  # fmt: skip


def count_words(rows: Iterable[SeedRow], lists: Iterable[WordList] = ()) -> dict[str, Counted]:
    """The words per language of labelled texts, negative ones left out, and of word lists."""
    texts: dict[str, list[SeedRow]] = defaultdict(list)
    for row in rows:
        if not row.label.startswith(NEGATIVE):
            texts[row.label].append(row)
    found = {code: _counted(code, texts[code]) for code in sorted(texts)}
    for one in lists:
        found.setdefault(one.label, Counted()).add_list(one)
    return found


def _counted(code: str, rows: Sequence[SeedRow]) -> Counted:
    found = Counted()
    syllabic = range(len(rows)) if cuts_syllables(code) else ()
    texts = TextBatch([row.text for row in rows]).words(syllabic)
    for row, words in zip(rows, texts, strict=True):
        found.add(row.source, words)
    return found


def specific_words(
    counted: Mapping[str, Counted], language: str, against: Sequence[str]
) -> SpecificWordList:
    """The words of `language` that the languages `against` hardly have, as far as there is text
    in its script: letters tell it from the others."""
    own = counted[language]
    script = script_of(language)
    alike = [code for code in against if code.endswith(script) and code != language]
    named = dict.fromkeys((*alike, *((ENGLISH,) if ENGLISH.endswith(script) else ())))
    others = {code: counted[code] for code in named if code in counted and counted[code].words}
    totals = {code: (one.total(), one.words) for code, one in others.items()}
    found = []
    for word, count in own.total().items() if others else ():
        if count < LEAST or not _is_word(word, own, script):
            continue
        bound = specificity(
            count, own.words, [(seen[word], whole) for seen, whole in totals.values()]
        )
        if bound >= SPECIFIC:
            found.append(SpecificWord(word, bound, count, own.sources_of(word)))
    listed = sorted(found, key=lambda one: (-one.count, one.word))[:MOST]
    missing = [code for code in alike if code not in others]
    return SpecificWordList(
        language, tuple(listed), tuple(others), own.texts, own.words, tuple(sorted(own.by_source)),
        tuple(_warnings(own, others, missing, len(listed))),
    )  # fmt: skip


def _is_word(word: str, own: Counted, script: str) -> bool:
    """Whether it is no name, number or markup, and not of one source alone, nor of a list alone."""
    if own.texts and not own.inside[word]:
        return False
    if len(own.sources_of(word)) < min(SOURCES, own.sources):
        return False
    letters = all(category(char)[0] in "LM" or char in _INSIDE for char in word)
    return letters and not own.is_name(word) and debris(word, script) is None


def specificity(count: int, words: int, others: Sequence[tuple[int, int]]) -> float:
    """Lower bound of the share of a word's occurrences that are in a language, in equally much
    text of all: it stands `count` times in `words` words, and so in each of the others.

    The others count as they are, but the one that the data says least about at its upper limit:
    which of two languages an occurrence is in is a binomial (Wilson's interval).
    """
    ratios, margin = 0.0, 0.0
    for seen, whole in others:
        scale = words / whole
        ratio = seen / count * scale
        low, _ = wilson(count, count + seen)
        ratios += ratio
        margin = max(margin, (1 - low) / low * scale - ratio)
    return 1 / (1 + ratios + margin)


def _warnings(
    own: Counted, others: Mapping[str, Counted], missing: Sequence[str], found: int
) -> Iterable[str]:
    if missing:
        yield f"not compared with {', '.join(missing)}: no texts"
    if own.words < THIN:
        yield f"{own.words:,} words only: the list holds what is very frequent"
    if thin := [f"{code} ({one.words:,})" for code, one in others.items() if one.words < THIN]:
        yield f"few words of {', '.join(thin)}: what they hardly use cannot be told"
    if own.sources < SOURCES:
        yield "a single source: its subject is among the words"
    if not others:
        yield "nothing in its script to compare with"
    elif not found:
        yield "no word is specific enough"
