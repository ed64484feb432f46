"""The two methods of an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Engine(Protocol):
    """Maps a module-level function over picklable tasks.

    An engine whose few processes each take many tasks, in about the order given, may say so with
    an attribute `keeps_processes = True`. It is then handed every task by itself. To any other
    engine, tasks that read one input are handed in groups (pipeline.crashes.STREAM_PARTS).
    """

    def map(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result]]:
        """(index of the task, result) as each is done, in any order.

        An exception of `function` is raised here as it is; WorkerDiedError if a worker died. By
        then no task is under way any more.
        """
        ...

    def isolated(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Run one task in a process of its own.

        An exception of `function` is raised here as it is; WorkerDiedError if the process died,
        with its exit code if the engine knows it: without it a record that ends its process takes
        two more runs to be proven (pipeline.crashes). The process that called is never harmed.
        """
        ...
