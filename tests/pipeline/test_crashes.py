"""Records that kill their process: found one by one, set aside, and nothing else is lost."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pipeline import handmade
from pipeline.handmade import Forking, Serial, plug_in, write_texts
from pipeline.test_map_tasks import task_over

from corpuskit.errors import EngineError, WorkerDiedError
from corpuskit.pipeline import crashes
from corpuskit.pipeline.crashes import DeathGuard
from corpuskit.pipeline.map_tasks import (
    MapTask,
    run_alone,
    run_segment,
    store_batch,
    stored_fields,
)
from corpuskit.pipeline.step import Job
from corpuskit.workspace import Workspace

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch)


def extract(job: Job[MapTask]) -> None:
    """Run a segment and leave its output."""
    batch = run_segment(job)
    store_batch(job, batch, stored_fields(job.task.segment))


def job_over(folder: Path, *texts: str, key: str = "key") -> Job[MapTask]:
    """A job over texts, each in a file of its own."""
    folder.mkdir(exist_ok=True)
    write_texts(folder, *texts, per_file=1)
    task = task_over(folder, "decode", "extract", "scream")
    return Job(Workspace(folder.parent / "build"), replace(task, key=key))


class Death(KeyboardInterrupt):
    """Stands for the death of a process in tests that stay in theirs."""


class Frail(Serial):
    """An engine: every task in this process, a `Death` is the end of its worker."""

    def __init__(self) -> None:
        super().__init__()
        self.alone: list[Any] = []

    def map(self, function: Any, tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        for index, task in enumerate(tasks):
            yield index, self._survive(function, task)

    def isolated(self, function: Any, task: Any) -> Any:
        self.alone.append(task)
        return self._survive(function, task)

    @staticmethod
    def _survive(function: Any, task: Any) -> Any:
        try:
            return function(task)
        except Death:
            if function is extract:  # a process that dies leaves its mark behind
                (task.workspace.work / "running" / f"extract-{task.task.key}").touch()
            raise WorkerDiedError("a worker process died") from None


@pytest.fixture(params=[Forking, Frail])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Forking | Frail:
    """Deaths of real processes, and the same within this one."""

    def die() -> None:
        raise Death

    if request.param is Frail:
        monkeypatch.setattr(handmade, "die", die)
    made: Forking | Frail = request.param()
    return made


def guard(engine: Any, told: list[str] | None = None) -> DeathGuard:
    return DeathGuard(engine, extract, run_alone, (told if told is not None else []).append)


def run(engine: Any, *jobs: Job[MapTask]) -> tuple[list[int], list[str]]:
    """The jobs done, in the order in which they were; what people were told."""
    told: list[str] = []
    done = [index for index, _ in guard(engine, told).run_all(jobs)]
    return done, told


def reasons(job: Job[MapTask]) -> list[str | None]:
    return job.workspace.store.table(job.task.output)["reason"].to_pylist()


def test_tasks_that_kill_nobody_run_once_each(tmp_path: Path, engine: Forking | Frail) -> None:
    jobs = [job_over(tmp_path / name, "a", key=name) for name in ("one", "two")]
    assert run(engine, *jobs) == ([0, 1], [])
    assert engine.alone == []
    assert [reasons(job) for job in jobs] == [[None], [None]]


def test_a_record_that_kills_is_set_aside_and_the_rest_is_done(
    tmp_path: Path, engine: Forking | Frail
) -> None:
    good = job_over(tmp_path / "good", "a", key="good")
    bad = job_over(tmp_path / "bad", "a", "deadly", "b", "rude", key="bad")
    done, told = run(engine, good, bad)
    assert sorted(done) == [0, 1]
    assert reasons(good) == [None]
    assert reasons(bad) == [None, "extract/crashed", None, "scream/rude"]
    assert told == [f"{bad.task.label}: a process died here; once more, alone"]
    assert not list((bad.workspace.work / "running").iterdir()), "no mark is left"
    assert not any(bad.workspace.scratch.glob("one-by-one*"))


@pytest.mark.parametrize("numbers", [(1,), (0, 1), (0, 2)])
def test_pieces_that_kill_their_reader_are_set_aside(
    tmp_path: Path, engine: Forking | Frail, numbers: tuple[int, ...]
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    write_texts(folder, "a", "b", "c", per_file=1)
    for number in numbers:
        path = folder / f"rows-{number}.jsonl"
        path.rename(path.with_stem(f"rows-{number}-deadly"))
    task = task_over(folder, "decode", "extract", "scream")
    job = Job(Workspace(tmp_path / "build"), task)
    run(engine, job)
    assert reasons(job) == ["read/crashed" if number in numbers else None for number in range(3)]


def test_several_records_that_kill_are_all_set_aside(
    tmp_path: Path, engine: Forking | Frail
) -> None:
    job = job_over(tmp_path / "texts", "deadly", "a", "deadly 2")
    run(engine, job)
    assert reasons(job) == ["extract/crashed", None, "extract/crashed"]


def test_more_than_ten_that_kill_are_the_machines_fault(
    tmp_path: Path, engine: Forking | Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crashes, "MAX_DEADLY", 2)
    run(engine, job_over(tmp_path / "few", "deadly", "deadly", "a", key="few"))
    many = job_over(tmp_path / "many", "deadly", "deadly", "deadly", key="many")
    with pytest.raises(EngineError) as caught:
        run(engine, many)
    assert str(caught.value) == (
        f"{many.task.label}: more than 2 of its records kill the process that works on them; is "
        "there enough memory, and are the installed libraries sound?"
    )


def test_a_death_that_does_not_come_again_leaves_no_trace(
    tmp_path: Path, engine: Forking | Frail
) -> None:
    job = job_over(tmp_path / "texts", "a", "b")
    mark = job.workspace.work / "running" / "extract-key"
    mark.parent.mkdir(parents=True)
    mark.touch()
    done, told = run(engine, job)
    assert done == [0]
    assert len(engine.alone) == 1
    assert len(told) == 1
    assert reasons(job) == [None, None]


class Harassed(Forking):
    """An engine whose isolated processes are killed from outside, some of them."""

    def __init__(self, *killed: bool) -> None:
        super().__init__()
        self.killed = [*killed]

    def isolated(self, function: Any, task: Any) -> Any:
        if self.killed and self.killed.pop(0):
            job = task[0] if isinstance(task, tuple) else task
            job.progress_file.parent.mkdir(parents=True, exist_ok=True)
            if job.task.careful and not isinstance(task, tuple):
                job.progress_file.write_text("row 1")
            self.alone.append(task)
            raise WorkerDiedError("a worker process died", -signal.SIGKILL)
        return super().isolated(function, task)


def suspected(folder: Path, *texts: str) -> Job[MapTask]:
    """A job that a process died in."""
    job = job_over(folder / "texts", *texts)
    mark = job.workspace.work / "running" / "extract-key"
    mark.parent.mkdir(parents=True)
    mark.touch()
    return job


@pytest.mark.parametrize(
    "killed",
    [
        (True, False),  # alone the record does no harm
        (True, True, True, False, False),  # ... nor after a process that did nothing
        (True, True, False),
        (True, True, True, True),  # a process that does nothing dies as well
    ],
)
def test_a_record_is_not_blamed_for_kills_from_outside(
    tmp_path: Path, killed: tuple[bool, ...]
) -> None:
    job = suspected(tmp_path, "a", "b", "deadly")
    run(Harassed(*killed), job)
    assert reasons(job) == [None, None, "extract/crashed"], "the one that kills is found after all"


def test_kills_that_do_not_stop_end_the_build_and_leave_no_verdict(tmp_path: Path) -> None:
    job = suspected(tmp_path, "a", "b")
    with pytest.raises(EngineError, match=r"none of its records is proven .* tries again"):
        run(Harassed(*[True] * 99), job)
    assert not job.workspace.store.exists(job.task.output)
    assert job.workspace.died("extract", "key"), "the next run tries again"
    run(Forking(), job)
    assert reasons(job) == [None, None]


def test_setting_up_that_dies_is_not_a_records_fault(tmp_path: Path) -> None:
    class Unset(Forking):
        def isolated(self, function: Any, task: Any) -> Any:
            raise WorkerDiedError("a worker process died", -signal.SIGSEGV)

    with pytest.raises(EngineError, match="die before they begin the first record"):
        run(Unset(), suspected(tmp_path, "a"))


class Broken(Forking):
    """An engine that dies of everything without any task having begun."""

    def map(self, function: Any, tasks: Any) -> Any:
        raise WorkerDiedError("no worker could be started")
        yield


def test_a_death_that_no_task_caused_is_told(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="no worker could be started"):
        run(Broken(), job_over(tmp_path / "texts", "a"))


def test_other_errors_are_told_as_they_are(tmp_path: Path) -> None:
    class Fails(Forking):
        def map(self, function: Any, tasks: Any) -> Any:
            raise KeyError("mine")
            yield

    with pytest.raises(KeyError, match="mine"):
        run(Fails(), job_over(tmp_path / "texts", "a"))
