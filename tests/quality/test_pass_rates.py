"""Floors: clean text passes in every language, noise does not (benchmarks/quality_pass.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpuskit.languages import language_codes

pytestmark = pytest.mark.xdist_group("pass_rates")  # its measurement is made once

TEN = ("ind_Latn", "jav_Latn", "khm_Khmr", "lao_Laoo", "mya_Mymr",
       "sun_Latn", "tgl_Latn", "tha_Thai", "vie_Latn", "zsm_Latn")  # fmt: skip


@pytest.fixture(scope="module")
def rows(data_dir: Path, repository: Path, request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    patch.syspath_prepend(str(repository))
    from benchmarks.quality_pass import run

    return run(data_dir)


def rates(rows: list[dict[str, Any]], part: str) -> dict[str, float]:
    return {row["name"]: row["pass_rate"] for row in rows if row["part"] == part}


@pytest.mark.data("text-labelled")
@pytest.mark.parametrize("part", ["labelled", "held out"])
def test_clean_text_of_the_ten_languages_passes(rows: list[dict[str, Any]], part: str) -> None:
    assert set(TEN) <= set(language_codes())
    rate_of = rates(rows, part)
    assert {code: rate_of[code] for code in TEN if rate_of[code] < 0.98} == {}


@pytest.mark.data("text-labelled")
def test_web_pages_of_the_ten_languages_pass(rows: list[dict[str, Any]]) -> None:
    pages = [row for row in rows if row["part"] == "pages" and row["documents"] >= 50]
    assert {row["name"] for row in pages} >= {"ind_Latn", "khm_Khmr", "vie_Latn"}
    assert all(row["pass_rate"] >= 0.95 for row in pages)


@pytest.mark.data("text-labelled")
def test_no_language_is_dropped_wholesale_by_the_defaults(rows: list[dict[str, Any]]) -> None:
    others = [row for row in rows if row["part"] == "defaults"]
    assert len(others) >= 550
    dropped = [row["name"] for row in others if not row["passed"]]
    assert len(dropped) <= 1  # a sample for fonts that repeats itself
    passed = sum(row["passed"] for row in others)
    assert passed / sum(row["documents"] for row in others) >= 0.99


@pytest.mark.data("encodings-noise")
@pytest.mark.parametrize(
    ("part", "most"),
    [
        ("noise", 0.03),
        ("noise, no stop words", 0.1),
        ("noise kept aside", 0.03),
        ("noise kept aside, no stop words", 0.1),
    ],
)
def test_noise_is_stopped(rows: list[dict[str, Any]], part: str, most: float) -> None:
    assert max(rates(rows, part).values()) <= most
