"""Khmer syllables: one order, each mark once, one vowel one character."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.normalize.edits import KINDS, Edits, apply
from corpuskit.normalize.khmer import RULES


def repaired(text: str) -> tuple[str, dict[str, int]]:
    edits: Edits = Counter()
    return apply(RULES, text, edits), dict(edits)


@pytest.mark.parametrize(
    ("text", "result", "kinds"),
    [
        ("\u1780\u17b6\u17d2\u1781", "\u1780\u17d2\u1781\u17b6", ["khmer_reordered"]),
        # coeng RO after the other coeng, whichever was typed first
        ("\u179f\u17d2\u179a\u17d2\u178f\u17b8",
         "\u179f\u17d2\u178f\u17d2\u179a\u17b8", ["khmer_reordered"]),
        # shifter behind the coeng pairs, before the vowel
        ("\u17a0\u17ca\u17d2\u179c\u17d2\u179a\u17b8",
         "\u17a0\u17d2\u179c\u17d2\u179a\u17ca\u17b8", ["khmer_reordered"]),
        ("\u1780\u17c6\u17bb", "\u1780\u17bb\u17c6", ["khmer_reordered"]),
        ("\u1780\u17c7\u17b6", "\u1780\u17b6\u17c7", ["khmer_reordered"]),
        ("\u1780\u17c1\u17b8", "\u1780\u17be", ["khmer_vowels_joined"]),
        ("\u1780\u17c1\u17b6", "\u1780\u17c4", ["khmer_vowels_joined"]),
        ("\u1780\u17b6\u17c1", "\u1780\u17c4", ["khmer_reordered", "khmer_vowels_joined"]),
        ("\u179f\u17bb\u17b8", "\u179f\u17ca\u17b8", ["khmer_shifters"]),
        ("\u1798\u17bb\u17b7", "\u1798\u17c9\u17b7", ["khmer_shifters"]),
        ("\u1798\u17be\u17bb\u1784", "\u1798\u17c9\u17be\u1784", ["khmer_shifters"]),
        # below the samyok sannya, and below nikahit on AA
        ("\u179b\u17bb\u17d0\u1780", "\u179b\u17c9\u17d0\u1780", ["khmer_shifters"]),
        ("\u17a0\u17d0\u17bb\u1784", "\u17a0\u17ca\u17d0\u1784",
         ["khmer_reordered", "khmer_shifters"]),
        ("\u179f\u17bb\u17b6\u17c6", "\u179f\u17ca\u17b6\u17c6", ["khmer_shifters"]),
        ("\u1793\u17bb\u17bf", "\u1793\u17c9\u17bf", ["khmer_reordered", "khmer_shifters"]),
        # other bases of the first series; BA by the vowel
        ("\u178f\u17d2\u179a\u17bb\u17b8", "\u178f\u17d2\u179a\u17ca\u17b8", ["khmer_shifters"]),
        ("\u1794\u17bb\u17b8", "\u1794\u17ca\u17b8", ["khmer_shifters"]),
        ("\u1794\u17bb\u17ba", "\u1794\u17c9\u17ba", ["khmer_shifters"]),
        ("\u1794\u17bb\u17d0", "\u1794\u17c9\u17d0", ["khmer_shifters"]),
        # U beside the shifter that it stands for
        ("\u179f\u17ca\u17bb\u17b8", "\u179f\u17ca\u17b8", ["khmer_shifters"]),
        ("\u1798\u17c9\u17be\u17bb", "\u1798\u17c9\u17be", ["khmer_shifters"]),
        ("\u1780\u17cb\u17cb", "\u1780\u17cb", ["khmer_repeats"]),
        ("\u1780\u17d2\u17d2\u1781", "\u1780\u17d2\u1781", ["khmer_repeats"]),
        ("\u17a3\u17a4", "\u17a2\u17a2\u17b6", ["khmer_deprecated"]),
        ("\u1780\u17b4\u1780\u17b5", "\u1780\u1780", ["khmer_deprecated"]),
    ],
)  # fmt: skip
def test_repairs(text: str, result: str, kinds: list[str]) -> None:
    once, edits = repaired(text)
    assert (once, sorted(edits)) == (result, kinds)


@pytest.mark.parametrize(
    "text",
    [
        "ខ្ញុំ", "ភាសាខ្មែរ", "ប៊ី", "ស៊ី", "ម៉ាស៊ីន", "\u17b2\u17d2\u1799",  # in normal use
        "\u1781\u17c2\u17d2\u1798\u179a"[0:2],
        "ធ្វើការ", "សេចក្ដី", "សេចក្តី",  # coeng DA and TA stay apart
        "\u179f\u17ca\u200c\u17b8",  # the joiner keeps the shifter's shape
        "ក\u17bb\u17c6", "ធា\u178f\u17bb\u17cd",  # U is the vowel here
        # Beside AE nothing lowers the shifter: a reader sees that the U is wrong, so it is a
        # spelling mistake, which normalization does not correct.
        "\u1798\u17c2\u17bb\u1793",
    ],
)  # fmt: skip
def test_good_syllables_stay(text: str) -> None:
    assert repaired(text) == (text, {})


def test_the_word_that_another_library_corrupts() -> None:
    assert repaired("\u1781\u17c2\u17d2\u1798\u179a")[0] == "ខ្មែរ"


MARKS = [chr(code) for code in range(0x17B4, 0x17D4)] + ["\u17dd", "\u200c", "\u200d"]
PIECES = [*MARKS, *(f"\u17d2{letter}" for letter in "កដតរ"), *"កបសមអ\u17a3 \n"]
syllables = st.lists(st.sampled_from(PIECES)).map("".join)


@given(syllables)
def test_idempotent(text: str) -> None:
    once, edits = repaired(text)
    assert repaired(once) == (once, {})
    assert bool(edits) == (once != text)
    assert set(edits) <= set(KINDS)


@given(st.permutations(["\u17d2\u1798", "\u17d2\u179a", "\u17c9", "\u17bb", "\u17c6"]))
def test_any_order_of_the_marks_gives_one_syllable(marks: list[str]) -> None:
    assert repaired("ន" + "".join(marks))[0] == "ន\u17d2\u1798\u17d2\u179a\u17c9\u17bb\u17c6"
