"""Repetition inside a text, against a plain reading of the definition."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.quality.repetition import DUPLICATE, OFTEN, TOP
from corpuskit.quality.word_counts import BatchWordCounts
from corpuskit.quality.words import repetition_signals
from corpuskit.text import TextBatch


def signals(*texts: str) -> list[dict[str, float]]:
    columns = repetition_signals(BatchWordCounts.of(TextBatch(list(texts))))
    return [{name: float(values[row]) for name, values in columns.items()}
            for row in range(len(texts))]  # fmt: skip


def plainly(words: list[str]) -> dict[str, float]:
    """The same signals, n-gram by n-gram."""
    total = sum(map(len, words))

    def share(starts: list[int], n: int) -> float:
        covered = {at + step for at in starts for step in range(n)}
        return sum(len(words[at]) for at in covered) / total if total else 0.0

    shares: dict[str, float] = {}
    for n in range(2, 11):
        grams = [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]
        counts = Counter(grams)
        if n in TOP:
            repeated = [gram for gram in dict.fromkeys(grams) if counts[gram] >= OFTEN]
            top = max(repeated, key=lambda gram: (counts[gram], len("".join(gram))), default=None)
            shares[f"top_{n}gram_char_fraction"] = share(
                [at for at, gram in enumerate(grams) if gram == top], n)  # fmt: skip
        if n in DUPLICATE:
            seen: set[tuple[str, ...]] = set()
            later = [at for at, gram in enumerate(grams) if gram in seen or seen.add(gram)]
            shares[f"duplicate_{n}gram_char_fraction"] = share(later, n)
    return shares


def test_khmer_words_repeat_without_spaces() -> None:
    (shares,) = signals("ខ្ញុំទៅផ្សារ។ " * 3)
    assert shares["top_2gram_char_fraction"] == pytest.approx(14 / 24)  # ខ្ញុំទៅ, three times
    assert shares["top_3gram_char_fraction"] == 1
    assert shares["top_4gram_char_fraction"] == 0


def test_what_comes_twice_is_no_frequent_ngram() -> None:
    (shares,) = signals("ខ្ញុំទៅផ្សារ។ " * 2)
    assert {shares[f"top_{n}gram_char_fraction"] for n in TOP} == {0}


@pytest.mark.parametrize(
    "sentence",
    [
        "ที่บ้านของเรามีหมาและแมวหลายตัว",
        "ကျွန်တော်တို့ မနက်ဖြန် ကားအသစ် သွားကြည့်ကြမယ်",
        "ຂ້ອຍໄປຕະຫຼາດເພື່ອຊື້ປາແລະຜັກ",
        "Semua orang dilahirkan merdeka dan mempunyai martabat",
    ],
)
def test_a_sentence_said_twice_is_half_duplicate(sentence: str) -> None:
    (shares,) = signals(f"{sentence}\n{sentence}")
    assert shares["duplicate_5gram_char_fraction"] == pytest.approx(0.5)
    (once,) = signals(sentence)
    assert once["duplicate_5gram_char_fraction"] == 0


def test_a_text_does_not_repeat_its_neighbor() -> None:
    sentence = "satu dua tiga empat lima enam tujuh"
    assert signals(sentence, sentence) == [plainly(sentence.split())] * 2


words = st.lists(st.sampled_from(["a", "bb", "ccc", "ខ្ញុំ", "Yang"]), max_size=60)


@given(st.lists(words, max_size=4))
def test_equals_the_plain_reading(texts: list[list[str]]) -> None:
    batch = [" . ".join(words) for words in texts]
    for shares, words in zip(signals(*batch), texts, strict=True):
        assert shares == pytest.approx(plainly(words))
