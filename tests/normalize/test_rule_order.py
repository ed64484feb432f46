"""The order of rules: what a script's repair leaves behind is tidied again."""

from __future__ import annotations

from collections import Counter

import pytest

from corpuskit.normalize.edits import Edits, apply
from corpuskit.normalize.rules import rules_for

KA, KHA, INVISIBLE = "\u1780", "\u1781", "\u17b4"
"""Two Khmer letters, and a deprecated vowel that nobody sees and that the repair removes."""


def normalized(text: str, script: str = "Khmr", zwsp: str = "keep") -> tuple[str, dict[str, int]]:
    edits: Edits = Counter()
    return apply(rules_for(script, zwsp=zwsp), text, edits), {k: n for k, n in edits.items() if n}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (f"{KA} {INVISIBLE} {KHA}", f"{KA} {KHA}"),
        (f"{KA}\n{INVISIBLE}\n\n\n{KHA}", f"{KA}\n\n{KHA}"),
        (f"{KA}\u200b{INVISIBLE}\u200b{KHA}", f"{KA}\u200b{KHA}"),
        (f"{INVISIBLE} {KA}", KA),
        (f"{KA} {INVISIBLE}\n{KHA}", f"{KA}\n{KHA}"),
    ],
    ids=["spaces", "empty lines", "zero width spaces", "start of the text", "end of a line"],
)
def test_what_a_repair_leaves_is_tidied_again(text: str, result: str) -> None:
    once, edits = normalized(text)
    assert once == result
    assert edits["khmer_deprecated"] == text.count(INVISIBLE)
    assert len(edits) > 1, "the tidying is counted as well"
    assert normalized(once) == (once, {}), "a second pass changes nothing"


def test_controls_go_before_the_repair_sees_what_they_separate() -> None:
    assert normalized(f"{KA}\u17b6\x00\u17d2{KHA}") == normalized(f"{KA}\u17b6\u17d2{KHA}\x00")


def test_wrong_decoding_is_repaired_first() -> None:
    wrong = f"{KA}\u17d2{KHA} {KHA}{KA}".encode().decode("latin-1")
    text, edits = normalized(wrong)
    assert text == f"{KA}\u17d2{KHA} {KHA}{KA}"
    assert edits["mojibake_repaired"] == 1


def test_a_script_without_repairs_is_tidied_all_the_same() -> None:
    assert normalized("e\u0301  a", "Grek") == (
        "\u00e9 a", {"nfc_composed": 1, "space_runs_collapsed": 1},
    )  # fmt: skip


def test_zero_width_spaces_go_where_that_is_asked() -> None:
    text = f"{KA}\u200b{KHA}"
    assert normalized(text)[0] == text
    assert normalized(text, zwsp="strip") == (KA + KHA, {"zwsp_removed": 1})
