"""What it costs to read a compressed stream does not grow faster than the stream, by any engine."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pipeline.handmade import recipe_of, run_steps, state_of

from corpuskit.connectors import cursors, files
from corpuskit.engines import LocalEngine
from corpuskit.pipeline import make_plan
from corpuskit.pipeline.crashes import STREAM_PARTS
from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.steps.scan import ScanStep


class Fresh:
    """An engine with nothing left of earlier tasks, as in a new process for each; in any order."""

    def __init__(self, *, backwards: bool = False) -> None:
        self.backwards = backwards
        self.starts = 0

    def map(
        self, function: Callable[[Any], Any], tasks: Sequence[Any]
    ) -> Iterator[tuple[int, Any]]:
        for index in sorted(range(len(tasks)), reverse=self.backwards):
            cursors._kept.clear()
            self.starts += 1
            yield index, function(tasks[index])

    def isolated(self, function: Callable[[Any], Any], task: Any) -> Any:
        return function(task)


def scanned(folder: Path, records: int) -> State:
    """A run over one compressed stream of as many tasks as records, which is scanned."""
    folder.mkdir()
    lines = [json.dumps({"text": f"text {number}"}) for number in range(records)]
    with gzip.open(folder / "rows.jsonl.gz", "wt") as file:
        file.write("\n".join(lines))
    source = {"name": "a", "connector": "files", "path": "*.gz", "license": "NOASSERTION"}
    state = state_of(make_plan(recipe_of(folder, source=[source])), folder / "build", 1)
    return run_steps(state, [ScanStep()])


@pytest.fixture
def lines_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the lines as they are decompressed, and pieces of one line each."""
    read: list[int] = []
    real = files._numbered

    def numbered(path: str) -> Iterator[tuple[int, Any]]:
        for number, line in real(path):
            read.append(number)
            yield number, line

    monkeypatch.setattr(files, "_numbered", numbered)
    monkeypatch.setattr("corpuskit.connectors.pieces._records", type("One", (), {"get": lambda: 1}))
    return read


@pytest.mark.parametrize("backwards", [False, True])
def test_new_processes_make_a_bounded_number_of_passes(
    tmp_path: Path, lines_read: list[int], *, backwards: bool
) -> None:
    costs = {}
    for records in (10, 80, 160):
        state = scanned(tmp_path / str(records), records)
        lines_read.clear()
        engine = Fresh(backwards=backwards)
        run_steps(state, [ExtractStep()], engine)
        tasks = state.tasks["extract"]
        assert len(tasks) == records
        assert all(state.workspace.store.exists(task.output) for task in tasks)
        assert engine.starts == min(records, STREAM_PARTS)
        costs[records] = len(lines_read) / records
    assert costs[10] <= 6.5
    assert costs[80] <= costs[160] * 1.1 <= (STREAM_PARTS + 1) / 2 * 1.2
    assert costs[160] <= costs[80] * 1.1


def test_processes_that_stay_take_tasks_one_by_one(tmp_path: Path, lines_read: list[int]) -> None:
    state = scanned(tmp_path / "rows", 40)
    lines_read.clear()
    with LocalEngine(1) as engine:
        run_steps(state, [ExtractStep()], engine)
    assert lines_read == list(range(40))
