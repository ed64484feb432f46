"""What judgments mean for a build: precision, agreement, thresholds that would do better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpuskit.publish import Build
from corpuskit.review.agreement import krippendorff_alpha
from corpuskit.review.database import Judgment, JudgmentDatabase
from corpuskit.review.intervals import Share, weighted_share
from corpuskit.review.questions import EDUCATION, FLAGS, QUESTIONS, Question
from corpuskit.review.sampling import Item, Stratum
from corpuskit.review.server import database_path
from corpuskit.review.suggestions import Suggestion, suggest_thresholds
from corpuskit.store_url import StoreUrl


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far answers to a question agree."""

    question: str
    alpha: float | None
    """Krippendorff's alpha, of between 0 (chance) and 1; None where nothing can be said."""
    documents: int
    """Documents with two answers or more."""


@dataclass(frozen=True, slots=True)
class JudgmentSummary:
    """What reviewers said of a build. Shares are weighted by how many records a judged document
    stands for."""

    build_id: str
    """Of the build whose sample was judged."""
    is_current: bool
    """Whether that is the build as it is now."""
    judgments: int
    documents: int
    reviewers: int
    agreement: tuple[Agreement, ...]
    """Between reviewers, per question."""
    consistency: tuple[Agreement, ...]
    """Between the first and the second answer of the same reviewer."""
    languages: Mapping[str, Share]
    """Of the published documents of a language, those that are good."""
    in_language: Mapping[str, Share]
    """Of the published documents of a language, those that are in it."""
    sources: Mapping[str, Share]
    """Of the published documents of a source, those that are good."""
    rules: Mapping[str, Share]
    """Of the records rejected for a reason, those that are not good."""
    flags: Mapping[str, Share]
    """Of all published documents, those that were marked so."""
    education: float | None
    """Mean educational value of the published documents."""
    suggestions: tuple[Suggestion, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def judgment_summary(
    build: Build | str | Path | StoreUrl, path: str | Path | None = None
) -> JudgmentSummary:
    """What the judgments of a build mean.

    `path` is the file of the judgments, if it is not in its usual place. Raises ReviewError if
    there is none. A text is good if it is in the right language and was not marked as boilerplate,
    machine-translated, spam or offensive; where reviewers differ, it counts by the share who say
    so.
    """
    opened = build if isinstance(build, Build) else Build(build)
    database = JudgmentDatabase(database_path(opened, path))
    try:
        about, strata = database.about(), database.strata()
        items, judgments = database.items(), database.judgments()
    finally:
        database.close()
    judged = JudgedItems(strata, items, judgments)
    build_id = about.get("build_id", "")
    return JudgmentSummary(
        build_id=build_id,
        is_current=build_id == opened.manifest["build_id"],
        judgments=len(judgments),
        documents=len(judged.items),
        reviewers=len({judgment.reviewer for judgment in judgments}),
        agreement=_agreement(judgments),
        consistency=_consistency(judgments),
        languages=judged.shares("kept", _language_of, judged.good),
        in_language=judged.shares("kept", _language_of, judged.in_language),
        sources=judged.shares("kept", lambda item: item.source, judged.good),
        rules=judged.shares("dropped", lambda item: item.stratum, judged.bad),
        flags={
            flag.name: share
            for flag in FLAGS
            if (share := judged.share("kept", judged.flagged(flag.name))) is not None
        },
        education=judged.education(),
        suggestions=suggest_thresholds(
            opened.manifest.get("policies") or {},
            [(item, judged.good(item)) for item in judged.items],
        ),
    )


def _language_of(item: Item) -> str:
    return item.language or "und"


class JudgedItems:
    """The documents that were judged, each with its answers and the records it stands for."""

    def __init__(
        self, strata: Sequence[Stratum], items: Sequence[Item], judgments: Sequence[Judgment]
    ) -> None:
        self._answers: dict[str, list[Judgment]] = {}
        for judgment in judgments:
            if judgment.number == 1:
                self._answers.setdefault(judgment.item, []).append(judgment)
        self.items = [item for item in items if item.id in self._answers]
        counts: dict[tuple[str, str], int] = {}
        for item in self.items:
            counts[item.kind, item.stratum] = counts.get((item.kind, item.stratum), 0) + 1
        self._weights = {
            (stratum.kind, stratum.name): stratum.population / counts[stratum.kind, stratum.name]
            for stratum in strata
            if (stratum.kind, stratum.name) in counts
        }

    def _mean(self, item: Item, value: Callable[[Judgment], bool]) -> float:
        answers = self._answers[item.id]
        return sum(value(judgment) for judgment in answers) / len(answers)

    def good(self, item: Item) -> float:
        """Share of its reviewers who find it good."""
        return self._mean(item, lambda judgment: judgment.answers.is_good)

    def bad(self, item: Item) -> float:
        """Share of its reviewers who do not."""
        return 1.0 - self.good(item)

    def in_language(self, item: Item) -> float:
        """Share of its reviewers who find it in the right language."""
        return self._mean(item, lambda judgment: judgment.answers.language == "right")

    def flagged(self, name: str) -> Callable[[Item], float]:
        """Share of a document's reviewers who marked it so."""
        return lambda item: self._mean(item, lambda judgment: judgment.answers.has(name))

    def share(self, kind: str, value: Callable[[Item], float]) -> Share | None:
        """The mean of a value over all strata of a kind."""
        return self.shares(kind, lambda _: "", value).get("")

    def shares(
        self, kind: str, group: Callable[[Item], str], value: Callable[[Item], float]
    ) -> dict[str, Share]:
        """The mean of a value per group of the strata of a kind."""
        groups: dict[str, list[tuple[float, float]]] = {}
        for item in self.items:
            if item.kind == kind:
                pair = (value(item), self._weights[item.kind, item.stratum])
                groups.setdefault(group(item), []).append(pair)
        shares = {name: weighted_share(pairs) for name, pairs in sorted(groups.items())}
        return {name: share for name, share in shares.items() if share is not None}

    def education(self) -> float | None:
        """Mean educational value of published documents."""
        total = weight = 0.0
        for item in self.items:
            values = [judgment.answers.education for judgment in self._answers[item.id]]
            known = [value for value in values if value is not None]
            if item.kind == "kept" and known:
                stands_for = self._weights[item.kind, item.stratum]
                total += stands_for * sum(known) / len(known)
                weight += stands_for
        return total / weight if weight else None


def _agreement(judgments: Sequence[Judgment]) -> tuple[Agreement, ...]:
    first = [judgment for judgment in judgments if judgment.number == 1]
    return _alphas(first, lambda judgment: judgment.item)


def _consistency(judgments: Sequence[Judgment]) -> tuple[Agreement, ...]:
    if not any(judgment.number == 2 for judgment in judgments):
        return ()
    return _alphas(judgments, lambda judgment: f"{judgment.reviewer}\n{judgment.item}")


def _alphas(
    judgments: Sequence[Judgment], unit: Callable[[Judgment], str]
) -> tuple[Agreement, ...]:
    """Alpha of every question; answers of judgments with the same unit are compared."""
    return tuple(_alpha(question, judgments, unit) for question in QUESTIONS)


def _alpha(
    question: Question, judgments: Sequence[Judgment], unit: Callable[[Judgment], str]
) -> Agreement:
    units: dict[str, list[str | int | bool]] = {}
    for judgment in judgments:
        value = judgment.answers.value(question)
        if value is not None:
            units.setdefault(unit(judgment), []).append(value)
    order = question.answers if question is EDUCATION else ()
    alpha = krippendorff_alpha(units.values(), question.level, order)
    return Agreement(question.name, alpha, sum(len(values) > 1 for values in units.values()))
