"""Words that distinguish a language from those it is confused with, from labelled texts.

A word is specific to a language if at least the share SPECIFIC of its occurrences is in the
language, in equally much text of it and of each language it is confused with. FineWeb-2 cleans
contaminated languages in this way (Penedo et al. 2025). Here the share is a lower bound: a word
seen three times, or missing only from a few hundred words of a neighbor, is not on the list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from unicodedata import category

from corpuskit import logs
from corpuskit.calibrate.limits import wilson
from corpuskit.calibrate.profile_file import specific_word_lines
from corpuskit.calibrate.stop_words import debris
from corpuskit.identify.training.seeds import NEGATIVE, SeedRow, WordList
from corpuskit.languages import cuts_syllables, script_of
from corpuskit.text import TextBatch

_log = logs.logger(__name__)

SPECIFIC: Final = 0.85
"""FineWeb-2's bound."""
LEAST: Final = 5
"""Occurrences that a word needs."""
SOURCES: Final = 2
"""Sources that it needs, if the language has as many with WORDS_OF_SOURCE words."""
WORDS_OF_SOURCE: Final = 1_000
MOST: Final = 200
"""Words of a list, the most frequent."""
NAME: Final = 0.5
"""A word is a name if a larger share of its occurrences inside texts has a capital letter."""
THIN: Final = 10_000
"""With fewer words of a language, a list of it, or against it, is short: a word that a neighbor
never uses in 10,000 words must occur 65 times in 30,000 words of the language itself."""
LIST_WORDS: Final = 1_000_000
"""A word list with frequencies counts as this many words of running text."""
_INSIDE: Final = "'-\u2019\u02bc"
"""Characters that may occur between letters; addresses and names of programs have others."""
ENGLISH: Final = "eng_Latn"
"""Always compared with if there are texts, since it is quoted everywhere."""


@dataclass
class WordCounts:
    """The words of one language's texts."""

    texts: int = 0
    words: int = 0
    by_source: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    inside: Counter[str] = field(default_factory=Counter)
    """Occurrences of each word in texts, the first word of a text left out."""
    capitals: Counter[str] = field(default_factory=Counter)
    """Those of them with a capital letter."""

    def add(self, source: str, text: Sequence[str]) -> None:
        """Count the words of one text."""
        self.texts += 1
        self.words += len(text)
        self.by_source[source].update(word.casefold() for word in text)
        self.inside.update(word.casefold() for word in text[1:])
        self.capitals.update(word.casefold() for word in text[1:] if word[:1].isupper())

    def add_list(self, word_list: WordList) -> None:
        """Count a word list as LIST_WORDS words of text."""
        self.words += LIST_WORDS
        counts = {word: round(share * LIST_WORDS) for word, share in word_list.shares.items()}
        self.by_source[word_list.source].update({word: n for word, n in counts.items() if n})

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
        """Number of sources with WORDS_OF_SOURCE words or more."""
        return sum(counts.total() >= WORDS_OF_SOURCE for counts in self.by_source.values())


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
    """Words of these texts and of the word lists."""
    sources: tuple[str, ...]
    warnings: tuple[str, ...]

    def about(self, today: date) -> str:
        """Sample, method and date, as written in a profile."""
        sample = f"{self.texts:,} texts, {self.seen:,} words with lists ({', '.join(self.sources)})"
        rule = f"{SPECIFIC:.0%} of the occurrences in equally much text, lower 95 % bound"
        return f"made {today} of {sample}: at least {rule}"

    def lines(self, today: date) -> str:
        """The body of `[language.specific_words]`."""
        values = [word.word for word in self.words]
        return specific_word_lines(values, self.against, self.about(today))

    def as_json(self, today: date) -> dict[str, Any]:
        """Everything, for a machine."""
        return {
            "language": self.language,
            "from": self.about(today),
            "warnings": list(self.warnings),
            "words": [
                {"word": word.word, "specificity": round(word.specificity, 3), "count": word.count,
                 "sources": list(word.sources)}
                for word in self.words
            ],
        }  # fmt: skip


