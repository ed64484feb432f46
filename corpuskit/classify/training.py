"""Training a classifier on judgments, and measuring it on sources that it did not see."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from corpuskit.classify.examples import Example
from corpuskit.classify.features import hashed_ngrams
from corpuskit.classify.logistic import (
    area_under_curve,
    fit_calibration,
    fit_rows,
    products_of_rows,
    sigmoid,
)
from corpuskit.classify.model import QualityClassifier
from corpuskit.errors import ClassifierError

LEAST: Final = 200
"""Judged documents to train on."""
LEAST_SOURCES: Final = 2
LEAST_OF_A_KIND: Final = 20
"""Documents that are good, and that are not."""
MOST: Final = 4_000
"""Documents that are used; memory and time grow with the square of this: 128 MB."""
FOLDS: Final = 5
BINS: Final = 10
"""Of the table of calibration."""


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Documents with a similar score: the mean score, and the share that is good."""

    documents: int
    score: float
    good: float


def train_classifier(examples: Sequence[Example]) -> QualityClassifier:
    """Train on judged texts.

    Everything that `about` says of quality was measured by cross-validation over sources: each
    document was scored by a model that saw no document of its source. Raises ClassifierError for
    fewer than 200 documents of two sources, or for sources of which each is of one kind.
    """
    chosen = _chosen(examples)
    good = np.array([example.good for example in chosen], dtype=bool)
    _check(chosen, good)
    features = hashed_ngrams([example.text for example in chosen])
    products = products_of_rows(features)
    folds = _folds(chosen)
    logits = _cross_validated(products, good, folds, chosen)
    slope, offset = fit_calibration(logits, good)
    factors, intercept = fit_rows(products, good)
    scores = sigmoid(slope * logits + offset)
    return QualityClassifier(
        weights=features.sum_of(factors).astype(np.float32),
        slope=slope,
        intercept=slope * intercept + offset,
        about=_about(chosen, good, scores, len(set(folds.tolist()))),
    )


def _chosen(examples: Sequence[Example]) -> list[Example]:
    """At most as many as can be used, in an order that does not depend on the files."""
    ordered = sorted(examples, key=lambda e: hashlib.sha256(e.id.encode()).hexdigest())
    return ordered[:MOST]


def _check(examples: Sequence[Example], good: npt.NDArray[np.bool_]) -> None:
    sources = {example.source for example in examples}
    if len(examples) < LEAST or len(sources) < LEAST_SOURCES:
        raise ClassifierError(
            f"{len(examples):,} judged documents of {len(sources)} sources are too few: a "
            f"classifier needs {LEAST} of {LEAST_SOURCES}; judge more with `corpuskit review`"
        )
    fewest = min(int(good.sum()), int((~good).sum()))
    if fewest < LEAST_OF_A_KIND:
        raise ClassifierError(
            f"{int(good.sum()):,} documents are good and {int((~good).sum()):,} are not; a "
            f"classifier needs {LEAST_OF_A_KIND} of each kind"
        )


def _folds(examples: Sequence[Example]) -> npt.NDArray[np.int64]:
    """The fold of each document: a source is in one fold, and folds are of similar size."""
    counts = Counter(example.source for example in examples)
    sizes = [0] * min(FOLDS, len(counts))
    place = {}
    for source, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        place[source] = sizes.index(min(sizes))
        sizes[place[source]] += count
    return np.array([place[example.source] for example in examples], dtype=np.int64)


def _cross_validated(
    products: npt.NDArray[np.float64],
    good: npt.NDArray[np.bool_],
    folds: npt.NDArray[np.int64],
    examples: Sequence[Example],
) -> npt.NDArray[np.float64]:
    """The logit of each document by a model that was trained on the other folds."""
    logits = np.zeros(len(good))
    for fold in np.unique(folds):
        rest, here = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if good[rest].all() or not good[rest].any():
            held_out = sorted({examples[row].source for row in here.tolist()})
            kind = "good" if good[rest].all() else "not good"
            raise ClassifierError(
                f"without {', '.join(held_out)[:200]} every judged document is {kind}, so the "
                "classifier would learn the source; judge both kinds in two sources or more"
            )
        factors, intercept = fit_rows(products[np.ix_(rest, rest)], good[rest])
        logits[here] = products[np.ix_(here, rest)] @ factors + intercept
    return logits


def _about(
    examples: Sequence[Example],
    good: npt.NDArray[np.bool_],
    scores: npt.NDArray[np.float64],
    folds: int,
) -> dict[str, Any]:
    languages = sorted({example.language for example in examples})
    sources = Counter(example.source for example in examples)
    bins = _bins(scores, good)
    error = sum(bin.documents * abs(bin.score - bin.good) for bin in bins) / len(good)
    of_language = {code: np.array([e.language == code for e in examples]) for code in languages}
    return {
        "documents": len(examples),
        "good": int(good.sum()),
        "languages": {
            code: {
                "documents": int(rows.sum()),
                "good": int(good[rows].sum()),
                "auc": _rounded(area_under_curve(scores[rows], good[rows])),
            }
            for code, rows in of_language.items()
        },
        "sources": dict(sorted(sources.items())),
        "folds": folds,
        "auc": _rounded(area_under_curve(scores, good)),
        "brier": round(float(((scores - good) ** 2).mean()), 4),
        "calibration_error": round(error, 4),
        "calibration": [[bin.documents, round(bin.score, 4), round(bin.good, 4)] for bin in bins],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _bins(scores: npt.NDArray[np.float64], good: npt.NDArray[np.bool_]) -> list[CalibrationBin]:
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [
        CalibrationBin(int(rows.sum()), float(scores[rows].mean()), float(good[rows].mean()))
        for number in range(BINS)
        if (rows := place == number).any()
    ]
