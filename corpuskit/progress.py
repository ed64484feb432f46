"""What a running build reports to its observer."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Is told when steps begin, advance and end. Units are tasks and documents."""

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """The plan is ready; nothing has run yet."""
        ...

    def begin(self, step: str, tasks: int, done: int) -> None:
        """A step begins; `done` of its tasks were finished by an earlier run."""
        ...

    def advance(self, step: str, tasks: int = 1) -> None:
        """Tasks of the step are done."""
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


class Silent:
    """An observer that ignores everything."""

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """Ignore it."""

    def begin(self, step: str, tasks: int, done: int) -> None:
        """Ignore it."""

    def advance(self, step: str, tasks: int = 1) -> None:
        """Ignore it."""

    def end(self, step: str, note: str = "") -> None:
        """Ignore it."""

    def say(self, step: str, line: str) -> None:
        """Ignore it."""

    def note(self, step: str, line: str) -> None:
        """Ignore it."""


def data_size(size: int) -> str:
    """Bytes as people read them: `0 kB`, `593 kB`, `36.4 MB`, `1,204.0 MB`."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{-(-size // 1000)} kB"


def counted(number: int, noun: str) -> str:
    """`1 shard`, `2 shards`, `1,204 documents`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
