"""Where the time of a build went, by step and stage: from the journal in its `.work`.

Times are of a machine and a day, so nothing published has them: they are in `.work/journal.jsonl`,
in the folder on the machine that built. A build in an object store has its journal in the folder
that `--local` named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpuskit.errors import WorkspaceError
from corpuskit.work_meter import TaskWork


@dataclass
class StepProfile:
    """What a step took in one run."""

    name: str
    tasks: int = 0
    """Done in that run."""
    clock: float = 0.0
    """Seconds from the first task to the last."""
    work: TaskWork = field(default_factory=TaskWork)
    """Of all tasks; their seconds are more than the clock's where several ran at once."""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        figures = self.work.to_json()
        return {"step": self.name, "tasks": self.tasks, "clock": self.clock, **figures}


@dataclass
class RunProfile:
    """One run of a build: from its command to its end, or to where it was interrupted."""

    started: float
    """Unix time."""
    steps: dict[str, StepProfile] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Seconds of all tasks."""
        return sum(step.work.seconds for step in self.steps.values())

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "started": self.started,
            "seconds": round(self.seconds, 3),
            "steps": [step.to_json() for step in self.steps.values()],
        }


def run_profiles(folder: str | Path) -> list[RunProfile]:
    """Every run in a build folder that had work to do, the oldest first.

    WorkspaceError where there is no journal. Lines that a kill cut short are left out.
    """
    path = Path(folder) / ".work" / "journal.jsonl"
    runs: list[RunProfile] = []
    for event in _events(path):
        if event.get("run") == "begin":
            runs.append(RunProfile(float(event["at"])))
        elif isinstance(event.get("step"), str) and runs:
            step = runs[-1].steps.setdefault(event["step"], StepProfile(event["step"]))
            if "done" in event:
                step.tasks += 1
                step.work.add(TaskWork.from_json(event))
            else:
                step.clock += float(event.get("clock", 0.0))
    return [run for run in runs if run.steps]


def whole(runs: list[RunProfile]) -> RunProfile:
    """All runs together: what a build took that was interrupted or changed."""
    total = RunProfile(runs[0].started)
    for run in runs:
        for name, step in run.steps.items():
            known = total.steps.setdefault(name, StepProfile(name))
            known.tasks += step.tasks
            known.clock += step.clock
            known.work.add(step.work)
    return total


def _events(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError as error:
        raise WorkspaceError(
            f"{path.parent.parent} has no journal of a build (.work/journal.jsonl); of a build in "
            "an object store it is in the folder of the machine that built it: --local FOLDER"
        ) from error
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event
