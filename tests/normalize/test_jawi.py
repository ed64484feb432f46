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
