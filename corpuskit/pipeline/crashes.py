"""Records that kill the process which works on them: found, set aside, said in the ledger.

A task is marked while it is worked on. A mark that is left behind names a task in which a
process died: of a record that breaks a library written in C, for lack of memory, or killed
from outside. Such a task is run once more, alone in a process. Where that dies as well, its
records are taken one by one; the one that ends the process becomes a lost record and the rest
of the task is done. A death that does not come again leaves no trace in the output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from corpuskit import logs
from corpuskit.chain import run_chain
from corpuskit.engines import Engine
from corpuskit.errors import EngineError
from corpuskit.pipeline.map_tasks import MapTask, read, rows_of
from corpuskit.pipeline.step import Job

MAX_DEADLY: Final = 10
"""Records of one task that are set aside; more of them mean that the machine or an installed
library is at fault, not the records."""

Function = Callable[[Job[MapTask]], None]

_log = logs.logger(__name__)


def run_all(
    engine: Engine,
    function: Function,
    jobs: Sequence[Job[MapTask]],
    say: Callable[[str], None],
) -> Iterator[tuple[int, None]]:
    """The index of each job as it is done, in any order; EngineError names what cannot be."""
    left = dict(enumerate(jobs))
    while left:
        for index in [number for number, job in left.items() if _died(job)]:
            line = f"{left[index].task.label}: a process died here; once more, alone"
            _log.warning(line)
            say(line)
            run_suspect(engine, function, left.pop(index))
            yield index, None
        order = list(left)
        try:
            for position, _ in engine.map(function, [left[index] for index in order]):
                del left[order[position]]
                yield order[position], None
        except EngineError:
            if not any(map(_died, left.values())):
                raise


def run_suspect(engine: Engine, function: Function, job: Job[MapTask]) -> None:
    """Run a task in which a process died, alone; without what kills it, if it does so again."""
    for _ in range(MAX_DEADLY + 1):
        if _survives(engine, function, job):
            return
        job = replace(job, task=_without_deadly(engine, job))
    raise EngineError(
        f"{job.task.label}: more than {MAX_DEADLY} of its records kill the process that works on "
        "them; is there enough memory, and are the installed libraries sound?"
    )


def _without_deadly(engine: Engine, job: Job[MapTask]) -> MapTask:
    """The task without the piece or record that a process dies of when it takes one by one."""
    task = job.task
    progress = job.workspace.scratch / f"one-by-one-{task.key}"
    progress.parent.mkdir(parents=True, exist_ok=True)
    try:
        engine.isolated(_one_by_one, (job, progress))
    except EngineError:
        kind, number = progress.read_text().split()
        if kind == _SETUP:
            raise EngineError(
                f"{task.label}: a stage kills the process when it is set up or given its first "
                "rows; is it a plug-in's, and are the installed libraries sound?"
            ) from None
    else:
        raise EngineError(
            f"{task.label}: a process died of its records together and of none alone; "
            "there is probably not enough memory"
        )
    finally:
        progress.unlink(missing_ok=True)
    _log.warning("%s: %s %s kills its process and is set aside", task.label, kind, number)
    if kind == _PIECE:
        return replace(task, unreadable=task.unreadable | {int(number)})
    return replace(task, deadly=task.deadly | {int(number)})


_PIECE, _ROW, _SETUP = "piece", "row", "setup"


def _one_by_one(given: tuple[Job[MapTask], Path]) -> None:
    """Read a task's pieces and run its segment over its rows; each is named in a file before it
    is begun."""
    job, progress = given
    task = job.task
    for number in range(len(task.pieces)):
        if number not in task.unreadable:
            progress.write_text(f"{_PIECE} {number}")
            alone = replace(task, pieces=(task.pieces[number],), unreadable=frozenset())
            read(replace(job, task=alone))
    progress.write_text(f"{_SETUP} 0")
    batch = rows_of(job)
    stages = task.segment.make()
    for row in range(len(batch)):
        progress.write_text(f"{_ROW} {row}")
        run_chain(stages, batch.take([row]))


def _survives(engine: Engine, function: Function, job: Job[MapTask]) -> bool:
    try:
        engine.isolated(function, job)
    except EngineError:
        return False
    return True


def _died(job: Job[MapTask]) -> bool:
    return job.workspace.died(job.task.step, job.task.key)
