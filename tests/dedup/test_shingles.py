"""Shingles: four code points of the match key, hashed, sorted, distinct."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.dedup import shingles
from corpuskit.dedup.shingles import LENGTH, jaccard, shingle_sets
from corpuskit.text import match_key
from corpuskit.text.keys import match_keys
from corpuskit.text.tables import from_code_points

# Any code point, lone surrogates included; few distinct ones, so that shingles repeat.
any_text = st.text(alphabet=st.characters()) | st.text(alphabet="aB កា្ន\u200b\u0301.")


def plain(text: str) -> set[str]:
    """The same rule, written without arrays."""
    key = match_key(text)
    return {key[at : at + LENGTH] for at in range(max(1, len(key) - LENGTH + 1))} if key else set()


@given(st.lists(any_text, max_size=8))
def test_sets_are_those_of_the_plain_rule(texts):
    sets = shingle_sets(texts)
    expected = [plain(text) for text in texts]
    assert sets.counts.tolist() == [len(first) for first in expected]
    # One hash per shingle over all texts: equal shingles have equal hashes, others do not.
    assert len(np.unique(sets.hashes)) == len(set().union(*expected))
    for first in range(len(texts)):
        for second in range(first):
            union = expected[first] | expected[second]
            exact = len(expected[first] & expected[second]) / len(union) if union else 0.0
            assert jaccard(sets[first], sets[second]) == exact


@given(st.lists(any_text, max_size=8))
def test_a_batch_gives_what_each_text_gives(texts):
    together = shingle_sets(texts)
    for row, text in enumerate(texts):
        assert np.array_equal(together[row], shingle_sets([text])[0])


@given(st.lists(any_text, max_size=8))
def test_keys_of_a_batch_are_the_keys_of_each(texts):
    codes, offsets = match_keys(texts)
    keys = [codes[start:stop] for start, stop in itertools.pairwise(offsets)]
    assert [from_code_points(key) for key in keys] == [match_key(text) for text in texts]


def test_the_size_of_a_chunk_changes_nothing(monkeypatch):
    texts = ["", "ខ្ញុំ", "one text of some length", "x", "សួស្តី" * 9, "another"] * 3
    whole = shingle_sets(texts)
    for size in (1, 7, 40):
        monkeypatch.setattr(shingles, "_CHUNK", size)
        cut = shingle_sets(texts)
        assert np.array_equal(cut.hashes, whole.hashes)
        assert np.array_equal(cut.offsets, whole.offsets)


def test_a_short_text_is_like_its_equal_only():
    sets = shingle_sets(["កខ", "ក\u200bខ។", "កខគ", "", "…", "កខគង"])
    assert sets.counts.tolist() == [1, 1, 1, 0, 0, 1]
    assert jaccard(sets[0], sets[1]) == 1.0
    assert jaccard(sets[0], sets[2]) == 0.0
    assert jaccard(sets[3], sets[4]) == 0.0  # of two texts without shingles nothing is known
    assert jaccard(sets[2], sets[5]) == 0.0


@pytest.mark.parametrize(
    "copy",
    [
        "ព្រះរាជាណាចក្រកម្ពុជាជាតិសាសនាព្រះមហាក្សត្រ",
        "ព្រះរាជាណាចក្រ\u200bកម្ពុជា\nជាតិ \u200bសាសនា\u200c ព្រះមហាក្សត្រ។",
    ],
)
def test_a_khmer_text_and_its_copy_without_zwsp_have_the_same_shingles(copy):
    text = "ព្រះរាជាណាចក្រ\u200bកម្ពុជា\u200b ជាតិ\u200b សាសនា\u200b ព្រះមហាក្សត្រ"
    first, second = shingle_sets([text, copy])
    assert jaccard(first, second) == 1.0


def test_one_changed_letter_costs_four_shingles():
    first, second = shingle_sets(["abcdefghijklmnop", "abcdefgXijklmnop"])
    assert jaccard(first, second) == (13 - 4) / (13 + 4)
