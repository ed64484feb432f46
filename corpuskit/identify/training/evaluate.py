"""How well a model identifies labelled texts, and how often it accepts unknown languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from corpuskit.identify.identification import Identifier
from corpuskit.identify.labels import UNDETERMINED, is_negative
from corpuskit.identify.training.groups import Group, f1, group_lines, measured_groups
from corpuskit.identify.training.seeds import NEGATIVE, SeedRow
from corpuskit.text import TextBatch

SHOWN: Final = 20
"""Pairs of confused languages in a report."""


@dataclass(frozen=True, slots=True)
class Score:
    """One language: the texts in it, and the model's scores (0 to 1)."""

    language: str
    texts: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All measurements on one set of labelled texts."""

    scores: tuple[Score, ...]
    """For the languages that the model knows and the set has."""
    confusions: tuple[tuple[str, str, int], ...]
    """True language, answer, texts; the most frequent first."""
    open_texts: int
    """Texts in languages that the model does not know."""
    open_accepted: int
    """How many of them were taken for one that it knows."""
    groups: tuple[Group, ...] = ()
    """Groups of easily confused languages with texts in the set."""

    @property
    def macro_f1(self) -> float:
        """Mean of F1 over the languages, each with one vote."""
        return _mean(score.f1 for score in self.scores)

    @property
    def recall(self) -> float:
        """Mean of recall over the languages, each with one vote."""
        return _mean(score.recall for score in self.scores)

    @property
    def open_acceptance(self) -> float:
        """Share of the texts in unknown languages that are taken for a known one."""
        return self.open_accepted / self.open_texts if self.open_texts else 0.0

    def as_json(self) -> dict[str, Any]:
        """Everything, for a machine."""
        return {
            "macro_f1": self.macro_f1,
            "recall": self.recall,
            "open_texts": self.open_texts,
            "open_acceptance": self.open_acceptance,
            "languages": [
                {name: getattr(score, name) for name in Score.__slots__} for score in self.scores
            ],
            "confusions": [list(confusion) for confusion in self.confusions],
            "groups": [group.as_json() for group in self.groups],
        }


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def evaluate(model: Identifier, rows: Sequence[SeedRow]) -> Evaluation:
    """Identify every text as the stage does. Languages that the model does not know, and negative
    ones, count as open set."""
    texts = TextBatch([row.text for row in rows])
    answers = [answer.lang for answer in model.identify(texts)]
    truth = [row.label if row.label in model.codes else UNDETERMINED for row in rows]
    pairs = Counter(zip(truth, answers, strict=True))
    known = sorted({code for code in truth if code != UNDETERMINED})
    named = Counter((row.label, answer) for row, answer in zip(rows, answers, strict=True))
    wrong = sorted(
        ((true, answer, count) for (true, answer), count in named.items() if _wrong(true, answer)),
        key=lambda confusion: (-confusion[2], confusion),
    )
    return Evaluation(
        tuple(_score(pairs, code) for code in known),
        tuple(wrong[:SHOWN]),
        truth.count(UNDETERMINED),
        sum(n for (true, answer), n in named.items() if _is_accepted(true, answer, known)),
        measured_groups(named, model.codes, UNDETERMINED),
    )


def _is_accepted(true: str, answer: str, known: Sequence[str]) -> bool:
    return true not in known and answer != UNDETERMINED and _wrong(true, answer)


def _wrong(true: str, answer: str) -> bool:
    """Whether the answer is wrong. A negative language may also be named, since a combined model
    can know it."""
    right = (UNDETERMINED, true.removeprefix(NEGATIVE)) if is_negative(true) else (true,)
    return answer not in right


def _score(pairs: Counter[tuple[str, str]], code: str) -> Score:
    right = pairs[code, code]
    texts = sum(count for (true, _), count in pairs.items() if true == code)
    named = sum(count for (_, answer), count in pairs.items() if answer == code)
    precision = right / named if named else 0.0
    return Score(code, texts, precision, right / texts, f1(pairs, code))


def report_lines(evaluation: Evaluation) -> Iterator[str]:
    """The evaluation as a page of Markdown, without a title."""
    if evaluation.scores:
        over = f"over {len(evaluation.scores)} languages"
        yield f"Macro-F1 {evaluation.macro_f1:.3f} and recall {evaluation.recall:.3f} {over}.\n"
    accepted = f"{evaluation.open_accepted:,} ({evaluation.open_acceptance:.1%})"
    of_texts = f"Of {evaluation.open_texts:,} texts"
    yield f"{of_texts} in languages that the model does not know, {accepted}"
    yield "were taken for one that it knows."
    if evaluation.scores:
        yield "\n| language | texts | precision | recall | F1 |\n|---|--:|--:|--:|--:|"
    for score in evaluation.scores:
        cells = f"{score.precision:.3f} | {score.recall:.3f} | {score.f1:.3f}"
        yield f"| {score.language} | {score.texts:,} | {cells} |"
    yield "\n| is | answered | texts |\n|---|---|--:|"
    for true, answer, count in evaluation.confusions:
        yield f"| {true} | {answer} | {count} |"
    yield from group_lines(evaluation.groups)
