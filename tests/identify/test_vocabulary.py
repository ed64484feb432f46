"""The words that a language has: what is known, what is foreign, where nothing can be told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.errors import ModelError
from corpuskit.identify.sections import read_sections
from corpuskit.identify.vocabulary import BITS, VOCABULARY, BloomVocabulary, is_spaced, vocabulary
from corpuskit.identify.word_table import WORDS, WordTable

BALINESE = [
    "tiang",
    "lakar",
    "luas",
    "ka",
    "peken",
    "nyanan",
    "semengan",
    "sareng",
    "adin",
    "tiange",
]
MADURESE = ["engkok", "entar", "ka", "pasar", "bik", "alek", "gella", "lagguna", "reng"]


@pytest.mark.parametrize(
    ("code", "spaced"),
    [("ind_Latn", True), ("kor_Kore", True), ("khm_Khmr", False), ("jpn_Jpan", False),
     ("zho_Hans", False), ("nod_Lana", False)],
)  # fmt: skip
def test_languages_without_spaces_have_no_words_to_look_up(code: str, spaced: bool) -> None:
    assert is_spaced(code) is spaced
    assert (code in BloomVocabulary.of({code: ["a"]}).languages) is spaced


TWO = BloomVocabulary.of({"ban_Latn": BALINESE, "mad_Latn": MADURESE, "khm_Khmr": ["ភាសាខ្មែរ"]})


def test_a_language_has_its_words_and_no_others() -> None:
    assert TWO.share("ban_Latn", " ".join(BALINESE)) == 1.0
    assert TWO.share("mad_Latn", " ".join(MADURESE)) == 1.0
    assert TWO.share("ban_Latn", " ".join(MADURESE)) == pytest.approx(0.1, abs=0.1)


def test_where_nothing_can_be_told() -> None:
    assert TWO.share("ban_Latn", "entar bik alek gella") == 1.0  # four words
    assert TWO.share("khm_Khmr", "ក ខ គ ឃ ង ច") == 1.0  # no spaces between words
    assert TWO.share("eng_Latn", "none of these is in it") == 1.0
    assert BloomVocabulary.of({}).share("ban_Latn", " ".join(MADURESE)) == 1.0


@given(st.sets(st.text(st.characters(categories=["L"]), min_size=1), min_size=5, max_size=50))
def test_no_word_is_forgotten(words: set[str]) -> None:
    found = BloomVocabulary.of({"ban_Latn": words, "mad_Latn": MADURESE})
    assert found.share("ban_Latn", " ".join(sorted(words))) == 1.0


def test_foreign_words_are_taken_for_known_ones_once_in_fifty() -> None:
    known = [f"kata{number}" for number in range(20_000)]
    made = BloomVocabulary.of({"ind_Latn": known})
    assert len(made.to_bytes()) < 1.02 * len(known) * BITS / 8 + 200
    strange = [f"word{number}" for number in range(20_000)]
    shares = [
        made.share("ind_Latn", " ".join(strange[at : at + 200])) for at in range(0, 20_000, 200)
    ]
    assert 0.01 < sum(shares) / len(shares) < 0.03


def test_behind_a_model_and_a_table(tmp_path: Path) -> None:
    table = WordTable.of({"ban_Latn": {"tiang": 1.0}, "mad_Latn": {"engkok": 1.0}})
    path = tmp_path / "model.ftz"
    both = frozenset((WORDS, VOCABULARY))
    for order in ((table, TWO), (TWO, table)):
        path.write_bytes(b"model" * 10 + b"".join(one.to_bytes() for one in order))
        found = read_sections(path, both)
        assert set(found) == both
        again = vocabulary(found[VOCABULARY])
        assert again.languages == {"ban_Latn", "mad_Latn"}
        assert again.share("ban_Latn", " ".join(BALINESE)) == 1.0
    path.write_bytes(b"model" + b"y" + TWO.to_bytes()[1:])
    with pytest.raises(ModelError, match="damaged"):
        read_sections(path, both)
    path.write_bytes(b"x")
    assert read_sections(path, both) == {}
