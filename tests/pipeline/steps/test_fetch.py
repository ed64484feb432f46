"""The step `fetch`: connectors acquire what is missing, in the name of somebody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pipeline.handmade import Shelf, plug_in, recipe_of, run_steps, state_of, write_texts

from corpuskit.connectors.base import FetchContext
from corpuskit.errors import ConnectorError, RecipeError, SourceError
from corpuskit.pipeline import make_plan
from corpuskit.pipeline.judge import PageJudge
from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps import fetch_steps
from corpuskit.pipeline.steps.fetch import FetchStep
from corpuskit.recipe.models import NOBODY


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Shelf, FetchContext]]:
    """What connectors that fetch are given, as they are."""
    plug_in(monkeypatch)
    given: list[tuple[Shelf, FetchContext]] = []

    def fetch(self: Shelf, context: FetchContext) -> None:
        given.append((self, context))
        context.report("1 page")
        context.report("2 pages")

    monkeypatch.setattr(Shelf, "fetches", True)
    monkeypatch.setattr(Shelf, "fetch", fetch)
    return given


@pytest.fixture
def fetching(tmp_path: Path) -> Callable[..., State]:
    def make(*names: str, **tables: Any) -> State:
        write_texts(tmp_path, "a")
        sources = [
            {"name": name, "connector": "files" if name == "local" else "shelf",
             "path": "*.jsonl", "license": "NOASSERTION"}
            for name in names or ("web", "local", "archive")
        ]  # fmt: skip
        recipe = recipe_of(tmp_path, source=sources, **tables)
        return state_of(make_plan(recipe, only_fetch=True), tmp_path / "build")

    return make


def test_every_source_that_fetches_is_fetched(
    contexts: list[tuple[Shelf, FetchContext]], fetching: Callable[..., State]
) -> None:
    state = fetching(exclude={"domains": ["a.example"]})
    run_steps(state, [FetchStep()])
    (web, context), (archive, _) = contexts
    raw = state.workspace.work / "raw"
    assert (web.store, archive.store) == (raw / "web", raw / "archive")
    agent = context.agent
    assert (agent.operator, agent.contact) == ("corpuskit tests", "corpus@uni.edu.kh")
    assert agent.recipe == state.plan.recipe.sha256
    assert context.excluded("https://www.a.example/b") == "a.example"
    assert context.excluded("https://b.example/") is None
    assert context.judge is None
    assert state.progress.of("say") == [
        ("fetch", f"{name}: {line}")
        for name in ("web", "archive")
        for line in ("1 page", "2 pages")
    ]
    assert state.progress.of("note") == [("fetch", "web: 2 pages"), ("fetch", "archive: 2 pages")]
    assert state.progress.of("begin") == [("fetch", 2, 0)]
    assert [(task.step, task.key) for task in state.tasks["fetch"]] == [
        ("fetch", "web"), ("fetch", "archive"),
    ]  # fmt: skip
    assert state.progress.of("end") == [("fetch", "")]


def test_only_named_sources_are_fetched(
    contexts: list[tuple[Shelf, FetchContext]], fetching: Callable[..., State]
) -> None:
    state = fetching()
    run_steps(state, [FetchStep(["archive", "local"])])
    assert [connector.store for connector, _ in contexts] == [state.workspace.work / "raw/archive"]
    with pytest.raises(SourceError, match="has no source none"):
        run_steps(state, [FetchStep(["none"])])


def test_it_runs_every_time(
    contexts: list[tuple[Shelf, FetchContext]], fetching: Callable[..., State]
) -> None:
    state = fetching("web")
    run_steps(state, [FetchStep(), FetchStep()])
    assert len(contexts) == 2


def test_somebody_has_to_ask(
    contexts: list[tuple[Shelf, FetchContext]], fetching: Callable[..., State]
) -> None:
    nobody = {"operator": {"name": NOBODY, "contact": "corpus@uni.edu.kh"}}
    with pytest.raises(RecipeError) as caught:
        run_steps(fetching("web", **nobody), [FetchStep()])
    (problem,) = caught.value.problems
    assert (problem.key, problem.message) == ("operator.name", f"is still {NOBODY!r}")
    assert problem.file.endswith("recipe.toml")
    assert problem.hint == "servers are told who asks: write name and contact"
    assert contexts == []
    run_steps(fetching("local", **nobody), [FetchStep()])


def test_what_a_source_says_of_its_failure_names_it(
    contexts: list[tuple[Shelf, FetchContext]],
    fetching: Callable[..., State],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fetch(self: Shelf, context: FetchContext) -> None:
        context.report("1 page")
        raise SourceError("the server is gone")

    monkeypatch.setattr(Shelf, "fetch", fetch)
    state = fetching("web")
    with pytest.raises(SourceError, match=r"^source 'web': the server is gone$"):
        run_steps(state, [FetchStep()])
    assert state.progress.of("note") == [("fetch", "web: 1 page")]

    def fault(self: Shelf, context: FetchContext) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Shelf, "fetch", fault)
    state = fetching("web")
    with pytest.raises(
        ConnectorError, match=r"^source 'web': .* failed fetching: ZeroDivisionError"
    ):
        run_steps(state, [FetchStep()])
    assert state.progress.of("note") == [], "it never said anything"


def test_a_connector_that_chooses_is_given_a_judge(
    contexts: list[tuple[Shelf, FetchContext]],
    fetching: Callable[..., State],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Shelf, "judged", True)
    run_steps(fetching("web"), [FetchStep()])
    assert isinstance(contexts[0][1].judge, PageJudge)
    state = fetching(
        "web", languages=["khm_Khmr", "dzo_Tibt", "shn_Mymr"], identify={"model": "lid176"}
    )
    run_steps(state, [FetchStep()])
    assert contexts[1][1].judge is None
    line = "web: focus is off, the model lid176 does not know dzo_Tibt, shn_Mymr"
    assert state.progress.of("note")[0] == ("fetch", line)


def test_only_fetching_takes_the_same_step() -> None:
    (step,) = fetch_steps(["web"])
    assert isinstance(step, FetchStep)
    assert step.names == ["web"]
