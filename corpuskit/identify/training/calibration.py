"""Hold out a part of the seeds, and set the bounds of a model on it."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import MAJORITY, Guess, known_share
from corpuskit.identify.labels import Reading
from corpuskit.identify.preprocess import PREPROCESS
from corpuskit.identify.training.examples import sources_of
from corpuskit.identify.training.seeds import NEGATIVE, SeedRow, WordList
from corpuskit.identify.vocabulary import ENOUGH, is_spaced
from corpuskit.languages import script_of

THIN: Final = 300
"""Languages with fewer texts get a warning: measured out of domain, macro-F1 is .61 with 25 texts,
.75 with 100, .82 with 300 and .82 with 600."""
HELD: Final = 10
"""One of this many texts is held out, for thresholds and the report."""
HELD_NEGATIVE: Final = 10
"""One of this many negative languages is held out completely, as a language never seen."""
MIN_SCORE: Final = MAJORITY
"""With it macro-F1 is .976, without .975."""
BOUNDS: Final = (0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999)
MAX_LOSS: Final = 0.01
"""Loss of recall that the bound on known words may cost."""
MAX_KNOWN_LOSS: Final = 0.005
"""Loss of recall that `min_known` may cost on held-out texts. Texts of other collections lose ten
times as much: with .995, which costs .01 held out, sea-2 found .785 of the lines of collections
left out, with .98 .827, with .9 .866; of paragraphs in unknown languages it accepted 1.5, 1.7 and
2.0 %."""
WORD_BOUNDS: Final = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
"""For sea-2 MAX_LOSS sets .25: of the texts of a left-out source .7 % have fewer known words, 1.5 %
fewer than .3. Of texts in unknown languages, which were looked at too, 2.9 % are accepted with
each of .2, .25 and .3."""
RELATED: Final = 0.6
"""Share of the words of a negative label that a near relative knows: Papuan Malay in Indonesian
.91, Sarawak Malay .66, Brunei Malay in Betawi .63; other negative labels at most .59, Papiamento
in Bikol by its Spanish words."""
NO_LANGUAGE: Final = "zxx_Latn"
"""The label of what is in no language; its words are anybody's."""
MIN_RECALL: Final = 0.95
"""The least recall that is acceptable for a corpus."""
FEW_LETTERS: Final = 10
SHORT: Final = 30
SHORT_SCORE: Final = 0.9
"""Measured on one to fifteen words from held-out texts in Latin letters. Of those with fewer than
11 letters .65 are named correctly, and .73 of those with a score of .9: they get no language. With
11 to 15 letters it is .78 (.85 with a score of .9), to 20 .85 (.91), to 30 .90 (.94), to 40 .94."""


def split(rows: Sequence[SeedRow]) -> tuple[list[SeedRow], list[SeedRow]]:
    """Split into training and held-out rows, by the digest of the text or negative language."""
    parts: tuple[list[SeedRow], list[SeedRow]] = ([], [])
    for row in rows:
        if row.label.startswith(NEGATIVE) and row.source:
            held = zlib.crc32(row.label.encode()) % HELD_NEGATIVE == 0
        else:
            held = zlib.crc32(row.text.encode()) % HELD == 0
        parts[held].append(row)
    return parts


def reading(
    preprocess: str, rows: Sequence[SeedRow] = (), lists: Sequence[WordList] = ()
) -> Reading:
    """How our own models are used: the bounds that can be set without a model."""
    counts = {label: sources.total() for label, sources in sources_of(rows).items()}
    few = (code for code, texts in counts.items() if texts < THIN and not code.startswith(NEGATIVE))
    return Reading(
        preprocess,
        MIN_SCORE,
        few_letters=FEW_LETTERS,
        short=SHORT,
        short_score=SHORT_SCORE,
        min_words=least_words(rows, lists, preprocess),
        thin=tuple(sorted(few)),
        relatives=near_relatives(rows, preprocess),
    )


