"""Myanmar script: marks in one order, and only those whose order no language uses."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.normalize.burmese import ORDER, repair
from corpuskit.normalize.edits import Edits


def repaired(text: str) -> tuple[str, dict[str, int]]:
    edits: Edits = Counter()
    return repair(text, edits), dict(edits)


@pytest.mark.parametrize(
    ("text", "result", "edits"),
    [
        ("သူ ကုိ မြင်သည်။", "သူ ကို မြင်သည်။", {"burmese_reordered": 1}),  # vowel above first
        ("အသံုး ကောင်းသည်။", "အသုံး ကောင်းသည်။", {"burmese_reordered": 1}),  # anusvara last
        ("ၵူိဝ်းလႄႈ မိူၼ်ၼင်ႇ", "ၵိူဝ်းလႄႈ မိူၼ်ၼင်ႇ", {"burmese_reordered": 1}),  # Shan
        ("သူ့့ ကိုု မြင်သည်။", "သူ့ ကို မြင်သည်။", {"burmese_repeats": 2}),
        ("စဥ်းစားပြီး မဥ့်", "စဉ်းစားပြီး မဉ့်", {"burmese_nya": 2}),  # U before asat
        ("သူ ၇ှိသည် ၁၇း၃၀", "သူ ရှိသည် ၁၇း၃၀", {"burmese_ra": 1}),  # a seven with a medial
        ("၀ယ်သူ ပါ၀င်", "ဝယ်သူ ပါဝင်", {"burmese_wa": 2}),  # a zero before a final consonant
        ("၁ဝဝ ၂ဝ၁၉ ၅ဝတ်", "၁၀၀ ၂၀၁၉ ၅ဝတ်", {"burmese_zero": 2}),  # WA in a number
        ("ပညာဥာဏ်", "ပညာဉာဏ်", {"burmese_nya": 1}),
        ("ပဥ္စလက် ဥယျာဉ် ဥ", "ပဥ္စလက် ဥယျာဉ် ဥ", {}),  # above a stack both are written
        ("ေလ့ကျင့်သည်", "လေ့ကျင့်သည်", {"burmese_reordered": 1}),  # E as it is written
        ("ေ၀ဖန်", "ဝေဖန်", {"burmese_wa": 1, "burmese_reordered": 1}),
        ("၀ေးသည်", "ဝေးသည်", {"burmese_wa": 1}),
        ("၂၀၀၀ေကျာ်", "၂၀၀၀ကျော်", {"burmese_reordered": 1}),
        ("ကျောင်းသွား\u200bေနစဉ်", "ကျောင်းသွားေနစဉ်", {"zwsp_removed": 1}),
        ("သတ\u200bင်း ကို", "သတင်း ကို", {"zwsp_removed": 1}),  # a final consonant
        ("ၐုဲ ကာဲ ဖုံႏ", "ၐုဲ ကာဲ ဖုံႏ", {}),  # Mon and Pa'O
        ("", "", {}),
    ],
)
def test_order(text: str, result: str, edits: dict[str, int]) -> None:
    assert repaired(text) == (result, edits)


@settings(max_examples=300)
@given(st.permutations([marks[0] for marks in ORDER[1:]]))
def test_every_order_becomes_one(marks: list[str]) -> None:
    text = f"မြန်မာစာ က{''.join(marks)} မြန်မာစာ ရေးသည်။"
    assert repaired(text)[0] == f"မြန်မာစာ က{''.join(m[0] for m in ORDER[1:])} မြန်မာစာ ရေးသည်။"


def test_real_text_of_other_languages_is_left(data_dir: Path) -> None:
    """What is repaired in clean text, all of it: two Burmese lines, two words of Rakhine."""
    edits_found: Counter[tuple[str, str]] = Counter()
    for path in sorted((data_dir / "text-labelled").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").strip("\n").split("\n"):
            row = json.loads(line)
            if row["script"] == "Mymr":
                edits_found.update(
                    {(row["lang"], kind): n for kind, n in repaired(row["text"])[1].items()}
                )
    assert set(edits_found) <= {("mya", "burmese_reordered"), ("rki", "burmese_nya")}
    assert edits_found.total() <= 4
