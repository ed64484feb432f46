"""The step `decide`: the policy over all facts of a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pyarrow as pa
import pytest
from pipeline.handmade import KHMER
from pipeline.steps.outputs import Doc, put_all, put_annotated, put_extracted

from corpuskit.pipeline.step import Job, State
from corpuskit.pipeline.steps.decide import DecideStep, DecideTask, decide
from corpuskit.policy import Broken, Exclusions, FactRule, Policy, SignalRule
from corpuskit.schema import BROKEN
from corpuskit.store import LocalStore

POLICY = Policy(
    (KHMER,),
    {KHMER: {"min_clusters": 40, "max_digit_share": 0.25}},
    exclusions={"texts": Exclusions(frozenset({"a.example"}))},
)
DOCS = [
    Doc("lost before", lost="extract/empty", detail="nothing there"),
    Doc("kept", signals={"clusters": 50.0}),
    Doc("short", signals={"clusters": 30.0, "digit_share": 0.5}),
    Doc("other", lang="eng_Latn", signals={"clusters": 1.0}),
    Doc("excluded", url="https://www.a.example/", signals={"clusters": 30.0}),
]


def decided(state: State, policy: Policy, source: str = "texts") -> list[dict]:
    workspace = state.workspace
    names = (put_extracted(workspace, "k", DOCS), put_annotated(workspace, "k", DOCS))
    task = DecideTask("decide", "k", source, policy, *names)
    decide(Job(workspace, task))
    table = workspace.store.table(task.output)
    assert table.schema.field("broken").type == BROKEN
    return table.to_pylist()


def test_every_row_has_its_reason_and_every_rule_it_broke(state: State) -> None:
    lost, kept, short, other, excluded = decided(state, POLICY)
    assert lost == {"reason": "extract/empty", "detail": "nothing there", "broken": []}
    assert kept == {"reason": None, "detail": None, "broken": []}
    assert (short["reason"], short["detail"]) == ("quality/clusters", "clusters 30 < 40")
    assert short["broken"] == [
        {"rule": "min_clusters", "value": 30.0, "threshold": 40.0},
        {"rule": "max_digit_share", "value": 0.5, "threshold": 0.25},
    ]
    assert (other["reason"], other["detail"]) == ("language/other", "eng_Latn")
    assert (excluded["reason"], excluded["detail"]) == ("policy/excluded_domain", "a.example")
    assert [rule["rule"] for rule in excluded["broken"]] == ["excluded_domain", "min_clusters"]


def test_an_excluded_address_is_a_reason_of_its_own(state: State) -> None:
    urls = Exclusions(urls=frozenset({"https://www.a.example/"}))
    row = decided(state, replace(POLICY, exclusions={"texts": urls}))[4]
    assert (row["reason"], row["detail"]) == ("policy/excluded_url", "https://www.a.example/")
    assert row["broken"][0]["rule"] == "excluded_url"


def test_what_is_excluded_of_another_source_is_not_of_this_one(state: State) -> None:
    assert decided(state, POLICY, "others")[4]["reason"] == "quality/clusters"


def test_the_detail_of_a_kept_row_stays(state: State) -> None:
    docs = [replace(DOCS[1], dropped="policy/none", detail="a note")]
    workspace = state.workspace
    names = (put_extracted(workspace, "k", docs), put_annotated(workspace, "k", docs))
    table = workspace.store.table(names[1])
    details = table.set_column(table.schema.get_field_index("detail"), "detail", [["a note"]])
    workspace.store.put_table(names[1], details)
    task = DecideTask("decide", "k", "texts", POLICY, *names)
    decide(Job(workspace, task))
    assert workspace.store.table(task.output)["detail"].to_pylist() == ["a note"]


def test_rules_on_signals_of_ones_own_read_their_column(state: State) -> None:
    workspace = state.workspace
    names = (put_extracted(workspace, "k", DOCS), put_annotated(workspace, "k", DOCS))
    table = workspace.store.table(names[1])
    polite = table.append_column("politeness", [[0.0, 0.5, 0.5, 0.5, 0.05]])
    workspace.store.put_table(names[1], polite)
    policy = Policy((KHMER,), signal_rules=(SignalRule("politeness", "min", 0.1),))
    task = DecideTask("decide", "k", "texts", policy, *names)
    decide(Job(workspace, task))
    rows = workspace.store.table(task.output).to_pylist()
    assert [row["reason"] for row in rows] == [
        "extract/empty", None, None, "language/other", "rules/politeness",
    ]  # fmt: skip
    (broken,) = rows[4]["broken"]
    assert broken["rule"] == "min_politeness"


def test_the_keys_of_tasks_have_the_rules_of_their_source(state: State) -> None:
    put_all(state, DOCS)
    source = state.plan.sources[0].name

    def key(policy: Policy) -> str:
        state.plan = replace(state.plan, policy=policy)
        (task,) = DecideStep().tasks(state)
        assert task.policy == policy.of_source(source)
        assert (task.source, task.extracted) == (source, state.tasks["extract"][0].output)
        assert task.annotated == state.tasks["annotate"][0].output
        return task.key

    first = key(POLICY)
    (before,) = state.tasks["annotate"]
    state.tasks["annotate"] = [replace(before, key="other")]
    assert DecideStep().tasks(state)[0].key != first, "it follows what is decided over"
    state.tasks["annotate"] = [before]
    other = {"others": Exclusions(frozenset({"b.example"}))}
    assert key(replace(POLICY, exclusions={**POLICY.exclusions, **other})) == first
    assert key(replace(POLICY, exclusions=other)) != first
    assert key(replace(POLICY, thresholds={KHMER: {"min_clusters": 41}})) != first
    assert key(replace(POLICY, signal_rules=(SignalRule("a", "min", 0.1),))) != first


def test_only_what_the_rules_read_is_read(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[str]] = []
    real = LocalStore.table

    def table(self: LocalStore, name: str, columns: list[str] | None = None) -> pa.Table:
        read.append(sorted(columns or ["everything"]))
        return real(self, name, columns)

    monkeypatch.setattr(LocalStore, "table", table)
    decided(state, POLICY)
    facts = ["lang", "lang_line_share", "lang_score", "quality", "script_ratio"]
    assert read[:3] == [facts, ["url"], ["detail", "reason"]]


def test_a_task_of_which_nothing_is_left(state: State) -> None:
    workspace = state.workspace
    names = (put_extracted(workspace, "k", DOCS[:1]), put_annotated(workspace, "k", DOCS[:1]))
    task = DecideTask("decide", "k", "texts", POLICY, *names)
    decide(Job(workspace, task))
    assert workspace.store.table(task.output)["reason"].to_pylist() == ["extract/empty"]


def test_tasks_that_do_not_correspond_are_an_error(state: State) -> None:
    put_all(state, DOCS)
    state.tasks["annotate"] = []
    with pytest.raises(ValueError, match="shorter"):
        DecideStep().tasks(state)


@dataclass(frozen=True)
class TextRule(FactRule):
    """Refuses texts and addresses: columns of two outputs."""

    reasons: ClassVar[Mapping[str, str]] = {"policy/refused": "It is refused."}
    reads: ClassVar[tuple[str, ...]] = ("url", "text")

    def as_json(self) -> None:
        return None

    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        for row, text in enumerate(facts["text"]):
            if text == "kept" or facts["url"][row] == DOCS[4].url:
                yield row, Broken("refused", reason="policy/refused", detail=f"{source}: {text}")


def test_a_rule_over_facts_reads_columns_of_both_outputs(state: State) -> None:
    rows = decided(state, replace(POLICY, fact_rules=(TextRule(),), exclusions={}))
    assert [row["reason"] for row in rows] == [
        "extract/empty", "policy/refused", "quality/clusters", "language/other", "policy/refused",
    ]  # fmt: skip
    assert rows[4]["detail"] == "texts: excluded"
