"""Problems of a sample, or of the rules derived from it.

These are the pathologies of FineWeb-2's 1,929 configurations: thresholds at the floor or that no
document can break, stop words from texts by robots, languages that lose nearly all texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from corpuskit.calibrate.derive import Derivation
from corpuskit.calibrate.limits import LEAST
from corpuskit.calibrate.measure import SampleSignals
from corpuskit.calibrate.methods import is_inert
from corpuskit.calibrate.stop_words import FAMILIAR
from corpuskit.languages import Language, language, language_codes
from corpuskit.thresholds import RULES, defaults

DIRTY: Final = 0.2
"""Share of a sample that the defaults may reject before it counts as dirty. Of 5,061 clean
paragraphs they reject 1.3 %, of lessons with tables 6 %, of noise 97 %."""
UNUSABLE: Final = 0.5
FOREIGN_SCRIPT: Final = 0.5
"""With a lower median share of letters in its script, a sample is not in the language."""
MOST_REMOVED: Final = 0.8
"""Largest share of a collection that rules may remove."""
TARGET: Final = 0.05
"""Largest share of clean text that rules should remove."""
NOISE_KEPT: Final = 0.1
"""Largest share of noise that may pass."""
FOREIGN_WORDS: Final = 0.3
"""Share of a language's stop words that may be English ones; Tok Pisin, a creole of English,
has under a fifth."""


@dataclass(frozen=True, slots=True)
class SampleProblem:
    """A problem that a person has to look at."""

    code: str
    message: str
    fatal: bool = False
    """Whether thresholds from this sample must not be used."""


def problems(
    profile: Language,
    derived: Derivation,
    policy: Mapping[str, float],
    noise: SampleSignals | None = None,
) -> list[SampleProblem]:
    """All problems of a sample and the policy derived from it, worst first."""
    listed = [
        *_sample(profile, derived),
        *_words(profile, derived),
        *_rules(derived, policy),
        *_noise(policy, noise),
    ]
    return sorted(listed, key=lambda problem: not problem.fatal)


def _sample(profile: Language, derived: Derivation) -> Iterator[SampleProblem]:
    units = derived.documents
    if len(units) == 0:
        yield SampleProblem("empty", "the sample has no documents", fatal=True)
        return
    share = float(np.median(units.signals["script_share"]))
    if share < FOREIGN_SCRIPT:
        yield SampleProblem(
            "script",
            f"of the sample's letters {share:.0%} are in {profile.script} (median): "
            f"it is not {profile.name} in this script",
            fatal=True,
        )
    if len(derived.balanced) < LEAST:
        yield SampleProblem(
            "small",
            f"{len(derived.balanced)} documents of 30 words; thresholds need {LEAST}",
        )
    if len(units.collections) == 1:
        yield SampleProblem(
            "one-collection",
            "one collection: its subject and form pass for properties of the language; "
            "add a second kind of text",
        )
    yield from _dirty(units)


def _dirty(units: SampleSignals) -> Iterator[SampleProblem]:
    rejected = units.rejected(defaults())
    share = float(rejected.mean())
    if share > DIRTY:
        worst = ", ".join(f"{key} {part:.0%}" for key, part in _worst(units, defaults())[:3])
        yield SampleProblem(
            "dirty",
            f"the defaults, which apply to every language, reject {share:.0%} of the sample "
            f"({worst}): it is not clean",
            fatal=share > UNUSABLE,
        )


def _worst(units: SampleSignals, policy: Mapping[str, float]) -> list[tuple[str, float]]:
    shares = {
        key: float(units.breaks(key, value).mean())
        for key, value in policy.items()
        if RULES[key].stage == "quality"
    }
    return sorted(shares.items(), key=lambda item: (-item[1], item[0]))


def _words(profile: Language, derived: Derivation) -> Iterator[SampleProblem]:
    stop_words = derived.thin
    if stop_words.debris:
        listed = "; ".join(f"{word!r}: {why}" for word, why in list(stop_words.debris.items())[:8])
        yield SampleProblem(
            "stop-word-debris", f"frequent words left out of the stop words: {listed}"
        )
    if derived.stop_words is None:
        yield SampleProblem(
            "no-stop-words",
            f"no stop words: {stop_words.documents} documents of half a page; "
            f"{len(stop_words.words)} words occur in {FAMILIAR:.0%} of each collection's documents",
        )
    elif shared := _english(profile.code, stop_words.words):
        yield SampleProblem(
            "foreign-stop-words", f"these stop words are English: {', '.join(shared)}"
        )


def _english(code: str, words: tuple[str, ...]) -> list[str]:
    """Stop words shared with English, if they are so many that the sample may be English."""
    english = "eng_Latn"
    if code == english or english not in language_codes():
        return []
    listed = language(english).stop_words
    shared = [word for word in words if listed and word in listed.values]
    return shared if len(shared) > FOREIGN_WORDS * len(words) else []


def _rules(derived: Derivation, policy: Mapping[str, float]) -> Iterator[SampleProblem]:
    units = derived.documents
    if not len(units):
        return
    for key, reason in derived.unset.items():
        if "inert" in reason:
            yield SampleProblem("inert", f"{key} is not set: {reason}")
    for key, value in policy.items():
        if RULES[key].stage == "language":
            continue
        if is_inert(key, value):
            kind = "floor" if RULES[key].bound == "min" else "inert"
            yield SampleProblem(kind, f"{key} = {value:g} cannot be broken")
        share = float(units.breaks(key, value).mean())
        if share > MOST_REMOVED:
            yield SampleProblem(
                "rejects-all",
                f"{key} = {value:g} alone rejects {share:.0%}: it does not fit this language "
                "or script",
                fatal=True,
            )
        elif share > TARGET:
            yield SampleProblem("costly", f"{key} = {value:g} removes {share:.1%} of the sample")
    for name, share in units.shares(units.rejected(policy)).items():
        if share > MOST_REMOVED:
            yield SampleProblem("removes-most", f"{share:.0%} of the collection {name} is removed")
        elif share > TARGET:
            yield SampleProblem("removes-some", f"{share:.1%} of the collection {name} is removed")


def _noise(policy: Mapping[str, float], noise: SampleSignals | None) -> Iterator[SampleProblem]:
    if noise is not None and len(noise):
        share = 1 - float(noise.rejected(policy).mean())
        if share > NOISE_KEPT:
            yield SampleProblem("noise-passes", f"{share:.0%} of the noise passes every rule")
