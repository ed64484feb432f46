"""The match key: spellings that say the same fold, others do not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.text import match_key
from corpuskit.text.keys import FOLDED, composed_text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hòa bình", "hoà bình"), ("HÓA", "hoá"), ("thúy", "thuý"), ("khỏe", "khoẻ"),
        ("ស្ដី", "ស្តី"), ("ຫນ", "ໜ"), ("ຫມ", "ໝ"), ("ك", "ک"), ("گ", "ݢ"), ("ڬ", "گ"),
        ("ភាសា\u200bខ្មែរ", "ភាសាខ្មែរ"),
    ],
)  # fmt: skip
def test_folded(first: str, second: str) -> None:
    assert match_key(first) == match_key(second)


@pytest.mark.parametrize(("first", "second"), [("ដ", "ត"), ("hòa", "hoa"), ("ຫ", "ໜ"), ("ق", "ک")])
def test_not_folded(first: str, second: str) -> None:
    assert match_key(first) != match_key(second)


@given(
    st.text(
        st.sampled_from(
            [*"hòaoàúyuýກ\u0eab\u0e99\u0ea1ត\u178a\u17d2كگ \u0300", *FOLDED.values()][:18]
        )
    )
)
def test_idempotent(text: str) -> None:
    key = match_key(text)
    assert match_key(key) == key


@given(
    st.text(
        st.sampled_from("\u1000\u1025\u1026\u102e\u1037\u1039\u103a\u108d\u200ba\u0301\u2000\u00e9")
    )
)
def test_burmese_is_composed_as_unicode_says(text: str) -> None:
    assert composed_text(text) == unicodedata.normalize("NFC", text)


def test_characters_of_the_short_road_have_no_form_of_their_own() -> None:
    for code in range(0x3000):
        text = f"\u102e{chr(code)}\u1037\u1000{chr(code)}\u102e"
        assert composed_text(text) == unicodedata.normalize("NFC", text), hex(code)