def count_words(rows: Iterable[SeedRow], lists: Iterable[WordList] = ()) -> dict[str, WordCounts]:
    """The words per language of labelled texts, negative ones left out, and of word lists."""
    texts: dict[str, list[SeedRow]] = defaultdict(list)
    for row in rows:
        if not row.label.startswith(NEGATIVE):
            texts[row.label].append(row)
    counts = {code: _counted(code, texts[code]) for code in sorted(texts)}
    for word_list in lists:
        counts.setdefault(word_list.label, WordCounts()).add_list(word_list)
    return counts


def _counted(code: str, rows: Sequence[SeedRow]) -> WordCounts:
    counts = WordCounts()
    syllabic = range(len(rows)) if cuts_syllables(code) else ()
    texts = TextBatch([row.text for row in rows]).words(syllabic)
    for row, words in zip(rows, texts, strict=True):
        counts.add(row.source, words)
    return counts


def specific_words(
    counted: Mapping[str, WordCounts], language: str, against: Sequence[str]
) -> SpecificWordList:
    """The words of `language` that the languages `against` hardly have.

    Only languages in the same script are compared; the letters distinguish it from the others.
    """
    target = counted[language]
    script = script_of(language)
    alike = [code for code in against if code.endswith(script) and code != language]
    named = dict.fromkeys((*alike, *((ENGLISH,) if ENGLISH.endswith(script) else ())))
    others = {code: counted[code] for code in named if code in counted and counted[code].words}
    totals = {code: (counts.total(), counts.words) for code, counts in others.items()}
    candidates = []
    for word, count in target.total().items() if others else ():
        if count < LEAST or not _is_word(word, target, script):
            continue
        bound = specificity(
            count, target.words, [(seen[word], whole) for seen, whole in totals.values()]
        )
        if bound >= SPECIFIC:
            candidates.append(SpecificWord(word, bound, count, target.sources_of(word)))
    listed = sorted(candidates, key=lambda counts: (-counts.count, counts.word))[:MOST]
    if len(candidates) > MOST:
        _log.info("%s: listing %d of %d specific words", language, MOST, len(candidates))
    missing = [code for code in alike if code not in others]
    return SpecificWordList(
        language, tuple(listed), tuple(others), target.texts, target.words,
        tuple(sorted(target.by_source)), tuple(_warnings(target, others, missing, len(listed))),
    )  # fmt: skip


def _is_word(word: str, counts: WordCounts, script: str) -> bool:
    """Whether it is a real word: no name, number or markup, and not only in one source or list."""
    if counts.texts and not counts.inside[word]:
        return False
    if len(counts.sources_of(word)) < min(SOURCES, counts.sources):
        return False
    letters = all(category(char)[0] in "LM" or char in _INSIDE for char in word)
    return letters and not counts.is_name(word) and debris(word, script) is None


def specificity(count: int, words: int, others: Sequence[tuple[int, int]]) -> float:
    """Lower bound of the share of a word's occurrences that are in a language, in equally much
    text of all languages.

    The word occurs `count` times in `words` words of the language; `others` has the same pair for
    each other language. The others count with their observed frequency, except the one with the
    least certain frequency, which counts with its upper limit (Wilson's interval).
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
    target: WordCounts, others: Mapping[str, WordCounts], missing: Sequence[str], listed: int
) -> Iterable[str]:
    if missing:
        yield f"not compared with {', '.join(missing)}: no texts"
    if target.words < THIN:
        yield f"only {target.words:,} words: the list has only very frequent words"
    if thin := [
        f"{code} ({counts.words:,})" for code, counts in others.items() if counts.words < THIN
    ]:
        yield f"few words of {', '.join(thin)}: words rare in them cannot be determined"
    if target.sources < SOURCES:
        yield "a single source: words of its subject are on the list"
    if not others:
        yield "no other language in its script to compare with"
    elif not listed:
        yield "no word is specific enough"
