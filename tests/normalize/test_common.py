"""Rules for any script: what goes, what stays, and that the edits say so."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.normalize.common import compose, remove_controls, unify_newlines, unify_spaces
from corpuskit.normalize.edits import KINDS, Edits

# Any code point, lone surrogates included.
any_text = st.text(alphabet=st.characters())


def edited(rule, text: str) -> tuple[str, dict[str, int]]:
    edits: Edits = Counter()
    return rule(text, edits), dict(edits)


@pytest.mark.parametrize(
    ("text", "result", "edits"),
    [
        ("a\0b\x07\x7f", "ab", {"controls_removed": 3}),
        ("a\ufdd0b\U0001ffff", "ab", {"controls_removed": 2}),
        ("x\ud800y\udc00", "xy", {"surrogates_removed": 2}),
        ("x\ud83d\ude00y", "x😀y", {"surrogates_joined": 1}),
        ("\ufeffab\ufeff", "ab", {"bom_removed": 2}),
        ("hy\u00adphen", "hyphen", {"shy_removed": 1}),
        ("a\u2062b\ufffc", "ab", {"format_removed": 2}),
        ("a\U000e0061\U000e0062", "a", {"format_removed": 2}),
        ("a\u200eb\u202e", "ab", {"bidi_removed": 2}),
        ("\u200fسلام", "\u200fسلام", {}),
        ("🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0067\U000e0062\U000e007f", {}),
        ("\ue000 private use, \ufffd and ❤\ufe0f stay", None, {}),
    ],
)
def test_remove_controls(text: str, result: str | None, edits: dict[str, int]) -> None:
    assert edited(remove_controls, text) == (text if result is None else result, edits)


def test_every_kind_of_newline_is_one_edit() -> None:
    text = "a\r\nb\rc\vd\fe\x85f\u2028g\u2029h\ni"
    assert edited(unify_newlines, text) == (
        "a\nb\nc\nd\ne\nf\ng\nh\ni",
        {"newlines_unified": 7},
    )


def test_spaces_become_single_and_leave_the_edges() -> None:
    assert edited(unify_spaces, "\n\n a\u00a0\tb \n\n\n\n\u3000c  \n") == (
        "a b\n\nc",
        {
            "spaces_unified": 3,
            "space_runs_collapsed": 2,
            "line_edges_trimmed": 4,
            "blank_lines_collapsed": 1,
            "text_edges_trimmed": 2,
        },
    )


def test_the_ogham_space_is_a_visible_stroke() -> None:
    assert edited(unify_spaces, "ᚁ\u1680ᚂ") == ("ᚁ\u1680ᚂ", {})


@pytest.mark.parametrize(
    ("text", "result", "count"),
    [
        ("Viê\u0323t Nam", "Việt Nam", 1),
        ("A\u030angstro\u0308m \u212b", "Ångström Å", 3),
        ("\u1112\u1161\u11ab", "한", 1),
        ("\u09c7\u09be", "\u09cb", 1),
        ("\u1019\u103a\u1037", "\u1019\u1037\u103a", 1),  # Burmese: dot below before asat
        ("ນ\u0ecdາ ກຳ น้ำ ﬁ ①", "ນ\u0ecdາ ກຳ น้ำ ﬁ ①", 0),  # what NFKC would take apart
    ],
)
def test_compose_is_nfc_and_counts_sequences(text: str, result: str, count: int) -> None:
    assert edited(compose, text) == (result, {"nfc_composed": count} if count else {})


def test_no_more_than_thirty_marks_in_a_row() -> None:
    assert edited(compose, "a" + "\u0301" * 40) == (
        "á" + "\u0301" * 29,
        {"marks_removed": 10, "nfc_composed": 1},
    )
    once, edits = edited(compose, "a" + "\u0344" * 30)  # each comes apart into two
    assert edits["marks_removed"] == 29
    assert edited(compose, once) == (once, {})


def test_half_a_million_marks_are_cut() -> None:
    """Canonical ordering takes the square of a run's length: half an hour for this one."""
    text = "a" + "\u0301" * 500_000 + "\u0327" * 500_000
    assert len(edited(compose, text)[0]) <= 31


@given(any_text)
def test_compose_is_nfc(text: str) -> None:
    result, edits = edited(compose, text)
    assert result == unicodedata.normalize("NFC", text)
    assert bool(edits) == (result != text)


@pytest.mark.parametrize("rule", [remove_controls, unify_newlines, unify_spaces, compose])
@given(text=any_text)
def test_a_second_time_changes_nothing(rule, text: str) -> None:
    once, edits = edited(rule, text)
    assert edited(rule, once) == (once, {})
    assert bool(edits) == (once != text)
    assert set(edits) <= set(KINDS)
