"""The step `tally`: every row at every stage, and a row for everything that was lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pyarrow as pa
import pytest
from pipeline.handmade import run_steps
from pipeline.steps.outputs import Doc, put_all, text_of

from corpuskit.errors import LedgerError
from corpuskit.ledger import StageCount
from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps import tally as tallying
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.tally import TallyStep, count_stages
from corpuskit.schema import REJECTS

RULES = (
    {"rule": "min_chars", "value": 3.0, "threshold": 100.0},
    {"rule": "max_digit_share", "value": 0.5, "threshold": 0.25},
)
LONG = text_of(1, 60)
FIRST = [
    Doc("unread", lost="read/corrupt", detail="cut short", url="https://cut.example/"),
    Doc(LONG, url="https://a.example/"),
    Doc("short", dropped="quality/chars", detail="chars 3 < 100", broken=RULES),
    Doc("foreign", dropped="language/other", detail="eng_Latn", lang="eng_Latn", lang_score=0.5),
]
SECOND = [
    Doc(LONG[:-6]),
    Doc("nothing", dropped="normalize/empty"),
    Doc(text_of(2)),
    Doc(LONG, url="https://copy.example/", license=None),
]


@pytest.fixture
def clustered(state: State) -> State:
    """Eight records in two tasks, lost at every kind of stage."""
    put_all(state, FIRST, SECOND)
    return run_steps(state, [DedupStep(), AssignStep()])


def table_of(state: State) -> pa.Table:
    """All rejects, in order."""
    return pa.concat_tables(
        state.workspace.store.table(task.output) for task in state.tasks["tally"]
    )


@pytest.mark.parametrize("group", [1, 16])
def test_every_row_is_counted_at_every_stage_that_it_reached(
    clustered: State, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallying, "GROUP", group)
    run_steps(clustered, [TallyStep()])
    ledger, rejects = clustered.results["tally"]
    ledger.check()
    counted = {stage: (count.read, count.passed) for stage, count in ledger.stages.items()}
    assert counted == {
        "read": (8, 7), "decode": (7, 7), "screen": (7, 7), "extract": (7, 7),
        "normalize": (7, 6), "policy": (6, 6), "language": (6, 5), "quality": (5, 4),
        "dedup": (4, 2),
    }  # fmt: skip
    assert ledger.reasons == {
        "read/corrupt": 1, "normalize/empty": 1, "language/other": 1, "quality/chars": 1,
        "dedup/near": 1, "dedup/exact": 1,
    }  # fmt: skip
    assert list(ledger.stages) == [*clustered.plan.ledger_stages[:-1]]
    assert ledger.sources == {"texts": ledger.stages}
    assert sum(rejects) == 6
    assert len(rejects) == len(clustered.tasks["tally"]) == (2 if group == 1 else 1)


@pytest.mark.parametrize("group", [1, 16])
def test_every_lost_record_is_a_row_in_order(
    clustered: State, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallying, "GROUP", group)
    run_steps(clustered, [TallyStep()])
    table = table_of(clustered)
    assert table.schema.remove_metadata().equals(REJECTS)
    rows = table.to_pylist()
    lost = [FIRST[0], FIRST[2], FIRST[3], SECOND[0], SECOND[1], SECOND[3]]
    assert [row["id"] for row in rows] == [doc.id for doc in lost]
    assert [row["stage"] for row in rows] == [
        "read", "quality", "language", "dedup", "normalize", "dedup",
    ]  # fmt: skip
    unread, short, foreign, near, empty, exact = rows
    assert (unread["reason"], unread["detail"]) == ("read/corrupt", "cut short")
    assert (unread["url"], unread["source"]) == ("https://cut.example/", "texts")
    assert unread["source_ref"] == FIRST[0].ref
    assert short["broken"] == list(RULES)
    assert (short["rule"], short["value"], short["threshold"]) == ("min_chars", 3.0, 100.0)
    assert (foreign["lang"], foreign["lang_score"]) == ("eng_Latn", 0.5)
    assert foreign["rule"] is foreign["value"] is foreign["threshold"] is None
    assert (near["reason"], near["duplicate_of"]) == ("dedup/near", FIRST[1].id)
    assert 0.8 < near["similarity"] < 1
    assert (exact["reason"], exact["similarity"]) == ("dedup/exact", 1.0)
    assert exact["duplicate_of"] == FIRST[1].id
    assert unread["duplicate_of"] is empty["duplicate_of"] is empty["similarity"] is None


def test_nothing_lost_is_an_empty_table(state: State) -> None:
    put_all(state, [SECOND[2]])
    run_steps(state, [DedupStep(), AssignStep(), TallyStep()])
    assert table_of(state).num_rows == 0
    assert table_of(state).schema.remove_metadata().equals(REJECTS)
    assert state.results["tally"][1] == [0]


def test_a_source_without_records_is_in_the_ledger(state: State) -> None:
    put_all(state)
    run_steps(state, [DedupStep(), AssignStep(), TallyStep()])
    ledger, rejects = state.results["tally"]
    assert rejects == []
    assert list(ledger.sources["texts"]) == [*state.plan.ledger_stages[:-1]]
    assert set(map(str, ledger.stages.values())) == {str(StageCount())}


def test_rows_that_earlier_segments_lost_are_not_counted_again() -> None:
    counts: dict[str, StageCount] = {}
    reasons = pa.chunked_array([[None, "read/a", "b/x"], ["b/y", "c/z", None, "b/x"]])
    count_stages(counts, ("b", "c"), reasons)
    assert counts["b"] == StageCount(6, 3, Counter({"b/x": 2, "b/y": 1}))
    assert counts["c"] == StageCount(3, 2, Counter({"c/z": 1}))
    count_stages(counts, ("b",), pa.chunked_array([[None, "b/x"]]))
    assert counts["b"] == StageCount(8, 4, Counter({"b/x": 3, "b/y": 1}))
    count_stages(counts, ("d",), pa.chunked_array([], pa.string()))
    assert counts["d"] == StageCount()


def test_a_row_that_got_lost_between_two_segments_shows(clustered: State) -> None:
    store = clustered.workspace.store
    (name,) = {task.output for task in clustered.tasks["decide"][1:]}
    table = store.table(name)
    store.put_table(name, table.take([0, 1, 2, 3, 3]))
    run_steps(clustered, [TallyStep()])
    ledger, _ = clustered.results["tally"]
    with pytest.raises(LedgerError, match="'normalize' passed on 6, but 'policy' read 7"):
        ledger.check()


def test_groups_of_tasks(clustered: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallying, "GROUP", 1)
    first, second = TallyStep().tasks(clustered)
    assert (first.first, second.first) == (0, 1)
    assert first.key != second.key
    assert first.stages == (
        ("read", "decode", "screen", "extract"),
        ("normalize", "identify", "lines", "personal_data", "signals"),
        ("signature", "policy", "language", "quality"),
    )
    (part,) = second.parts
    outputs = [clustered.tasks[name][1].output for name in ("extract", "annotate", "decide")]
    assert [part.extracted, part.annotated, part.decided] == outputs
    assert part.source == "texts"


def test_what_a_tally_depends_on(clustered: State) -> None:
    (first,) = TallyStep().tasks(clustered)
    decided, clusters = clustered.tasks["decide"], clustered.tasks["dedup"]
    clustered.tasks["decide"] = [replace(decided[0], key="other"), decided[1]]
    assert TallyStep().tasks(clustered)[0].key != first.key
    clustered.tasks["decide"] = decided
    clustered.tasks["dedup"] = [replace(clusters[0], key="other")]
    assert TallyStep().tasks(clustered)[0].key != first.key
