"""Stop words from text: words in most documents of every collection, without debris.

They are counted by documents, not occurrences, and averaged over collections: a word that is
frequent in one collection only is not a stop word. FineWeb-2 takes the most frequent words of
Wikipedia, and so lists `asteroid`, `diptera` and `milimetro` if robots wrote the articles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection as Container
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from corpuskit import logs
from corpuskit.calibrate.sample import Sample
from corpuskit.text import TextBatch, script_share

_log = logs.logger(__name__)

MOST: Final = 50
"""Largest number of stop words."""

FAMILIAR: Final = 0.35
"""Share of a collection's documents that must contain a stop word, on average. At .2 words of a
subject are listed (`negara`, `hak` from law), at .5 fewer than 20 words are left in Khmer."""

KNOWN: Final = 0.2
"""Share of the documents that must contain it in at least two collections."""

LEAST_DOCUMENTS: Final = 2
"""Documents of LONG code points that a collection needs to be counted."""

FROZEN: Final = 0.5
"""A word with a larger share of its occurrences between the same two neighbors is from a template.
Of 1,078 stop words in 25 languages 99 % have at most .2; words of robots' stubs have .8 to 1."""

LEAST_SEEN: Final = 10
"""Occurrences that a word needs for its neighbors to be considered."""

MARKUP: Final = frozenset(
    {
        *("amp", "gt", "lt", "nbsp", "quot", "br", "div", "span", "table", "td", "tr", "ul", "li"),
        *("class", "style", "width", "px", "font", "em", "img", "src", "ref", "thumb", "alt"),
        *("http", "https", "www", "com", "org", "html", "htm", "php", "xml", "css", "js", "url"),
        *("gif", "jpeg", "jpg", "pdf", "png", "svg", "utc"),
    }
)
"""Names from HTML, wiki markup and addresses that remain after bad extraction."""

ONE_SIGN_IS_A_WORD: Final = frozenset({"Hani", "Hans", "Hant", "Hira", "Kana"})
"""Scripts in which a single letter is usually a word; elsewhere it is usually a list item."""


@dataclass(frozen=True)
class StopWordList:
    """Stop words and rejected candidates."""

    words: tuple[str, ...]
    """The words in most documents first, case-folded."""
    debris: dict[str, str]
    """Equally frequent words that are not stop words, with the reason."""
    collections: int
    """How many were counted."""
    documents: int


def stop_words(
    sample: Sample, script: str, *, syllabic: bool = False, exclude: Container[str] = ()
) -> StopWordList:
    """Stop words of a sample; `exclude` are words that a reader of the language rejected.

    `syllabic`: whether words are syllables (profiles with `segmentation = "syllables"`).
    """
    by_collection = [
        _words(collection.long_documents, syllabic)
        for collection in sample.collections
        if len(collection.long_documents) >= LEAST_DOCUMENTS
    ]
    means = _familiar([[set(words) for words in documents] for documents in by_collection])
    neighbors = _frozen(by_collection, means)
    ruled_out: dict[str, str] = {}
    kept: list[str] = []
    for word in sorted(means, key=lambda word: (-means[word], word)):
        reason = "rejected by a reader" if word in exclude else debris(word, script)
        if reason is None and neighbors.get(word, 0) > FROZEN:
            reason = f"{neighbors[word]:.0%} of it between the same two words: a template"
        if reason is None:
            kept.append(word)
        else:
            ruled_out[word] = reason
    if len(kept) > MOST:
        _log.info("listing %d of %d stop words", MOST, len(kept))
    return StopWordList(
        tuple(kept[:MOST]), ruled_out, len(by_collection), sum(map(len, by_collection))
    )


def _words(texts: Sequence[str], syllabic: bool) -> list[list[str]]:
    batch = TextBatch([text.casefold() for text in texts])
    return batch.words(range(len(texts)) if syllabic else ())


def _familiar(collections: Sequence[Sequence[set[str]]]) -> dict[str, float]:
    """Mean share of documents per word, for words with large enough shares."""
    shares: dict[str, list[float]] = defaultdict(list)
    for documents in collections:
        for word, count in Counter(word for held in documents for word in held).items():
            shares[word].append(count / len(documents))
    wanted = min(2, len(collections))
    return {
        word: mean
        for word, values in shares.items()
        if sum(share >= KNOWN for share in values) >= wanted
        and (mean := sum(values) / len(collections)) >= FAMILIAR
    }


def _frozen(
    collections: Sequence[Sequence[Sequence[str]]], wanted: Container[str]
) -> dict[str, float]:
    """Share of a word's occurrences between its most frequent pair of neighbors."""
    around: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for documents in collections:
        for text in documents:
            for before, word, after in zip(text, text[1:], text[2:], strict=False):
                if word in wanted:
                    around[word][before, after] += 1
    return {
        word: max(pairs.values()) / pairs.total()
        for word, pairs in around.items()
        if pairs.total() >= LEAST_SEEN
    }


def debris(word: str, script: str) -> str | None:
    """Why a frequent word is not a stop word of a language in `script`; None if it may be one."""
    if any(char.isdigit() for char in word):
        return "a number"
    if word in MARKUP:
        return "markup"
    if not any(char.isalpha() for char in word):
        return "no letter"
    if script_share(word, script) < 1:
        return f"not in {script} alone"
    if len(word) == 1 and script not in ONE_SIGN_IS_A_WORD:
        return "a single letter"
    return None
