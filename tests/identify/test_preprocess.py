"""Texts as models read them: capitals, addresses, punctuation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpuskit as ck
from corpuskit.identify.preprocess import lid_sea_1, plain


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
