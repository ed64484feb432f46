"""What rules remove of a collection that they were not set on (benchmarks/left_out.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.clean_text import collections
from benchmarks.left_out import judged
from corpuskit.languages import language


@pytest.fixture(scope="module")
def texts(data_dir: Path) -> dict[str, dict[str, list[str]]]:
    return collections(data_dir)


@pytest.mark.data("text-labelled")
@pytest.mark.parametrize("code", ["ban_Latn", "jav_Latn", "khm_Khmr", "tha_Thai"])
def test_text_of_another_kind_is_kept(texts: dict[str, dict[str, list[str]]], code: str) -> None:
    judgments = list(judged(language(code), texts[code]))
    assert len(judgments) >= 3
    assert sum(removed for _, removed, _ in judgments) <= 0.02 * sum(
        count for count, _, _ in judgments
    )
    assert max(removed / count for count, removed, _ in judgments) <= 0.05
