"""Signals of single characters, checked by counting in real text."""

from __future__ import annotations

import pytest

from corpuskit.quality.characters import character_signals
from corpuskit.text import TextBatch


def signals(text: str, lang: str | None = None) -> dict[str, float]:
    columns = character_signals(TextBatch([text]), [lang])
    return {name: float(values[0]) for name, values in columns.items()}


@pytest.mark.parametrize(
    ("text", "marks", "written"),
    [
        ("ខ្ញុំទៅផ្សារ។ ខ្ញុំទៅផ្សារ។", 2, 26),
        ("ကျွန်တော် ထမင်း စားတယ်။", 1, 21),
        ("«ฉันรักภาษาไทย»", 2, 15),
        ("ຂ້ອຍໄປຕະຫຼາດ!", 1, 13),
        ("ꦱꦧꦼꦤ꧀ꦲꦸꦮꦺꦴꦁ꧉", 1, 12),
    ],
)
def test_punctuation_of_every_script_counts(text: str, marks: int, written: int) -> None:
    assert signals(text)["punctuation_share"] == pytest.approx(marks / written)


@pytest.mark.parametrize("digits", ["2024", "២០២៤", "๒๐๒๔", "၂၀၂၄", "໒໐໒໔"])
def test_digits_of_every_script_count(digits: str) -> None:
    assert signals(f"{digits} ka")["digit_share"] == pytest.approx(4 / 6)


def test_space_and_zero_width_characters_are_not_written() -> None:
    values = signals("ភាសា\u200bខ្មែរ \u200d\n+")
    assert values["chars"] == 14
    assert values["symbol_share"] == pytest.approx(1 / 10)


def test_markup_counts_braces_but_no_glottal_stop() -> None:
    assert signals("{{Infobox|x=1}}")["markup_share"] == pytest.approx(6 / 15)
    assert signals("Gi` kanak biasana")["markup_share"] == 0


def test_undecoded_characters_are_replacements_private_ones_and_surrogates() -> None:
    assert signals("ab\ufffd\ue001\ud800\U000f0000")["undecoded_share"] == pytest.approx(4 / 6)
    assert signals("ភាសាខ្មែរ 𐨣")["undecoded_share"] == 0


def test_an_address_ends_where_khmer_begins() -> None:
    values = signals("មើល https://example.org/kmភាសា www.a.kh")
    assert values["urls"] == 2
    assert values["url_share"] == pytest.approx((22 + 8) / (3 + 22 + 4 + 8))


def test_longest_run_stays_within_one_text_and_skips_spaces() -> None:
    columns = character_signals(TextBatch(["aab", "", "bbbb    !", "\n\n\n"]), [None] * 4)
    assert columns["longest_run"].tolist() == [2, 0, 4, 0]


@pytest.mark.parametrize(
    ("lang", "share"),
    [("khm_Khmr", 2 / 5), ("eng_Latn", 3 / 5), ("und", 3 / 5), (None, 3 / 5), ("xxx_Xxxx", 3 / 5)],
)
def test_script_share_is_the_languages_or_the_main_scripts(lang: str | None, share: float) -> None:
    assert signals("កខ abc 12", lang)["script_share"] == pytest.approx(share)
