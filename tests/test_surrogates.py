"""Strings that hold halves of surrogate pairs, which UTF-8 does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.surrogates import well_formed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ភាសា a", "ភាសា a"),
        ("\ud83d\ude00", "\U0001f600"),
        ("ក\ud83dខ", "ក\ufffdខ"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        (json.loads(r'"\udfff\ud83d\ude00"'), "\ufffd\U0001f600"),
    ],
)
def test_pairs_are_joined_and_halves_replaced(text: str, expected: str) -> None:
    assert well_formed(text) == expected


@given(st.text(st.one_of(st.characters(), st.characters(categories=["Cs"]))))
def test_any_text_can_be_stored_afterwards(text: str) -> None:
    stored = well_formed(text)
    assert stored.encode().decode() == stored == well_formed(stored)
    assert len(stored) <= len(text)
