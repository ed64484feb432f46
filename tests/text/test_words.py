"""Words and clusters: fast paths give what the plain reading gives."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icu4py.breakers import CharacterBreaker

from corpuskit.text import clusters, words

# Letters with and without marks, what joins, what separates, in scripts with and without spaces.
MIXED = "aÉởу́e\u0301\u0323ក្ខាំກຳ់ကြ်ဒ0๑' -_.,;:!?()«»“”…\u200b\u200c\u200d\u00ad\n\r\t \u3000©️👍🏽"


def plain_words(text: str) -> list[str]:
    """Pieces between spaces without what is no letter, mark or digit at their ends."""
    expected = []
    for piece in text.replace("\u200b", " ").split():
        inner = [at for at, char in enumerate(piece) if unicodedata.category(char)[0] in "LMN"]
        if inner:
            expected.append(piece[inner[0] : inner[-1] + 1])
    return expected


@given(st.text(st.sampled_from("aZé\u0301đờшЖक्ष09'-_.,«»…\u200b \n\t\x1c☺"), max_size=40))
def test_words_between_spaces(text: str) -> None:
    assert words(text) == plain_words(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ខ្ញុំទៅផ្សារ។", ["ខ្ញុំ", "ទៅ", "ផ្សារ"]),
        ("ខ្ញុំ\u200bទៅ\u200bផ្សារ", ["ខ្ញុំ", "ទៅ", "ផ្សារ"]),
        ("ฉันรักภาษาไทย ๑๒", ["ฉัน", "รัก", "ภาษา", "ไทย", "๑๒"]),
        ("ຂ້ອຍໄປຕະຫຼາດ", ["ຂ້ອຍ", "ໄປ", "ຕະຫຼາດ"]),
        ("ကျွန်တော် ထမင်း စားတယ်။", ["ကျွန်တော်", "ထမင်း", "စား", "တယ်"]),
        # a number or a word in another script ends where a script without spaces begins
        ("ทั้งหมด3,500.75บาทถ้วน", ["ทั้งหมด", "3,500.75", "บาท", "ถ้วน"]),
        ("ជំពូក៣ទំព័រ 12ទៅ15", ["ជំពូក", "៣", "ទំព័រ", "12", "ទៅ", "15"]),
        ("ປີ2019ມີ", ["ປີ", "2019", "ມີ"]),
        ("ဈေး၁၀ကျပ်", ["ဈေး", "၁၀", "ကျပ်"]),
        ("รุ่นA4สีขาว", ["รุ่น", "A4", "สี", "ขาว"]),
        ("ก.พ. 2567 ๑๒วัน", ["ก.พ", "2567", "๑๒", "วัน"]),
        ("“Undang-undang”, kata Bu Ani...", ["Undang-undang", "kata", "Bu", "Ani"]),
        ("។ ... !", []),
        ("", []),
        ("\ud800 ក", ["ក"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(st.sampled_from(MIXED), max_size=40))
def test_clusters_are_icus(text: str) -> None:
    assert clusters(text) == list(CharacterBreaker(text, "en"))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_clusters_of_any_text_are_icus(text: str) -> None:
    assert clusters(text) == list(CharacterBreaker(text, "en"))


def test_clusters_of_every_code_point_are_icus() -> None:
    for code in range(0x3000):
        char = chr(code)
        text = f"{char}a{char}{char}\né{char}"
        assert clusters(text) == list(CharacterBreaker(text, "en"))
