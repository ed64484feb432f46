"""Logistic regression over few documents with many features, and how well scores order them."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.classify.features import Features

Floats = npt.NDArray[np.float64]

PENALTY: Final = 0.1
"""Of the squared length of the weights; scikit-learn's C is 10."""
_STEPS: Final = 50
_BLOCK: Final = 256
_LEAST_CURVATURE: Final = 1e-6


def products_of_rows(features: Features) -> Floats:
    """The products of all rows with all rows: all that training needs of the features."""
    size = len(features)
    products = np.zeros((size, size))
    for first in range(0, size, _BLOCK):
        left = features.dense(first, min(size, first + _BLOCK))
        for second in range(0, first + 1, _BLOCK):
            right = features.dense(second, min(size, second + _BLOCK))
            block = left @ right.T
            products[first : first + len(left), second : second + len(right)] = block
            products[second : second + len(right), first : first + len(left)] = block.T
    return products


def fit_rows(products: Floats, good: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    """A logistic regression: a factor for each row, and the intercept.

    Newton's method (iteratively reweighted least squares) in the space of rows, which is exact and
    fast for a few thousand documents. The weights of features are the sum of the rows times their
    factors.
    """
    size = len(good)
    factors, intercept = np.zeros(size), 0.0
    system = np.ones((size + 1, size + 1))
    system[size, size] = 0.0
    for _ in range(_STEPS):
        logits = products @ factors + intercept
        chance = sigmoid(logits)
        curvature = np.maximum(chance * (1 - chance), _LEAST_CURVATURE)
        target = logits + (good - chance) / curvature
        system[:size, :size] = products + PENALTY * np.diag(1 / curvature)
        solution = np.linalg.solve(system, np.append(target, 0.0))
        change = float(np.abs(solution[:size] - factors).max())
        factors, intercept = solution[:size], float(solution[size])
        if change < 1e-6:
            break
    return factors, intercept


def sigmoid(logits: Floats) -> Floats:
    """Logits as probabilities."""
    result: Floats = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
    return result


def fit_calibration(logits: Floats, good: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept that make probabilities of logits (Platt 1999).

    With Platt's targets, which keep the probabilities of a separable sample away from 0 and 1.
    """
    positives, negatives = int(good.sum()), int((~good).sum())
    target = np.where(good, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    columns = np.stack([logits, np.ones(len(logits))], axis=1)
    line = np.array([1.0, 0.0])
    for _ in range(_STEPS):
        chance = sigmoid(columns @ line)
        curvature = np.maximum(chance * (1 - chance), _LEAST_CURVATURE)
        hessian = columns.T @ (columns * curvature[:, None]) + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, columns.T @ (target - chance))
        line = line + np.clip(step, -5, 5)
        if float(np.abs(step).max()) < 1e-8:
            break
    return float(line[0]), float(line[1])


def area_under_curve(scores: Floats, good: npt.NDArray[np.bool_]) -> float | None:
    """How often a good document scores higher than one that is not; None without both kinds."""
    positives, negatives = int(good.sum()), int((~good).sum())
    if not positives or not negatives:
        return None
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    above = float(ranks[good].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)
