"""Choose a text's language among a model's guesses, skipping those in the wrong script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from corpuskit.identify.labels import UNDETERMINED, is_negative
from corpuskit.identify.orthography import may_be_in
from corpuskit.identify.priors import LanguageEvidence, weighed
from corpuskit.languages import script_of
from corpuskit.text import TextBatch
from corpuskit.text.scripts import MEMBERS
from corpuskit.text.tables import SCRIPT_IDS, SCRIPTS

TOP: Final = 5
"""Labels that are kept per document."""

MIN_LABEL_SCRIPT: Final = 0.4
"""Least share of the text's letters in a label's script for the label to be possible, even if
another script has more. In Thai posts full of Latin names the model is right (5 of 5 in the
labelled text at .40 to .44); below, most texts are in two languages or the label is wrong."""

MAJORITY: Final = 0.5
"""Score at which a language has at least as much as all others together."""


class Guess(NamedTuple):
    """One label of a model: the codes it may stand for, best first, and its probability."""

    codes: tuple[str, ...]
    score: float
    relatives: frozenset[str] = frozenset()
    """Of a negative label: near relatives, whose texts score high for it too."""


PerText = Sequence[Sequence[LanguageEvidence]]
"""Evidence for each text of a batch; empty if there is none for the batch."""


class Identification:
    """The language of one text, how sure the model is, and its five best labels."""

    __slots__ = ("certainty", "evidence", "lang", "score", "script_ratio", "top")

    def __init__(
        self, lang: str, score: float, script_ratio: float, top: Sequence[tuple[str, float]],
        evidence: Sequence[LanguageEvidence] = (), certainty: float | None = None,
    ) -> None:  # fmt: skip
        self.lang = lang
        """A code such as `khm_Khmr`, or `und`."""
        self.score = score
        self.script_ratio = script_ratio
        """Share (0 to 1) of the text's letters that are in the language's script."""
        self.top = tuple(top)
        """The model's best labels with their scores, whatever their script."""
        self.evidence = tuple(evidence)
        """Evidence from outside the text that counted; `score` includes it, `top` does not."""
        self.certainty = certainty
        """How often such an answer is right, by the text's length and the score; None where the
        model's label table does not say."""

    def __repr__(self) -> str:
        return f"{self.lang} {self.score:.2f}".replace(" 0.", " .")


class Identifier(Protocol):
    """What the stages need from a model, whether it is one file or several."""

    @property
    def codes(self) -> frozenset[str]:
        """Every language code that it can answer with."""

    @property
    def thin(self) -> frozenset[str]:
        """Languages that it has seen little of, whose texts it may mistake for a neighbor's."""

    def identify(self, texts: TextBatch, evidence: PerText = ()) -> list[Identification]:
        """The language of every text."""

    @property
    def members(self) -> Sequence[Guesser]:
        """The single models that it consists of."""


class Guesser(Protocol):
    """A single model with guesses to choose from."""

    def guess(self, texts: Sequence[str]) -> list[list[Guess]]:
        """Its best labels for each text, best first; may be empty."""

    def shares(self, texts: Sequence[str]) -> list[list[Guess]]:
        """All labels of some probability for each text, of any length or script."""

    def believed(self, code: str, score: float, known: float, letters: int, text: str) -> bool:
        """Whether to believe that `text` is in `code`.

        `score` is that of the label, `known` that of all known languages together; `letters` are
        those of the text.
        """

    def certainty(self, letters: int, score: float) -> float | None:
        """How often its answer is right for texts of so many letters with that score."""


def alone_in_script(codes: Iterable[str]) -> frozenset[str]:
    """The codes that share their script with no other of them."""
    listed = list(codes)
    scripts = Counter(map(script_of, listed))
    return frozenset(code for code in listed if scripts[script_of(code)] == 1)


def identify_batch(
    texts: TextBatch, model: Guesser, evidence: PerText = ()
) -> list[Identification]:
    """Identify every text of a batch."""
    written = [row for row in range(len(texts)) if texts.script_counts[row].any()]
    guesses: list[list[Guess]] = [[] for _ in range(len(texts))]
    for row, best in zip(written, model.guess([texts.texts[r] for r in written]), strict=True):
        guesses[row] = best
    per_text = evidence or [()] * len(texts)
    return [_answer(texts, row, best, model, per_text[row]) for row, best in enumerate(guesses)]


def _answer(
    texts: TextBatch,
    row: int,
    guesses: list[Guess],
    model: Guesser,
    evidence: Sequence[LanguageEvidence],
) -> Identification:
    """Choose among the guesses, after adding the evidence for any of the best ones."""
    codes = {code for guess in guesses[:TOP] for code in guess.codes}
    relevant = [
        item._replace(labels=item.labels & codes) for item in evidence if item.labels & codes
    ]
    choice = _choose(texts, row, _raised(guesses, relevant) if relevant else guesses, model)
    top = _labels(guesses[:TOP], texts.main_script(row))
    letters = int(texts.script_counts[row].sum())
    certainty = model.certainty(letters, choice.score) if choice.score else None
    return Identification(choice.lang, choice.score, choice.script_ratio, top, relevant, certainty)


def _raised(guesses: list[Guess], evidence: Sequence[LanguageEvidence]) -> list[Guess]:
    """The guesses with the evidence added, best first; only the first TOP can gain."""
    scores = weighed([(guess.codes, guess.score) for guess in guesses], evidence, TOP)
    raised = [guess._replace(score=score) for guess, score in zip(guesses, scores, strict=True)]
    return sorted(raised, key=lambda guess: -guess.score)


def _labels(guesses: Sequence[Guess], main: str) -> list[tuple[str, float]]:
    return [(code_of(guess.codes, main), guess.score) for guess in guesses]


def _choose(texts: TextBatch, row: int, guesses: list[Guess], model: Guesser) -> Identification:
    main = texts.main_script(row)
    labels = _labels(guesses, main)
    for code, score in labels[:TOP]:
        ratio = texts.script_share(row, script_of(code))
        if fits(code, main) or ratio >= MIN_LABEL_SCRIPT:
            letters, text = int(texts.script_counts[row].sum()), texts.texts[row]
            known = known_share(guesses, code)
            believed = not is_negative(code) and model.believed(code, score, known, letters, text)
            if not believed or not may_be_in(code, text):
                break
            return Identification(code, score, ratio, labels[:TOP])
    return Identification(UNDETERMINED, 0.0, 0.0, labels[:TOP])


def known_share(guesses: Iterable[Guess], code: str) -> float:
    """1 less the scores of the negative labels that are not near relatives of a language."""
    return 1.0 - sum(
        guess.score
        for guess in guesses
        if is_negative(guess.codes[0]) and code not in guess.relatives
    )


def code_of(codes: Sequence[str], main: str) -> str:
    """The first of a label's codes that is in the text's main script, else the first."""
    return next((code for code in codes if fits(code, main)), codes[0])


def fits(code: str, main: str) -> bool:
    """Whether `main`, the main script of a text, is that of the language `code`."""
    script = script_of(code)
    if script in MEMBERS:
        return main in MEMBERS[script]
    # A script without a table of its own is counted as Zyyy.
    return main == (script if script in SCRIPT_IDS else SCRIPTS[0])
