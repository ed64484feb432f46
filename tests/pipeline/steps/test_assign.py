"""The step `assign`: which document goes into which shard."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
from pipeline.handmade import run_steps
from pipeline.steps.outputs import Doc, put_all, text_of

from corpuskit.pipeline.step import Job, State
from corpuskit.pipeline.steps.assign import AssignStep, AssignTask, assign_shards
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.summary import summary_of
from corpuskit.publish.shards import Shard, split_of

CLUSTERS = pa.table(
    {
        "task": pa.array([0, 0, 1, 1], pa.int32()),
        "row": pa.array([2, 4, 0, 1], pa.int32()),
        "id": ["b" * 32, "a" * 32, "c" * 32, "d" * 32],
        "lang": ["khm_Khmr", "khm_Khmr", "lao_Laoo", "khm_Khmr"],
        "text_bytes": pa.array([100, 300, 50, 1_000], pa.int64()),
        "cluster_size": pa.array([3, 1, 1, 3], pa.int32()),
        "reason": [None, None, None, "dedup/near"],
        "examples": pa.array([["u", "v"], None, None, None], pa.list_(pa.string())),
    }
)


def assigned(state: State, table: pa.Table, size: int = 10_000, validation: float = 0.0):
    store = state.workspace.store
    store.put_table("clusters", table)
    task = AssignTask("assign", "k", "clusters", size, validation)
    assign_shards(Job(state.workspace, task))
    shards = [Shard(**shard) for shard in summary_of(store, task.output)["shards"]]
    return store.table(task.output), shards


def test_every_kept_document_has_a_shard(state: State) -> None:
    table, shards = assigned(state, CLUSTERS)
    assert shards == [
        Shard("data/train/khm_Khmr-00000-of-00001.parquet", "khm_Khmr", "train", 2, 400),
        Shard("data/train/lao_Laoo-00000-of-00001.parquet", "lao_Laoo", "train", 1, 50),
    ]
    assert table.drop_columns(["examples"]).to_pylist() == [
        {"task": 0, "row": 2, "text_bytes": 100, "shard": 0, "count": 2},
        {"task": 0, "row": 4, "text_bytes": 300, "shard": 0, "count": 0},
        {"task": 1, "row": 0, "text_bytes": 50, "shard": 1, "count": 0},
    ]
    assert table["examples"].to_pylist() == [["u", "v"], None, None]


def test_the_size_of_shards_is_the_recipes(state: State) -> None:
    table, shards = assigned(state, CLUSTERS, size=200)
    assert [shard.rows for shard in shards] == [1, 1, 1]
    assert table["shard"].to_pylist() == [1, 0, 2], "shards are in the order of ids"


def test_the_share_for_validation_is_the_recipes(state: State) -> None:
    _, shards = assigned(state, CLUSTERS, validation=0.999999)
    assert {shard.split for shard in shards} == {"validation"}
    assert split_of("a" * 32, 0.999999) == "validation"


def test_nothing_kept_makes_no_shard(state: State) -> None:
    table, shards = assigned(state, CLUSTERS.slice(3))
    assert (table.num_rows, shards) == (0, [])


def test_one_task_whose_shards_are_kept(state: State) -> None:
    put_all(state, [Doc(text_of(number)) for number in range(3)])
    step = AssignStep()
    run_steps(state, [DedupStep(), step])
    (shard,) = state.results["assign"]
    assert (shard.rows, shard.split) == (3, "train")
    (task,) = state.tasks["assign"]
    assert task.clusters == state.tasks["dedup"][0].output
    assert (task.shard_size, task.validation) == (256_000_000, 0.0)
    assert [event[1] for event in state.progress.events] == ["dedup"] * 3


def test_the_key_depends_on_clusters_and_the_recipes_output(state: State) -> None:
    put_all(state, [Doc(text_of(1))])
    run_steps(state, [DedupStep()])

    recipe = state.plan.recipe

    def key(**output: object) -> str:
        changed = recipe.model_copy(update={"output": recipe.output.model_copy(update=output)})
        state.plan = replace(state.plan, recipe=changed)
        return AssignStep().tasks(state)[0].key

    assert len({key(), key(shard_size=7), key(validation=0.5)}) == 3
