"""The step `publish`: every shard once, counted as it is on disk."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from pipeline.handmade import Recorder, Serial, run_steps
from pipeline.steps.outputs import Doc, put_all, text_of

from corpuskit.errors import LedgerError
from corpuskit.pipeline.step import Job, State
from corpuskit.pipeline.steps import publish as publishing
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.publish import PublishStep, publish, shards_stand
from corpuskit.pipeline.steps.route import RouteStep
from corpuskit.publish.published import digest_of, note_name, noted_file, read_note

KHMER, LAO = "khm_Khmr", "lao_Laoo"
DOCS = [Doc(text_of(number), lang=KHMER if number % 2 else LAO) for number in range(6)]


@pytest.fixture
def routed(state: State) -> State:
    """Six documents of two languages, laid out for two shards."""
    put_all(state, DOCS[:4], DOCS[4:])
    state.workspace.work.mkdir(exist_ok=True)
    state.build_id = "b" * 12
    return run_steps(state, [DedupStep(), AssignStep(), RouteStep()])


def test_a_shard_is_written_and_noted_as_it_is_on_disk(routed: State) -> None:
    run_steps(routed, [PublishStep()])
    store, files = routed.workspace.store, routed.results["publish"]
    assert [file.path for file in files] == [
        f"data/train/{lang}-00000-of-00001.parquet" for lang in (KHMER, LAO)
    ]
    for file in files:
        content = store.get(file.path)
        assert (file.kind, file.split, file.rows) == ("data", "train", 3)
        assert file.bytes == len(content)
        assert file.sha256 == hashlib.sha256(content).hexdigest() == digest_of(store, file.path)
        docs = [doc for doc in DOCS if doc.lang == file.lang]
        assert file.text_bytes == sum(len(doc.text.encode()) for doc in docs)
        assert file.sources == {"texts": 3}
        assert file.edits == {}
        assert read_note(store, note_name(file.path)) == file
        with store.reading(file.path) as source:
            table = pq.read_table(source)
        assert table["id"].to_pylist() == sorted(doc.id for doc in docs)
        metadata = table.schema.metadata
        assert metadata[b"build_id"] == b"b" * 12
        assert metadata[b"recipe_hash"] == routed.plan.recipe.sha256.encode()
        assert metadata[b"lang"] == file.lang.encode()
    assert routed.progress.of("end")[-1] == ("publish", "6 documents")


def test_shards_that_stand_are_not_written_again(routed: State) -> None:
    run_steps(routed, [PublishStep()])
    store, files = routed.workspace.store, routed.results["publish"]
    tasks = routed.tasks["publish"]
    before = [routed.workspace.store.path(file.path).stat().st_mtime_ns for file in files]
    engine = Serial()
    run_steps(routed, [PublishStep()], engine)
    assert engine.tasks == []
    assert routed.results["publish"] == files
    assert isinstance(routed.progress, Recorder)
    assert routed.progress.of("end")[-1] == ("publish", "done before · 6 documents")
    assert routed.progress.of("note") == []
    after = [store.path(file.path).stat().st_mtime_ns for file in files]
    assert before == after
    assert noted_file(store, tasks[0].output, tasks[0].key) == files[0]
    store.put(files[1].path, store.get(files[1].path)[:-1])
    run_steps(routed, [PublishStep()], engine)
    assert [job.task.number for job in engine.tasks] == [1], "only the truncated one"
    assert routed.results["publish"] == files
    assert isinstance(routed.progress, Recorder)
    assert routed.progress.of("note") == [
        ("publish", f"{files[1].path} is not as it was written; it is written anew")
    ]


def test_the_manifest_is_taken_away_before_a_shard_is_written(routed: State) -> None:
    store = routed.workspace.store
    store.put("manifest.json", b"{}")
    store.put(".work/published.json", b"{}")
    run_steps(routed, [PublishStep()])
    assert not store.exists("manifest.json")
    assert not store.exists(".work/published.json")
    store.put("manifest.json", b"{}")
    run_steps(routed, [PublishStep()])
    assert store.exists("manifest.json"), "nothing was written"


def test_rows_that_got_lost_before_are_noticed(routed: State) -> None:
    (task, _) = PublishStep().tasks(routed)
    wrong = replace(task, shard=replace(task.shard, rows=4))
    with pytest.raises(LedgerError, match=r"parquet: 4 documents planned, 3 found"):
        publish(Job(routed.workspace, wrong))
    assert not routed.workspace.store.exists(task.output)


def test_rows_that_get_lost_in_writing_are_noticed(
    routed: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = publishing.write_shard
    monkeypatch.setattr(
        publishing, "write_shard", lambda file, table, *rest: real(file, table.slice(1), *rest)
    )
    (task, _) = PublishStep().tasks(routed)
    with pytest.raises(LedgerError, match=r"parquet: 3 documents planned, 2 written"):
        publish(Job(routed.workspace, task))
    assert noted_file(routed.workspace.store, task.output, task.key) is None


def test_what_a_shard_depends_on(routed: State) -> None:
    def keys() -> list[str]:
        return [task.key for task in PublishStep().tasks(routed)]

    first = keys()
    assert len(set(first)) == 2
    routed.build_id = "other"
    assert not set(keys()) & set(first)
    routed.build_id = "b" * 12
    assert keys() == first
    (task,) = routed.tasks["route"]
    routed.tasks["route"] = [replace(task, key="other")]
    assert not set(keys()) & set(first)


def test_whether_all_shards_stand(routed: State) -> None:
    tasks = routed.tasks["route"]
    assert not shards_stand(routed, tasks)
    run_steps(routed, [PublishStep()])
    assert shards_stand(routed, tasks)
    routed.workspace.store.delete(routed.results["publish"][1].path)
    assert not shards_stand(routed, tasks)
