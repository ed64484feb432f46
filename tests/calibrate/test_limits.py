"""Tolerance limits: what they promise holds, and too little data promises nothing."""

from __future__ import annotations

import numpy as np
import pytest

from corpuskit.calibrate.limits import (
    CONFIDENCE,
    LEAST,
    TAIL,
    tolerance_limit,
    tolerance_rank,
    wilson,
)


def test_wilks_sample_sizes() -> None:
    """Wilks 1941: 59 values for 95 % of the population, 299 for 99 %, 473 for the second."""
    assert LEAST == 59
    assert [tolerance_rank(count) for count in (298, 299, 472, 473)] == [0, 1, 1, 2]
    assert tolerance_rank(59, tail=0.05) == 1
    assert tolerance_rank(58, tail=0.05) == 0


@pytest.mark.parametrize("count", [300, 1000])
def test_a_limit_holds_as_often_as_it_says(count: int) -> None:
    random = np.random.default_rng(7)
    samples = random.normal(size=(2000, count))
    true = -2.3263479  # the 1st percentile of the normal distribution
    limits = [tolerance_limit(sample, "min") for sample in samples]
    held = np.mean([limit is not None and limit.value <= true for limit in limits])
    assert CONFIDENCE - 0.015 <= held <= 1


def test_upper_limits_mirror_lower_ones() -> None:
    values = np.random.default_rng(1).exponential(size=500)
    lower, upper = tolerance_limit(values, "min"), tolerance_limit(-values, "max")
    assert lower is not None and upper is not None
    assert lower.value == -upper.value


def test_too_few_values_have_no_limit_and_nulls_do_not_count() -> None:
    values = np.full(100, np.nan)
    values[:58] = np.arange(58)
    assert tolerance_limit(values, "min") is None
    values[58] = 58
    limit = tolerance_limit(values, "min")
    assert limit is not None
    assert (limit.value, limit.units) == (0, 59)
    assert TAIL < limit.tail <= 0.05


def test_wilson_interval() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(10, 100)
    assert (round(low, 3), round(high, 3)) == (0.055, 0.174)
