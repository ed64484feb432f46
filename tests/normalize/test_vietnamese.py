"""Vietnamese: the D with stroke, and nothing that is another language's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.normalize import normalize


@pytest.mark.parametrize(
    ("text", "result", "count"),
    [
        ("\u00d0à Nẵng là nơi được", "Đà Nẵng là nơi được", 1),
        ("\u0189e, \u00d0ức được", "\u0189e, Đức được", 1),  # Ewe's letter stays
        ("\u00d0ato og ís", "\u00d0ato og ís", 0),  # no Vietnamese letter
        ("\u00d0etta er íslenska, þar með Nẵng", "\u00d0etta er íslenska, þar með Nẵng", 0),
        ("Hòa bình và hoà bình", "Hòa bình và hoà bình", 0),  # both places of the tone
    ],
)
def test_d(text: str, result: str, count: int) -> None:
    done = normalize(text, language="vie_Latn")
    assert done.text == result
    assert done.edits == ({"vietnamese_d": count} if count else {})


@given(st.text(st.sampled_from("\u00d0\u0189đĐaàạơ\u0323\u0301\u00f0\u00fe \n"), max_size=20))
def test_idempotent(text: str) -> None:
    once = normalize(text, language="vie_Latn")
    assert normalize(once.text, language="vie_Latn").edits == {}
