"""The two methods of an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Engine(Protocol):
    """Maps a module-level function over picklable tasks."""

    def map(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result]]:
        """(index of the task, result) as each is done, in any order.

        An exception of `function` is raised here as it is; EngineError if a worker died. By then
        no task is under way any more.
        """
        ...

    def isolated(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Run one task in a process of its own.

        An exception of `function` is raised here as it is; EngineError if the process died of the
        task. The process that called is never harmed.
        """
        ...
