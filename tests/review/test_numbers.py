"""Agreement, intervals and sizes against published worked examples."""

from __future__ import annotations

import pytest

from corpuskit.review.agreement import krippendorff_alpha
from corpuskit.review.intervals import binomial_tail, sample_size, weighted_share, wilson

# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C: four observers (A to D),
# twelve units, missing values.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)
UNITS = [[value for value in unit if value is not None] for unit in zip(*OBSERVERS, strict=True)]


def test_alpha_of_the_published_examples() -> None:
    assert krippendorff_alpha(UNITS) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(UNITS, "ordinal", (1, 2, 3, 4, 5)) == pytest.approx(0.815, abs=5e-4)


def test_alpha_of_two_observers_of_the_published_examples() -> None:
    # The same paper, sections A (binary, ten units) and B (nominal, twelve units).
    meg, owen = "0100000010", "1110010000"
    assert krippendorff_alpha(list(zip(meg, owen, strict=True))) == pytest.approx(0.095, abs=5e-4)
    ben, gerry = "aabbdcccedda", "babbbccceddd"
    pairs = list(zip(ben, gerry, strict=True))
    assert krippendorff_alpha(pairs) == pytest.approx(0.692, abs=1e-3)


def test_alpha_has_no_value_without_pairs_or_variation() -> None:
    assert krippendorff_alpha([[1], [2]]) is None
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert krippendorff_alpha([["a", "a"], ["b", "b"]]) == 1.0
    assert krippendorff_alpha([["a", "b"], ["b", "a"]]) < 0


def test_wilson_intervals_of_the_literature() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3.
    for successes, trials, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_sample_is_as_large_as_its_interval_asks_for() -> None:
    for half_width in (0.05, 0.1, 0.15, 0.3):
        size = sample_size(half_width, 10**9)
        low, high = wilson(size / 2, size)
        assert (high - low) / 2 <= half_width
        low, high = wilson((size - 1) / 2, size - 1)
        assert (high - low) / 2 > half_width
    assert sample_size(0.1, 50) < 50
    assert sample_size(0.1, 1) == 1
    assert sample_size(0.1, 0) == 0
    with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
        sample_size(0.5, 10)


def test_weights_move_a_share_and_widen_its_interval() -> None:
    even = weighted_share([(1.0, 1.0)] * 30 + [(0.0, 1.0)] * 30)
    uneven = weighted_share([(1.0, 5.0)] * 30 + [(0.0, 1.0)] * 30)
    assert even is not None and uneven is not None
    assert even.share == 0.5
    assert uneven.share == pytest.approx(5 / 6)
    assert (even.low, even.high) == pytest.approx(wilson(30, 60))
    assert uneven.high - uneven.low > wilson(50, 60)[1] - wilson(50, 60)[0]
    assert weighted_share([]) is None


def test_the_sign_test() -> None:
    assert binomial_tail(5, 5) == pytest.approx(0.0625)
    assert binomial_tail(3, 6) == 1.0
    assert binomial_tail(0, 0) == 1.0
