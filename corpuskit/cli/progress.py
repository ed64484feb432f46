"""How a build's progress looks: bars on a terminal, plain lines in a pipe."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from corpuskit import logs
from corpuskit.cli.output import show
from corpuskit.display import mask, printable
from corpuskit.progress import Silent

if TYPE_CHECKING:
    from rich.progress import TaskID

_STEP_WIDTH = 10

_log = logs.logger(__name__)


class ProgressLines(Silent):
    """Prints a line when a step ends, and every few seconds in a long step."""

    EVERY = 10.0

    def __init__(self) -> None:
        self.total = self.done = 0
        self.printed = self.started = time.monotonic()

    def __enter__(self) -> ProgressLines:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """Print what is built."""
        _echo(heading(name, sources, languages, build))

    def begin(self, step: str, tasks: int, done: int) -> None:
        """Start counting."""
        self.total, self.done = tasks, done
        self.printed = self.started = time.monotonic()

    def advance(self, step: str, tasks: int = 1) -> None:
        """Count, and print the count now and then."""
        self.done += tasks
        now = time.monotonic()
        if now - self.printed > self.EVERY:
            self.printed = now
            _echo(f"  {step:<{_STEP_WIDTH}}{self.done}/{self.total}")

    def say(self, step: str, line: str) -> None:
        """Print a line now and then."""
        now = time.monotonic()
        if now - self.printed > self.EVERY:
            self.printed = now
            _echo(f"  {step:<{_STEP_WIDTH}}{line}")

    def note(self, step: str, line: str) -> None:
        """Print a line."""
        _echo(_noted(step, line))

    def end(self, step: str, note: str = "") -> None:
        """Print that the step is done, its time and its result."""
        seconds = time.monotonic() - self.started
        _echo(f"  {step:<{_STEP_WIDTH}}done {seconds:6.1f} s  {note}".rstrip())


class ProgressBars(Silent):
    """Progress bars for a terminal; below them the latest message of a step."""

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
            TextColumn("{task.fields[note]}", style="dim", markup=False),
        )
        self.current = Text(style="dim")
        self.live = Live(Group(self.rich, self.current), console=self.rich.console)
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
        self.current.plain = ""
        self.live.stop()

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """Print what is built."""
        self.rich.console.print(heading(name, sources, languages, build), highlight=False)

    def begin(self, step: str, tasks: int, done: int) -> None:
        """Add a bar."""
        self.tasks[step] = self.rich.add_task(step, total=tasks, completed=done, note="")

    def advance(self, step: str, tasks: int = 1) -> None:
        """Move the bar."""
        self.rich.advance(self.tasks[step], tasks)

    def say(self, step: str, line: str) -> None:
        """Show a message below the bars until the next one."""
        self.current.plain = f"  {_plain(line)}"

    def note(self, step: str, line: str) -> None:
        """Print a line above the bars."""
        self.rich.console.print(
            _noted(step, _plain(line)), highlight=False, markup=False, soft_wrap=True
        )

    def end(self, step: str, note: str = "") -> None:
        """Show the result of the step."""
        self.current.plain = ""
        self.rich.update(self.tasks[step], note=_plain(note))
        self.rich.stop_task(self.tasks[step])


def _noted(step: str, line: str) -> str:
    """A line behind the name of its step, unless it begins with that."""
    return f"  {line}" if line.startswith(f"{step} ") else f"  {step:<{_STEP_WIDTH}}{line}"


def _plain(line: str) -> str:
    """A line for the terminal: rich passes escape sequences on."""
    return printable(mask(line))


def _echo(line: str) -> None:
    """Print a line; if the reader has gone (`| head`), go on without output: hours of work must
    not end because nobody watches."""
    try:
        show(line)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _log.warning("nobody reads the output any more; the build goes on without it")


def heading(name: str, sources: int, languages: int, build: str) -> str:
    """`khmer-2026-11 · 2 sources · 1 language · build 7f3a09…`."""
    of_sources = f"{sources} source{'s' * (sources != 1)}"
    of_languages = f"{languages} language{'s' * (languages != 1)}"
    return f"{name} · {of_sources} · {of_languages} · build {build}"


class _Quiet(Silent):
    def __enter__(self) -> _Quiet:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def watcher(*, quiet: bool) -> ProgressLines | ProgressBars | _Quiet:
    """The progress display that fits the output."""
    if quiet:
        return _Quiet()
    return ProgressBars() if _is_terminal(sys.stdout) else ProgressLines()


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; one that is closed is not."""
    return stream is not None and not stream.closed and stream.isatty()
