"""How a build's progress looks: bars on a terminal, plain lines in a pipe."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING

import click

from corpuskit.progress import Silent

if TYPE_CHECKING:
    from rich.progress import TaskID

_STEP_WIDTH = 10


class ProgressLines(Silent):
    """A line when a step ends, and one every few seconds in a long one."""

    EVERY = 10.0

    def __init__(self) -> None:
        self.total = self.done = 0
        self.spoken = self.started = time.monotonic()

    def __enter__(self) -> ProgressLines:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """One line that says what is built."""
        _echo(heading(name, sources, languages, build))

    def begin(self, step: str, tasks: int, done: int) -> None:
        """Start counting."""
        self.total, self.done = tasks, done
        self.spoken = self.started = time.monotonic()

    def advance(self, step: str, tasks: int = 1) -> None:
        """Count, and speak now and then."""
        self.done += tasks
        now = time.monotonic()
        if now - self.spoken > self.EVERY:
            self.spoken = now
            _echo(f"  {step:<{_STEP_WIDTH}}{self.done}/{self.total}")

    def say(self, step: str, line: str) -> None:
        """A line of its own, now and then."""
        now = time.monotonic()
        if now - self.spoken > self.EVERY:
            self.spoken = now
            _echo(f"  {step:<{_STEP_WIDTH}}{line}")

    def note(self, step: str, line: str) -> None:
        """A line of its own, whenever it comes."""
        _echo(f"  {step:<{_STEP_WIDTH}}{line}")

    def end(self, step: str, note: str = "") -> None:
        """Say that the step is done, how long it took and what came of it."""
        seconds = time.monotonic() - self.started
        _echo(f"  {step:<{_STEP_WIDTH}}done {seconds:6.1f} s  {note}".rstrip())


class ProgressBars(Silent):
    """Bars of rich, for a terminal; below them what a step says at the moment, however long."""

    def __init__(self) -> None:
        from rich.console import Group
        from rich.live import Live
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )
        from rich.text import Text

        self.rich = Progress(
            TextColumn(f"  {{task.description:<{_STEP_WIDTH}}}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", style="dim"),
        )
        self.said = Text(style="dim")
        self.live = Live(Group(self.rich, self.said), console=self.rich.console)
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> ProgressBars:
        self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.said.plain = ""
        self.live.stop()

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """One line that says what is built."""
        self.rich.console.print(heading(name, sources, languages, build), highlight=False)

    def begin(self, step: str, tasks: int, done: int) -> None:
        """A new bar."""
        self.tasks[step] = self.rich.add_task(step, total=tasks, completed=done, note="")

    def advance(self, step: str, tasks: int = 1) -> None:
        """Move the bar."""
        self.rich.advance(self.tasks[step], tasks)

    def say(self, step: str, line: str) -> None:
        """Below the bars, until something else is said."""
        self.said.plain = f"  {line}"

    def note(self, step: str, line: str) -> None:
        """Above the bars."""
        self.rich.console.print(
            f"  {step:<{_STEP_WIDTH}}{line}", highlight=False, markup=False, soft_wrap=True
        )

    def end(self, step: str, note: str = "") -> None:
        """Say what came of the step."""
        self.said.plain = ""
        self.rich.update(self.tasks[step], note=note)
        self.rich.stop_task(self.tasks[step])


def _echo(line: str) -> None:
    """Say it; a reader that has gone (`| head`) interrupts the work as Ctrl-C does."""
    try:
        click.echo(line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise KeyboardInterrupt from None


def heading(name: str, sources: int, languages: int, build: str) -> str:
    """`khmer-2026-11 · 2 sources · 1 language · build 7f3a09…`."""
    one = f"{sources} source{'s' * (sources != 1)}"
    two = f"{languages} language{'s' * (languages != 1)}"
    return f"{name} · {one} · {two} · build {build}"


class _Quiet(Silent):
    def __enter__(self) -> _Quiet:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def watcher(*, quiet: bool) -> ProgressLines | ProgressBars | _Quiet:
    """What fits where the output goes."""
    if quiet:
        return _Quiet()
    return ProgressBars() if sys.stdout.isatty() else ProgressLines()
