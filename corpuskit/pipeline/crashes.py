"""Records that kill the process which works on them: found, set aside, said in the ledger.

A task is marked while it is worked on. A mark that is left behind names a task in which a
process died: of a record that breaks a library written in C, for want of memory, or killed
from outside. Such a task is run once more, alone in a process. Where that dies as well, its
records are taken one by one; the one that ends the process becomes a lost record and the rest
of the task is done. A death that does not come again leaves no trace in the output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from corpuskit.engines import Engine, isolated
from corpuskit.errors import EngineError
from corpuskit.pipeline.tasks import MapTask, read, rows_of
from corpuskit.stage import run_chain

MAX_DEADLY: Final = 10
"""Records of one task that are set aside; more of them mean that the machine or an installed
library is at fault, not the records."""

Function = Callable[[MapTask], str]


def run_all(
    engine: Engine, function: Function, tasks: Sequence[MapTask], say: Callable[[str], None]
) -> Iterator[int]:
    """The index of each task as it is done, in any order; EngineError names what cannot be."""
    left = dict(enumerate(tasks))
    while left:
        for index in [one for one, task in left.items() if _died(task)]:
            say(f"{_named(left[index])}: a process died here; once more, alone")
            run_suspect(function, left.pop(index))
            yield index
        order = list(left)
        try:
            for position, _ in engine.map(function, [left[index] for index in order]):
                del left[order[position]]
                yield order[position]
        except EngineError:
            if not any(map(_died, left.values())):
                raise


def run_suspect(function: Function, task: MapTask) -> None:
    """Run a task in which a process died, alone; without what kills it, if it does so again."""
    for _ in range(MAX_DEADLY + 1):
        if _survives(function, task):
            return
        task = _without_one(function, task)
    raise EngineError(
        f"{_named(task)}: more than {MAX_DEADLY} of its records kill the process that works on "
        "them; is there enough memory, and are the installed libraries sound?"
    )


def _without_one(function: Function, task: MapTask) -> MapTask:
    """The task without the part or record that a process dies of when it takes one by one."""
    steps = task.workspace.scratch / f"steps-{task.key}"
    steps.parent.mkdir(parents=True, exist_ok=True)
    try:
        isolated(_one_by_one, (task, steps))
    except EngineError:
        kind, number = steps.read_text().split()
    else:
        raise EngineError(
            f"{_named(task)}: a process died of its records together and of none alone; "
            "there is probably not enough memory"
        )
    finally:
        steps.unlink(missing_ok=True)
    if kind == _PART:
        return replace(task, unreadable=task.unreadable | {int(number)})
    return replace(task, deadly=task.deadly | {int(number)})


_PART, _ROW = "part", "row"


def _one_by_one(given: tuple[MapTask, Path]) -> None:
    """Read a task's parts and run its segment over its rows, each said in a file before it is
    begun."""
    task, steps = given
    for number in range(len(task.parts)):
        if number not in task.unreadable:
            steps.write_text(f"{_PART} {number}")
            read(replace(task, parts=(task.parts[number],), unreadable=frozenset()))
    batch = rows_of(task)
    stages = task.segment.make()
    for row in range(len(batch)):
        steps.write_text(f"{_ROW} {row}")
        run_chain(stages, batch.take([row]))


def _survives(function: Function, task: MapTask) -> bool:
    try:
        isolated(function, task)
    except EngineError:
        return False
    return True


def _died(task: MapTask) -> bool:
    return task.workspace.died(task.segment.name, task.key)


def _named(task: MapTask) -> str:
    inputs = list(dict.fromkeys(part.input.name for part in task.parts))
    return f"source {task.source.name!r}" + (f", {', '.join(inputs[:3])}" if inputs else "")
