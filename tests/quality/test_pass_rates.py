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
    return {one["name"]: one["pass_rate"] for one in rows if one["part"] == part}


@pytest.mark.data("text-labelled")
@pytest.mark.parametrize("part", ["labelled", "held out"])
def test_clean_text_of_the_ten_languages_passes(rows: list[dict[str, Any]], part: str) -> None:
    assert set(TEN) <= set(language_codes())
    found = rates(rows, part)
    assert {code: found[code] for code in TEN if found[code] < 0.98} == {}


@pytest.mark.data("text-labelled")
def test_web_pages_of_the_ten_languages_pass(rows: list[dict[str, Any]]) -> None:
    pages = [one for one in rows if one["part"] == "pages" and one["documents"] >= 50]
    assert {one["name"] for one in pages} >= {"ind_Latn", "khm_Khmr", "vie_Latn"}
    assert all(one["pass_rate"] >= 0.95 for one in pages)


@pytest.mark.data("text-labelled")
def test_no_language_is_dropped_wholesale_by_the_defaults(rows: list[dict[str, Any]]) -> None:
    others = [one for one in rows if one["part"] == "defaults"]
    assert len(others) >= 550
    dropped = [one["name"] for one in others if not one["passed"]]
    assert len(dropped) <= 1  # a sample for fonts that repeats itself
    passed = sum(one["passed"] for one in others)
    assert passed / sum(one["documents"] for one in others) >= 0.99


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
