"""How a build's progress looks: bars on a terminal, plain lines in a pipe, JSON for a machine."""

from __future__ import annotations

import json
import os
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Final, TextIO, TypeAlias

from corpuskit import logs
from corpuskit.cli.output import show
from corpuskit.display import mask, printable
from corpuskit.progress import Silent, StepProgress, clock

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import TaskID

    from corpuskit.work_meter import TaskWork

KINDS: Final = ("auto", "bars", "lines", "json", "none")
NOTHING_TO_DO: Final = "nothing to do: everything stands from an earlier run"
_STEP_WIDTH = 10

_log = logs.logger(__name__)


class ProgressLines(Silent):
    """Prints a line when a step ends, and every minute in a long step."""

    EVERY = 60.0

    def __init__(self) -> None:
        self.step = StepProgress(0, 0)
        self.printed = time.monotonic()

    def __enter__(self) -> ProgressLines:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """Print what is built."""
        _echo(heading(name, sources, languages, build))

    def begin(self, step: str, tasks: int, done: int) -> None:
        """Start counting."""
        self.step = StepProgress(tasks, done)
        self.printed = time.monotonic()

    def advance(self, step: str, work: TaskWork) -> None:
        """Count, and print the count now and then."""
        self.step.advance(work)
        if self._is_due():
            now = self.step
            tasks = f"{now.done_before + now.done}/{now.tasks} tasks"
            parts = (tasks, now.line(), now.left(), now.stages_line())
            _echo(f"  {step:<{_STEP_WIDTH}}{' · '.join(filter(None, parts))}")

    def say(self, step: str, line: str) -> None:
        """Print a line now and then."""
        if self._is_due():
            _echo(f"  {step:<{_STEP_WIDTH}}{line}")

    def note(self, step: str, line: str) -> None:
        """Print a line."""
        _echo(_noted(step, line))

    def end(self, step: str, note: str = "") -> None:
        """Print that the step is done, its time and its result."""
        result = note or self.step.line()
        _echo(f"  {step:<{_STEP_WIDTH}}done {self.step.seconds:6.1f} s  {result}".rstrip())

    def finish(self, *, idle: bool) -> None:
        """Say so where there was nothing to do."""
        if idle:
            _echo(NOTHING_TO_DO)

    def _is_due(self) -> bool:
        now = time.monotonic()
        if now - self.printed <= self.EVERY:
            return False
        self.printed = now
        return True


class ProgressBars(Silent):
    """Progress bars for a terminal; below them the latest message of a step."""

    def __init__(self) -> None:
        from rich.live import Live
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.text import Text

        self.rich = Progress(
            TextColumn(f"  {{task.description:<{_STEP_WIDTH}}}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[clock]}"),
            TextColumn("{task.fields[note]}", style="dim", markup=False),
        )
        self.current = Text(style="dim")
        self.tasks: dict[str, TaskID] = {}
        self.steps: dict[str, StepProgress] = {}
        self.running: str | None = None
        self.live = Live(console=self.rich.console, get_renderable=self._shown)

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
        self.running = None
        self.live.stop()

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """Print what is built."""
        self.rich.console.print(heading(name, sources, languages, build), highlight=False)

    def begin(self, step: str, tasks: int, done: int) -> None:
        """Add a bar; a step that runs again begins its own anew."""
        self.steps[step] = StepProgress(tasks, done)
        self.running = step
        if step in self.tasks:
            self.rich.reset(self.tasks[step], total=tasks, completed=done, note="", clock="")
        else:
            self.tasks[step] = self.rich.add_task(
                step, total=tasks, completed=done, note="", clock=""
            )

    def advance(self, step: str, work: TaskWork) -> None:
        """Move the bar; show records, bytes, rate and time left, and below it the stages."""
        now = self.steps[step]
        now.advance(work)
        self.rich.update(self.tasks[step], advance=1, note=_figures(now.line(), now.left()))
        self.current.plain = f"  {now.stages_line()}" if now.work.stages else ""

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
        now = self.steps[step]
        self.current.plain = ""
        self.running = None
        shown = _plain(note) or now.line()
        self.rich.update(self.tasks[step], note=shown, clock=clock(now.seconds))
        self.rich.stop_task(self.tasks[step])

    def finish(self, *, idle: bool) -> None:
        """Say so where there was nothing to do."""
        if idle:
            self.rich.console.print(NOTHING_TO_DO, highlight=False)

    def _shown(self) -> RenderableType:
        """The bars, with the clock of the step that runs as it is now."""
        from rich.console import Group

        if self.running is not None:
            seconds = self.steps[self.running].seconds
            self.rich.update(self.tasks[self.running], clock=clock(seconds))
        return Group(self.rich, self.current)


class ProgressJson(Silent):
    """Prints a JSON object a line on stderr, for a machine; figures of a step once a second."""

    EVERY = 1.0

    def __init__(self) -> None:
        self.step = StepProgress(0, 0)
        self.printed = 0.0

    def __enter__(self) -> ProgressJson:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """What is built."""
        self._event("plan", name=name, sources=sources, languages=languages, build_id=build)

    def begin(self, step: str, tasks: int, done: int) -> None:
        """A step begins."""
        self.step = StepProgress(tasks, done)
        self.printed = time.monotonic()
        self._event("begin", step=step, tasks=tasks, done=done)

    def advance(self, step: str, work: TaskWork) -> None:
        """How far it is."""
        self.step.advance(work)
        if time.monotonic() - self.printed >= self.EVERY:
            self.printed = time.monotonic()
            self._event("progress", step=step, **self.step.to_json())

    def say(self, step: str, line: str) -> None:
        """What a step without countable tasks says."""
        if time.monotonic() - self.printed >= self.EVERY:
            self.printed = time.monotonic()
            self._event("say", step=step, message=line)

    def note(self, step: str, line: str) -> None:
        """A message."""
        self._event("note", step=step, message=line)

    def end(self, step: str, note: str = "") -> None:
        """A step is done."""
        self._event("end", step=step, message=note, **self.step.to_json())

    def finish(self, *, idle: bool) -> None:
        """The build is done."""
        self._event("finish", nothing_to_do=idle)

    def _event(self, event: str, **facts: object) -> None:
        try:
            show(json.dumps({"event": event, **facts}, ensure_ascii=False), err=True)
        except BrokenPipeError:
            _log.warning("nobody reads the progress any more; the build goes on without it")


def _figures(*parts: str) -> str:
    return " · ".join(filter(None, parts))


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


Watcher: TypeAlias = ProgressLines | ProgressBars | ProgressJson | _Quiet


def watcher(*, quiet: bool, kind: str = "auto") -> Watcher:
    """The progress display of a kind (KINDS); `auto` is the one that fits the output."""
    if quiet or kind == "none":
        return _Quiet()
    if kind == "json":
        return ProgressJson()
    if kind == "bars" or (kind == "auto" and _is_terminal(sys.stdout)):
        return ProgressBars()
    return ProgressLines()


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; one that is closed is not."""
    return stream is not None and not stream.closed and stream.isatty()
