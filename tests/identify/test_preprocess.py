"""Texts as models read them: capitals, addresses, punctuation."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpuskit as ck
from corpuskit.identify.preprocess import PreparedTexts, lid_sea_1, lid_sea_2, plain


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("KABUPATEN SLEMAN\ndan DIY", "kabupaten sleman dan diy"),
        ("Rapat di DPR RI", "Rapat di DPR RI"),  # fewer capitals than small letters
        ("ĐỒNG NAI", "đồng nai"),
        ("DOĞALGAZ İLE ISITMA", "doğalgaz ile ısıtma"),  # Turkish has two letters I
        ("GROẞE STRAßE", "große straße"),
        ("ភាសា\u200bខ្មែរ ABC", "ភាសា\u200bខ្មែរ abc"),
        ("ไทย\ud800", "ไทย\ufffd"),
        ("", ""),
    ],
)
def test_capitals_are_read_as_small_letters(text: str, line: str) -> None:
    assert plain(text) == line


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Ang mga estudyante sa among eskwelahan nagtanom og mga kahoy daplin sa dalan aron "
         "mabugnaw ang palibot inig abot sa ting-init", "ceb_Latn"),
        ("De burgemeester opende gisteren de nieuwe bibliotheek naast het station", "nld_Latn"),
        ("La biblioteca del paese resterà chiusa fino alla fine dei lavori", "ita_Latn"),
        ("Mahalle kütüphanesi yaz boyunca akşamları da açık olacak", "tur_Latn"),
        ("Thư viện mới của xã mở cửa vào mỗi buổi tối trong mùa hè", "vie_Latn"),
    ],
)  # fmt: skip
def test_a_text_in_capitals_is_in_the_same_language(text: str, lang: str) -> None:
    capitals = text.replace("i", "İ").upper() if lang == "tur_Latn" else text.upper()
    assert [answer.lang for answer in ck.identify([text, capitals])] == [lang, lang]


@given(st.text())
def test_idempotent(text: str) -> None:
    for prepare in (plain, lid_sea_1):
        once = prepare(text)
        assert prepare(once) == once
        assert "\n" not in once


def _read_character_by_character(text: str) -> str:
    """`lid_sea_1` without its shortcuts."""
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    text = unicodedata.normalize("NFC", text).lower()
    text = re.sub(
        r"https?://\S+|www\.\S+|(?<!\S)(?=\S[^\s@]*+@\S)\S+|@\w+", " ", text, flags=re.IGNORECASE
    )
    kept = []
    for char in text:
        kind = unicodedata.category(char)
        if char in "'\u2019\u02bc\u2018`":
            kept.append("'")
        elif kind[0] in "LM":
            kept.append(char)
        elif kind != "Cf":
            kept.append(" ")
    marked = re.sub(r"(?<=\w)'(?=\w)", "\ue000", "".join(kept))
    return " ".join(marked.replace("'", " ").replace("\ue000", "'").split())


_PIECES = st.sampled_from(
    [*"aİſK'’`.\n 1@\u200b\u00ad\ue000\ud800\u1780", "HTTP://x.y", "httpſ://a", "www.b c", "d@e.f"]
)


@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_shortcuts_change_nothing(text: str) -> None:
    assert lid_sea_1(text) == _read_character_by_character(text)


def test_every_character_is_read_as_by_its_category() -> None:
    for start in range(0, 0x110000, 0x400):
        text = "a".join(map(chr, range(start, start + 0x400)))
        assert lid_sea_1(text) == _read_character_by_character(text)


def test_what_was_prepared_is_not_prepared_again() -> None:
    asked: list[str] = []
    prepared = PreparedTexts(lambda text: asked.append(text) or text.lower())  # type: ignore[func-returns-value]
    assert prepared.lines(["A", "B"]) == ["a", "b"]
    assert [prepared.line("B"), prepared.line("C")] == ["b", "c"]
    assert asked == ["A", "B", "C"]


def test_accents_that_may_be_left_out_are_left_out() -> None:
    assert lid_sea_2("Sêmangêt ârowa Màgandà ÍNÓ") == "semanget arowa maganda ino"
    assert lid_sea_2("tiếng Việt là ngôn ngữ, ñ ü ç") == "tiếng việt la ngon ngữ ñ ü ç"
    assert lid_sea_2("Plain text.") == lid_sea_1("Plain text.")


def test_myanmar_syllables_and_han_characters_are_words() -> None:
    assert lid_sea_2("မြန်မာနိုင်ငံ") == "မြန် မာ နိုင် ငံ"
    assert lid_sea_2("သတ္တဝါ") == "သတ္တ ဝါ"  # a stacked consonant starts no syllable
    assert lid_sea_2("中文abc漢字") == "中 文 abc 漢 字"
    assert lid_sea_2("ភាសាខ្មែរ ภาษาไทย") == "ភាសាខ្មែរ ภาษาไทย"


@given(st.text())
def test_preparing_twice_changes_nothing(text: str) -> None:
    once = lid_sea_2(text)
    assert lid_sea_2(once) == once
