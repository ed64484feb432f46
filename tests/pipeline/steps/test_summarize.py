"""The step `summarize`: counts of every published file, made once per content."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pipeline.handmade import run_steps
from pipeline.steps.outputs import Doc, put_all, text_of

from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps.assign import AssignStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.publish import PublishStep
from corpuskit.pipeline.steps.rejects import RejectsStep
from corpuskit.pipeline.steps.route import RouteStep
from corpuskit.pipeline.steps.summarize import SummarizeStep
from corpuskit.pipeline.steps.tally import TallyStep
from corpuskit.publish.pages import counts as groups

DOCS = [
    *(Doc(text_of(number), url=f"https://{number}.example/") for number in range(3)),
    Doc("lost", lost="extract/empty"),
    Doc(text_of(7), license=None),
]


@pytest.fixture
def published(state: State) -> State:
    """Four published documents and a lost one, before they are counted."""
    put_all(state, DOCS[:2], DOCS[2:])
    state.workspace.work.mkdir(exist_ok=True)
    state.build_id = "b" * 12
    steps = (DedupStep, AssignStep, RouteStep, PublishStep, TallyStep, RejectsStep)
    return run_steps(state, [step() for step in steps])


def test_every_published_file_is_counted(published: State) -> None:
    run_steps(published, [SummarizeStep()])
    counts = published.results["summarize"]
    assert {task.kind for task in published.tasks["summarize"]} == {"data", "rejects"}
    licenses = {name: count.documents for name, count in counts.of(groups.LICENSE).items()}
    assert sum(licenses.values()) == 4
    assert licenses["NOASSERTION"] == 1
    assert counts.of(groups.REJECTED)["extract/empty"].documents == 1
    assert counts.domains().num_rows == 0, "what is extracted here has no domain"


def test_counts_stand_until_a_file_changes(published: State) -> None:
    run_steps(published, [SummarizeStep()])
    store = published.workspace.store
    first = {task.output for task in published.tasks["summarize"]}
    assert SummarizeStep().standing(published, published.tasks["summarize"]) == {0, 1}
    (file,) = published.results["publish"]
    published.results["publish"] = [replace(file, sha256="0" * 64)]
    run_steps(published, [SummarizeStep()])
    second = {task.output for task in published.tasks["summarize"]}
    assert len(first & second) == 1
    assert all(store.exists(name) for name in first | second)
