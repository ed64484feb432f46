"""A fastText classifier that answers in language codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from corpuskit.errors import ModelError
from corpuskit.identify.fasttext_check import check_fasttext
from corpuskit.identify.identification import (
    TOP,
    Guess,
    Identification,
    PerText,
    alone_in_script,
    identify_batch,
)
from corpuskit.identify.label_scores import LabelModel
from corpuskit.identify.labels import (
    PREFIX,
    UNDETERMINED,
    Reading,
    Table,
    is_negative,
    map_labels,
)
from corpuskit.identify.letters import by_letters, recognized_by_letters
from corpuskit.identify.preprocess import PREPROCESS, PreparedTexts
from corpuskit.identify.sections import read_sections
from corpuskit.identify.vocabulary import VOCABULARY, BloomVocabulary, vocabulary
from corpuskit.identify.word_table import OLD_WORDS, WORDS, WordTable, word_table
from corpuskit.text import TextBatch

MAX_CHARS: Final = 5000
"""Code points of a text that are read. On 508 real documents of mean length 4,211 the share of
right answers is .923 with 5,000, .921 with all, .906 with 2,000, .892 with 1,000, .850 with 200;
slices from all over the text did no better. This bounds the cost: 3,100 such documents a second."""

CONSIDERED: Final = 20
"""Labels requested from a model that has negative ones, since their sum counts."""
_NONE: Final[frozenset[str]] = frozenset()
NOTHING: Final = 0.0005
"""Least probability of the labels requested from such a model."""
SHARE: Final = 0.005
"""The same for a part of a page; makes screening twice as fast."""


class FastTextModel:
    """A supervised fastText model (`.bin` or `.ftz`), with or without a word table in its file."""

    def __init__(
        self,
        path: Path,
        table: Mapping[str, tuple[str, ...]],
        reading: Reading | None = None,
        *,
        intact: bool = False,
    ) -> None:
        """Load the file; ModelError if it is not a classifier or a label has no code in `table`.

        Of a file that is known to be `intact`, what is appended to the model is read when it is
        first used: .1 s that a process which only asks for the languages saves.
        """
        import fasttext

        try:
            if not intact:
                check_fasttext(path)
            model: Any = fasttext.load_model(str(path))
        except (ValueError, OSError, RuntimeError, MemoryError) as error:
            raise ModelError(f"model {path}: not a fastText model ({error})") from error
        if model.f.getArgs().model != fasttext.FastText.model_name.supervised:
            raise ModelError(f"model {path}: holds word vectors, not a classifier")
        self._labels = LabelModel(path, model)
        self._codes: Table = map_labels(model.get_labels(), table, str(path))
        answers = {code for codes in self._codes.values() for code in codes}
        known = frozenset(code for code in answers if not is_negative(code))
        self._known = known | recognized_by_letters(known)
        self._path = path
        if not intact:
            self._tables  # noqa: B018  # read now, so that damage is told now
        self._reading = reading or Reading()
        self._bounds = dict(self._reading.thresholds)
        self._relatives = {
            f"{PREFIX}{UNDETERMINED}_{label}": frozenset(codes)
            for label, codes in self._reading.relatives
        }
        self._prepared = PreparedTexts(PREPROCESS[self._reading.preprocess])
        self._negative = any(is_negative(code) for codes in self._codes.values() for code in codes)
        counts = Counter(codes for codes in self._codes.values() if not is_negative(codes[0]))
        self._doubled = any(labels > 1 for labels in counts.values())
        self._alone = alone_in_script(self.codes)

    @cached_property
    def _tables(self) -> tuple[WordTable | None, BloomVocabulary | None]:
        return _appended(self._path)

    @property
    def codes(self) -> frozenset[str]:
        """Every language code that the model can answer with."""
        return self._known

    @property
    def labels(self) -> Table:
        """The model's labels without fastText's prefix, each with the codes it may stand for."""
        return {label.removeprefix(PREFIX): codes for label, codes in sorted(self._codes.items())}

    @property
    def thin(self) -> frozenset[str]:
        """Languages that it has seen little of, according to its label table."""
        return self.codes.intersection(self._reading.thin)

    def believed(self, code: str, score: float, known: float, letters: int, text: str) -> bool:
        """Whether to believe that `text` is in `code`; see Guesser."""
        return self.doubt(code, score, known, letters, text) is None

    def doubt(self, code: str, score: float, known: float, letters: int, text: str) -> str | None:
        """Which rule of the label table forbids to believe that `text` is in `code`, or None."""
        read = self._reading
        least = self._bounds.get(code, read.min_score)
        if code not in self._alone:
            if letters < read.few_letters:
                return f"{letters} letters, fewer than few_letters {read.few_letters}"
            if not self._has_words(code, text):
                return f"knows less than min_words {read.min_words:g} of the words"
            if letters < read.short and score < read.short_score:
                rule = f"short_score {read.short_score:g} of texts under {read.short} letters"
                return f"{score:.2f} is below {rule}"
        if score < least:
            name = "its threshold" if code in self._bounds else "min_score"
            return f"{score:.2f} is below {name} {least:g}"
        if known < read.min_known:
            return f"all languages it knows score {known:.2f}, below min_known {read.min_known:g}"
        return None

    def certainty(self, letters: int, score: float) -> float | None:
        """How often its answer is right for texts of so many letters with that score; None if the
        label table does not say."""
        known = self._reading.certainty
        return known.of(letters, score) if known else None

    def _has_words(self, code: str, text: str) -> bool:
        """Whether the language knows enough of the words; true if the model has no vocabulary."""
        least = self._reading.min_words
        _, known = self._tables
        if not least or known is None:
            return True
        return known.share(code, self._prepared.line(text[:MAX_CHARS])) >= least

    def identify(self, texts: TextBatch, evidence: PerText = ()) -> list[Identification]:
        """The language of every text of a batch; see priors.py for evidence beside it."""
        return identify_batch(texts, self, evidence)

    def guess(self, texts: Sequence[str]) -> list[list[Guess]]:
        """The best labels for each text, best first, as many as the decision needs."""
        if self._negative:
            return self.predict(texts, CONSIDERED, NOTHING)
        return self.predict(texts, TOP)

    @property
    def members(self) -> tuple[FastTextModel]:
        """The model itself."""
        return (self,)

    def shares(self, texts: Sequence[str]) -> list[list[Guess]]:
        """All guesses of at least SHARE for each text."""
        return self.predict(texts, min_score=SHARE)

    def predict(
        self, texts: Sequence[str], count: int = -1, min_score: float = 0.0
    ) -> list[list[Guess]]:
        """The `count` best labels (-1 for all) of at least `min_score`, best first, per text.

        Only the first MAX_CHARS of a text are read. A text may have no label at all.
        """
        texts = [text[:MAX_CHARS] for text in texts]
        lines = self._prepared.lines(texts)
        if not lines:
            return []
        scored = self._labels.predict(lines, count, min_score)
        guesses = self._with_words(lines, [self._guesses(labels) for labels in scored])
        return [
            by_letters(text, listed, self.codes)
            for text, listed in zip(texts, guesses, strict=True)
        ]

    def best_label(self, text: str) -> str | None:
        """The model's own likeliest label, such as `und_fra_Latn`, before any correction."""
        (labels,) = self._labels.predict([self._prepared.line(text[:MAX_CHARS])], 1, 0.0)
        return labels[0][0].removeprefix(PREFIX) if labels else None

    def _guesses(self, labels: Iterable[tuple[str, float]]) -> list[Guess]:
        """The labels as codes, best first; scores of labels for the same language are added."""
        guesses = [
            Guess(self._codes[label], _probability(score), self._relatives.get(label, _NONE))
            for label, score in labels
        ]
        if not self._doubled:
            return guesses
        sums: dict[tuple[tuple[str, ...], frozenset[str]], float] = {}
        for codes, score, relatives in guesses:
            sums[codes, relatives] = min(1.0, sums.get((codes, relatives), 0.0) + score)
        merged = (Guess(codes, score, relatives) for (codes, relatives), score in sums.items())
        return sorted(merged, key=lambda guess: -guess.score)

    def _with_words(
        self, lines: Sequence[str], guesses: Sequence[list[Guess]]
    ) -> Sequence[list[Guess]]:
        """The guesses of each line corrected by the word table, which may add languages of its
        group."""
        words, _ = self._tables
        if words is None:
            return guesses
        scores = [{guess.codes[0]: guess.score for guess in listed} for listed in guesses]
        shared = words.shared_out(lines, scores)
        return [
            _corrected(listed, changed) if changed else listed
            for listed, changed in zip(guesses, shared, strict=True)
        ]


def _corrected(guesses: Iterable[Guess], changed: Mapping[str, float]) -> list[Guess]:
    """The guesses with other scores for some languages, best first."""
    kept = [guess for guess in guesses if guess.codes[0] not in changed]
    kept += [Guess((code,), score) for code, score in changed.items() if score >= NOTHING]
    return sorted(kept, key=lambda guess: (-guess.score, guess.codes))


def _appended(path: Path) -> tuple[WordTable | None, BloomVocabulary | None]:
    """The word table and the vocabulary in a model's file."""
    sections = read_sections(path, frozenset((WORDS, OLD_WORDS, VOCABULARY)))
    try:
        words = sections.get(WORDS) or sections.get(OLD_WORDS)
        table = word_table(words) if words else None
        return table, vocabulary(sections[VOCABULARY]) if VOCABULARY in sections else None
    except (KeyError, ValueError) as error:
        raise ModelError(f"model {path}: the data after the model is damaged ({error})") from error


def _probability(score: float) -> float:
    return min(float(score), 1.0)  # fastText's float32 sums come out as 1.00001
