"""Clusters: what is dropped is like what is kept, whatever the order documents come in."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpuskit.dedup import REASONS, Clusters, Signatures, bands, cluster, verify
from corpuskit.dedup.shingles import jaccard, shingle_sets
from corpuskit.document import text_sha256
from corpuskit.stage import Batch


@dataclass(frozen=True)
class Doc:
    id: str
    text: str
    rank: int = 0


def clusters_of(docs: list[Doc], **options) -> Clusters:
    """As a build does it: the stage's columns, stored in Arrow, texts read when asked for."""
    batch = Signatures().process(Batch.of_texts([doc.text for doc in docs]))
    return cluster(
        ids=[doc.id for doc in docs],
        text_sha256=[text_sha256(doc.text) for doc in docs],
        signatures=pa.array(batch["signature"], pa.binary()),
        shingle_counts=np.array(batch["shingle_count"], dtype=np.int32),
        rank=[doc.rank for doc in docs],
        texts=lambda rows: [docs[row].text for row in rows],
        **options,
    )


def sentences(count: int, seed: int) -> str:
    """Words that no other seed has, so that texts of two seeds have little in common."""
    draw = random.Random(seed)
    word = lambda: "".join(draw.choice("กขคงจฉชซะาิีุูเแ") for _ in range(5))  # noqa: E731
    return " ".join(word() for _ in range(count))


LONG = sentences(60, 1)
HALF = sentences(30, 2)


def by_id(docs: list[Doc], outcome: Clusters) -> dict[str, tuple]:
    columns = zip(
        outcome.cluster_id, outcome.cluster_size.tolist(), outcome.kept.tolist(),
        outcome.duplicate_of, outcome.similarity, outcome.reason, strict=True,
    )  # fmt: skip
    return {doc.id: row for doc, row in zip(docs, columns, strict=True)}


def test_exact_and_near_duplicates_are_told_apart():
    docs = [
        Doc("near", LONG[:-12], rank=2),
        Doc("copy", LONG, rank=3),
        Doc("best", LONG, rank=1),
        Doc("other", HALF, rank=0),
    ]
    outcome = by_id(docs, clusters_of(docs))
    similarity = jaccard(*shingle_sets([LONG, LONG[:-12]]))
    assert outcome == {
        "best": ("best", 3, True, None, None, None),
        "copy": ("best", 3, False, "best", 1.0, "dedup/exact"),
        "near": ("best", 3, False, "best", similarity, "dedup/near"),
        "other": ("other", 1, True, None, None, None),
    }
    assert {"dedup/exact", "dedup/near", "dedup/earlier"} == set(REASONS)


def test_a_copy_of_a_text_that_is_dropped_names_the_one_kept():
    docs = [Doc("a", LONG), Doc("b", LONG[:-12], 1), Doc("c", LONG[:-12], 2)]
    outcome = by_id(docs, clusters_of(docs))
    assert outcome["b"] == ("a", 3, False, "a", outcome["b"][4], "dedup/near")
    assert outcome["c"] == outcome["b"]
    assert outcome["b"][4] < 1


def test_the_same_shingles_are_near_and_the_same_text_is_exact():
    docs = [Doc("a", LONG), Doc("b", LONG + "."), Doc("c", LONG)]
    outcome = clusters_of(docs)
    assert outcome.reason == [None, "dedup/near", "dedup/exact"]
    assert outcome.similarity == [None, 1.0, 1.0]


def test_exact_duplicates_alone():
    docs = [Doc("a", LONG), Doc("b", LONG[:-3]), Doc("c", LONG)]
    assert clusters_of(docs, near=False).reason == [None, None, "dedup/exact"]
    assert clusters_of(docs).reason == [None, "dedup/near", "dedup/exact"]


def test_what_is_dropped_in_a_chain_is_like_what_is_kept():
    # Each has 140 of the words of the one before: neighbors .78, the first and last .6.
    words = sentences(200, 3).split()
    docs = [Doc(f"{at}", " ".join(words[20 * at : 20 * at + 160]), rank=at) for at in range(3)]
    outcome = clusters_of(docs, threshold=0.7)
    sets = shingle_sets([doc.text for doc in docs])
    assert jaccard(sets[0], sets[1]) > 0.7 > jaccard(sets[0], sets[2])
    # The middle one stands for both, though the first ranks better.
    assert outcome.duplicate_of == ["1", None, "1"]
    assert outcome.cluster_size.tolist() == [3, 3, 3]


@pytest.mark.parametrize("texts", [[], [LONG], [LONG, HALF], ["", "x"], ["\ud800", "\ud800\udfff"]])
def test_few_documents(texts):
    docs = [Doc(str(row), text) for row, text in enumerate(texts)]
    outcome = clusters_of(docs)
    assert outcome.cluster_id == [doc.id for doc in docs]
    assert outcome.kept.all()
    assert outcome.reason == [None] * len(texts)
    assert outcome.cluster_size.tolist() == [1] * len(texts)
    assert outcome.complete


