"""The step `route`: the rows of every task, laid out shard by shard."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pipeline.handmade import Serial, run_steps
from pipeline.steps.outputs import Doc, put_all, text_of

from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps import route as routing
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.publish import PublishStep
from corpuskit.pipeline.steps.route import RouteStep, batches_for, published_schema
from corpuskit.schema import FIELDS

LANGS = ("khm_Khmr", "lao_Laoo")
DOCS = [
    Doc(text_of(number), url=f"https://{number}.example/", lang=LANGS[number % 2])
    for number in range(8)
]


@pytest.fixture
def assigned(state: State) -> State:
    """Eight documents of two languages in three tasks; the last is a copy of the first."""
    put_all(state, DOCS[:3], [DOCS[3], Doc("lost", lost="extract/empty")], [*DOCS[4:], DOCS[0]])
    state.build_id = "b" * 12
    return run_steps(state, [DedupStep(), AssignStep()])


def routed(state: State) -> dict[int, list[pa.RecordBatch]]:
    """The batches of every shard, over all outputs of the step."""
    found: dict[int, list[pa.RecordBatch]] = {}
    for task in state.tasks["route"]:
        for shard in range(len(state.results["assign"])):
            batches = batches_for(state.workspace.store, task.output, shard)
            found.setdefault(shard, []).extend(batches)
    return found


@pytest.mark.parametrize("group", [1, 2, 16])
def test_every_row_is_laid_out_for_its_shard(
    assigned: State, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "GROUP", group)
    run_steps(assigned, [RouteStep()])
    assert len(assigned.tasks["route"]) == -(-3 // group)
    batches = routed(assigned)
    ids = {
        assigned.results["assign"][shard].lang: sorted(
            row["id"] for batch in found for row in batch.to_pylist()
        )
        for shard, found in batches.items()
    }
    assert ids == {lang: sorted(doc.id for doc in DOCS if doc.lang == lang) for lang in LANGS}
    rows = {row["id"]: row for found in batches.values() for b in found for row in b.to_pylist()}
    row = rows[DOCS[1].id]
    assert row["text"] == DOCS[1].text
    assert row["url"] == "https://1.example/"
    assert (row["source"], row["source_type"]) == ("texts", assigned.plan.sources[0].source_type)
    assert row["split"] == "train"
    assert row["duplicates"] == {"count": 0, "examples": None}
    assert rows[DOCS[0].id]["duplicates"] == {"count": 1, "examples": ["https://0.example/"]}
    assert row["license"] == "CC0-1.0"


def test_rows_have_the_published_schema(assigned: State) -> None:
    run_steps(assigned, [RouteStep()])
    (batch, *_) = routed(assigned)[0]
    expected = published_schema(assigned.plan)
    assert batch.schema.remove_metadata().equals(expected.remove_metadata())
    assert list(FIELDS) == [name for name in batch.schema.names if name != "quality"]


def test_a_shard_without_rows_in_a_group_has_no_batches(assigned: State) -> None:
    run_steps(assigned, [RouteStep()])
    (task,) = assigned.tasks["route"]
    assert batches_for(assigned.workspace.store, task.output, 99) == []


def test_keys_depend_on_the_shards_and_on_what_is_read(assigned: State) -> None:
    def key() -> str:
        return RouteStep().tasks(assigned)[0].key

    first = key()
    assert key() == first
    clusters = assigned.tasks["assign"]
    assigned.tasks["assign"] = [type(clusters[0])("assign", "other", "c", 1, 0.0)]
    assert key() != first
    assigned.tasks["assign"] = clusters
    annotated = assigned.tasks["annotate"]
    assigned.tasks["annotate"] = [*annotated[:2], annotated[0]]
    assert key() != first


def test_groups_have_keys_and_places_of_their_own(
    assigned: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "GROUP", 2)
    first, second = RouteStep().tasks(assigned)
    assert first.key != second.key
    assert (first.first, second.first) == (0, 2)
    assert (len(first.sources), len(second.sources)) == (2, 1)
    assert first.splits == ("train", "train")


def test_nothing_is_routed_where_the_shards_stand(assigned: State) -> None:
    assigned.workspace.work.mkdir(exist_ok=True)
    run_steps(assigned, [RouteStep(), PublishStep()])
    for task in assigned.tasks["route"]:
        assigned.workspace.store.delete(task.output)
    engine = Serial()
    run_steps(assigned, [RouteStep()], engine)
    assert engine.tasks == []
    assert assigned.progress.of("end")[-1] == ("route", "done before")
    shard = assigned.results["assign"][1].name
    assigned.workspace.store.put(shard, b"truncated")
    assigned.compared.clear()  # a new run
    run_steps(assigned, [RouteStep()], engine)
    assert len(engine.tasks) == 1
    assigned.workspace.store.delete(shard)
    run_steps(assigned, [RouteStep()], engine)
    assert len(engine.tasks) == 1, "its own output stands"


@pytest.mark.parametrize(("limit", "runs"), [(1 << 30, 1), (1, 3)])
def test_rows_of_several_tasks_are_one_batch_a_shard(
    assigned: State, limit: int, runs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many batches as shards, unless the text of the tasks is too much for the memory."""
    monkeypatch.setattr(routing, "PART_BYTES", limit)
    run_steps(assigned, [RouteStep()])
    batches = routed(assigned)
    assert max(len(found) for found in batches.values()) == runs
    assert sum(batch.num_rows for found in batches.values() for batch in found) == len(DOCS)
