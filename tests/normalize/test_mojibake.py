"""Wrongly decoded text: all that can be repaired is, and clean text is left alone."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpuskit.normalize.edits import KINDS, Edits
from corpuskit.normalize.mojibake import repair_mojibake


def repaired(text: str) -> tuple[str, dict[str, int]]:
    edits: Edits = Counter()
    return repair_mojibake(text, edits), dict(edits)


@pytest.fixture(scope="module")
def damaged(data_dir: Path) -> list[dict[str, str]]:
    path = data_dir / "encodings-noise" / "mojibake.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]


def test_what_can_be_repaired_is(damaged) -> None:
    rows = [row for row in damaged if row["repairable"]]
    wrong = [
        row["id"]
        for row in rows
        if unicodedata.normalize("NFC", repaired(row["text"])[0])
        != unicodedata.normalize("NFC", row["original"])
    ]
    assert len(rows) == 309
    assert wrong == []


def test_what_cannot_be_is_left(damaged) -> None:
    for row in damaged:
        if not row["repairable"]:
            assert repaired(row["text"]) == (row["text"], {})


def test_clean_text_is_left(data_dir: Path) -> None:
    for path in sorted((data_dir / "text-labelled").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").strip("\n").split("\n"):
            text = json.loads(line)["text"]
            assert repaired(text)[0] == text


def test_kinds() -> None:
    assert repaired("cafÃ©\ncafé\n\x93oui\x94\x85") == (
        "café\ncafé\n“oui”\x85",
        {"mojibake_repaired": 1, "c1_decoded": 2},
    )
    russian = "Привет, как ваши дела".encode("cp1251").decode("latin-1")
    assert repaired(russian) == (russian, {})


VIETNAMESE = "Trường tiểu học ở Quảng Ngãi đã được xây lại, là một nơi đẹp"


def shown(data: bytes, encoding: str) -> str:
    """Bytes as a program shows them that reads another encoding and keeps what it cannot read."""
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in data)


def with_separate_tones(text: str) -> str:
    """Vietnamese as Windows-1258 has it: letters with their shape, tones as marks."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    parts = []
    for char in text:
        marks = unicodedata.normalize("NFD", char)
        letter = "".join(mark for mark in marks if mark not in tones)
        parts.append(unicodedata.normalize("NFC", letter) + "".join(m for m in marks if m in tones))
    return "".join(parts)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize(
    "text",
    [VIETNAMESE, "phim được", "Mọi việc, với tư cách", "Tiếng Việt"],
)
def test_vietnamese_with_separate_tones_is_not_taken_for_thai(text: str, encoding: str) -> None:
    for form in (with_separate_tones(text), unicodedata.normalize("NFD", text)):
        result = repaired(shown(form.encode(), encoding))[0]
        assert unicodedata.normalize("NFC", result) == text


def test_a_no_break_space_that_became_a_space() -> None:
    text = "Làng này là làng nghề, bà con làm vàng mã và làm hàng xay."
    damaged = shown(text.encode(), "cp1252").replace("\u00a0", " ")
    assert repaired(damaged)[0] == text
    collapsed = damaged.replace("  ", " ")
    assert repaired(collapsed)[0] == text
    assert repaired("Nhà nước vÃ\n cá»§a")[0] == "Nhà nước vÃ\n của"  # lines are read alone


def test_bytes_that_were_dropped() -> None:
    """Completed where one Vietnamese letter is possible, left where several are."""
    text = "Người Đức ở Đồng Đăng nói nhiều về vườn trường"
    damaged = shown(text.encode(), "cp1252")
    dropped = "".join(char for char in damaged if not "\x80" <= char <= "\x9f")
    assert repaired(dropped)[0] == text.replace("về", "v\u00e1\u00bb")
    marks = shown(with_separate_tones("Nói khó").encode(), "cp1252").replace("\x81", "")
    assert repaired(f"{marks} Ä‘á»ƒ")[0] == "Nói khó để"
    in_latin_1 = "Ä\xa0ng á»§a"  # nothing shows which bytes are lost
    assert "Đ" not in repaired(in_latin_1)[0]


@pytest.mark.parametrize(
    "encoding", ["latin-1", "cp1252", "cp1250", "iso8859_2", "cp1254", "cp1258", "mac_roman"]
)
def test_thai_read_as_a_latin_encoding(encoding: str) -> None:
    text = "โรงพยาบาลประจำจังหวัดเปิดให้บริการ “ทุกวัน” ไม่มีวันหยุด"
    assert repaired(shown(text.encode("cp874"), encoding))[0] == text


@pytest.mark.parametrize(
    "text",
    [
        "ยินดีต้อนรับสู่หมู่บ้านของเรา",
        "ເດັກນ້ອຍຫຼິ້ນບານ",
        "កុមារលេងបាល់",
        "ကလေးများ ဘောလုံးကစားသည်",
        "ตลาดน้ำ open 7 วัน",
    ],
)
def test_utf8_read_as_thai(text: str) -> None:
    assert repaired(shown(text.encode(), "cp874"))[0] == text


def test_thai_that_is_valid_utf8_stays() -> None:
    """Some words are by chance UTF-8 of other letters."""
    for text in ("ในปัจจุบัน แดกโคด", "เธอเธอเธอ เนเนเน", "เธอคือเธอ เป็นเป็น"):
        assert repaired(text) == (text, {})


def test_text_full_of_letters_from_one_encoding_stays() -> None:
    for text in ("Zażółć gęślą jaźń", "Příliš žluťoučký kůň", "„Größe“ – Übung…", "ÀÈÌÒÙ ÁÉÍÓÚ"):
        assert repaired(text) == (text, {})


@example("©©©ÕÃ\x80©")  # read as UTF-8, it looks like Thai
@given(st.text(st.sampled_from("Ãâ©€™à¸¹Õèà»ç¹Ìá»ÄÆ¡£‘ aéhn\x80\x93\x85\n")))
def test_idempotent(text: str) -> None:
    once, edits = repaired(text)
    assert repaired(once) == (once, {})
    assert set(edits) <= set(KINDS)
