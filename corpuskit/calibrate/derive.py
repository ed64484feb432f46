"""From a sample to thresholds and stop words of one language."""

from __future__ import annotations

from collections.abc import Collection as Container
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from corpuskit.calibrate.limits import LEAST, TAIL, Limit, tolerance_limit, wilson
from corpuskit.calibrate.measure import Measured, measure
from corpuskit.calibrate.methods import MEASURED, SHORTEST_WORDS, WIDENED, Method, is_inert
from corpuskit.calibrate.sample import LEAST_WORDS, Sample, balanced, spread
from corpuskit.calibrate.stop_words import StopWordList, stop_words
from corpuskit.languages import Language
from corpuskit.thresholds import RULES, defaults

LEAST_STOP_WORD_DOCUMENTS: Final = 20
"""Documents of half a page below which no stop words are listed: in 8 documents of Waray,
mostly law, the list had `nasud` (nation), `balaud` (law) and `katadungan` (right)."""

LEAST_STOP_WORD_COLLECTIONS: Final = 3
"""Collections below which no rule looks at stop words: a register has its own. Set on one, such
rules remove 2.5 % of another on average and 34 % at worst (Balinese: encyclopedia, then reviews),
on three or more .2 % and 2.2 % (benchmarks/left_out.py --stop-words)."""

_OUTLIERS: Final = {"min": "lower", "max": "upper"}


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold and where it comes from."""

    value: float
    origin: str
    limit: Limit | None = None


@dataclass(frozen=True)
class Derived:
    """What a sample says."""

    bounds: Mapping[str, Bound]
    unset: Mapping[str, str]
    """Rules that no threshold was found for, each with the reason."""
    stop_words: StopWordList | None
    """None where the sample is too small for a list."""
    thin: StopWordList
    """What was found, however small the sample."""
    balanced: Measured
    """Documents, no collection having more than all others together: bounds are theirs."""
    documents: Measured
    """All documents."""
    about: str
    """`2026-11-24 on 812 documents of 5 collections (sample 4d8ba90ff69d)`."""


def derive(profile: Language, sample: Sample, today: date, exclude: Container[str] = ()) -> Derived:
    """Thresholds and stop words of a language as a clean sample has them."""
    syllabic = profile.segmentation == "syllables"
    found = stop_words(sample, profile.script, syllabic=syllabic, exclude=exclude)
    listed = found if found.documents >= LEAST_STOP_WORD_DOCUMENTS and found.words else None
    known = listed.words if listed else ()
    groups = {one.name: one.documents for one in sample.collections}
    counts = balanced([len(group) for group in groups.values()], LEAST)
    chosen = {
        name: spread(group, count)
        for (name, group), count in zip(groups.items(), counts, strict=True)
    }
    evened = measure(profile, chosen, known)
    documents = measure(profile, groups, known)
    many = "collection" if len(groups) == 1 else "collections"
    about = (
        f"{today.isoformat()} on {len(evened)} documents of {len(groups)} {many} "
        f"(sample {sample.digest})"
    )
    bounds, unset = _bounds(evened, about, no_stop_words(found))
    return Derived(bounds, unset, listed, found, evened, documents, about)


def no_stop_words(found: StopWordList) -> str | None:
    """Why no rule may look at these stop words; None where one may."""
    if found.documents < LEAST_STOP_WORD_DOCUMENTS:
        least = LEAST_STOP_WORD_DOCUMENTS
        return f"no stop words: {found.documents} documents of half a page, {least} are needed"
    if found.collections < LEAST_STOP_WORD_COLLECTIONS:
        kinds = "collection" if found.collections == 1 else "collections"
        least = LEAST_STOP_WORD_COLLECTIONS
        return f"stop words are of {found.collections} {kinds}, {least} are needed"
    return None


def _bounds(
    units: Measured, about: str, no_words: str | None
) -> tuple[dict[str, Bound], dict[str, str]]:
    bounds: dict[str, Bound] = {}
    unset: dict[str, str] = {}
    results: dict[str, Bound | str | None] = {"min_clusters": _shortest(units, about)}
    for one in MEASURED:
        barred = no_words if "stop_word" in one.key else None
        results[one.key] = barred or _measured(units, one, about)
    results |= {one.key: _widened(units, one, about) for one in WIDENED}
    for key, result in results.items():
        if isinstance(result, Bound):
            bounds[key] = result
        elif result is not None:
            unset[key] = result
    return bounds, unset


def _shortest(units: Measured, about: str) -> Bound | str:
    """Length of a document of SHORTEST_WORDS words, rounded down, but no less than the default:
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
    return f"{units} documents of {LEAST_WORDS} words, {LEAST} are needed"


def thresholds_of(units: Measured, methods: Sequence[Method] = MEASURED) -> dict[str, float]:
    """Only the measured rules' thresholds, as some documents have them."""
    results = {one.key: _measured(units, one, "") for one in methods}
    return {key: one.value for key, one in results.items() if isinstance(one, Bound)}


def _measured(units: Measured, method: Method, about: str) -> Bound | str:
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


def _widened(units: Measured, method: Method, about: str) -> Bound | str | None:
    """A looser bound where the default costs clean text for certain; None where it does not."""
    default = defaults()[method.key]
    rule = RULES[method.key]
    hits = int(units.breaks(method.key, default).sum())
    if wilson(hits, len(units))[0] <= TAIL:
        return None
    limit = tolerance_limit(units.signals[rule.signal], rule.bound)
    if limit is None:
        return f"the default {default:g} removes {hits} of {len(units)}, too few to set another"
    value = method.threshold(limit.value)
    if is_inert(method.key, value):
        return f"the default {default:g} removes {hits} of {len(units)}; wide enough is inert"
    origin = (
        f"calibrated {about}: the default {default:g} removes {hits} of {len(units)} documents; "
        f"{method.margin:g} of the {_OUTLIERS[rule.bound]} limit {limit}"
    )
    return Bound(value, origin, limit)
