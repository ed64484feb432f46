"""The whole: a sample, what follows from it, what it costs, what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np

from corpuskit.calibrate.derive import Derived, derive, thresholds_of
from corpuskit.calibrate.fineweb2 import Published, published, ten_percent_tail
from corpuskit.calibrate.limits import LEAST
from corpuskit.calibrate.measure import Measured, measure
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
"""Rules whose thresholds in a profile are replaced, or go where the sample gives none."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, as a table shows it; shares are of documents, None where nothing is measured."""

    rule: str
    threshold: float
    origin: str
    """`calibrated`, `profile`, `default`, or the code of the language that it is inherited from."""
    removed: float
    left_out: float | None
    """The most that it removes of a collection when it is set on the others alone."""
    noise: float | None
    """Share of the noise that it rejects."""
    fineweb2: float | None
    """FineWeb-2's published threshold."""
    ten_percent: float | None
    """The threshold of its ten percent tail on this sample."""


@dataclass(frozen=True)
class Calibration:
    """Thresholds and stop words of one language from a clean sample."""

    profile: Language
    derived: Derived
    noise: Measured | None

    @cached_property
    def policy(self) -> dict[str, float]:
        """Every rule that holds with this calibration."""
        replaced = [key for key in OWN if key in self.profile.thresholds]
        held = {key: value for key, value in self._before.items() if key not in replaced}
        held |= {key: one.value for key, one in self.derived.bounds.items()}
        return {key: held[key] for key in RULES if key in held}

    @cached_property
    def _before(self) -> dict[str, float]:
        """The rules on quality that hold without it."""
        known = resolve_thresholds(self.profile)
        return {key: value for key, value in known.items() if RULES[key].stage == "quality"}

    @cached_property
    def problems(self) -> list[SampleProblem]:
        """What a person has to look at, fatal ones first."""
        return problems(self.profile, self.derived, self.policy, self.noise)

    @property
    def usable(self) -> bool:
        """Whether its thresholds may be used."""
        return not any(one.fatal for one in self.problems)

    @property
    def removed(self) -> float:
        """Share of the sample's documents that the policy removes."""
        return _share(self.derived.documents.rejected(self.policy))

    @property
    def noise_rejected(self) -> float | None:
        """Share of the noise that the policy rejects."""
        return None if self.noise is None else _share(self.noise.rejected(self.policy))

    @property
    def fineweb2(self) -> Published | None:
        """FineWeb-2's configuration of the language."""
        return published(self.profile.code)

    @property
    def removed_by_fineweb2(self) -> float | None:
        """Share of the sample that FineWeb-2's thresholds remove, its stop words left aside."""
        theirs = self.fineweb2
        if theirs is None:
            return None
        return _share(self.derived.documents.rejected(_without_words(theirs.thresholds)))

    @cached_property
    def left_out(self) -> dict[str, dict[str, float]]:
        """By collection: what each rule removes of it when set on the other collections."""
        found = {}
        units = self.derived.balanced
        for at, name in enumerate(units.collections):
            inside = self.derived.documents.of(self.derived.documents.owners == at)
            others = units.of(units.owners != at)
            if len(others) >= LEAST and len(inside):
                bounds = thresholds_of(others)
                found[name] = {key: _share(inside.breaks(key, v)) for key, v in bounds.items()}
        return found

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
        own = "default" if known is None else "profile"
        if known is not None and known[1] != self.profile.code:
            own = known[1]
        tested = [shares[key] for shares in self.left_out.values() if key in shares]
        return RuleRow(
            rule=key,
            threshold=value,
            origin="calibrated" if key in self.derived.bounds else own,
            removed=_share(documents.breaks(key, value)),
            left_out=max(tested, default=None),
            noise=None if self.noise is None else _share(self.noise.breaks(key, value)),
            fineweb2=theirs.thresholds.get(key) if theirs else None,
            ten_percent=ten_percent_tail(documents, key),
        )

    def write(self, source: Path, target: Path) -> None:
        """Put thresholds and stop words into the profile at `source`, written to `target`.

        Rules of OWN that the sample is too small for are taken out, so that what is inherited
        holds; why is written there too (`unset`). Raises CatalogueError as `write_profile`,
        SourceError where not `usable`.
        """
        if not self.usable:
            why = "; ".join(one.message for one in self.problems if one.fatal)
            raise SourceError(f"nothing is written: {why}")
        gone = [key for key in OWN if key not in self.derived.bounds]
        found = self.derived.stop_words
        write_profile(
            self.profile.code, source, target, bounds=self.derived.bounds, gone=gone,
            words=found.words if found else (), words_from=self.stop_words_from,
            unset={key: f"{self.derived.about}: {why}" for key, why in self.derived.unset.items()},
        )  # fmt: skip

    @property
    def stop_words_from(self) -> str:
        """Where the list comes from, as a profile says it."""
        found = self.derived.thin
        return (
            f"calibrated {self.derived.about}: in at least 35 % of each collection's documents "
            f"of half a page, {found.documents} of {found.collections} collections"
        )

    def as_json(self) -> dict[str, Any]:
        """For a machine."""
        return {
            "language": self.profile.code,
            "sample": self.derived.about,
            "thresholds": {
                key: {"value": one.value, "from": one.origin}
                for key, one in self.derived.bounds.items()
            },
            "unset": dict(self.derived.unset),
            "stop_words": list(self.derived.stop_words.words) if self.derived.stop_words else [],
            "removed": self.removed,
            "noise_rejected": self.noise_rejected,
            "removed_by_fineweb2": self.removed_by_fineweb2,
            "problems": [
                {"code": one.code, "fatal": one.fatal, "message": one.message}
                for one in self.problems
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

    `noise`: documents that the rules should reject, to be measured only. `exclude`: words that
    a reader of the language knows to be no stop words.
    """
    derived = derive(profile, sample, today, exclude)
    words = derived.stop_words.words if derived.stop_words else ()
    if isinstance(noise, Sample):
        groups = {one.name: one.records for one in noise.collections}
    else:
        groups = {"noise": tuple(noise)} if noise else {}
    measured = measure(profile, groups, words) if groups else None
    return Calibration(profile, derived, measured)


def _share(flags: np.typing.NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def _without_words(thresholds: dict[str, float]) -> dict[str, float]:
    return {key: value for key, value in thresholds.items() if "stop_word" not in key}
