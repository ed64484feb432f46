import json
from pathlib import Path

import pytest
from connectors.documents.made import DATA
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.documents.text_layer import check, damage_of
from corpuskit.connectors.reasons import NO_TEXT_LAYER, PDF_TEXT_LAYER, LostError


@pytest.mark.parametrize("name", ["khmer", "vietnamese"])
def test_real_text_has_no_damage(name: str) -> None:
    damage = damage_of((DATA / f"{name}.txt").read_text(encoding="utf-8"))
    assert (damage.damaged, damage.orphans, damage.bad) == (0, 0, False)


def test_no_language_is_rejected_for_its_orthography(data_dir: Path) -> None:
    by_language: dict[str, list[str]] = {}
    path = data_dir / "text-labelled" / "udhr.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        by_language.setdefault(row["lang"], []).append(row["text"])
    bad = [one for one, texts in by_language.items() if damage_of("\n".join(texts)).bad]
    assert len(by_language) > 300
    assert bad == ["ame"]  # Yanesha's file was itself damaged: "ñt ̃", the tilde on a space


@pytest.mark.parametrize("char", ["\ufffd", "\ue000", "\x01"])
def test_one_character_in_a_thousand_may_be_none(char: str) -> None:
    assert not damage_of("a" * 1000 + char).bad
    assert damage_of("a" * 1000 + char * 2).bad


def test_glyphs_without_a_character_and_cid_count() -> None:
    assert damage_of("a" * 1000, unmapped=2).bad
    assert damage_of("a" * 1000 + "(cid:12)").damaged == 8


def test_marks_on_no_letter() -> None:
    assert damage_of("ក ិ ាកa្").orphans == 3
    assert damage_of("កិ កា ក្ក").orphans == 0
    with pytest.raises(LostError) as caught:
        check("ភាស ា ខ្ម ែ រ " * 20, 1)
    assert caught.value.reason == PDF_TEXT_LAYER
    assert "of 80 marks orphaned" in str(caught.value.detail)


def test_a_page_number_is_no_text_layer() -> None:
    with pytest.raises(LostError) as caught:
        check("1\n2\n3", 3)
    assert (caught.value.reason, caught.value.detail) == (NO_TEXT_LAYER, "3 characters on 3 pages")


@given(st.text())
def test_counts_never_exceed_what_is_there(text: str) -> None:
    damage = damage_of(text)
    assert 0 <= damage.orphans <= damage.marks <= len(text)
    assert 0 <= damage.damaged <= max(len(text), damage.chars)
