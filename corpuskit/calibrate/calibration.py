"""A calibration: the thresholds from a sample, what they remove, and problems."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from corpuskit.calibrate.derive import Derivation, derive, thresholds_of
from corpuskit.calibrate.fineweb2 import PublishedConfig, published, ten_percent_tail
from corpuskit.calibrate.limits import LEAST
from corpuskit.calibrate.measure import SampleSignals, measure
from corpuskit.calibrate.problems import SampleProblem, problems
from corpuskit.calibrate.profile_file import write_profile
from corpuskit.calibrate.sample import Sample
from corpuskit.errors import SourceError
from corpuskit.languages import Language, all_thresholds
from corpuskit.policy import resolve_thresholds
from corpuskit.thresholds import RULES

OWN: Final = (
    "min_clusters", "min_mean_word_clusters", "max_mean_word_clusters",
    "min_alphabetic_word_share", "min_stop_words", "min_stop_word_share",
)  # fmt: skip
"""Rules whose thresholds in a profile are replaced, or removed if the sample gives none."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, as a row of a table; shares are of documents, None if nothing is measured."""

    rule: str
    threshold: float
    origin: str
    """`calibrated`, `profile`, `default`, or the code of the language it is inherited from."""
    removed: float
    left_out: float | None
    """The largest share it removes of a collection if it is set on the other collections alone."""
    noise: float | None
    """Share of the noise that it rejects."""
    fineweb2: float | None
    """FineWeb-2's published threshold."""
    ten_percent: float | None
    """The threshold by its ten percent tail on this sample."""


