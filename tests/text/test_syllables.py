"""Syllables of the Myanmar script: where they open, and that none is ever cut."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.text import clusters
from corpuskit.text.words import word_spans, words


def syllables(text: str) -> list[str]:
    return word_spans([text], [0]).cut([text])[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("မိူၼ်ၼင်ႇ", ["မိူၼ်", "ၼင်ႇ"]),  # Shan
        ("ၵူႊၵေႃႉၼႆႉ", ["ၵူႊ", "ၵေႃႉ", "ၼႆႉ"]),
        ("ဍေဟ်တအ်", ["ဍေဟ်", "တအ်"]),  # Mon
        ("ပ္ဍဲမန်", ["ပ္ဍဲ", "မန်"]),  # a stack opens a syllable
        ("သကဳမာ", ["သ", "ကဳ", "မာ"]),
        ("မုၢ်ဆၣ်", ["မုၢ်", "ဆၣ်"]),  # Karen: asat on a tone sign
        ("လါယနူၤအါရံၤ", ["လါ", "ယ", "နူၤ", "အါ", "ရံၤ"]),
        ("အဝ်ႏတဝ်းသွူ။", ["အဝ်ႏ", "တဝ်း", "သွူ"]),  # Pa'O
        ("နန့်လို့", ["နန့်", "လို့"]),  # Rakhine: dot below and asat
        ("အင်္ဂလိပ်", ["အင်္ဂ", "လိပ်"]),  # kinzi is drawn over the letter that follows
        ("ပီ2024ၼႆႉ ၁၂ပီ", ["ပီ", "2024", "ၼႆႉ", "၁၂", "ပီ"]),
        ("ၼႆႉLibreOfficeၼႆႉ", ["ၼႆႉ", "LibreOffice", "ၼႆႉ"]),
        ("ၼႆႉ ภาษาไทย", ["ၼႆႉ", "ภาษา", "ไทย"]),  # ICU for what stands between
        ("", []),
    ],
)
def test_syllables(text: str, expected: list[str]) -> None:
    assert syllables(text) == expected


# A letter that closes a syllable, or is stacked below another: no segment begins with it.
_INSIDE = re.compile("[\u1000-\u1021\u1075-\u1081]\u1037?\u103a")


def test_no_real_syllable_is_cut(data_dir: Path) -> None:
    """ICU's Burmese dictionary begins every fourth segment of Shan and Mon inside a syllable."""
    text = "\n".join(
        row["text"]
        for name in ("text-labelled/udhr", "text-labelled/global-asp-stories")
        for line in (data_dir / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        if (row := json.loads(line))["lang"] in ("shn", "mnw")
    )
    cut = syllables(text)
    assert len(cut) > 8_000
    assert [syllable for syllable in cut if _INSIDE.match(syllable)] == []
    by_dictionary = words(text)
    assert sum(bool(_INSIDE.match(syllable)) for syllable in by_dictionary) > len(by_dictionary) / 5


LETTERS = [chr(code) for code in (*range(0x1000, 0x10A0), 0x200B, 0x200D, *range(0xAA60, 0xAA80))]


@given(st.text(st.sampled_from([*LETTERS, *" a1.\n"]), max_size=30))
def test_no_cluster_is_cut_and_nothing_is_lost(text: str) -> None:
    spans = word_spans([text], [0]).of(0)
    edges = {0}
    for cluster in clusters(text):
        edges.add(max(edges) + len(cluster))
    at = 0
    for start, stop in spans:
        assert at <= start < stop
        assert words(text[at:start]) == []
        # a sign that stands on no letter is the one thing that begins inside a cluster
        assert start in edges or re.match(r"[^\w]|[\u102b-\u103e]|[\u1056-\u109f]", text[start])
        at = stop
    assert words(text[at:]) == []
