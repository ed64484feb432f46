"""What reviewers are asked about a document, and how answers are written in other data sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from corpuskit.errors import ReviewError

Level = Literal["nominal", "ordinal"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a card."""

    name: str
    """The column of its answers."""
    level: Level
    """How far apart two answers are: `nominal` or `ordinal` (Krippendorff 2019)."""
    answers: tuple[str | int | bool, ...]
    keys: tuple[str, ...]
    """The key of each answer, by its place on the keyboard (`KeyboardEvent.code`), so that it does
    not depend on the layout; a question that is answered by yes or no has one key."""


LANGUAGE: Final = Question(
    "language",
    "nominal",
    ("right", "wrong", "mixed", "not_language"),
    ("KeyQ", "KeyW", "KeyE", "KeyR"),
)
"""Whether the text is in the language that it is meant to be in."""

EDUCATION: Final = Question(
    "education",
    "ordinal",
    (0, 1, 2, 3, 4, 5),
    ("Digit0", "Digit1", "Digit2", "Digit3", "Digit4", "Digit5"),
)
"""Educational value; null for a text that is in another language or is not language."""

FLAGS: Final = tuple(
    Question(name, "nominal", (False, True), (key,))
    for name, key in (
        ("boilerplate", "KeyA"),
        ("machine_translated", "KeyS"),
        ("spam", "KeyD"),
        ("offensive", "KeyF"),
        ("personal_data", "KeyG"),
    )
)
"""Questions that are answered by yes or no; not marked means no."""

QUESTIONS: Final = (LANGUAGE, EDUCATION, *FLAGS)

_FAULTS: Final = ("boilerplate", "machine_translated", "spam", "offensive")
"""Flags for which a text should not be in a corpus; personal data can be masked."""

_KREUTZER: Final = {"wrong": "WL", "not_language": "NL"}

FINEWEB_C_LABELS: Final = ("None", "Minimal", "Basic", "Good", "Excellent")
"""The scale of FineWeb-C, from 0."""
FINEWEB_C_PROBLEM: Final = "❗ Problematic Content ❗"

MOST_NOTE: Final = 2_000
"""Characters of a note."""
MOST_SPANS: Final = 200
"""Marked passages of a document."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What one reviewer answered about one document."""

    language: str
    education: int | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)
    note: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    """Passages with personal data: start and end in code points of the text."""
    machine_shown: bool = False
    """Whether the reviewer looked at what the machine thought before answering."""

    @property
    def is_good(self) -> bool:
        """Whether the text belongs into a corpus of its language."""
        return self.language == "right" and not any(self.flags.get(name) for name in _FAULTS)

    @property
    def kreutzer(self) -> str | None:
        """The code of Kreutzer et al. 2022 (Quality at a Glance, table 2) for one language: CC
        correct, CB correct but boilerplate, WL wrong language, NL not language. They have none for
        texts in several languages."""
        if self.language == "right":
            return "CB" if self.flags.get("boilerplate") else "CC"
        return _KREUTZER.get(self.language)

    @property
    def fineweb_c(self) -> str | None:
        """The label of FineWeb-C; its scale ends at 4, so 5 is `Excellent` as well."""
        if self.language in ("wrong", "not_language") or self.flags.get("offensive"):
            return FINEWEB_C_PROBLEM
        if self.education is None:
            return None
        return FINEWEB_C_LABELS[min(self.education, len(FINEWEB_C_LABELS) - 1)]

    def has(self, flag: str) -> bool:
        """Whether a flag was marked."""
        return bool(self.flags.get(flag))

    def value(self, question: Question) -> str | int | bool | None:
        """The answer to a question."""
        if question is LANGUAGE:
            return self.language
        if question is EDUCATION:
            return self.education
        return bool(self.flags.get(question.name))


def answers_of(data: Mapping[str, Any], length: int) -> Answers:
    """Answers as a page sends them, about a text of `length` code points.

    Raises ReviewError for an answer that is not one of the question's.
    """
    language, education = data.get("language"), data.get("education")
    if language not in LANGUAGE.answers:
        raise ReviewError(f"language: expected one of {', '.join(map(str, LANGUAGE.answers))}")
    if education is not None and (isinstance(education, bool) or education not in range(6)):
        raise ReviewError(f"education: expected a number from 0 to 5, got {education!r:.40}")
    if language in ("wrong", "not_language"):
        education = None
    elif education is None:
        raise ReviewError("education: expected a number from 0 to 5")
    note = data.get("note") or ""
    if not isinstance(note, str) or len(note) > MOST_NOTE:
        raise ReviewError(f"note: expected at most {MOST_NOTE:,} characters")
    flags = {flag.name: _flag(data, flag.name) for flag in FLAGS}
    spans = _spans(data.get("spans") or (), length)
    flags["personal_data"] |= bool(spans)
    return Answers(str(language), education, flags, note, spans, _flag(data, "machine_shown"))


def _flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise ReviewError(f"{name}: expected true or false, got {value!r:.40}")
    return value


def _spans(spans: Any, length: int) -> tuple[tuple[int, int], ...]:
    """The passages in order, those that overlap as one."""
    if not isinstance(spans, Sequence) or len(spans) > MOST_SPANS:
        raise ReviewError(f"spans: expected at most {MOST_SPANS} pairs of numbers")
    merged: list[tuple[int, int]] = []
    for span in sorted(_span(span, length) for span in spans):
        if merged and span[0] <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], span[1]))
        else:
            merged.append(span)
    return tuple(merged)


def _span(span: Any, length: int) -> tuple[int, int]:
    if (
        not isinstance(span, Sequence)
        or len(span) != 2
        or not all(type(end) is int for end in span)
        or not 0 <= span[0] < span[1] <= length
    ):
        raise ReviewError("spans: expected pairs of numbers within the text")
    return span[0], span[1]
