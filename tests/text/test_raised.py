"""Text above and below the line keeps its meaning in plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.text.raised import RAISED, raised


@pytest.mark.parametrize(
    ("text", "element", "before", "shown"),
    [
        ("2", "sup", "m", "²"),
        ("-19", "sup", "10", "⁻¹⁹"),
        (" 12 ", "sup", "x", " ¹² "),
        ("2", "sub", "CO", "₂"),
        ("2-", "sub", "x", "₂₋"),
        ("+", "sup", "Na", "⁺"),
        ("n", "sup", "x", "ⁿ"),
        ("n", "sub", "x", "n"),
        ("st", "sup", "1", "st"),
        ("me", "sup", "M", "me"),
        ("២", "sup", "១០", "^២"),  # Khmer digits have no superscripts
        ("๒", "sub", "ก", "_๒"),
        ("២", "sup", "", "២"),
        ("2k", "sup", "x", "^2k"),
        ("1st", "sup", "the ", "1st"),
        ("[2]", "sup", "word", "[2]"),
        ("a", "sub", "x", "a"),
        ("", "sup", "x", ""),
    ],
)
def test_what_is_raised(text: str, element: str, before: str, shown: str) -> None:
    assert raised(text, element, before) == shown


@given(st.text(max_size=20), st.sampled_from(sorted(RAISED)), st.text(max_size=3))
def test_a_text_without_digits_and_signs_is_left_alone(text: str, kind: str, before: str) -> None:
    letters = "".join(char for char in text if char.isalpha() and char != "n")
    assert raised(letters, kind, before) == letters
