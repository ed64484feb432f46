"""Parts of a page: how it is cut, and which parts are chosen."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.identify.page_parts import (
    LONG_PART,
    PART_CHARS,
    PARTS,
    PageText,
    part_spans,
    sample,
)
from corpuskit.text.scripts import counts_of_codes
from corpuskit.text.tables import SCRIPT_IDS, code_points

TEXTS = st.lists(st.sampled_from([*"ab \n\u1780\ud800", "word " * 50, "long" * 600])).map("".join)


@given(TEXTS)
def test_parts_leave_nothing_out(text: str) -> None:
    spans = part_spans(text)
    assert bool(spans) == (len(text) >= PART_CHARS)
    assert "".join(text[start:stop] for start, stop in spans) == (text if spans else "")
    assert all(stop - start >= PART_CHARS for start, stop in spans)
    assert all(stop - start <= LONG_PART for start, stop in spans[:-1])


def test_parts_end_at_lines() -> None:
    text = f"{'a' * 299}\n{'b' * 100}\n{'c' * 300}\nd"
    assert [text[start:stop].split() for start, stop in part_spans(text)] == [
        ["a" * 299],
        ["b" * 100, "c" * 300, "d"],
    ]


@given(TEXTS)
def test_letters_are_those_of_the_scripts(text: str) -> None:
    counts = counts_of_codes(code_points(text))
    page = PageText(text)
    assert page.letters == counts.sum()
    assert page.letters_of(["khm_Khmr"]) == counts[SCRIPT_IDS["Khmr"]]
    both = page.letters_of(["khm_Khmr", "ind_Latn", "vie_Latn"])
    assert both == counts[[SCRIPT_IDS["Khmr"], SCRIPT_IDS["Latn"]]].sum()


def test_parts_in_another_script_are_left_out() -> None:
    page = PageText("\n".join(["a" * 400, "\u1780" * 500, "b" * 400]))
    parts, whole = page.parts(["khm_Khmr"], lambda letters, _: letters >= 50)
    assert [(part.text.strip(), part.letters) for part in parts] == [("\u1780" * 500, 500)]
    assert whole == 500
    assert page.parts(["lao_Laoo"], lambda letters, _: letters >= 50) == ([], 0)


@given(TEXTS)
def test_lines_in_a_script(text: str) -> None:
    kept = PageText(text).lines_in(["khm_Khmr"]).text
    pairs = [(line, line.count("\u1780")) for line in text.split("\n")]
    khmer = [line for line, own in pairs if own and own >= sum(map(str.isalpha, line)) / 2]
    assert kept == "\n".join(khmer)


@given(st.lists(st.floats(0, 1e6), max_size=200))
def test_a_sample_is_spread_evenly_and_has_the_longest_lines(lengths: list[float]) -> None:
    places = sample(lengths, PARTS)
    assert places == sorted(set(places))
    assert len(places) == min(PARTS, len(lengths))
    if len(lengths) > PARTS:
        rest = [length for place, length in enumerate(lengths) if place not in places]
        assert max(lengths[place] for place in places) >= max(rest)
        apart = [later - first for first, later in pairwise(places)]
        assert max(apart) <= len(lengths) / (PARTS - 1) + 1


@pytest.mark.parametrize("size", range(9))
def test_few_parts_are_all_taken(size: int) -> None:
    assert len(sample([0.0] * size, PARTS)) == min(size, PARTS)
