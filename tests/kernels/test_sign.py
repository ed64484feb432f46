"""The kernel of signatures gives what the numpy road gives, for any text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpuskit.dedup.shingles import shingle_sets
from corpuskit.dedup.signatures import permutations, signatures
from corpuskit.kernels import sign
from corpuskit.kernels.key_tables import JOINS, SLOW, key_tables
from corpuskit.kernels.sign import signature_rows
from corpuskit.text.keys import FOLDED, MOVED
from corpuskit.text.script_ranges import RANGES

pytestmark = [pytest.mark.usefixtures("kernels_on"), pytest.mark.xdist_group("kernels")]
anything = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=500)


def assert_same(texts: Sequence[str]) -> None:
    signed = signature_rows(texts, *permutations())
    assert signed is not None
    sets = shingle_sets(texts)
    rows, counts = signed
    assert counts.tolist() == sets.counts.tolist()
    differing = np.flatnonzero((rows != signatures(sets)).any(axis=1))
    assert [texts[row] for row in differing] == []


SPELLED = "".join([*FOLDED, *FOLDED.values(), *MOVED, *MOVED.values()])
MARKS = "".join(chr(code) for code in range(0x110000) if unicodedata.combining(chr(code)))
JOINING = "".join(map(chr, np.flatnonzero(key_tables().flags & JOINS).tolist()))
CASED = "".join(chr(code) for code in range(0x1F000) if chr(code).casefold() != chr(code))
DECOMPOSED = "".join(chr(code) for code in range(0x30000) if unicodedata.decomposition(chr(code)))
JAMO = "\u1100\u1112\u1161\u1175\u11a8\u11c2\uac00\uac01\ud7a3"
DROPPED = " \n.\u200b\u200d\u034f\0\u0604\u17d4"

letters = [
    st.sampled_from(pool) for pool in (SPELLED, MARKS, JOINING, CASED, DECOMPOSED, JAMO, DROPPED)
]
in_scripts = [
    st.one_of(*(st.integers(first, last).map(chr) for first, last in ranges))
    for ranges in RANGES.values()
]
texts_of_anything = st.text(st.one_of(*letters, *in_scripts, st.characters()), max_size=40)
texts_of_marks = st.text(
    st.sampled_from("aoeuyAIi\u0131\u0345\u0300\u0301\u0303\u0309\u0323\u0307 " + SPELLED),
    max_size=12,
)
texts_of_burmese = st.text(
    st.sampled_from("\u1000\u1025\u102e\u1026\u1037\u1039\u103a\u200b\u200c"), max_size=12
)
texts_of_khmer = st.text(
    st.sampled_from("\u1780\u17d2\u178a\u178f\u17dd\u17c6\u200b\u0eab\u0e99\u0ea1"), max_size=12
)


@anything
@given(st.lists(texts_of_anything, max_size=6))
def test_any_characters(texts: list[str]) -> None:
    assert_same(texts)


@anything
@given(st.lists(st.one_of(texts_of_marks, texts_of_burmese, texts_of_khmer), max_size=6))
def test_marks_that_join_and_change_places(texts: list[str]) -> None:
    assert_same(texts)


def test_each_character_alone_and_between_letters() -> None:
    for first in (*range(0, 0x34000, 0x4000), 0xE0000, 0x10C000):
        assert_same([f"ab{chr(code)}cd" for code in range(first, first + 0x4000)])


def test_every_joining_mark_after_every_starter_of_its_pairs() -> None:
    tables = key_tables()
    pairs = [(chr(pair >> 32), chr(pair & 0xFFFFFFFF)) for pair in tables.joining.tolist()]
    assert_same([f"ab{starter}{mark}cd" for starter, mark in pairs])
    assert_same([f"{starter.swapcase()}\u0323{mark}cdef" for starter, mark in pairs])
    assert_same([f"{starter}{mark}\u0345\u0301abcd" for starter, mark in pairs])


def test_a_mark_is_kept_has_no_case_and_no_spelling_of_its_own() -> None:
    tables = key_tables()
    marks = np.flatnonzero((tables.classes > 0) & (tables.flags & SLOW == 0))
    assert (tables.folded[marks] == marks).all()


def test_long_texts_and_none() -> None:
    assert_same([])
    assert_same(["", ".", "a", "ab ", "abc", "abcd", "x" * 10_000])
    many = "".join(map(chr, range(0x4E00, 0x9000)))
    assert_same([many, "ab", many[::-1] + many, "\ud800 lone \udfff"])


@pytest.mark.parametrize(("num_perm", "seed"), [(1, 3), (16, 42), (1000, 1)])
def test_other_permutations(num_perm: int, seed: int) -> None:
    text = "មនុស្សទាំងអស់ កើតមកមានសេរីភាព " * 9
    signed = signature_rows([text], *permutations(num_perm, seed))
    assert signed is not None
    assert np.array_equal(signed[0], signatures(shingle_sets([text]), num_perm, seed))


@pytest.mark.data("text-labelled")
def test_real_texts(data_dir: Path) -> None:
    for folder in ("text-labelled", "text-more", "neardup"):
        for path in sorted((data_dir / folder).rglob("*.jsonl")):
            rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            assert_same([row["text"] for row in rows if isinstance(row.get("text"), str)])


def test_few_texts_take_the_slow_road(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow: list[str] = []
    monkeypatch.setattr(sign, "folded_text", lambda text: slow.append(text) or text)
    for path in sorted((data_dir / "text-more").glob("*.jsonl")):
        texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
        slow.clear()
        signature_rows(texts, *permutations())
        assert len(slow) <= 0.02 * len(texts), path.name
