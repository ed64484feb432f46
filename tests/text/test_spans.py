"""Spans: a batch gives what each text gives, and the segments are where they say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpuskit.text.words import word_spans, words

SOME = st.text(
    st.sampled_from("aé\u0301 -.,\r\n\x1c\u200b\ud800กำភាខ្មែរကြ်ၵၼ်中文ཧ་ལ།1"), max_size=20
)


@given(st.lists(SOME, max_size=6), st.sets(st.integers(0, 5)))
def test_a_batch_is_its_texts(texts: list[str], syllabic: set[int]) -> None:
    spans = word_spans(texts, syllabic)
    alone = [word_spans([text], [0] if row in syllabic else []) for row, text in enumerate(texts)]
    assert [spans.of(row) for row in range(len(texts))] == [span.of(0) for span in alone]
    assert spans.cut(texts) == [
        [text[start:stop] for start, stop in spans.of(row)] for row, text in enumerate(texts)
    ]
    assert len(spans.offsets) == len(texts) + 1


def test_tibetan_is_cut_at_its_own_marks() -> None:
    assert words("ཁོའི་འཇོར་གུག་དེ། ༡༢།།བོད་") == ["ཁོའི", "འཇོར", "གུག", "དེ", "༡༢", "བོད"]


def test_no_texts() -> None:
    assert word_spans([]).cut([]) == []
