"""Text known beforehand, in wikis' pages as a browser gets them and as the API gives them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import wikimedia


def check(row: dict[str, int], paragraphs: int, strings: int) -> None:
    """The issue's floors: 99 % of the paragraphs are kept, 1 % of the strings may be left."""
    assert (row["paragraphs"], row["strings"]) == (paragraphs, strings)
    assert row["kept"] >= 0.99 * row["paragraphs"]
    assert row["left"] <= 0.01 * row["strings"]


@pytest.mark.parametrize("wiki", wikimedia.WIKIS)
def test_pages_with_a_skin(data_dir: Path, wiki: str) -> None:
    check(wikimedia.skin(data_dir, wiki), 38, 168)


@pytest.mark.parametrize(("wiki", "paragraphs"), [("km", 63), ("tl", 67)])
def test_pages_by_the_api(data_dir: Path, wiki: str, paragraphs: int) -> None:
    check(wikimedia.api(data_dir, wiki), paragraphs, 210)


def test_what_is_missing_is_counted() -> None:
    page = {"gold_paragraphs": ["ក ខ", "គ"], "must_not_contain": ["x", "y"]}
    row = wikimedia.judge("km", "dump", iter([(page, "ក\nខ x")]))
    assert row == {
        "wiki": "km", "way": "dump", "paragraphs": 2, "kept": 1, "strings": 2, "left": 1
    }  # fmt: skip


def test_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wikimedia, "WIKIS", ("a", "b"))
    way: Callable = lambda data, wiki: {"wiki": wiki, "way": "x", "kept": len(wiki)}  # noqa: E731
    assert wikimedia.run(Path(), [way])[-1] == {"wiki": "all", "way": "x", "kept": 2}
