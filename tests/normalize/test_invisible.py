"""The zero-width policy: kept where a script uses the character, gone elsewhere."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.normalize.edits import Edits
from corpuskit.normalize.invisible import TABLE, strip_zwsp, tidy_invisible

SP, NJ, J, WJ = "\u200b", "\u200c", "\u200d", "\u2060"


def tidy(text: str) -> tuple[str, dict[str, int]]:
    edits: Edits = Counter()
    return tidy_invisible(text, edits), dict(edits)


@pytest.mark.parametrize(
    "text",
    [
        f"ភាសា{SP}ខ្មែរ",
        f"ພາສາ{SP}ລາວ",
        f"ภาษา{SP}ไทย",
        f"မြန်မာ{SP}စာ",
        f"ꦲꦺꦴꦫ{SP}ꦧꦶꦱ",
        f"မြန်မာ{SP}\u103b\u1000\u102d",  # Zawgyi writes medial YA and vowel E first
        f"របស់{SP}ៗ ก{SP}ๆ ไทย{SP}เก่า",
        f"កម្មវិធីនេះហៅថា LibreOffice{SP}Writer ងាយ{SP}ស្រួល{SP}ប្រើ",
        f"An English page on the word ភាសា{SP}ខ្មែរ and little more",
        f"ប៊{NJ}ី",  # shifter, joiner, vowel above
        f"می{NJ}خواهم",  # Persian
        f"ه{J} and at the end ه{J}",  # Arabic: the abbreviation of Hijri
        f"ශ්{J}රී in an English text",  # Sinhala
        f"അവന്{J} അവന്{NJ}.",  # Malayalam before Unicode 5.1, space and stop after it
        f"ক্{NJ}ষ",  # Bengali
        f"က\u1039{NJ}",  # Burmese before Unicode 5.1
        f"👨{J}👩{J}👧 and ❤\ufe0f{J}🔥",
    ],
)
def test_kept_where_it_belongs(text: str) -> None:
    kept, edits = tidy(text if not text.endswith(f"\u1039{NJ}") else f"{text}တ")
    assert kept.startswith(text)
    assert edits == {}


@pytest.mark.parametrize(
    ("text", "result", "edits"),
    [
        (f"ភាសា{SP}{SP}{SP}ខ្មែរ", f"ភាសា{SP}ខ្មែរ", {"zwsp_removed": 2}),
        (f"{SP}ភាសា {SP}ខ្មែរ{SP} ជា{SP}\n{SP}", "ភាសា ខ្មែរ ជា\n", {"zwsp_removed": 5}),
        (f"www.{SP}example.{SP}com", "www.example.com", {"zwsp_removed": 2}),
        (f"Auf{NJ}lage{J}", "Auflage", {"zwnj_removed": 1, "zwj_removed": 1}),
        (f"ភា{NJ}សា", "ភាសា", {"zwnj_removed": 1}),
        (f"ไทย{WJ}ไทย", "ไทยไทย", {"wj_removed": 1}),
        (f"می{NJ} خواهم", "می خواهم", {"zwnj_removed": 1}),
        (f"می{NJ}{NJ}خواهم", f"می{NJ}خواهم", {"zwnj_removed": 1}),
        (f"👨{J} a", "👨 a", {"zwj_removed": 1}),
        # inside a syllable: before a mark or vowel, behind a coeng or leading vowel
        (f"មេ{SP}\u17b6ង", "មេ\u17b6ង", {"zwsp_removed": 1}),
        (f"ស\u17d2{SP}ត្រី ផ{SP}\u17d2លូវ", "ស្ត្រី ផ្លូវ", {"zwsp_removed": 2}),
        (f"โ{SP}ลก ข{SP}้าว ค{SP}ะ น{SP}ำ", "โลก ข้าว คะ นำ", {"zwsp_removed": 4}),
        (f"ໂ{SP}ລກ ຄ{SP}ໍາ ວ{SP}ຽກ", "ໂລກ ຄໍາ ວຽກ", {"zwsp_removed": 3}),
        (f"မ{SP}ှာ က\u1039{SP}က", "မှာ က\u1039က", {"zwsp_removed": 2}),
        (f"ꦒ{SP}ꦶꦤꦸ", "ꦒꦶꦤꦸ", {"zwsp_removed": 1}),
    ],
)
def test_removed_elsewhere(text: str, result: str, edits: dict[str, int]) -> None:
    assert tidy(text) == (result, edits)


def test_strip_removes_every_zwsp() -> None:
    edits: Edits = Counter()
    assert strip_zwsp(f"ភាសា{SP}{SP}ខ្មែរ", edits) == "ភាសាខ្មែរ"
    assert edits == {"zwsp_removed": 2}


def test_every_row_says_where_it_comes_from() -> None:
    assert all(len(row.source) > 10 for row in TABLE)


LETTERS = "aé ខ្ញ៊ីກາເไทเามျမ\u1039تیक्षශ්രീꦲ꧀한ᠮ👨❤\ufe0f\n.1"


@given(st.text(alphabet=st.sampled_from([*LETTERS, SP, NJ, J, WJ])))
def test_idempotent_and_only_zero_width_goes(text: str) -> None:
    once, edits = tidy(text)
    assert tidy(once) == (once, {})
    assert sum(edits.values()) == len(text) - len(once)
    gone = str.maketrans(dict.fromkeys((SP, NJ, J, WJ)))
    assert once.translate(gone) == text.translate(gone)
    assert WJ not in once
    assert SP + SP not in once
