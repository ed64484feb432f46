"""Letters that only one language of a script has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpuskit.identify import identify
from corpuskit.identify.identification import Guess
from corpuskit.identify.letters import (
    by_letters,
    owner,
    recognized_by_letters,
    written_chinese,
)
from corpuskit.identify.orthography import may_be_in

MON = "\u1018\u102c\u101e\u102c\u1019\u1014\u103a \u1000\u1031\u102c\u105d\u103a"
BURMESE = "\u1019\u103c\u1014\u103a\u1019\u102c\u1018\u102c\u101e\u102c"
CODES = frozenset({"mya_Mymr", "mnw_Mymr", "shn_Mymr", "eng_Latn"})


def test_the_owner_has_what_its_neighbors_were_given() -> None:
    guesses = [
        Guess(("mya_Mymr",), 0.7),
        Guess(("und_Mymr",), 0.15),
        Guess(("mnw_Mymr",), 0.1),
        Guess(("eng_Latn",), 0.05),
    ]
    again = by_letters(MON, guesses, CODES)
    assert [guess.codes[0] for guess in again] == ["mnw_Mymr", "und_Mymr", "eng_Latn"]
    assert again[0].score == pytest.approx(0.8)
    assert by_letters(BURMESE, guesses, CODES) == guesses
    assert by_letters(MON, guesses, CODES - {"mnw_Mymr"}) == guesses
    assert by_letters(MON, guesses[3:], CODES) == guesses[3:]


def test_a_letter_in_two_hundred_is_enough_and_one_in_a_page_is_not() -> None:
    assert owner(MON) == "mnw_Mymr"
    assert owner(BURMESE) is None
    assert owner("\u1000" * 199 + "\u105d") == "mnw_Mymr"
    assert owner("\u1000" * 400 + "\u105d") is None


@pytest.mark.parametrize(
    "text",
    [
        "کراجأن اکن مڽدياکن بنتوان کوواڠن کڤد ڤلاجر يڠ ايڠين ملنجوتکن ڤڠاجين دأونيۏرسيتي عوام",
        "ڤرسکولهن اين دبينا ڤد تاهون سريبو سمبيلن راتوس دان ممڤوڽاءي لبيه دري دوا راتوس اورڠ",
    ],
)
def test_malay_in_jawi_is_taken_for_banjar(text: str) -> None:
    """Decided so until there is clean text to learn from.

    The two share every letter. Function words tell them apart in part: of 2,000 sentences in
    Banjar 36 have two of Malay's and none of their own, and of 13 sentences of the UDHR in Malay
    only 6 have two. The model has 873 words of Malay in Jawi, all from the UDHR, which are too
    few for a table of words. What is certain is that such a text is not Arabic.
    """
    (language,) = identify([text])
    assert language.lang == "bjn_Arab"
    assert not may_be_in("arb_Arab", text)


def test_on_labelled_text(data_dir: Path) -> None:
    owners: dict[str, list[str | None]] = {}
    for path in sorted((data_dir / "text-labelled").glob("*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            if row["script"] == "Mymr" and path.stem != "gflanguages":
                owners.setdefault(row["lang"], []).append(owner(row["text"]))
    mon = owners.pop("mnw")
    assert mon.count("mnw_Mymr") >= len(mon) - 1
    assert sum(map(len, owners.values())) > 300
    assert not any(code for rest in owners.values() for code in rest)


KAREN = "\u1000\u107a\u1062\u1015\u103e\u102f\u1061\u1063 \u101e\u1032\u1064"


def test_sgaw_karen_is_recognized_by_its_tones_alone() -> None:
    """There is no label for it; negative labels of the script give way too."""
    guesses = [
        Guess(("und_Mymr",), 0.5),
        Guess(("mya_Mymr",), 0.3),
        Guess(("mnw_Mymr",), 0.2),
    ]
    codes = CODES | recognized_by_letters(CODES)
    assert codes - CODES == {"ksw_Mymr"}
    assert owner(KAREN) == "ksw_Mymr"
    (only,) = by_letters(KAREN, guesses, codes)
    assert only.codes == ("ksw_Mymr",)
    assert only.score == pytest.approx(1.0)
    assert by_letters(KAREN, guesses, CODES) == guesses
    assert not recognized_by_letters({"mya_Mymr"})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("這個學校有很多學生", "zho_Hant"),
        ("这个学校有很多学生", "zho_Hans"),
        ("人口二百", None),
        ("中文 這 这", None),
    ],
)
def test_chinese_is_simplified_or_traditional_by_its_characters(
    text: str, code: str | None
) -> None:
    assert written_chinese(text) == code
    guesses = [Guess(("zho_Hans",), 0.6), Guess(("zho_Hant",), 0.3), Guess(("und_Hani",), 0.1)]
    best = by_letters(text, guesses, {"zho_Hans", "zho_Hant"})
    if code is None:
        assert best == guesses
    else:
        assert best[0].codes == (code,)
        assert best[0].score == pytest.approx(0.9)
