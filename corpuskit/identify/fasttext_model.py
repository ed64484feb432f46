"""A fastText classifier that answers in language codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import ModelError
from corpuskit.identify.identification import (
    TOP,
    Guess,
    Identification,
    PerText,
    alone_in_script,
    identify_batch,
)
from corpuskit.identify.labels import Reading, Table, is_negative, map_labels
from corpuskit.identify.letters import by_letters
from corpuskit.identify.preprocess import PREPROCESS
from corpuskit.identify.sections import read_sections
from corpuskit.identify.vocabulary import VOCABULARY, BloomVocabulary, vocabulary
from corpuskit.identify.word_table import WORDS, WordTable, word_table
from corpuskit.text import TextBatch

MAX_CHARS: Final = 5000
"""Code points of a text that are looked at. Measured on 508 real documents of mean length 4,211:
right in .923 with 5,000, .921 with all, .906 with 2,000, .892 with 1,000, .850 with 200; spread
slices did no better. The cost is bounded: 3,100 documents of this kind a second."""

CONSIDERED: Final = 20
"""Labels that are asked of a model that has negative ones: what these have together counts."""
NOTHING: Final = 0.0005
"""Probability below which such a model's labels are not asked for."""
WORDS_IN: Final = 2000
"""Code points of a text whose words are looked up: some 300 words."""
SHARE: Final = 0.005
"""The same where a part of a page is asked about: it makes the look twice as fast."""


class FastTextModel:
    """Any supervised fastText model (`.bin` or `.ftz`), with a word table behind it or without."""

    def __init__(
        self, path: Path, table: Mapping[str, tuple[str, ...]], reading: Reading | None = None
    ) -> None:
        """Load the file; ModelError if it is no classifier or a label has no code in `table`."""
        import fasttext

        try:
            model: Any = fasttext.load_model(str(path))
        except (ValueError, MemoryError) as error:
            raise ModelError(f"model {path}: not a fastText model ({error})") from error
        if model.f.getArgs().model != fasttext.FastText.model_name.supervised:
            raise ModelError(f"model {path}: holds word vectors, not a classifier")
        self._model = model
        self._codes: Table = map_labels(model.get_labels(), table, str(path))
        found = {code for codes in self._codes.values() for code in codes}
        self._known = frozenset(code for code in found if not is_negative(code))
        self._words, self._vocabulary = _behind(path)
        self._reading = reading or Reading()
        self._bounds = dict(self._reading.thresholds)
        self._line = PREPROCESS[self._reading.preprocess]
        self._negative = any(is_negative(code) for codes in self._codes.values() for code in codes)
        counts = Counter(codes for codes in self._codes.values() if not is_negative(codes[0]))
        self._doubled = any(labels > 1 for labels in counts.values())
        self._alone = alone_in_script(self.codes)

    @property
    def codes(self) -> frozenset[str]:
        """Every language code that the model can answer with."""
        return self._known

    @property
    def thin(self) -> frozenset[str]:
        """Languages of which it has seen little, as its label table says."""
        return self.codes.intersection(self._reading.thin)

    def believed(self, code: str, score: float, known: float, letters: int, text: str) -> bool:
        """Whether a text of so many letters is in `code`, where the label has that score and
        all known languages together have `known`."""
        read = self._reading
        least = self._bounds.get(code, read.min_score)
        if code not in self._alone:
            if letters < read.short:
                least = max(least, read.short_score)
            if letters < read.few_letters or not self._has_words(code, text):
                return False
        return score >= least and known >= read.min_known

    def _has_words(self, code: str, text: str) -> bool:
        """Whether enough of the words are the language's, as far as the model can tell."""
        least = self._reading.min_words
        if not least or self._vocabulary is None:
            return True
        return self._vocabulary.share(code, self._line(text[:WORDS_IN])) >= least

    def identify(self, texts: TextBatch, evidence: PerText = ()) -> list[Identification]:
        """The language of every text of a batch; see priors.py for evidence beside it."""
        return identify_batch(texts, self, evidence)

    def guess(self, texts: Sequence[str]) -> list[list[Guess]]:
        """The best labels for each text, best first, as many as decide on it."""
        if self._negative:
            return self.predict(texts, CONSIDERED, NOTHING)
        return self.predict(texts, TOP)

    def shares(self, text: str) -> list[list[Guess]]:
        """All that the model says of a text."""
        return self.predict([text], min_score=SHARE)

    def predict(
        self, texts: Sequence[str], count: int = -1, min_score: float = 0.0
    ) -> list[list[Guess]]:
        """The `count` best labels (-1 for all) of at least `min_score`, best first, per text.

        Of long texts the first MAX_CHARS count. A text may have no label at all.
        """
        texts = [text[:MAX_CHARS] for text in texts]
        lines = [self._line(text) for text in texts]
        if not lines:
            return []
        labels, scores = self._model.predict(lines, k=count, threshold=min_score)
        return [
            by_letters(
                text, self._with_words(line, self._guesses(zip(*row, strict=True))), self.codes
            )
            for text, line, *row in zip(texts, lines, labels, scores, strict=True)
        ]

    def _guesses(self, said: Iterable[tuple[str, float]]) -> list[Guess]:
        """The labels as codes, best first; of several for one language the sum of the scores."""
        guesses = [Guess(self._codes[label], _probability(score)) for label, score in said]
        if not self._doubled:
            return guesses
        sums: dict[tuple[str, ...], float] = {}
        for codes, score in guesses:
            sums[codes] = min(1.0, sums.get(codes, 0.0) + score)
        return sorted((Guess(*one) for one in sums.items()), key=lambda guess: -guess.score)

    def _with_words(self, line: str, guesses: list[Guess]) -> list[Guess]:
        """The guesses after the word table had its say; labels that it knows of may come in."""
        if self._words is None:
            return guesses
        given = {guess.codes[0]: guess.score for guess in guesses}
        again = self._words.shared_out(line, given)
        if not again:
            return guesses
        kept = [guess for guess in guesses if guess.codes[0] not in again]
        kept += [Guess((code,), score) for code, score in again.items() if score >= NOTHING]
        return sorted(kept, key=lambda guess: (-guess.score, guess.codes))


def _behind(path: Path) -> tuple[WordTable | None, BloomVocabulary | None]:
    """What stands behind a model in its file."""
    found = read_sections(path, frozenset((WORDS, VOCABULARY)))
    try:
        table = word_table(found[WORDS]) if WORDS in found else None
        return table, vocabulary(found[VOCABULARY]) if VOCABULARY in found else None
    except (KeyError, ValueError) as error:
        raise ModelError(f"model {path}: what stands behind it is damaged ({error})") from error


def _probability(score: float) -> float:
    return min(float(score), 1.0)  # fastText's float32 sums come out as 1.00001
