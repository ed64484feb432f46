"""Floors on documents mixed of real text (benchmarks/mixed.py prints the whole table)."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mixed import Figures, judged, line_pool, mixed

SHARES = (0.1, 0.3, 0.5)
EACH = 4


@pytest.fixture(scope="module")
def pool(data_dir: Path) -> dict[str, list[str]]:
    return line_pool(data_dir)


@pytest.mark.parametrize(
    ("own", "other", "found", "removed", "error"),
    [
        ("khm_Khmr", "eng_Latn", 1.0, 0.95, 0.03),
        ("tha_Thai", "lao_Laoo", 1.0, 0.9, 0.04),
        ("ind_Latn", "eng_Latn", 0.95, 0.9, 0.04),
        ("jav_Latn", "ind_Latn", 0.6, 0.65, 0.04),
    ],
)
def test_floors(
    pool: dict[str, list[str]], own: str, other: str, found: float, removed: float, error: float
) -> None:
    sums = Figures()
    for run in (True, False):
        for share in SHARES:
            made = [
                mixed(pool[own], pool[other], share, run, f"{own} {other} {share} {number}")
                for number in range(EACH)
            ]
            sums.add(judged(made, own))
    assert sums.kept + sums.rescued >= found * sums.documents
    assert sums.own_lost <= 0.005 * sums.own
    assert sums.foreign_removed >= removed * sums.foreign
    assert sum(sums.errors) <= error * len(sums.errors)


def test_a_mixed_document_has_the_share_of_the_other_language_that_was_asked_for(
    pool: dict[str, list[str]],
) -> None:
    for run in (True, False):
        one = mixed(pool["khm_Khmr"], pool["eng_Latn"], 0.4, run, "seed")
        sizes = [len(line) for line in one.lines]
        foreign = sum(size for size, other in zip(sizes, one.foreign, strict=True) if other)
        assert 0.25 < foreign / sum(sizes) < 0.6
        first, last = one.foreign.index(True), len(one.foreign) - 1 - one.foreign[::-1].index(True)
        assert all(one.foreign[first : last + 1]) or not run
