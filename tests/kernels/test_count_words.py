"""The kernel counts the words that the numpy road counts, for any text."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpuskit.quality.signals import Signals
from corpuskit.quality.vocabulary import Vocabulary
from corpuskit.quality.word_counts import UNIQUE_WINDOW, BatchWordCounts
from corpuskit.stage import Batch
from corpuskit.text import TextBatch

pytestmark = [pytest.mark.usefixtures("kernels_on"), pytest.mark.xdist_group("kernels")]
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)


def assert_same(texts: Sequence[str], syllabic: Collection[int] = ()) -> None:
    batch = TextBatch(texts)
    counted = BatchWordCounts.of(batch, syllabic)
    numbered = BatchWordCounts.of_vocabulary(Vocabulary.of(batch, syllabic))
    for field in fields(BatchWordCounts):
        by_kernel, by_numpy = getattr(counted, field.name), getattr(numbered, field.name)
        if field.name == "kinds":
            assert [list(kinds.items()) for kinds in by_kernel] == [
                list(kinds.items()) for kinds in by_numpy
            ]
        elif field.name == "repeated":
            assert {name: chars.tolist() for name, chars in by_kernel.items()} == {
                name: chars.tolist() for name, chars in by_numpy.items()
            }
        else:
            assert by_kernel.tolist() == by_numpy.tolist(), field.name


WORDS = [
    "a",
    "bb",
    "ខ្ញុំ",
    "ទៅ",
    "ဘာသာ",
    "ཀ་ཁ",
    "Yang",
    "getName",
    "a_b",
    "http://a_B",
    "12",
    "é",
    "ไป",
    "«x»",
]
GAPS = [" ", "\n", "\u200b", "", ". ", "\u3000", "\x1c", "\u2029"]
words = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=60)
repeating = st.tuples(words, st.integers(1, 4)).map(
    lambda parts: "".join(word + gap for word, gap in parts[0]) * parts[1]
)
few_letters = st.text(st.sampled_from("ab "), max_size=120)
names = st.text(st.sampled_from("aZ0_:/ -\u00df"), max_size=40)


@anything
@given(st.lists(st.one_of(repeating, few_letters, names, st.text()), max_size=5), st.data())
def test_any_texts(texts: list[str], data: st.DataObject) -> None:
    rows = st.sets(st.integers(0, len(texts) - 1)) if texts else st.just(set())
    assert_same(texts, sorted(data.draw(rows)))


def test_long_texts_and_none() -> None:
    assert_same([])
    assert_same(["", " ", "."])
    assert_same([" ".join(f"w{number % 700}" for number in range(3 * UNIQUE_WINDOW)), "a a a"])
    assert_same(["kata " * 5000, "ខ្ញុំទៅផ្សារ" * 500, "kata"])


def test_real_texts(data_dir: Path) -> None:
    for path in sorted((data_dir / "text-labelled").glob("*.jsonl")):
        rows = path.read_text(encoding="utf-8").splitlines()
        texts = [json.loads(row)["text"] for row in rows]
        assert_same(texts)
        assert_same(["\n".join(texts[at : at + 20]) for at in range(0, len(texts), 20)])


def test_the_stage_gives_the_same_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["Yang besar dan yang kecil DAN lain-lain", "ខ្ញុំទៅផ្សារ។ " * 3, "", "yang\nyang"]
    stage = Signals(
        stop_words={"ind_Latn": ["yang", "dan"]},
        specific_words={"ind_Latn": {"ind_Latn": ["besar"], "zsm_Latn": ["kecil"]}},
    )
    batch = Batch.of_texts(texts, lang=["ind_Latn", "khm_Khmr", None, "ind_Latn"])
    by_kernel = list(stage.process(batch)["quality"])
    monkeypatch.setenv("CORPUSKIT_KERNELS", "off")
    assert by_kernel == list(stage.process(batch)["quality"])
