"""Wrongly decoded text: all that can be repaired is, and clean text is left alone."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpuskit.normalize.edits import KINDS, Edits
from corpuskit.normalize.mojibake import repair_mojibake


def repaired(text: str) -> tuple[str, dict[str, int]]:
    edits: Edits = Counter()
    return repair_mojibake(text, edits), dict(edits)


@pytest.fixture(scope="module")
def damaged(data_dir: Path) -> list[dict[str, str]]:
    path = data_dir / "encodings-noise" / "mojibake.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").strip("\n").split("\n")]


def test_what_can_be_repaired_is(damaged) -> None:
    rows = [row for row in damaged if row["repairable"]]
    wrong = [
        row["id"]
        for row in rows
        if unicodedata.normalize("NFC", repaired(row["text"])[0])
        != unicodedata.normalize("NFC", row["original"])
    ]
    assert len(rows) == 309
    assert wrong == []


def test_what_cannot_be_is_left(damaged) -> None:
    for row in damaged:
        if not row["repairable"]:
            assert repaired(row["text"]) == (row["text"], {})


def test_clean_text_is_left(data_dir: Path) -> None:
    for path in sorted((data_dir / "text-labelled").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").strip("\n").split("\n"):
            text = json.loads(line)["text"]
            assert repaired(text)[0] == text


def test_kinds() -> None:
    assert repaired("cafÃ©\ncafé\n\x93oui\x94\x85") == (
        "café\ncafé\n“oui”\x85",
        {"mojibake_repaired": 1, "c1_decoded": 2},
    )
    russian = "Привет, как ваши дела".encode("cp1251").decode("latin-1")
    assert repaired(russian) == (russian, {})


@example("©©©ÕÃ\x80©")  # read as UTF-8, it looks like Thai
@given(st.text(st.sampled_from("Ãâ©€™à¸¹Õèà»ç¹ aé\x80\x93\x85\n")))
def test_idempotent(text: str) -> None:
    once, edits = repaired(text)
    assert repaired(once) == (once, {})
    assert set(edits) <= set(KINDS)
