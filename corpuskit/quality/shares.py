"""Arithmetic shared by the signals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]
Columns = dict[str, Floats]
"""Signals by name, with one value per document; NaN if a value cannot be measured."""


def per(part: Numbers, whole: Numbers) -> Floats:
    """`part` / `whole`; 0 if the whole is 0."""
    result = np.zeros(len(part), dtype=np.float64)
    np.divide(part, whole, out=result, where=np.asarray(whole) > 0)
    return result


def largest(values: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> Floats:
    """The largest value of each text; `counts` says how many each has; 0 for a text without any."""
    result = np.zeros(len(counts), dtype=np.float64)
    starts = np.cumsum(counts) - counts
    filled = counts > 0
    if filled.any():
        result[filled] = np.maximum.reduceat(values, starts[filled])
    return result
