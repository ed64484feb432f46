"""The first look spares texts the rules, and misses none that a rule changes."""

from __future__ import annotations

import gzip
import json
import unicodedata
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.normalize import Normalize, normalize
from corpuskit.normalize.first_look import LETTERS_NEEDED, first_look
from corpuskit.normalize.legacy import legacy_font
from corpuskit.normalize.rules import SCRIPT_RULES
from corpuskit.stage import Batch
from corpuskit.text import TextBatch


def assert_same_as_all_rules(texts: list[str], zwsp: Literal["keep", "strip"] = "keep") -> None:
    """The stage's edits and fonts are those of all rules on every text."""
    stage, batch = Normalize(zwsp=zwsp), Batch.of_texts(texts)
    outcome = stage.edit(batch)
    scripts = [batch.texts.main_script(row) for row in range(len(texts))]
    rows = list(zip(texts, scripts, strict=True))
    assert list(outcome.edits) == [stage._edit(text, script) for text, script in rows]
    fonts = [legacy_font(text) if script == "Latn" else None for text, script in rows]
    assert list(outcome.columns["_legacy_font"]) == fonts


def texts_of(folder: Path) -> list[str]:
    """Every string in the rows of a folder's files, sentences and names alike."""
    texts: list[str] = []
    for path in sorted(folder.rglob("*.jsonl")):
        with path.open(encoding="utf-8", newline="\n") as lines:
            rows = map(json.loads, lines)
            texts += [value for row in rows for value in row.values() if isinstance(value, str)]
    for path in sorted(folder.glob("*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            texts += lines
    return texts


FOLDERS = {
    "encodings-noise": 3,
    "text-labelled": 41,
    "text-more": 97,
    "lid": 41,
    "neardup": 41,
    "web-noise": 1,
    "html-docusaurus-mt": 17,
}
"""Folder of the test data -> every n-th text is looked at."""


@pytest.mark.parametrize("folder", FOLDERS)
def test_real_texts(data_dir: Path, folder: str) -> None:
    texts = texts_of(data_dir / folder)[:: FOLDERS[folder]]
    assert texts
    assert_same_as_all_rules(texts)


@pytest.mark.data("text-labelled")
def test_most_real_texts_are_spared(data_dir: Path) -> None:
    texts = [text for text in texts_of(data_dir / "text-labelled")[::41] if text.isascii()]
    look = first_look(TextBatch(texts))
    assert np.mean(look.changeable) < 0.05


ALPHABETS = {
    "ind_Latn": "abcĂéñ’“”…–",
    "vie_Latn": "aâăđĐÐươờễ\u0301\u0323ÞðĂ",
    "khm_Khmr": "កបរ" + "".join(map(chr, range(0x17B4, 0x17D3))) + "\u17d2\u17d2\u17dd\u17a3",
    "tha_Thai": "กขนมงวอเแไาำัิีุู่้๊์ํๅ",
    "lao_Laoo": "ກຂນມງວອເແໄາຳັິີຸູ່້ໍຽ",
    "mya_Mymr": "ကခငညဥသ၀၁၇ဝရ\u1031\u1039\u103a\u103b\u103c\u103d\u103e\u102d\u102f\u1037\u1036",
    "zlm_Arab": "ابتكهية\u0640\u064b\u0651ﷲﺍﻻ",
    "jav_Java": "ꦲꦤꦕꦫꦏ꧀ꦶꦴ\ua9b3",
    "mal_Mlym": "കഖങചരല്\u0d3e\u0d46\u0d4d",
}
ANYWHERE = "  \n\n\t.1a\u200b\u200c\u200d\u2060\u00a0\u00ad\u0085\u0092ﬁ\u202e\ud800\udc00"


@pytest.mark.parametrize("language", ALPHABETS)
@given(data=st.data())
def test_texts_of_a_language(language: str, data: st.DataObject) -> None:
    letters = st.text(st.sampled_from(ALPHABETS[language]), max_size=30)
    others = st.text(st.sampled_from(ALPHABETS[language] + ANYWHERE), max_size=30)
    divided = st.text(st.sampled_from(ALPHABETS[language] + "\u200b\u200b a"), max_size=30)
    texts = data.draw(st.lists(st.one_of(letters, others, divided), max_size=5))
    assert_same_as_all_rules(texts)
    assert_same_as_all_rules(texts, "strip")


MISREADINGS = ["latin-1", "cp1252", "cp1250", "cp874", "mac_roman", "cp1258"]


@given(
    st.sampled_from(list(ALPHABETS.values())).flatmap(
        lambda letters: st.text(st.sampled_from(letters + " "), min_size=1, max_size=40)
    ),
    st.sampled_from(["utf-8", "cp874"]),
    st.sampled_from(MISREADINGS),
)
def test_wrongly_decoded_texts(text: str, written: str, read: str) -> None:
    damaged = text.encode(written, "ignore").decode(read, "ignore")
    assert_same_as_all_rules([damaged, f"Kata\n{damaged}\n", text])


def test_every_other_code_point_is_left_alone() -> None:
    """Of all characters that are in normalization form C by themselves."""
    codes = [*range(0x80, 0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE0200)]
    chars = [
        char
        for char in map(chr, codes)
        if unicodedata.is_normalized("NFC", char) and not unicodedata.combining(char)
    ]
    look = first_look(TextBatch(chars), zwsp="strip")
    assert 400 < look.changeable.sum() < 1_000
    plain = [char for char, flagged in zip(chars, look.changeable, strict=True) if not flagged]
    for start in range(0, len(plain), 4000):
        text = "x".join(("", *plain[start : start + 4000], ""))
        for language in ("qaa_Zyyy", *(f"qaa_{script}" for script in LETTERS_NEEDED)):
            assert normalize(text, language=language, zwsp="strip").edits == {}


def test_scripts_whose_repairs_need_a_flagged_character_have_repairs() -> None:
    assert SCRIPT_RULES.keys() >= LETTERS_NEEDED
    assert first_look(TextBatch(["Ðắk Lắk", "كتاب\u0640"])).changeable.all()


@pytest.mark.parametrize("texts", [[], [""], ["", "a", ""], [" ", "\n", "a "], ["a", " b"]])
def test_edges(texts: list[str]) -> None:
    assert_same_as_all_rules(texts)
    changed = [text != text.strip() for text in texts]
    assert first_look(TextBatch(texts)).changeable.tolist() == changed
