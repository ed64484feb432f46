"""The step `gather`: one row per document that no decision has dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pipeline.handmade import run_steps
from pipeline.steps.outputs import Doc, put_all

from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps.gather import FIELDS, GatherStep

DOCS = [
    Doc("lost", lost="extract/empty"),
    Doc("kept", url="https://a.example/", license=None),
    Doc("dropped", dropped="quality/chars"),
    Doc("kept too", lang="lao_Laoo", lang_score=None),
]


def test_what_was_kept_is_gathered_with_its_row(state: State) -> None:
    put_all(state, DOCS)
    table = state.workspace.store.table(state.tasks["gather"][0].output)
    assert table.schema.equals(FIELDS)
    rows = table.to_pylist()
    assert [row["row"] for row in rows] == [1, 3]
    assert [row["id"] for row in rows] == [DOCS[1].id, DOCS[3].id]
    assert [row["place"] for row in rows] == ["https://a.example/", DOCS[3].id]
    assert [row["licensed"] for row in rows] == [False, True]
    assert [row["lang"] for row in rows] == ["khm_Khmr", "lao_Laoo"]
    assert [row["lang_score"] is None for row in rows] == [False, True]
    assert [row["text_bytes"] for row in rows] == [4, 8]
    assert [row["shingle_count"] for row in rows] == [1, 4]


def test_nothing_kept_is_an_empty_table(state: State) -> None:
    put_all(state, DOCS[:1])
    table = state.workspace.store.table(state.tasks["gather"][0].output)
    assert (table.num_rows, table.schema.equals(FIELDS)) == (0, True)


def test_a_task_per_task_of_decide(state: State) -> None:
    put_all(state, DOCS, DOCS[:2])
    step = GatherStep()
    first, second = step.tasks(state)
    assert first.key != second.key
    extracted, annotated, signed, decided = (
        state.tasks[name][1].output for name in ("extract", "annotate", "sign", "decide")
    )
    assert (second.extracted, second.annotated) == (extracted, annotated)
    assert (second.signed, second.decided) == (signed, decided)
    before = [task.output for task in state.tasks["gather"]]
    run_steps(state, [step])
    tables = [state.workspace.store.table(task.output) for task in (first, second)]
    assert [table.num_rows for table in tables] == [2, 1]
    assert tables[0].equals(state.workspace.store.table(before[0]))
    assert state.progress.events == [], "it is too quick to be told"


def test_a_key_follows_the_signatures_and_the_decision(state: State) -> None:
    put_all(state, DOCS)
    (first,) = GatherStep().tasks(state)
    for name in ("sign", "decide"):
        before = state.tasks[name]
        state.tasks[name] = [replace(before[0], key="other")]
        assert GatherStep().tasks(state)[0].key != first.key
        state.tasks[name] = before
    state.tasks["sign"] = []
    with pytest.raises(ValueError, match="shorter"):
        GatherStep().tasks(state)
