"""The step `dedup`: clusters over the outputs of all tasks, in arrays."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from pipeline.handmade import recipe_of, run_steps
from pipeline.steps.outputs import Doc, put_all, text_of

from corpuskit.dedup.cluster import find_stars
from corpuskit.minhash_objects import NUM_PERM
from corpuskit.pipeline.step import Job, State
from corpuskit.pipeline.steps.dedup import (
    EXAMPLES,
    DedupStep,
    find_duplicates,
    ingredient,
)
from corpuskit.pipeline.steps.gathered import gathered
from corpuskit.pipeline.summary import summary_of

LONG = text_of(1, 60)
BEST = Doc(LONG, url="https://best.example/")
NEAR = Doc(LONG[:-6], url="https://near.example/")
COPY = Doc(LONG, license=None)
OTHER = Doc(text_of(2), url="https://other.example/")
DROPPED = Doc(text_of(3), dropped="quality/chars")


def clusters(
    state: State, *groups: list[Doc], near: bool = True, threshold: float = 0.8
) -> pa.Table:
    put_all(state, *groups)
    (task,) = DedupStep().tasks(state)
    find_duplicates(Job(state.workspace, replace(task, near=near, threshold=threshold)))
    return state.workspace.store.table(task.output)


def test_what_dedup_finds_of_every_document(state: State) -> None:
    table = clusters(state, [DROPPED, NEAR], [COPY, OTHER, BEST])
    rows = {(row["task"], row["row"]): row for row in table.to_pylist()}
    assert sorted(rows) == [(0, 1), (1, 0), (1, 1), (1, 2)]
    kept = rows[1, 2]
    assert (kept["id"], kept["cluster"], kept["cluster_size"]) == (BEST.id, BEST.id, 3)
    assert kept["reason"] is kept["duplicate_of"] is kept["similarity"] is None
    assert kept["lang"] == "khm_Khmr"
    assert kept["text_bytes"] == len(LONG.encode())
    near, copy = rows[0, 1], rows[1, 0]
    assert (near["reason"], near["duplicate_of"]) == ("dedup/near", BEST.id)
    assert 0.8 < near["similarity"] < 1
    assert (copy["reason"], copy["duplicate_of"]) == ("dedup/exact", BEST.id)
    assert (copy["similarity"], copy["cluster_size"]) == (1.0, 3)
    assert rows[1, 1]["cluster_size"] == 1
    assert rows[1, 1]["examples"] is None
    places = {COPY.id, "https://near.example/"}
    assert set(kept["examples"]) == places
    assert near["examples"] is copy["examples"] is None


def test_examples_are_in_the_order_of_ids_and_few(state: State) -> None:
    copies = [
        Doc(f"{LONG}{' ' * number}", url=f"https://{number}.example/") for number in range(1, 16)
    ]
    table = clusters(state, copies[:7], copies[7:])
    (examples,) = [row["examples"] for row in table.to_pylist() if row["examples"]]
    (kept,) = [row["id"] for row in table.to_pylist() if row["reason"] is None]
    others = sorted((doc for doc in copies if doc.id != kept), key=lambda doc: doc.id)
    assert examples == [doc.url for doc in others[:EXAMPLES]]


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (replace(BEST, license=None), replace(NEAR, license="CC0-1.0")),
        (NEAR, BEST),
        (replace(BEST, lang_score=0.5), replace(BEST, url="u", lang_score=0.6)),
        (replace(BEST, lang_score=None), replace(BEST, url="u", lang_score=0.1)),
    ],
    ids=["license", "more text", "surer language", "unsure"],
)
def test_which_member_of_a_cluster_is_kept(state: State, worse: Doc, better: Doc) -> None:
    for first, second in ((worse, better), (better, worse)):
        table = clusters(state, [first], [second])
        kept = table.filter(table["reason"].is_null()).to_pylist()
        assert len(kept) == 1
        assert kept[0]["task"] == [first, second].index(better)


def test_of_equals_the_first_id_is_kept(state: State) -> None:
    docs = [Doc(f"{text_of(1)}{mark}") for mark in ".,!?"]
    for order in (docs, docs[::-1]):
        table = clusters(state, *[[doc] for doc in order])
        kept = [row["id"] for row in table.to_pylist() if row["reason"] is None]
        assert kept == [min(doc.id for doc in docs)]


def test_only_exact_duplicates_where_the_recipe_says_so(state: State) -> None:
    table = clusters(state, [BEST, NEAR, COPY], near=False)
    assert table["reason"].to_pylist() == [None, None, "dedup/exact"]


def test_the_threshold_is_the_recipes(state: State) -> None:
    assert clusters(state, [BEST, NEAR], threshold=1.0)["reason"].null_count == 2


def test_no_documents(state: State) -> None:
    for groups in ([], [[DROPPED]]):
        table = clusters(state, *groups)
        assert table.num_rows == 0
        assert table.schema.field("cluster").type == pa.string()


def test_rows_of_all_tasks_come_with_the_tasks_number(state: State) -> None:
    put_all(state, [BEST], [DROPPED], [OTHER, NEAR])
    (task,) = DedupStep().tasks(state)
    table = gathered(state.workspace.store, task.parts)
    assert table["task"].to_pylist() == [0, 2, 2]
    assert table["row"].to_pylist() == [0, 0, 1]
    assert table.schema.field("task").type == pa.int32()


def test_one_task_over_everything(state: State) -> None:
    put_all(state, [BEST, COPY], [OTHER])
    step = DedupStep()
    (task,) = step.tasks(state)
    assert [part.gathered for part in task.parts] == [t.output for t in state.tasks["gather"]]
    assert [part.annotated for part in task.parts] == [t.output for t in state.tasks["annotate"]]
    assert [part.signed for part in task.parts] == [t.output for t in state.tasks["sign"]]
    assert (task.threshold, task.near) == (0.8, True)
    state.tasks["gather"] = [
        replace(state.tasks["gather"][0], key="other"),
        state.tasks["gather"][1],
    ]
    assert step.tasks(state)[0].key != task.key
    state.tasks["gather"][0] = replace(state.tasks["gather"][0], key="task0")
    run_steps(state, [step])
    assert state.results["dedup"] == {"complete": True, "documents": 3}
    assert state.progress.of("end") == [("dedup", "3 documents compared")]
    assert summary_of(state.workspace.store, task.output) == state.results["dedup"]


def test_clusters_depend_on_the_recipes_table(state: State) -> None:
    recipe = state.plan.recipe
    assert ingredient(recipe).options == {"near": True, "threshold": 0.8}
    assert ingredient(recipe).libraries == ("numpy",)
    other = recipe_of(recipe.folder, dedup={"near": False})
    assert ingredient(other).key != ingredient(recipe).key


def test_finding_stars_makes_no_python_object_per_document() -> None:
    """A corpus of millions fits only as arrays: 20,000 documents, and no thousand of objects."""
    count = 20_000
    draw = np.random.default_rng(7)
    ids = pa.array([f"{number:032x}" for number in range(count)])
    digests = pa.array([f"{number // 2:064x}" for number in range(count)])
    signatures = draw.integers(0, 2**32, (count, NUM_PERM), dtype=np.uint32)
    counts = np.full(count, 30, dtype=np.int32)
    rank = np.arange(count)
    arguments = {
        "ids": ids,
        "text_sha256": digests,
        "signatures": signatures,
        "shingle_counts": counts,
        "rank": rank,
        "texts": lambda rows: ["" for _ in rows],
    }
    find_stars(**arguments)
    before, most = sys.getallocatedblocks(), 0

    def look(*_: object) -> None:
        nonlocal most
        most = max(most, sys.getallocatedblocks())

    sys.setprofile(look)  # at every call and return
    try:
        stars = find_stars(**arguments)
    finally:
        sys.setprofile(None)
    assert most - before < count // 20
    assert stars.kept.sum() == count // 2


@pytest.mark.parametrize(("score", "is_kept"), [(0.90003, False), (0.9003, True)])
def test_scores_that_differ_in_the_fifth_place_rank_alike(
    state: State, score: float, is_kept: bool
) -> None:
    first, second = sorted((Doc("ក" + LONG), Doc("ខ" + LONG)), key=lambda doc: doc.id)
    surer = replace(second, lang_score=score)
    (group,) = {row["cluster"] for row in clusters(state, [first, surer]).to_pylist()}
    assert (group == surer.id) == is_kept
