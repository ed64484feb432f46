"""What a running build tells whoever is watching."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told about steps as they begin, move and end. Units are tasks and documents."""

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """The plan is made; nothing has run yet."""
        ...

    def begin(self, step: str, tasks: int, done: int) -> None:
        """A step begins; `done` of its tasks stand from an earlier run."""
        ...

    def advance(self, step: str, tasks: int = 1) -> None:
        """Tasks of the step are done."""
        ...

    def say(self, step: str, line: str) -> None:
        """How far a step is that has no countable tasks."""
        ...

    def note(self, step: str, line: str) -> None:
        """Something of a step that is to stay readable."""
        ...

    def end(self, step: str, note: str = "") -> None:
        """The step is done; `note` says what came of it."""
        ...


class Silent:
    """Says nothing."""

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        """Say nothing."""

    def begin(self, step: str, tasks: int, done: int) -> None:
        """Say nothing."""

    def advance(self, step: str, tasks: int = 1) -> None:
        """Say nothing."""

    def end(self, step: str, note: str = "") -> None:
        """Say nothing."""

    def say(self, step: str, line: str) -> None:
        """Say nothing."""

    def note(self, step: str, line: str) -> None:
        """Say nothing."""
