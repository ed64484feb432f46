"""Arabic script: tatweel goes from inside words and stays where it does something."""

from __future__ import annotations

import pytest

from corpuskit.normalize import normalize


@pytest.mark.parametrize(
    ("text", "result", "count"),
    [
        ("بـهـاس ملايو", "بهاس ملايو", 2),
        ("سـلام", "سلام", 1),
        ("سنة 1445 هـ", "سنة 1445 هـ", 0),  # the sign for Hijri years
        ("\u0640\u064e", "\u0640\u064e", 0),  # a carrier of a mark
        ("كوڤو\u0662", "كوڤو\u0662", 0),  # reduplication
        ("ك ک ڬ ݢ گ", "ك ک ڬ ݢ گ", 0),
    ],
)
def test_tatweel(text: str, result: str, count: int) -> None:
    done = normalize(text, language="zsm_Arab")
    assert (done.text, done.edits.get("tatweel_removed", 0)) == (result, count)


@pytest.mark.parametrize(
    ("text", "result", "count"),
    [
        ("\ufeb3\ufefc\ufee1", "سلام", 3),  # docling#3929, markitdown#2539
        ("\ufb7c\ufe8e\ufb6d \ufb90\ufe98\ufe8e\ufbfd", "چاڤ کتای", 7),  # letters of Jawi
        ("\ufe91\ufe79\ufeaa", "ب\u0640\u064fد", 3),
        ("\ufdf2 \ufdfa", "\ufdf2 \ufdfa", 0),  # words that are typed as one character
        ("\ufe70 \ufbea", "\ufe70 \ufbea", 0),
        ("سلام", "سلام", 0),
    ],
)
def test_printed_forms_are_letters(text: str, result: str, count: int) -> None:
    done = normalize(text, language="zsm_Arab")
    assert (done.text, done.edits.get("arabic_forms_folded", 0)) == (result, count)
    assert normalize(done.text, language="zsm_Arab").edits == {}
