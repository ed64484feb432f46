"""Bounds that are set on seeds: how many of a text's words a language must have, which are thin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corpuskit.identify.training.calibration import (
    THIN,
    least_words,
    near_relatives,
    reading,
)
from corpuskit.identify.training.seeds import SeedRow, WordList

KNOWN = ("satu", "dua", "tiga")


def letters(number: int) -> str:
    """A word without digits, which preparation would drop."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def texts(source: str, count: int, strange: int, label: str = "ban_Latn") -> Iterator[SeedRow]:
    """Texts of ten words, three of which every source has, but for the first `strange` ones."""
    for number in range(count):
        own = [f"{source}{letters(number * 10 + at)}" for at in range(10)]
        words = own if number < strange else [*KNOWN, *own[3:]]
        yield SeedRow(label, " ".join(words), source)


@pytest.mark.parametrize(("strange", "bound"), [(0, 0.3), (3, 0.3), (9, 0.0)])
def test_words_of_other_sources_set_the_bound(strange: int, bound: float) -> None:
    rows = [*texts("blog", THIN, strange), *texts("news", THIN, strange)]
    assert least_words(rows, (), "lid-sea-1") == bound


def test_where_nothing_can_be_measured_there_is_no_bound() -> None:
    assert least_words([], (), "lid-sea-1") == 0.0
    assert least_words(list(texts("blog", THIN, 0)), (), "lid-sea-1") == 0.0
    few = [*texts("blog", THIN, 0), *texts("news", THIN - 1, 0)]
    # The words of `news` are too few to judge `blog` by, those of `blog` judge `news`.
    assert least_words(few, (), "lid-sea-1") == 0.3
    unspaced = [*texts("a", THIN, 0, "khm_Khmr"), *texts("b", THIN, 0, "khm_Khmr")]
    assert least_words(unspaced, (), "lid-sea-1") == 0.0


def test_a_word_list_counts() -> None:
    rows = [*texts("blog", THIN, 9), *texts("news", THIN, 9)]
    every = {word: 1.0 for row in rows for word in row.text.split()[:4]}
    listed = (WordList("ban_Latn", "list", every),)
    assert least_words(rows, listed, "lid-sea-1") == 0.4


def test_thin_languages_are_named() -> None:
    rows = [*texts("blog", THIN - 1, 0), *texts("blog", THIN, 0, "mad_Latn")]
    rows += texts("blog", 5, 0, "und_fra_Latn")
    assert reading("lid-sea-1", rows).thin == ("ban_Latn",)


def test_a_negative_label_whose_words_a_language_has_is_its_relative() -> None:
    rows = [
        SeedRow("ind_Latn", "saya pergi ke pasar besar", "a"),
        SeedRow("tgl_Latn", "pumunta ako sa palengke", "a"),
        SeedRow("und_pmy_Latn", "saya pergi ke pasar basar", "a"),
        SeedRow("und_fra_Latn", "je vais au marché", "a"),
        SeedRow("und_zxx_Latn", "saya pergi ke", "a"),
    ]
    assert near_relatives(rows, "lid-sea-2") == (("pmy_Latn", ("ind_Latn",)),)
