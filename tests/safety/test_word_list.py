"""Words in texts of any script: whole ones, however they are typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.safety import KeyedText, ListedWords


def count(words: list[str], text: str) -> int:
    return ListedWords(words).count(KeyedText(text)).count


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (["bangsat"], "BANGSAT! b.a.n.g.s.a.t, b a n g s a t", 3),
        (["bangsat"], "bangsatlah kebangsatan bangs at", 0),
        (["tang ina"], "tang ina, tang-ina, tangina", 3),
        (["tangina"], "tang ina", 0),
        (["ass"], "glass as sad class", 0),
        (["đm"], "ĐM đmm", 1),
        (["hòa bình"], "hoà bình", 1),
        (["กู"], "กู กู่", 1),
        (["ควย"], "ไอ้ควยเอ๊ย", 1),
        (["หี"], "หีบเพลงของเขา", 0),
        (["អាឆ្កែ"], "អា\u200bឆ្កែ! និងអាឆ្កែ", 2),
        (["ក"], "ស្ក កា", 0),
        (["ass"], "នេះassហើយ", 1),
        (["ကောင်း"], "ကောင်း သည်", 1),
        (["#x"], "a #x", 1),
    ],
)
def test_whole_words_are_counted(words: list[str], text: str, expected: int) -> None:
    assert count(words, text) == expected


def test_the_longest_of_overlapping_words_counts_once() -> None:
    counted = ListedWords(["anak", "anak setan", "setan"]).count(KeyedText("Anak setan, setan"))
    assert (counted.count, counted.chars) == (2, 14)


def test_entries_without_letters_are_no_words() -> None:
    words = ListedWords(["", "!!!", " "])
    assert len(words) == 0
    assert words.count(KeyedText("!!! x")).count == 0


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_counts_never_exceed_the_text(text: str, words: list[str]) -> None:
    keyed = KeyedText(text)
    counted = ListedWords(words).count(keyed)
    assert 0 <= counted.count <= counted.chars <= len(keyed.key)


@given(st.lists(st.sampled_from(["ayam", "kucing", "ikan besar", "ទា", "หมา"]), max_size=6))
def test_every_listed_word_between_spaces_is_found(words: list[str]) -> None:
    listed = ["ayam", "kucing", "ikan besar", "ទា", "หมา"]
    assert count(listed, " x ".join(["", *words, ""])) == len(words)