def near_relatives(
    rows: Sequence[SeedRow], preprocess: str
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Negative labels with the languages whose texts have most of the words of theirs.

    Word lists do not count: they have so many short words that half of Fijian is in them.
    """
    words: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    prepare = PREPROCESS[preprocess]
    for row in rows:
        if not is_spaced(row.label.removeprefix(NEGATIVE)):
            continue
        listed = prepare(row.text).split()
        if row.label.startswith(NEGATIVE):
            texts[row.label.removeprefix(NEGATIVE)].update(listed)
        else:
            words[row.label].update(listed)
    pairs = {
        label: tuple(
            code
            for code in sorted(words)
            if script_of(code) == script_of(label)
            and sum(counts[word] for word in words[code] & counts.keys())
            >= RELATED * counts.total()
        )
        for label, counts in sorted(texts.items())
        if label != NO_LANGUAGE
    }
    return tuple((label, codes) for label, codes in pairs.items() if codes)


def least_words(rows: Sequence[SeedRow], lists: Sequence[WordList], preprocess: str) -> float:
    """The share of a text's words that its language must know.

    The highest that costs at most MAX_LOSS of the texts of a source whose words were not counted,
    each pair of language and source with one vote; 0 if no language has two sources.
    """
    losses = [
        [sum(share < bound for share in shares) / len(shares) for bound in WORD_BOUNDS]
        for shares in _strange_words(rows, lists, PREPROCESS[preprocess])
    ]
    means = [sum(cells) / len(cells) for cells in zip(*losses, strict=True)]
    fine = (b for b, loss in zip(WORD_BOUNDS, means, strict=False) if loss <= MAX_LOSS)
    return max(fine, default=0.0)


def _strange_words(
    rows: Sequence[SeedRow], lists: Sequence[WordList], line: Callable[[str], str]
) -> Iterator[list[float]]:
    """Per language and source, the share of each text's words that the other sources have."""
    texts_of: dict[str, dict[str, list[list[str]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if not row.label.startswith(NEGATIVE) and is_spaced(row.label):
            texts_of[row.label][row.source].append(line(row.text).split())
    for label, sources in texts_of.items():
        listed = {word for words in lists if words.label == label for word in words.shares}
        for source, texts in sources.items():
            others = [text for name, rest in sources.items() if name != source for text in rest]
            known = listed.union(*others)
            long = [text for text in texts if len(text) >= ENOUGH]
            if len(others) >= THIN and long:
                yield [sum(word in known for word in text) / len(text) for text in long]


def calibrate(model: FastTextModel, held: Sequence[SeedRow], uncalibrated: Reading) -> Reading:
    """Set `min_known`, the score that the known languages together need.

    The highest that costs at most MAX_KNOWN_LOSS of the known texts and leaves MIN_RECALL, each
    language with one vote. Held-out negative texts cannot decide it: they are few, and related to
    those trained on.
    """
    known: dict[str, list[float]] = defaultdict(list)
    for row, guesses in zip(held, model.guess([row.text for row in held]), strict=True):
        if row.label in model.codes:
            is_right = _is_right(guesses, row.label)
            known[row.label].append(known_share(guesses, row.label) if is_right else 0.0)
    least = max(MIN_RECALL, _share(known, MIN_SCORE) - MAX_KNOWN_LOSS)
    best = max((bound for bound in BOUNDS if _share(known, bound) >= least), default=0.0)
    return replace(uncalibrated, min_known=best)


def _is_right(guesses: Sequence[Guess], label: str) -> bool:
    return bool(guesses) and guesses[0].codes[0] == label and guesses[0].score >= MIN_SCORE


def _share(scores: dict[str, list[float]], bound: float) -> float:
    shares = [
        sum(score >= bound for score in of_language) / len(of_language)
        for of_language in scores.values()
    ]
    return sum(shares) / len(shares) if shares else 0.0
