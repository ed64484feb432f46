"""What the task that this process works on has done so far: records, bytes, seconds by stage.

A worker measures each task (`measuring`); whoever reads records counts them (`count`), and chains
time their stages (`stage_time`). Outside of a task nothing is measured. Figures go to the progress
display and the journal, never into an output.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class TaskWork:
    """What a task took, or several."""

    records: int = 0
    bytes: int = 0
    """Of what was read: pages and records of sources, texts of later steps."""
    seconds: float = 0.0
    """On the clock."""
    cpu_seconds: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds on the clock by stage."""

    def add(self, other: TaskWork) -> None:
        """Add what another task took."""
        self.records += other.records
        self.bytes += other.bytes
        self.seconds += other.seconds
        self.cpu_seconds += other.cpu_seconds
        for name, seconds in other.stages.items():
            self.stages[name] = self.stages.get(name, 0.0) + seconds

    def to_json(self) -> dict[str, Any]:
        """As the journal has it: seconds to the millisecond."""
        figures: dict[str, Any] = {
            "seconds": round(self.seconds, 3),
            "cpu": round(self.cpu_seconds, 3),
        }
        if self.records or self.bytes:
            figures |= {"records": self.records, "bytes": self.bytes}
        if self.stages:
            figures["stages"] = {name: round(took, 4) for name, took in self.stages.items()}
        return figures

    @classmethod
    def from_json(cls, figures: dict[str, Any]) -> TaskWork:
        """Read what `to_json` wrote."""
        return cls(
            int(figures.get("records", 0)),
            int(figures.get("bytes", 0)),
            float(figures.get("seconds", 0.0)),
            float(figures.get("cpu", 0.0)),
            {str(name): float(took) for name, took in figures.get("stages", {}).items()},
        )


_current: list[TaskWork] = []


@contextmanager
def measuring() -> Iterator[TaskWork]:
    """Measure what is done in the block; its time is known at its end."""
    work = TaskWork()
    started, cpu_started = time.perf_counter(), time.process_time()
    _current.append(work)
    try:
        yield work
    finally:
        _current.remove(work)
        work.seconds = time.perf_counter() - started
        work.cpu_seconds = time.process_time() - cpu_started


def count(records: int, size: int = 0) -> None:
    """Count records that the task reads, and their bytes."""
    if _current:
        _current[-1].records += records
        _current[-1].bytes += size


@contextmanager
def stage_time(name: str) -> Iterator[None]:
    """Count the time of the block for a stage."""
    if not _current:
        yield
        return
    stages, started = _current[-1].stages, time.perf_counter()
    try:
        yield
    finally:
        stages[name] = stages.get(name, 0.0) + time.perf_counter() - started
