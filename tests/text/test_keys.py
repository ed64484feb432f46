"""The match key: spellings that say the same fold, others do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.text import match_key
from corpuskit.text.keys import FOLDED


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
