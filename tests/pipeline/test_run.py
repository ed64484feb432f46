"""Running steps: what stands is skipped, the rest goes to the engine and is booked."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pipeline.handmade import Serial, recipe_of, run_steps, state_of

from corpuskit import identity, open_build
from corpuskit.connectors.base import Input
from corpuskit.pipeline.plan import Plan, make_plan
from corpuskit.pipeline.run import Run
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps import build_steps


def leave(job: Job[Task]) -> str:
    """Leave an output."""
    job.workspace.store.put_table(job.task.output, pa.table({"done": [1]}))
    return f"result of {job.task.key}"


class Simple(Step):
    """Three tasks; keeps what it is told."""

    name = "extract"
    function = staticmethod(leave)

    def __init__(self, *keys: str) -> None:
        self.keys = keys or ("a", "b", "c")
        self.told: dict[str, Any] = {}

    def tasks(self, state: State) -> Sequence[Task]:
        return [Task(self.name, key) for key in self.keys]

    def before(self, state: State, tasks: Sequence[Task]) -> None:
        self.told["before"] = [task.key for task in tasks]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        self.told["after"] = (dict(results), state.tasks[self.name] is tasks)
        return super().after(state, tasks, results) or "told"


class EveryTime(Simple):
    name = "scan"
    every_time = True


class Quiet(Simple):
    name = "gather"
    shown = False


class InParent(Simple):
    name = "describe"
    in_parent = True

    def here(self, state: State, task: Any) -> str:
        return f"here {task.key}"


class Backwards(Serial):
    """An engine whose tasks are done in the opposite order."""

    def map(self, function: Any, tasks: Sequence[Any]) -> Any:
        return reversed(list(super().map(function, tasks)))


@pytest.fixture
def running(state: State) -> State:
    """A run whose folder is there."""
    state.workspace.work.mkdir(parents=True)
    return state


def test_a_task() -> None:
    task = Task("extract", "0123456789abcdef")
    assert task.output == ".work/extract/0123456789abcdef.table"
    assert task.label == "extract 0123456789ab"


def test_every_task_goes_to_the_engine_and_is_booked(running: State) -> None:
    step, engine = Simple(), Serial()
    assert Run(running, engine).run([step]) is running
    assert [job.task.key for job in engine.tasks] == ["a", "b", "c"]
    assert all(job.workspace is running.workspace for job in engine.tasks)
    assert step.told["before"] == ["a", "b", "c"]
    assert step.told["after"] == ({0: "result of a", 1: "result of b", 2: "result of c"}, True)
    assert running.progress.events == [
        ("begin", "extract", 3, 0), *[("advance", "extract", 1)] * 3, ("end", "extract", "told"),
    ]  # fmt: skip
    journal = (running.workspace.work / "journal.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in journal]
    assert [event["done"] for event in events if "done" in event] == ["a", "b", "c"]
    assert all(event["seconds"] >= 0 for event in events if "done" in event)
    assert events[0]["run"] == "begin"
    assert {event["step"] for event in events[1:]} == {"extract"}


def test_tasks_whose_output_stands_are_skipped(running: State) -> None:
    leave(Job(running.workspace, Task("extract", "b")))
    step, engine = Simple(), Backwards()
    Run(running, engine).run([step])
    assert [job.task.key for job in engine.tasks] == ["a", "c"]
    assert step.told["before"] == ["a", "c"]
    assert step.told["after"][0] == {0: "result of a", 2: "result of c"}
    assert running.progress.of("begin") == [("extract", 3, 1)]
    assert len(running.progress.of("advance")) == 2


def test_a_half_written_output_does_not_stand(running: State) -> None:
    store = running.workspace.store
    with pytest.raises(KeyError), store.writing(Task("extract", "b").output) as file:
        file.write(b"half")
        raise KeyError
    engine = Serial()
    Run(running, engine).run([Simple()])
    assert len(engine.tasks) == 3


def test_where_everything_stands_nothing_runs(running: State) -> None:
    Run(running, Serial()).run([Simple()])
    step, engine = Simple(), Serial()
    Run(running, engine).run([step])
    assert engine.tasks == []
    assert "before" not in step.told
    assert step.told["after"] == ({}, True)
    assert running.progress.events[-2:] == [
        ("begin", "extract", 3, 3), ("end", "extract", "done before"),
    ]  # fmt: skip


def test_a_step_without_tasks(running: State) -> None:
    class Idle(Simple):
        def tasks(self, state: State) -> Sequence[Task]:
            return []

    engine = Serial()
    Run(running, engine).run([Idle()])
    assert engine.tasks == []
    assert running.progress.events == [("begin", "extract", 0, 0), ("end", "extract", "told")]


def test_tasks_that_only_they_know_of_run_every_time_and_are_not_journaled(running: State) -> None:
    for _ in range(2):
        engine = Serial()
        Run(running, engine).run([EveryTime()])
        assert len(engine.tasks) == 3
    assert not (running.workspace.work / "journal.jsonl").exists()


def test_people_are_not_told_of_quiet_steps(running: State) -> None:
    Run(running, Serial()).run([Quiet()])
    assert running.progress.events == []
    assert len(running.tasks["gather"]) == 3


def test_steps_of_the_parent_need_no_engine(running: State) -> None:
    step, engine = InParent(), Serial()
    Run(running, engine).run([step])
    assert engine.tasks == []
    assert step.told["after"][0] == {0: "here a", 1: "here b", 2: "here c"}


def test_a_step_of_the_parent_must_say_what_it_does(running: State) -> None:
    with pytest.raises(NotImplementedError):
        Step.here(Simple(), running, Task("a", "b"))


def test_steps_run_in_their_order(running: State) -> None:
    Run(running, Serial()).run([Simple("a"), Quiet("b"), InParent("c")])
    assert list(running.tasks) == ["extract", "gather", "describe"]


def versions(patch: pytest.MonkeyPatch, **changed: str) -> None:
    """Other versions of libraries from now on."""
    table = {"trafilatura": "2.3.1"} | changed
    patch.setattr(identity, "library_version", lambda name: table.get(name, "1"))


def replan(plan: Plan) -> Plan:
    """The plan as another process would make it: versions are looked up once per plan."""
    return replace(plan)


def test_an_upgraded_library_is_named_where_it_makes_a_step_run_again(
    running: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions(monkeypatch)
    Run(running, Serial()).run([Simple("a")])
    assert running.progress.of("note") == []
    versions(monkeypatch, trafilatura="2.4.0")
    running.plan = replan(running.plan)
    Run(running, Serial()).run([Simple("b")])
    line = "extract runs again: trafilatura 2.3.1 -> 2.4.0"
    assert running.progress.of("note") == [("extract", line)]
    assert running.workspace.software()["extract"]["trafilatura"] == "2.4.0"
    Run(running, Serial()).run([Simple("c")])
    assert len(running.progress.of("note")) == 1, "told once"


def test_libraries_of_another_connector_are_no_upgrades(
    running: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions(monkeypatch)
    Run(running, Serial()).run([Simple("a")])
    software = running.workspace.software()
    others = {"pypdfium2": "5.0", "trafilatura": "2.2.0"}
    kept = {name: of for name, of in software["extract"].items() if name != "lxml"}
    running.workspace.keep_software({**software, "extract": {**kept, **others}})
    Run(running, Serial()).run([Simple("b")])
    line = "extract runs again: trafilatura 2.2.0 -> 2.3.1"
    assert running.progress.of("note") == [("extract", line)]


def test_an_upgrade_that_makes_nothing_run_again_is_not_told(
    running: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions(monkeypatch)
    Run(running, Serial()).run([Simple("a")])
    versions(monkeypatch, trafilatura="2.4.0")
    running.plan = replan(running.plan)
    Run(running, Serial()).run([Simple("a")])
    assert running.progress.of("note") == []
    assert running.workspace.software()["extract"]["trafilatura"] == "2.4.0"


def test_versions_are_remembered_step_by_step(running: State) -> None:
    Run(running, Serial()).run([Simple("a"), Quiet("b"), EveryTime("c")])
    identity_of_plan = running.plan.identity.software
    assert running.workspace.software() == {
        step: identity_of_plan[step] for step in ("extract", "gather")
    }, "scan has no ingredients of its own"


def test_tasks_carry_names_and_no_path_of_this_machine(tmp_path: Path) -> None:
    """The same tasks mean the same on another machine; where things are is said in the Job."""
    (tmp_path / "a.jsonl").write_text('{"text": "ភាសាខ្មែរ"}\n', encoding="utf-8")
    state = state_of(make_plan(recipe_of(tmp_path)), tmp_path / "b")
    with state.workspace.open("handmade"):
        run_steps(state, build_steps())
    for step, tasks in state.tasks.items():
        for task in tasks:
            assert str(tmp_path).encode() not in pickle.dumps(task), step
    assert open_build(tmp_path / "b").ledger.stages["read"].read == 1


def test_a_file_outside_of_the_sources_place_keeps_its_path(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}\n", encoding="utf-8")
    (source,) = make_plan(recipe_of(tmp_path)).placed(tmp_path / "raw").sources
    for path in (tmp_path / "x" / "a.jsonl", tmp_path / "raw" / source.name / "b", Path("/c/d")):
        item = Input(path.name, str(path))
        assert source.with_place(source.without_place(item)) == item
    outside = Input("d", "/c/d")
    assert source.without_place(outside) == outside
