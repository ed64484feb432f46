"""Arithmetic shared by the signals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]
Columns = dict[str, Floats]
"""Signals by name, each one value per document; NaN where one cannot be measured."""


def per(part: Numbers, whole: Numbers) -> Floats:
    """`part` / `whole`, 0 where there is no whole."""
    result = np.zeros(len(part), dtype=np.float64)
    np.divide(part, whole, out=result, where=np.asarray(whole) > 0)
    return result


def largest(values: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> Floats:
    """The largest of each text's values, of which there are `counts`; 0 where there are none."""
    result = np.zeros(len(counts), dtype=np.float64)
    starts = np.cumsum(counts) - counts
    filled = counts > 0
    if filled.any():
        result[filled] = np.maximum.reduceat(values, starts[filled])
    return result
