"""Words and sentences by language, from lists and Arrow columns."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pyarrow as pa
import pytest

import corpuskit as ck

TEXTS = ["ၵူၼ်းၵူႊၵေႃႉ။ ယဝ်ႉ", "", "Satu. Dua."]


def test_one_call_gives_offsets_into_each_text() -> None:
    spans = ck.segment(TEXTS, unit="words", language="shn_Mymr")
    assert spans.cut(TEXTS) == [["ၵူၼ်း", "ၵူႊ", "ၵေႃႉ", "ယဝ်ႉ"], [], ["Satu", "Dua"]]
    assert spans.of(2) == [(0, 4), (6, 9)]
    spans = ck.segment(TEXTS, unit="sentences")
    assert spans.of(2) == [(0, 5), (6, 10)]


def test_an_arrow_column() -> None:
    column = pa.chunked_array([[TEXTS[0], None], [TEXTS[2]]])
    spans = ck.segment(column, unit="words", language="shn_Mymr")
    assert spans.cut(TEXTS) == ck.segment(TEXTS, unit="words", language="shn_Mymr").cut(TEXTS)


def test_the_language_decides_in_the_myanmar_script() -> None:
    assert ck.words("တိုက်ခန်းတွေ", "mya_Mymr") == ["တိုက်ခန်း", "တွေ"]
    assert ck.words("ကညီကျိာ်", "ksw_Mymr") == ["က", "ညီ", "ကျိာ်"]
    assert ck.words("ภาษาไทย", "ksw_Mymr") == ["ภาษา", "ไทย"]


def test_sentences() -> None:
    assert ck.sentences("Dr. A. Rahman datang. “Apa?” tanya Ani.") == [
        "Dr. A. Rahman datang.",
        "“Apa?” tanya Ani.",
    ]


def test_an_unknown_unit() -> None:
    with pytest.raises(ValueError, match="'words' or 'sentences'"):
        ck.segment(["a"], unit="lines")  # type: ignore[arg-type]


def test_the_examples_of_the_documentation(repository: Path) -> None:
    page = (repository / "docs" / "segmentation.md").read_text(encoding="utf-8")
    calls = re.findall(r'^((?:words|sentences)\(".*\))\s+# (\[.*\])$', page, re.MULTILINE)
    assert len(calls) == 3
    for call, said in calls:
        assert eval(call, {"words": ck.words, "sentences": ck.sentences}) == ast.literal_eval(said)
