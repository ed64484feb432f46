"""Thai and Lao: the same repairs at 128 code points' distance."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.normalize import lao, thai
from corpuskit.normalize.edits import KINDS, Edits, apply

SCRIPTS = {"thai": (thai.RULES, 0), "lao": (lao.RULES, 0x80)}


def repaired(script: str, text: str) -> tuple[str, dict[str, int]]:
    """Repair a text given in Thai, in either script; the result is given in Thai as well."""
    rules, offset = SCRIPTS[script]
    edits: Edits = Counter()
    result = apply(rules, _shifted(text, offset), edits)
    return _shifted(result, -offset), {k.removeprefix(f"{script}_"): n for k, n in edits.items()}


def _shifted(text: str, by: int) -> str:
    return "".join(chr(ord(char) + by) if ord(char) >= 0xE00 else char for char in text)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("text", "result", "edits"),
    [
        ("ท\u0e4dา", "ทำ", {"am_joined": 1}),
        ("น\u0e49\u0e4dา", "น้ำ", {"am_joined": 1}),
        ("น\u0e4d\u0e49า", "น้ำ", {"am_joined": 1}),
        ("นำ\u0e49", "น้ำ", {"tones_moved": 1}),
        ("ก\u0e48\u0e35", "กี่", {"tones_moved": 1}),
        ("กี\u0e48\u0e48", "กี่", {"repeats": 1}),
        ("กาํ", "กำ", {"am_joined": 1}),  # NIKHAHIT behind AA
        ("กา\u0e48\u0e4d", "ก่ำ", {"am_joined": 1}),
        ("มา\u0e49", "ม้า", {"tones_moved": 1}),
        ("เมา\u0e48", "เม่า", {"tones_moved": 1}),
        ("จะ\u0e49", "จ้ะ", {"tones_moved": 1}),
        ("ม้า\u0e49", "ม้า", {"tones_moved": 1}),
        ("มา\u0e49\u0e49", "ม้า", {"tones_moved": 1}),
        ("ด\u0e4c\u0e34", "ดิ์", {"tones_moved": 1}),  # the mark of a silent letter
        ("ต\u0e4c\u0e38", "ตุ์", {"tones_moved": 1}),
        ("ก\u0e48\u0e4d", "กํ่", {"tones_moved": 1}),  # the vowel O of Lao
        ("ไมไ\u0e48ด\u0e49", "ไม่ได\u0e49", {"tones_moved": 1}),  # over a leading vowel
        ("เ\u0e01\u0e48 เ\u0e48ก", "เก่ เก่", {"tones_moved": 1}),
        ("กีี่", "กี่", {"repeats": 1}),
        ("เเล", "แล", {"vowels_joined": 1}),
        ("ก\u0e48\u0e35\u0e48", "กี่", {"tones_moved": 1, "repeats": 1}),
    ],
)
def test_repairs(script: str, text: str, result: str, edits: dict[str, int]) -> None:
    assert repaired(script, text) == (result, edits)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("text", ["น้ำ ทำ กี่ กู้ แล เล", "ดีดี มาาา", "นานา", "ม่า\u0e49", "ดิ์ ตุ์ กํ่"])
def test_good_text_stays(script: str, text: str) -> None:
    assert repaired(script, text) == (text, {})


@pytest.mark.parametrize("script", SCRIPTS)
@given(
    text=st.text(
        st.sampled_from("กนะาำเแ\u0e31\u0e34\u0e38\u0e39\u0e3c\u0e47\u0e48\u0e49\u0e4c\u0e4d ")
    )
)
def test_idempotent(script: str, text: str) -> None:
    once, edits = repaired(script, text)
    assert repaired(script, once) == (once, {})
    assert bool(edits) == (once != text)
    rules, offset = SCRIPTS[script]
    counted: Edits = Counter()
    apply(rules, _shifted(text, offset), counted)
    assert set(counted) <= set(KINDS)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("หา\u0e49งสม\u0e49", "ห้างส้ม"),  # a tone typed behind the final consonant
        ("คน\u0e49เจอ", "ค้นเจอ"),
        ("เสน่ และหน้ …", "เสน่ และหน้ …"),  # cut off: เสน่ห์, หน้า
        ("ถล่มแพร่ เผล่", "ถล่มแพร่ เผล่"),
        ("คุณน้ วันน้", "คุณน้ วันน้"),  # the letter before is final itself
        ("แลว\u0e49ครับ ตอ\u0e49งกอ\u0e48น", "แล้วครับ ต้องก่อน"),
        ("นายอ้น ไปเวียงอ่าง แลว่า คนอ้วน", "นายอ้น ไปเวียงอ่าง แลว่า คนอ้วน"),
        ("สง่างาม สนุก เสมอ", "สง่างาม สนุก เสมอ"),
        ("ฤา พ ุ่มไม้", "ฤา พ ุ่มไม้"),  # spellings and single marks that a reader sees are left
    ],
)
def test_thai_tones_behind_a_final_consonant(text: str, result: str) -> None:
    assert repaired("thai", text)[0] == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("ຫົ\u0ebcງ", "ຫ\u0ebcົງ"),  # the semivowel below belongs to the consonant
        ("ຫ່\u0ebcຽວ", "ຫ\u0ebc່ຽວ"),
        ("ວຽ\u0ec9ກ", "ວ\u0ec9ຽກ"),
        ("ເລ\u0ecc\u0eb4", "ເລ\u0eb4\u0ecc"),
    ],
)
def test_lao_alone(text: str, result: str) -> None:
    edits: Edits = Counter()
    assert apply(lao.RULES, text, edits) == result
    assert edits == {"lao_tones_moved": 1}


@pytest.mark.parametrize("script", SCRIPTS)
def test_long_runs_take_linear_time(script: str) -> None:
    for run in ("\u0e48", "ำ", "\u0e48\u0e34", "\u0e4d", "ำ\u0e48", "า", "า\u0e48", "\u0e48า"):
        once, _ = repaired(script, "ก" + run * 100_000)
        assert repaired(script, once)[1] == {}
