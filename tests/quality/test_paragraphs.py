"""Floors per language: clean paragraphs are kept, noise is rejected (benchmarks/paragraphs.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.data("text-labelled"), pytest.mark.xdist_group("paragraphs")]


@pytest.fixture(scope="module")
def rows(data_dir: Path, repository: Path, request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    patch = pytest.MonkeyPatch()
    request.addfinalizer(patch.undo)
    patch.syspath_prepend(str(repository))
    from benchmarks.paragraphs import run

    return run(data_dir)


def test_every_language_with_a_hundred_rows_is_judged(rows: list[dict[str, Any]]) -> None:
    codes = {row["language"] for row in rows}
    assert len(codes) >= 50
    assert {"khm_Khmr", "mya_Mymr", "tha_Thai", "ind_Latn", "kab_Latn", "zul_Latn"} <= codes


def test_clean_paragraphs_are_kept(rows: list[dict[str, Any]]) -> None:
    assert {row["language"]: row["kept"] for row in rows if row["kept"] < 0.95} == {}


def test_noise_is_rejected(rows: list[dict[str, Any]]) -> None:
    assert {row["language"]: row["rejected"] for row in rows if row["rejected"] < 0.95} == {}