def test_texts_without_shingles_are_duplicates_only_if_they_are_equal():
    docs = [Doc(str(row), text) for row, text in enumerate(["", "", "…", "។", "…", "\ud800"])]
    assert clusters_of(docs).duplicate_of == [None, "0", None, None, "2", None]


def test_twenty_thousand_identical_documents():
    docs = [Doc(f"{row:05d}", LONG, rank=-row) for row in range(20_000)]
    outcome = clusters_of(docs)
    assert outcome.cluster_id == ["19999"] * 20_000
    assert outcome.cluster_size.tolist() == [20_000] * 20_000
    assert outcome.reason.count("dedup/exact") == 19_999


@pytest.mark.parametrize("tail", ["\u200b", " "], ids=["same shingles", "other shingles"])
def test_thousands_of_near_copies_take_one_comparison_each(tail):
    docs = [
        Doc(f"{row:05d}", LONG + tail * (row + 1) + ("" if tail == "\u200b" else f"{row}"))
        for row in range(3000)
    ]
    asked: list[int] = []
    batch = Signatures().process(Batch.of_texts([doc.text for doc in docs]))

    def fetch(rows):
        asked.extend(rows)
        return [docs[row].text for row in rows]

    outcome = cluster(
        ids=[doc.id for doc in docs],
        text_sha256=[text_sha256(doc.text) for doc in docs],
        signatures=batch["signature"],
        shingle_counts=np.array(batch["shingle_count"]),
        rank=np.arange(3000),
        texts=fetch,
    )
    assert outcome.kept.sum() == 1
    assert outcome.complete
    assert len(asked) < 3 * len(docs)


def test_texts_of_a_large_bucket_that_its_best_does_not_stand_for_come_again(monkeypatch):
    monkeypatch.setattr(bands, "BUCKET", 4)
    monkeypatch.setattr(bands, "HEADS", 2)
    # Three families with a third in common fill the same buckets now and then.
    docs = [
        Doc(f"{family}{copy}", sentences(30, 5) + sentences(60, 10 + family) + f" {copy}")
        for family in range(3)
        for copy in range(30)
    ]
    outcome = clusters_of(docs)
    assert {doc.id[0]: kept[0] for doc, kept in zip(docs, outcome.cluster_id, strict=True)} == {
        "0": "0", "1": "1", "2": "2"
    }  # fmt: skip
    assert outcome.kept.sum() == 3


BASES = [sentences(40, seed) for seed in range(3)] + ["", "ខ្មែរ", "short"]


@st.composite
def documents(draw):
    """Copies of a few texts, with a piece cut out or another put in; ids are distinct."""
    docs = []
    for row in range(draw(st.integers(0, 12))):
        text = draw(st.sampled_from(BASES))
        cut = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from([0, 0, 3, 20, 60]))
        extra = draw(st.sampled_from(["", "", "\u200b", "ក្នុង", BASES[2][:50]]))
        docs.append(
            Doc(f"{row:02d}", text[:cut] + extra + text[cut + length :], draw(st.integers(0, 3)))
        )
    return docs


@given(documents(), st.randoms(use_true_random=False), st.sampled_from([0.5, 0.7, 0.8, 1.0]))
def test_the_order_of_documents_changes_nothing(docs, draw, threshold):
    shuffled = draw.sample(docs, len(docs))
    one = by_id(docs, clusters_of(docs, threshold=threshold))
    other = by_id(shuffled, clusters_of(shuffled, threshold=threshold))
    assert one == other


@given(documents(), st.sampled_from([0.5, 0.8]))
def test_what_holds_for_every_cluster(docs, threshold):
    outcome = clusters_of(docs, threshold=threshold)
    rows = {doc.id: row for row, doc in enumerate(docs)}
    sets = shingle_sets([doc.text for doc in docs])
    for row in range(len(docs)):
        keeper = rows[outcome.cluster_id[row]]
        assert outcome.kept[keeper]
        assert outcome.cluster_size[row] == outcome.cluster_id.count(docs[keeper].id)
        if outcome.kept[row]:
            assert keeper == row
            assert (
                outcome.duplicate_of[row] is outcome.similarity[row] is outcome.reason[row] is None
            )
        else:
            same = docs[row].text == docs[keeper].text
            assert outcome.duplicate_of[row] == docs[keeper].id
            assert outcome.reason[row] == ("dedup/exact" if same else "dedup/near")
            assert outcome.similarity[row] == (1.0 if same else jaccard(sets[row], sets[keeper]))
            assert outcome.similarity[row] >= threshold


@settings(max_examples=25)
@given(documents(), st.sampled_from([(2, 1), (100, 30), (500, 100)]))
def test_the_size_of_batches_changes_nothing(docs, sizes):
    whole = by_id(docs, clusters_of(docs))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "_KEPT", sizes[0])
        patch.setattr(verify, "_FETCHED", sizes[1])
        patch.setattr(bands, "_BLOCK", sizes[1])
        assert by_id(docs, clusters_of(docs)) == whole