@dataclass(frozen=True)
class Calibration:
    """Thresholds and stop words of one language from a clean sample."""

    profile: Language
    derived: Derivation
    noise: SampleSignals | None

    @cached_property
    def policy(self) -> dict[str, float]:
        """Every rule and threshold that applies with this calibration."""
        replaced = [key for key in OWN if key in self.profile.thresholds]
        held = {key: value for key, value in self._before.items() if key not in replaced}
        held |= {key: bound.value for key, bound in self.derived.bounds.items()}
        return {key: held[key] for key in RULES if key in held}

    @cached_property
    def _before(self) -> dict[str, float]:
        """The rules on quality that hold without it."""
        known = resolve_thresholds(self.profile)
        return {key: value for key, value in known.items() if RULES[key].stage == "quality"}

    @cached_property
    def problems(self) -> list[SampleProblem]:
        """Problems that a person has to look at, fatal ones first."""
        return problems(self.profile, self.derived, self.policy, self.noise)

    @property
    def usable(self) -> bool:
        """Whether its thresholds may be used."""
        return not any(problem.fatal for problem in self.problems)

    @property
    def removed(self) -> float:
        """Share of the sample's documents that the policy removes."""
        return _share(self.derived.documents.rejected(self.policy))

    @property
    def noise_rejected(self) -> float | None:
        """Share of the noise that the policy rejects."""
        return None if self.noise is None else _share(self.noise.rejected(self.policy))

    @property
    def fineweb2(self) -> PublishedConfig | None:
        """FineWeb-2's configuration of the language."""
        return published(self.profile.code)

    @property
    def removed_by_fineweb2(self) -> float | None:
        """Share of the sample that FineWeb-2's thresholds remove, without those on stop words."""
        theirs = self.fineweb2
        if theirs is None:
            return None
        return _share(self.derived.documents.rejected(_without_words(theirs.thresholds)))

    @cached_property
    def left_out(self) -> dict[str, dict[str, float]]:
        """By collection: the share each rule removes of it if set on the other collections."""
        removed = {}
        units = self.derived.balanced
        for at, name in enumerate(units.collections):
            inside = self.derived.documents.of(self.derived.documents.owners == at)
            others = units.of(units.owners != at)
            if len(others) >= LEAST and len(inside):
                bounds = thresholds_of(others)
                removed[name] = {key: _share(inside.breaks(key, v)) for key, v in bounds.items()}
        return removed

    @staticmethod
    def default_of(key: str) -> float | None:
        """A rule's default, for every language."""
        return RULES[key].default

    def rows(self) -> list[RuleRow]:
        """A row per rule, in the declared order."""
        return [self._row(key, value) for key, value in self.policy.items()]

    def _row(self, key: str, value: float) -> RuleRow:
        documents, theirs = self.derived.documents, self.fineweb2
        known = all_thresholds(self.profile).get(key)
        origin = "default" if known is None else "profile"
        if known is not None and known[1] != self.profile.code:
            origin = known[1]
        tested = [shares[key] for shares in self.left_out.values() if key in shares]
        return RuleRow(
            rule=key,
            threshold=value,
            origin="calibrated" if key in self.derived.bounds else origin,
            removed=_share(documents.breaks(key, value)),
            left_out=max(tested, default=None),
            noise=None if self.noise is None else _share(self.noise.breaks(key, value)),
            fineweb2=theirs.thresholds.get(key) if theirs else None,
            ten_percent=ten_percent_tail(documents, key),
        )

    def write(self, source: Path, target: Path) -> None:
        """Put thresholds and stop words into the profile at `source`, written to `target`.

        Rules of OWN that the sample is too small for are removed, so that inherited thresholds
        apply; the reason is written to `unset`. Raises CatalogueError like `write_profile`, and
        SourceError if not `usable`.
        """
        if not self.usable:
            why = "; ".join(problem.message for problem in self.problems if problem.fatal)
            raise SourceError(f"nothing is written: {why}")
        gone = [key for key in OWN if key not in self.derived.bounds]
        listed = self.derived.stop_words
        write_profile(
            self.profile.code, source, target, bounds=self.derived.bounds, gone=gone,
            words=listed.words if listed else (), words_from=self.stop_words_from,
            unset={key: f"{self.derived.about}: {why}" for key, why in self.derived.unset.items()},
        )  # fmt: skip

    @property
    def stop_words_from(self) -> str:
        """The origin of the list, as written in a profile."""
        listed = self.derived.thin
        return (
            f"calibrated {self.derived.about}: in at least 35 % of each collection's documents "
            f"of half a page, {listed.documents} of {listed.collections} collections"
        )

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "language": self.profile.code,
            "sample": self.derived.about,
            "thresholds": {
                key: {"value": bound.value, "from": bound.origin}
                for key, bound in self.derived.bounds.items()
            },
            "unset": dict(self.derived.unset),
            "stop_words": list(self.derived.stop_words.words) if self.derived.stop_words else [],
            "removed": self.removed,
            "noise_rejected": self.noise_rejected,
            "removed_by_fineweb2": self.removed_by_fineweb2,
            "problems": [
                {"code": problem.code, "fatal": problem.fatal, "message": problem.message}
                for problem in self.problems
            ],
            "rules": [
                {name: getattr(row, name) for name in RuleRow.__slots__} for row in self.rows()
            ],
        }


def calibrate(
    profile: Language, sample: Sample, *, today: date, noise: Sample | Sequence[str] = (),
    exclude: Container[str] = (),
) -> Calibration:  # fmt: skip
    """Derive thresholds and stop words of a language from a sample of clean text.

    `noise`: documents that the rules should reject; they are only measured. `exclude`: words that
    according to a reader of the language are not stop words.
    """
    derived = derive(profile, sample, today, exclude)
    words = derived.stop_words.words if derived.stop_words else ()
    if isinstance(noise, Sample):
        groups = {collection.name: collection.records for collection in noise.collections}
    else:
        groups = {"noise": tuple(noise)} if noise else {}
    noise_signals = measure(profile, groups, words) if groups else None
    return Calibration(profile, derived, noise_signals)


def _share(flags: np.typing.NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _without_words(thresholds: dict[str, float]) -> dict[str, float]:
    return {key: value for key, value in thresholds.items() if "stop_word" not in key}
