"""What a running build reports to its observer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from corpuskit.work_meter import TaskWork


class Progress(Protocol):
    """Is told when steps begin, advance and end. Units are tasks and documents."""

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """The plan is ready; nothing has run yet."""
        ...

    def begin(self, step: str, tasks: int, done: int) -> None:
        """A step begins; `done` of its tasks were finished by an earlier run."""
        ...

    def advance(self, step: str, work: TaskWork) -> None:
        """A task of the step is done, with what it took."""
        ...

    def say(self, step: str, line: str) -> None:
        """The progress of a step without countable tasks."""
        ...

    def note(self, step: str, line: str) -> None:
        """A message that stays on screen."""
        ...

    def end(self, step: str, note: str = "") -> None:
        """The step is done; `note` is its result."""
        ...

    def finish(self, *, idle: bool) -> None:
        """The build is done; `idle` if all of it stood from an earlier run."""
        ...


class Silent:
    """An observer that ignores everything."""

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """Ignore it."""

    def begin(self, step: str, tasks: int, done: int) -> None:
        """Ignore it."""

    def advance(self, step: str, work: TaskWork) -> None:
        """Ignore it."""

    def end(self, step: str, note: str = "") -> None:
        """Ignore it."""

    def say(self, step: str, line: str) -> None:
        """Ignore it."""

    def note(self, step: str, line: str) -> None:
        """Ignore it."""

    def finish(self, *, idle: bool) -> None:
        """Ignore it."""


@dataclass
class StepProgress:
    """How far a step has come, in figures for people and machines."""

    tasks: int
    done_before: int
    done: int = 0
    """Tasks done in this run."""
    work: TaskWork = field(default_factory=TaskWork)
    started: float = field(default_factory=time.monotonic)

    def advance(self, work: TaskWork) -> None:
        """One more task is done."""
        self.done += 1
        self.work.add(work)

    @property
    def seconds(self) -> float:
        """Since the step began."""
        return time.monotonic() - self.started

    @property
    def rate(self) -> float | None:
        """Records per second of this run; None before the first."""
        seconds = self.seconds
        return self.work.records / seconds if self.work.records and seconds else None

    @property
    def seconds_left(self) -> float | None:
        """At the pace of this run; None before its first task is done."""
        left = self.tasks - self.done_before - self.done
        return self.seconds / self.done * left if self.done else None

    def shares(self) -> dict[str, float]:
        """Share of the stages' time by stage, the largest first."""
        total = sum(self.work.stages.values())
        slowest_first = sorted(self.work.stages.items(), key=lambda item: -item[1])
        return {name: took / total for name, took in slowest_first} if total else {}

    def line(self) -> str:
        """`48,210 records · 212.0 MB · 310/s`, as far as known; empty before the first record."""
        if not self.work.records:
            return ""
        parts = [counted(self.work.records, "record")]
        parts += [data_size(self.work.bytes)] if self.work.bytes else []
        rate = self.rate
        if rate is not None:
            parts.append(f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
        return " · ".join(parts)

    def left(self) -> str:
        """`1:02 left`; empty where it is not known or nothing is left."""
        left = self.seconds_left
        return f"{clock(left)} left" if left else ""

    def stages_line(self, most: int = 4) -> str:
        """`lines 41 % · identify 30 % · signals 20 %`: stages of 1 % and more."""
        shares = list(self.shares().items())[:most]
        return " · ".join(f"{name} {share:.0%}" for name, share in shares if share >= 0.01)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        left = self.seconds_left
        return {
            "tasks": self.tasks,
            "done": self.done_before + self.done,
            "records": self.work.records,
            "bytes": self.work.bytes,
            "seconds": round(self.seconds, 3),
            "records_per_second": None if self.rate is None else round(self.rate, 3),
            "seconds_left": None if left is None else round(left, 1),
            "stages": {name: round(share, 4) for name, share in self.shares().items()},
        }


def clock(seconds: float) -> str:
    """`0:07`, `1:02`, `12:00:05`."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def data_size(size: int) -> str:
    """Bytes as people read them: `0 kB`, `593 kB`, `36.4 MB`, `1,204.0 MB`."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{-(-size // 1000)} kB"


def counted(number: int, noun: str) -> str:
    """`1 shard`, `2 shards`, `1,204 documents`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
