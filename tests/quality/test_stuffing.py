"""The signal of keyword stuffing."""

from __future__ import annotations

import random

import pytest

from corpuskit.quality.signals import measure
from corpuskit.text import TextBatch
from corpuskit.thresholds import RULES

LATIN = [f"kata{number}" for number in range(400)]
THAI = ["บ้าน", "โรงเรียน", "ประเทศ", "ภาษา", "หนังสือ", "ตลาด", "แม่น้ำ", "ครอบครัว", "อาหาร", "วัด"]


def text(words: list[str], phrase: str, every: int) -> str:
    source = random.Random(1)
    parts: list[str] = []
    for number in range(400):
        parts.append(source.choice(words))
        if number % every == 0:
            parts.append(phrase)
    return " ".join(parts)


def spread(value: str) -> float:
    return float(measure(TextBatch([value]), [None], {})["phrase_spread"][0])


@pytest.mark.parametrize(
    ("words", "phrase"), [(LATIN, "sewa mobil murah"), (THAI, "เช่า รถ ราคาถูก")]
)
def test_a_phrase_in_every_passage_is_told_from_one_that_is_frequent(
    words: list[str], phrase: str
) -> None:
    limit = RULES["max_phrase_spread"].default
    assert limit is not None
    assert spread(text(words, phrase, 10)) > limit
    assert spread(text(words, phrase, 60)) < 0.7


def test_short_texts_and_one_word_are_no_stuffing() -> None:
    assert spread("sewa mobil murah " * 40) == 0
    assert spread("ya " * 400) == 0
    assert spread("") == 0


def test_a_text_has_the_same_spread_alone() -> None:
    texts = [text(LATIN, "sewa mobil murah", every) for every in (5, 10, 20)]
    together = measure(TextBatch(texts), [None] * 3, {})["phrase_spread"].tolist()
    assert together == [spread(value) for value in texts]
