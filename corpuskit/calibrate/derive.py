"""Derive thresholds and stop words of one language from a sample."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from corpuskit.calibrate.limits import LEAST, TAIL, Limit, tolerance_limit, wilson
from corpuskit.calibrate.measure import SampleSignals, measure
from corpuskit.calibrate.methods import MEASURED, SHORTEST_WORDS, WIDENED, Method, is_inert
from corpuskit.calibrate.sample import LEAST_WORDS, Sample, balanced, spread
from corpuskit.calibrate.stop_words import StopWordList, stop_words
from corpuskit.languages import Language
from corpuskit.thresholds import RULES, defaults

LEAST_STOP_WORD_DOCUMENTS: Final = 20
"""Documents of half a page needed for a list of stop words: from 8 documents in Waray, mostly law,
the list had `nasud` (nation), `balaud` (law) and `katadungan` (right)."""

LEAST_STOP_WORD_COLLECTIONS: Final = 3
"""Collections needed for rules on stop words, since each register has its own. Set on one
collection, such rules remove 2.5 % of another on average and 34 % at worst (Balinese:
encyclopedia, then reviews), on three or more .2 % and 2.2 % (benchmarks/left_out.py
--stop-words)."""

_OUTLIERS: Final = {"min": "lower", "max": "upper"}


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold and its origin."""

    value: float
    origin: str
    limit: Limit | None = None


@dataclass(frozen=True)
class Derivation:
    """The results of a sample."""

    bounds: Mapping[str, Bound]
    unset: Mapping[str, str]
    """Rules without a threshold, each with the reason."""
    stop_words: StopWordList | None
    """None if the sample is too small for a list."""
    thin: StopWordList
    """The list before the size of the sample is considered."""
    balanced: SampleSignals
    """The documents that bounds are set on: no collection has more than all others together."""
    documents: SampleSignals
    """All documents."""
    about: str
    """`2026-11-24 on 812 documents of 5 collections (sample 4d8ba90ff69d)`."""


def derive(
    profile: Language, sample: Sample, today: date, exclude: Container[str] = ()
) -> Derivation:
    """Thresholds and stop words of a language from a clean sample."""
    syllabic = profile.segmentation == "syllables"
    candidates = stop_words(sample, profile.script, syllabic=syllabic, exclude=exclude)
    listed = (
        candidates
        if candidates.documents >= LEAST_STOP_WORD_DOCUMENTS and candidates.words
        else None
    )
    known = listed.words if listed else ()
    groups = {collection.name: collection.documents for collection in sample.collections}
    counts = balanced([len(group) for group in groups.values()], LEAST)
    chosen = {
        name: spread(group, count)
        for (name, group), count in zip(groups.items(), counts, strict=True)
    }
    counted = measure(profile, chosen, known)
    documents = measure(profile, groups, known)
    noun = "collection" if len(groups) == 1 else "collections"
    about = (
        f"{today.isoformat()} on {len(counted)} documents of {len(groups)} {noun} "
        f"(sample {sample.digest})"
    )
    bounds, unset = _bounds(counted, about, no_stop_words(candidates))
    return Derivation(bounds, unset, listed, candidates, counted, documents, about)


def no_stop_words(candidates: StopWordList) -> str | None:
    """Why there can be no rules on these stop words; None if there can."""
    if candidates.documents < LEAST_STOP_WORD_DOCUMENTS:
        least = LEAST_STOP_WORD_DOCUMENTS
        return f"no stop words: {candidates.documents} documents of half a page; {least} are needed"
    if candidates.collections < LEAST_STOP_WORD_COLLECTIONS:
        kinds = "collection" if candidates.collections == 1 else "collections"
        least = LEAST_STOP_WORD_COLLECTIONS
        return f"stop words are from {candidates.collections} {kinds}; {least} are needed"
    return None


def _bounds(
    units: SampleSignals, about: str, no_words: str | None
) -> tuple[dict[str, Bound], dict[str, str]]:
    bounds: dict[str, Bound] = {}
    unset: dict[str, str] = {}
    results: dict[str, Bound | str | None] = {"min_clusters": _shortest(units, about)}
    for method in MEASURED:
        barred = no_words if "stop_word" in method.key else None
        results[method.key] = barred or _measured(units, method, about)
    results |= {method.key: _widened(units, method, about) for method in WIDENED}
    for key, result in results.items():
        if isinstance(result, Bound):
            bounds[key] = result
        elif result is not None:
            unset[key] = result
    return bounds, unset


def _shortest(units: SampleSignals, about: str) -> Bound | str:
    """Length of a document of SHORTEST_WORDS words, rounded down, but at least the default, since
    words may be syllables."""
    lengths = units.signals["mean_word_clusters"]
    if len(lengths) < LEAST:
        return _too_few(len(lengths))
    median = float(np.median(lengths))
    value = max(int(SHORTEST_WORDS * median) // 10 * 10, defaults()["min_clusters"])
    return Bound(
        value, f"calibrated {about}: {SHORTEST_WORDS} words of {median:.2f} clusters, the median"
    )


def _too_few(units: int) -> str:
    return f"{units} documents of {LEAST_WORDS} words; {LEAST} are needed"


def thresholds_of(units: SampleSignals, methods: Sequence[Method] = MEASURED) -> dict[str, float]:
    """Only the thresholds of the measured rules, from some documents."""
    results = {method.key: _measured(units, method, "") for method in methods}
    return {key: bound.value for key, bound in results.items() if isinstance(bound, Bound)}


def _measured(units: SampleSignals, method: Method, about: str) -> Bound | str:
    rule = RULES[method.key]
    values = units.signals[rule.signal]
    if np.isnan(values).all():
        return "no stop words" if "stop_word" in method.key else "not measurable"
    limit = tolerance_limit(values, rule.bound)
    if limit is None:
        return _too_few(int((~np.isnan(values)).sum()))
    value = method.threshold(limit.value)
    if is_inert(method.key, value):
        return f"the {_OUTLIERS[rule.bound]} limit of clean text is {limit.value:.3g}: inert"
    if value == method.known:
        how = f"{method.origin}, within the {_OUTLIERS[rule.bound]} limit {limit}"
    else:
        margin = "" if method.margin == 1 else f"{method.margin:g} of "
        how = f"{margin}the {_OUTLIERS[rule.bound]} limit {limit}"
    return Bound(value, f"calibrated {about}: {how}", limit)


def _widened(units: SampleSignals, method: Method, about: str) -> Bound | str | None:
    """A looser bound if the default certainly removes clean text; None if it does not."""
    default = defaults()[method.key]
    rule = RULES[method.key]
    hits = int(units.breaks(method.key, default).sum())
    if wilson(hits, len(units))[0] <= TAIL:
        return None
    limit = tolerance_limit(units.signals[rule.signal], rule.bound)
    if limit is None:
        return (
            f"the default {default:g} removes {hits} of {len(units)}, too few to set another bound"
        )
    value = method.threshold(limit.value)
    if is_inert(method.key, value):
        return (
            f"the default {default:g} removes {hits} of {len(units)}; a wide enough bound is inert"
        )
    origin = (
        f"calibrated {about}: the default {default:g} removes {hits} of {len(units)} documents; "
        f"{method.margin:g} of the {_OUTLIERS[rule.bound]} limit {limit}"
    )
    return Bound(value, origin, limit)
