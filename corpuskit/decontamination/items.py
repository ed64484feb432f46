"""Evaluation items, and the layouts in which benchmarks publish them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

GENERIC: Final = "items"
"""The layout of files of one's own."""
SEA_HELM: Final = "sea-helm"


@dataclass(frozen=True, slots=True)
class EvaluationItem:
    """One item of a benchmark."""

    benchmark: str
    name: str
    """Within its benchmark."""
    excerpts: tuple[str, ...]
    """Texts each of which gives the item away: its passage, its question with its answers."""


@dataclass(frozen=True)
class Layout:
    """Which fields of a record are its passage, its question and its answers.

    Every field in `passages` stands for itself. Those in `question` and `answers` are looked for
    together, and the question with the correct answer alone as well. A field may hold a string, a
    number, a list of these or, as in SQuAD, an object with a list `text`.
    """

    passages: tuple[str, ...] = ()
    question: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    correct: str | None = None
    """The field that names the correct answer by number, letter or text."""
    first: int = 1
    """The number of the first answer, where `correct` is a number."""
    name: tuple[str, ...] = ("id",)
    """Fields that name the item; without them its place in the file does."""
    has_unique_names: bool = True
    """Whether no two files of the benchmark use a name twice; else names begin with the file's."""
    records: str | None = None
    """A field with a list of records, each of which has the other fields."""
    lines: bool = False
    """Whether files that are neither JSON nor tables have an item a line."""

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that may hold text."""
        return (*self.passages, *self.question, *self.answers)

    def excerpts(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        """The texts of a record; TypeError names a field that holds something else."""
        inner = record.get(self.records) if self.records else None
        parts = inner if isinstance(inner, list) and inner else [record]
        texts: dict[str, None] = {}
        for part in parts:
            if isinstance(part, Mapping):
                texts |= dict.fromkeys(self._excerpts_of({**record, **part}))
        return tuple(texts)

    def _excerpts_of(self, record: Mapping[str, Any]) -> Iterator[str]:
        for field in self.passages:
            yield from (text for text in ["\n".join(_texts(record, field))] if text.strip())
        question = [text for field in self.question for text in _texts(record, field)]
        answers = [text for field in self.answers for text in _texts(record, field)]
        if not question:
            return
        correct = self._correct_of(record, answers)
        if correct is not None and not answers:
            answers = [correct]
        yield "\n".join([*question, *answers])
        if correct is not None and len(answers) > 1:
            yield "\n".join([*question, correct])

    def _correct_of(self, record: Mapping[str, Any], answers: list[str]) -> str | None:
        value = record.get(self.correct) if self.correct else None
        if value is None or isinstance(value, list | Mapping):
            return None
        text = str(value).strip()
        if text in answers or not answers:
            return text
        marked = [answer for answer in answers if _mark(answer) == text]
        if marked:
            return marked[0]
        if text.isdecimal():
            number = int(text) - self.first
        else:
            number = _LETTERS.find(text.upper()) if len(text) == 1 else -1
        return answers[number] if 0 <= number < len(answers) else None

    def name_of(self, record: Mapping[str, Any]) -> str | None:
        """The item's name; None where no field has one."""
        values = (record.get(field) for field in self.name)
        return "/".join(str(value) for value in values if value not in (None, "")) or None


_LETTERS: Final = "ABCDEFGHIJ"
_MARKED: Final = re.compile(r"\s*+[(]?+([0-9]++|[A-Za-z])[).]")


def _mark(answer: str) -> str | None:
    """`2` of an answer that is written as `(2) the Battle of Bull Run`."""
    match = _MARKED.match(answer)
    return match[1] if match else None


def _texts(record: Mapping[str, Any], field: str) -> list[str]:
    value = record.get(field)
    if isinstance(value, Mapping):
        value = value.get("text")
    values = value if isinstance(value, list) else [value]
    texts = []
    for inner in values:
        if isinstance(inner, str):
            texts.append(inner)
        elif isinstance(inner, int | float) and not isinstance(inner, bool):
            texts.append(str(inner))
        elif inner is not None:
            raise TypeError(f"`{field}` holds a {type(inner).__name__}, not text")
    return [text for text in texts if text.strip()]


_CHOICES: Final = tuple(f"choice{number}" for number in range(1, 6))
_OPTIONS: Final = tuple(f"option_{letter}" for letter in "abcde")
_NUSAX: Final = (
    "acehnese", "balinese", "banjarese", "buginese", "english", "indonesian", "javanese",
    "madurese", "minangkabau", "ngaju", "sundanese", "toba_batak",
)  # fmt: skip

LAYOUTS: Final[dict[str, Layout]] = {
    GENERIC: Layout(
        passages=("passage", "context", "text"),
        question=("question", "premise", "hypothesis"),
        answers=("answers", "choices", "options", *_CHOICES),
        correct="answer",
    ),
    "belebele": Layout(
        passages=("flores_passage",),
        question=("question",),
        answers=tuple(f"mc_answer{number}" for number in range(1, 5)),
        correct="correct_answer_num",
        name=("dialect", "link", "question_number"),
    ),
    "nusax": Layout(passages=("text", *_NUSAX), has_unique_names=False),
    "xcopa": Layout(
        question=("premise",),
        answers=("choice1", "choice2"),
        correct="label",
        first=0,
        name=("idx",),
        has_unique_names=False,
    ),
    "flores": Layout(passages=("sentence", "text"), lines=True, has_unique_names=False),
    "m3exam": Layout(
        passages=("background_description",),
        question=("question_text",),
        answers=("options",),
        correct="answer_text",
    ),
    SEA_HELM: Layout(
        passages=("text", "passage", "context", "label"),
        question=("question", "premise", "sentence1", "sentence2", "phrase"),
        answers=(*_CHOICES, *_OPTIONS, "choices"),
        correct="label",
        records="prompts",
    ),
}
"""By the name that a recipe gives. Sources: the READMEs of facebook/belebele and
openlanguagedata/flores_plus, IndoNLP/nusax, cambridgeltl/xcopa, DAMO-NLP-SG/M3Exam, and the data
files of aisingapore/SEA-HELM (a record of which has `prompts`)."""
