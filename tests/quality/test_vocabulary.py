"""Signals of words, checked by hand in Khmer, Lao, Burmese, Thai and Indonesian."""

from __future__ import annotations

import math

import numpy as np
import pytest

from corpuskit.quality.vocabulary import Shapes, Vocabulary, with_cases
from corpuskit.quality.word_counts import UNIQUE_WINDOW, BatchWordCounts
from corpuskit.quality.words import word_signals
from corpuskit.text import TextBatch


def signals(text: str, lang: str = "und", stop_words: tuple[str, ...] = ()) -> dict[str, float]:
    texts = TextBatch([text])
    listed = {lang: with_cases(stop_words)} if stop_words else {}
    columns = word_signals(texts, BatchWordCounts.of(texts), [lang], listed)
    return {name: float(values[0]) for name, values in columns.items()}


@pytest.mark.parametrize(
    ("text", "words", "clusters", "in_words"),
    [
        ("ខ្ញុំទៅផ្សារ។", 3, 5, 4),  # ខ្ញុំ ទៅ ផ្សា|រ
        ("ฉันรักภาษาไทย", 4, 11, 11),
        ("ຂ້ອຍໄປຕະຫຼາດ", 3, 10, 10),
        ("ကျွန်တော် ထမင်း စားတယ်။", 4, 16, 13),
        ("Tôi yêu tiếng Việt!", 4, 19, 15),
        ("Makan-makan, yuk.", 2, 17, 13),
    ],
)
def test_words_are_counted_in_clusters(text: str, words: int, clusters: int, in_words: int) -> None:
    values = signals(text)
    assert (values["words"], values["clusters"]) == (words, clusters)
    assert values["mean_word_clusters"] == pytest.approx(in_words / words)


def test_zero_width_space_changes_no_word_signal() -> None:
    plain = signals("ខ្ញុំទៅផ្សារ")
    spaced = signals("ខ្ញុំ\u200bទៅ\u200bផ្សារ")
    for name in ("words", "mean_word_clusters", "longest_word", "unique_word_share"):
        assert plain[name] == spaced[name]


def test_decomposed_vietnamese_has_words_of_the_same_length() -> None:
    composed, decomposed = signals("tiếng Việt"), signals("tiê\u0301ng Viê\u0323t")
    assert composed["mean_word_clusters"] == decomposed["mean_word_clusters"] == 4.5


def test_stop_words_count_kinds_and_share_in_any_case() -> None:
    text = "Yang besar dan yang kecil DAN lain-lain"
    values = signals(text, "ind_Latn", ("yang", "dan", "untuk"))
    assert values["stop_words"] == 2
    assert values["stop_word_share"] == pytest.approx(4 / 7)


@pytest.mark.parametrize(
    ("text", "lang", "stop_words", "kinds", "share"),
    [
        ("ខ្ញុំទៅផ្សារ ហើយគាត់ទៅផ្សារ", "khm_Khmr", ("ខ្ញុំ", "ហើយ"), 2, 2 / 7),
        ("ကျွန်တော် ထမင်း စားတယ်။", "mya_Mymr", ("တယ်",), 1, 1 / 4),
        ("เขาไม่ได้ไปที่บ้าน", "tha_Thai", ("ไม่", "ที่", "และ"), 2, 2 / 6),
    ],
)
def test_stop_words_in_unspaced_scripts(
    text: str, lang: str, stop_words: tuple[str, ...], kinds: int, share: float
) -> None:
    values = signals(text, lang, stop_words)
    assert values["stop_words"] == kinds
    assert values["stop_word_share"] == pytest.approx(share)


def test_stop_words_of_a_language_without_a_list_are_unknown() -> None:
    values = signals("saha baya", "sas_Latn")
    assert math.isnan(values["stop_words"])
    assert math.isnan(values["stop_word_share"])


def test_alphabetic_words() -> None:
    assert signals("ឆ្នាំ ២០២៤ 1230 a1")["alphabetic_word_share"] == pytest.approx(2 / 4)


@pytest.mark.parametrize(
    ("word", "is_name"),
    [
        ("getUserName", True),
        ("user_name", True),
        ("A_1", True),
        ("aGVsbG8gd29ybGQ", True),
        ("_kata_", False),  # Markdown's emphasis
        ("Jakarta", False),
        ("PBB", False),
        ("makan-Makan", False),
        ("https://t.co/aBcDeF", False),
        ("ភាសា_ខ្មែរ", False),
    ],
)
def test_names_in_programs(word: str, is_name: bool) -> None:
    shapes = Shapes.of(["x", word, "Y"])
    assert shapes.identifier.tolist() == [False, is_name, False]
    assert shapes.lengths.tolist() == [1, len(word), 1]


def test_unique_words_are_looked_for_in_a_window() -> None:
    repeated = " ".join(f"w{number % 500}" for number in range(UNIQUE_WINDOW))
    assert signals(repeated)["unique_word_share"] == 0.5
    assert signals(f"{repeated} {repeated}")["unique_word_share"] == 0.5


def test_words_of_a_batch_are_numbered_apart() -> None:
    vocabulary = Vocabulary.of(TextBatch(["a b a", "", "a"]))
    assert vocabulary.ids.tolist() == [0, 1, 0, 2]
    assert vocabulary.owners.tolist() == [0, 0, 0, 2]
    assert vocabulary.per_text(np.ones(4, dtype=np.int64)).tolist() == [3, 0, 1]
