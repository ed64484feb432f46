"""The step `describe`: a ledger that balances, a card, and the manifest last of all."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from pipeline.handmade import run_steps
from pipeline.steps.outputs import Doc, put_all, text_of

from corpuskit.connectors.base import Input
from corpuskit.errors import LedgerError, WorkspaceError
from corpuskit.ledger import EditCount, StageCount
from corpuskit.pipeline.map_tasks import ScannedInput
from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.describe import DescribeStep, closed_ledger
from corpuskit.pipeline.steps.index import IndexStep
from corpuskit.pipeline.steps.publish import PublishStep
from corpuskit.pipeline.steps.rejects import RejectsStep
from corpuskit.pipeline.steps.route import RouteStep
from corpuskit.pipeline.steps.summarize import SummarizeStep
from corpuskit.pipeline.steps.survey import SurveyStep
from corpuskit.pipeline.steps.tally import TallyStep
from corpuskit.publish import open_build, verify
from corpuskit.publish.pages import PAGES
from corpuskit.publish.published import (
    RECORD,
    Published,
    PublishedFile,
    digest_of,
    note_name,
    write_note,
)
from corpuskit.store import LocalStore

STEPS = (
    DedupStep, AssignStep, RouteStep, PublishStep, TallyStep, RejectsStep, SummarizeStep, IndexStep,
    SurveyStep,
)  # fmt: skip
DOCS = [
    *(Doc(text_of(number), url=f"https://{number}.example/") for number in range(4)),
    Doc("lost", lost="extract/empty"),
    Doc(text_of(0), license=None),
]
INPUTS = {"texts": [ScannedInput(Input("rows.jsonl", "there"), "0" * 64, 77, ())]}


@pytest.fixture
def tallied(state: State) -> State:
    """Six records, of which four are published, before they are described."""
    put_all(state, DOCS[:3], DOCS[3:])
    state.workspace.work.mkdir(exist_ok=True)
    state.build_id = "b" * 12
    state.results["scan"] = INPUTS
    return run_steps(state, [step() for step in STEPS])


def manifest(state: State) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(state.workspace.store.get("manifest.json"))
    return data


def test_the_ledger_card_and_manifest_of_a_build(tallied: State) -> None:
    run_steps(tallied, [DescribeStep()])
    store, made = tallied.workspace.store, manifest(tallied)
    build = open_build(tallied.workspace.folder)
    assert build.ledger.stages["publish"] == StageCount(4, 4)
    assert build.ledger.reasons == {"extract/empty": 1, "dedup/exact": 1}
    assert set(build.ledger.meanings) == {"extract/empty", "dedup/exact"}
    assert (made["build_id"], made["documents"]) == ("b" * 12, 4)
    assert made["recipe_sha256"] == tallied.plan.recipe.sha256
    assert made["recipe"]["name"] == "handmade"
    assert "path" not in made["recipe"]
    assert made["inputs"] == [
        {"source": "texts", "name": "rows.jsonl", "sha256": "0" * 64, "bytes": 77}
    ]
    assert made["versions"] == tallied.plan.identity.versions
    assert made["identification_model"] == tallied.plan.model
    assert made["all_duplicate_candidates_compared"] is True
    assert made["policies"] == {"khm_Khmr": tallied.plan.policy.in_force("khm_Khmr")}
    steps = [ingredient for step in tallied.plan.identity.steps.values() for ingredient in step]
    assert [stage["stage"] for stage in made["stages"]] == [step.name for step in steps]
    assert {file["path"]: file["kind"] for file in made["files"]} == {
        "data/train/khm_Khmr-00000-of-00001.parquet": "data",
        "rejects/rejects-00000-of-00001.parquet": "rejects",
        **PAGES,
    }
    for file in made["files"]:
        assert file["bytes"] == store.size(file["path"])
        assert file["sha256"] == digest_of(store, file["path"])
    card = store.get("README.md").decode()
    assert "`extract/empty` | 1 |" in card
    assert "| texts | files | CC0-1.0 | a test |" in card


def test_the_record_says_what_the_build_was_made_of(tallied: State) -> None:
    run_steps(tallied, [DescribeStep()])
    record = Published.read(tallied.workspace)
    assert record is not None
    assert record.build_id == "b" * 12
    assert record.key == tallied.tasks["describe"][0].key
    assert record.files == {file["path"]: file["bytes"] for file in manifest(tallied)["files"]}
    first, second = record.outputs
    names = ("extract", "annotate", "sign", "decide", "gather")
    assert list(second.names) == [tallied.tasks[name][1].output for name in names]
    assert first.source == "texts"
    assert record.clusters == tallied.tasks["dedup"][0].output
    others = [tallied.tasks["assign"][0].output, tallied.tasks["tally"][0].output]
    others += [task.output for task in tallied.tasks["summarize"]]
    others += [task.output for task in tallied.tasks["survey"]]
    others += [task.output for task in tallied.tasks["index"]]
    assert list(record.others) == others
    assert set(record.digests) == {"manifest.json", *PAGES}


def test_routed_rows_go_when_they_are_in_the_shards(tallied: State) -> None:
    store = tallied.workspace.store
    assert store.exists(tallied.tasks["route"][0].output)
    run_steps(tallied, [DescribeStep()])
    assert not store.exists(tallied.tasks["route"][0].output)


def test_the_second_run_does_nothing(tallied: State) -> None:
    run_steps(tallied, [DescribeStep()])
    store = tallied.workspace.store
    assert isinstance(store, LocalStore)
    before = store.path("manifest.json").stat().st_mtime_ns
    run_steps(tallied, [*(step() for step in STEPS), DescribeStep()])
    assert store.path("manifest.json").stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [*PAGES, "manifest.json", RECORD])
@pytest.mark.parametrize("truncated", [True, False])
def test_a_damaged_build_is_described_again(tallied: State, damage: str, truncated: bool) -> None:
    run_steps(tallied, [DescribeStep()])
    store, whole = tallied.workspace.store, manifest(tallied)
    if truncated and damage not in ("manifest.json", RECORD):
        store.put(damage, store.get(damage)[:-1])
    else:
        store.delete(damage)
    run_steps(tallied, [TallyStep(), DescribeStep()])
    assert manifest(tallied) == whole
    assert store.exists(RECORD)
    assert store.exists(damage)


def test_the_manifest_is_away_while_anything_is_replaced(
    tallied: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_steps(tallied, [DescribeStep()])
    store = tallied.workspace.store
    store.delete("README.md")
    seen: list[tuple[bool, bool]] = []
    real = LocalStore.put

    def put(self: LocalStore, name: str, content: bytes, *, durable: bool = True) -> None:
        if name in ("README.md", "ledger.json"):
            seen.append((self.exists("manifest.json"), self.exists(RECORD)))
        real(self, name, content, durable=durable)

    monkeypatch.setattr(LocalStore, "put", put)
    run_steps(tallied, [TallyStep(), DescribeStep()])
    assert seen == [(False, False)] * 2


def test_a_file_that_disappeared_is_told_and_no_manifest_written(tallied: State) -> None:
    store = tallied.workspace.store
    store.delete("rejects/rejects-00000-of-00001.parquet")
    with pytest.raises(WorkspaceError, match=r"00001\.parquet disappeared"):
        run_steps(tallied, [DescribeStep()])
    assert not store.exists("manifest.json")


def test_a_ledger_that_does_not_balance_is_told(tallied: State) -> None:
    file = tallied.results["publish"][0]
    tallied.results["publish"] = [replace(file, sources={"texts": file.rows - 1})]
    with pytest.raises(LedgerError, match="'dedup' passed on 4, but 'publish' read 3"):
        closed_ledger(tallied)
    with pytest.raises(LedgerError):
        run_steps(tallied, [DescribeStep()])
    assert not tallied.workspace.store.exists("manifest.json")


def test_a_ledger_is_checked_at_every_stage(tallied: State) -> None:
    ledger, _ = tallied.results["tally"]
    ledger.stages["extract"].reasons.clear()
    with pytest.raises(LedgerError, match="does not close at 'extract'"):
        closed_ledger(tallied)


def test_edits_are_added_up_over_all_shards(tallied: State) -> None:
    (file,) = tallied.results["publish"]
    edits = {"lines/foreign_line": EditCount(1, 2, 3, Counter({"eng_Latn": 2})).to_json()}
    halves = [replace(file, rows=2, sources={"texts": 2}, edits=edits)] * 2
    tallied.results["publish"] = halves
    ledger = closed_ledger(tallied)
    assert ledger.edits == {"lines/foreign_line": EditCount(2, 4, 6, Counter({"eng_Latn": 4}))}


def test_only_files_with_a_note_are_removed(tallied: State) -> None:
    store = tallied.workspace.store
    old = PublishedFile("data/train/old.parquet", "data", "old", 3, "0", 1)
    store.put(old.path, b"old")
    write_note(store, old)
    store.put("data/train/mine.parquet", b"mine")
    store.put(note_name("data/train/unreadable.parquet"), b"{")
    run_steps(tallied, [DescribeStep()])
    assert not store.exists(old.path)
    assert not store.exists(note_name(old.path))
    assert store.exists(note_name("data/train/unreadable.parquet")), "it may be anybody's"
    assert store.get("data/train/mine.parquet") == b"mine", "whoever put it there keeps it"
    assert verify(open_build(tallied.workspace.folder)) == [
        "data/train/mine.parquet: not in the manifest"
    ]
    assert store.exists(note_name(tallied.results["publish"][0].path))


def test_another_build_or_other_files_are_described_anew(tallied: State) -> None:
    (first,) = DescribeStep().tasks(tallied)
    assert first.output == "manifest.json"
    tallied.build_id = "c" * 12
    assert DescribeStep().tasks(tallied)[0].key != first.key
    tallied.build_id = "b" * 12
    (file,) = tallied.results["rejects"]
    tallied.results["rejects"] = [replace(file, key="other")]
    assert DescribeStep().tasks(tallied)[0].key != first.key


def test_columns_of_ones_own_stages_are_on_the_card(tallied: State) -> None:
    recipe = tallied.plan.recipe.model_copy(update={"stages": ("signals",)})
    tallied.plan = replace(tallied.plan, recipe=recipe)
    run_steps(tallied, [DescribeStep()])
    card = tallied.workspace.store.get("README.md").decode()
    assert "| `quality` | `signals` |" in card


def test_closing_the_ledger_twice_counts_once(tallied: State) -> None:
    first, second = closed_ledger(tallied), closed_ledger(tallied)
    assert first.to_json() == second.to_json()
    assert first.stages["publish"].read == first.stages["dedup"].passed
