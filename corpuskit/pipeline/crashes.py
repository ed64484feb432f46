"""Records that end the process which works on them: found, proven, set aside, said in the ledger.

A task is marked while it is worked on. A mark that is left behind names a task in which a process
died: of a record that breaks a library written in C or goes beyond a limit there, for lack of
memory, or killed from outside. Such a task is run again in a process of its own, which takes its
records one by one and notes each before it begins it. Where that process lives, its output is the
task's: a death that does not come again leaves no trace. Where it dies, the record that it had
begun is suspected, and set aside only if it is proven to be the cause:

- A fault (SIGSEGV, SIGABRT, an exit of the process itself) or a limit is proven if the record
  brings the same about once more, alone in a process.
- SIGKILL proves nothing, because an operating system that is short of memory sends it to any
  process. The record must bring it about alone, twice and again after a process that worked on
  nothing has lived.

What cannot be proven is tried again. Where deaths do not stop, the build ends with EngineError,
the marks stay, and the next run tries again.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Final

from corpuskit import logs
from corpuskit.engines import Engine
from corpuskit.errors import EngineError, WorkerDiedError
from corpuskit.limits import CRASHED, cause_of
from corpuskit.pipeline.step import Culprit, GuardedTask, Job

MAX_DEADLY: Final = 10
"""Records of one task that are set aside because they kill their process; more of them mean that
the machine or an installed library is at fault. Those beyond a limit do not count."""

MAX_UNPROVEN: Final = 3
"""Deaths of one task for which no record is to blame, and deaths of a pool without any task."""

_FROM_OUTSIDE: Final = frozenset(
    getattr(signal, name)
    for name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT")
    if hasattr(signal, name)
)
"""Signals that another process, or the operating system short of memory, sends."""

STREAM_PARTS: Final = 16
"""Groups of tasks that one input is read in by an engine that may start a process for each task. A
process that reads a part of a compressed stream has to read what is before it (see cursors). So n
new processes make (n + 1) / 2 passes over the stream; with at most 16 of them it is 8.5, however
large the stream is."""

Function = Callable[[Any], Any]

_log = logs.logger(__name__)


class DeathGuard:
    """Runs guarded tasks with an engine; the two functions of their step are in it."""

    def __init__(
        self,
        engine: Engine,
        function: Function,
        alone: Function,
        say: Callable[[str], None],
    ) -> None:
        """`alone` tries one culprit of a task, or None; see Step.alone."""
        self._engine, self._function, self._alone, self._say = engine, function, alone, say

    def run_all(self, jobs: Sequence[Job[Any]]) -> Iterator[tuple[int, Any]]:
        """(index of the job, result) as each is done, in any order; EngineError names what cannot
        be done."""
        left = dict(enumerate(jobs))
        unproven = 0
        while left:
            for index in [number for number, job in left.items() if _died(job)]:
                line = f"{left[index].task.label}: a process died here; once more, alone"
                _log.warning(line)
                self._say(line)
                yield index, self.run_suspect(left.pop(index))
            try:
                for index, result in self._map(left):
                    del left[index]
                    unproven = 0
                    yield index, result
            except WorkerDiedError:
                unproven += 1
                if unproven >= MAX_UNPROVEN and not any(map(_died, left.values())):
                    raise

    def _map(self, left: Mapping[int, Job[Any]]) -> Iterator[tuple[int, Any]]:
        """(index, result) of each job, as the engine has it done, in groups where it needs them."""
        if getattr(self._engine, "keeps_processes", False):
            groups = [[index] for index in left]
        else:
            groups = _groups({index: job.task.stream for index, job in left.items()})
        if len(groups) == len(left):
            order, jobs = list(left), list(left.values())
            for position, result in self._engine.map(self._function, jobs):
                yield order[position], result
            return
        function = partial(_in_turn, self._function)
        tasks = [tuple(left[index] for index in group) for group in groups]
        for position, results in self._engine.map(function, tasks):
            yield from zip(groups[position], results, strict=True)

    def run_suspect(self, job: Job[Any]) -> Any:
        """Run a task in which a process died; without what is proven to end its process."""
        job = replace(job, task=replace(job.task, careful=True))
        try:
            return self._run_carefully(job)
        finally:
            job.progress_file.unlink(missing_ok=True)

    def _run_carefully(self, job: Job[Any]) -> Any:
        unproven = 0
        while True:
            try:
                return self._engine.isolated(self._function, job)
            except WorkerDiedError as error:
                suspect, exit_code = self._begun(job), error.exit_code
            _log.warning("%s: a process died at %s (%s)", job.task.label, suspect, exit_code)
            closer = job.task.closer(suspect)
            if closer is not None:
                job = replace(job, task=closer)
                continue
            cause = self._proven(job, suspect, exit_code)
            if cause is None:
                unproven += 1
                if unproven >= MAX_UNPROVEN:
                    raise self._giving_up(job.task, suspect)
                continue
            job = replace(job, task=_without(job.task, replace(suspect, cause=cause)))

    def _begun(self, job: Job[Any]) -> Culprit:
        """What a careful process had begun when it died."""
        note = ""
        with suppress(FileNotFoundError):
            note = job.progress_file.read_text()
            job.progress_file.unlink()
        kind, *numbers = note.split() or ["setup"]
        return Culprit(kind, tuple(map(int, numbers)))

    def _proven(self, job: Job[Any], suspect: Culprit, exit_code: int | None) -> str | None:
        """Why the suspect ends its process; None where that is not proven."""
        if suspect.kind == "setup":
            return None
        died, exit_code = self._dies_alone(job, suspect)
        if not died:
            return None
        if not _may_be_from_outside(exit_code):
            return cause_of(exit_code)
        for culprit in (suspect, None, suspect):
            died, exit_code = self._dies_alone(job, culprit)
            if died is (culprit is None):
                return None
        return CRASHED

    def _dies_alone(self, job: Job[Any], culprit: Culprit | None) -> tuple[bool, int | None]:
        try:
            self._engine.isolated(self._alone, (job, culprit))
        except WorkerDiedError as error:
            return True, error.exit_code
        return False, None

    @staticmethod
    def _giving_up(task: GuardedTask, suspect: Culprit) -> EngineError:
        if suspect.kind == "setup":
            return EngineError(
                f"{task.label}: worker processes die before they begin the first record; is a "
                "stage or connector of a plug-in at fault, or is memory short? What is finished is "
                "kept: the same command tries again"
            )
        return EngineError(
            f"{task.label}: worker processes keep dying, and none of its records is proven to be "
            "the cause; they are killed from outside or memory is short. What is finished is kept: "
            "the same command tries again, with fewer --workers if memory is short"
        )


def _groups(streams: Mapping[int, str | None]) -> list[list[int]]:
    """Indices in groups, in order: at most STREAM_PARTS for those of one stream."""
    sizes = Counter(streams.values())
    number: Counter[str] = Counter()
    groups: dict[object, list[int]] = {}
    for index, stream in streams.items():
        if stream is None:
            groups[index] = [index]
            continue
        part = number[stream] * STREAM_PARTS // max(sizes[stream], STREAM_PARTS)
        number[stream] += 1
        groups.setdefault((stream, part), []).append(index)
    return list(groups.values())


def _in_turn(function: Function, jobs: Sequence[Job[Any]]) -> list[Any]:
    """Run jobs one after the other in one process: each leaves its own output.

    Where a process died in the middle of them, those before it have been done.
    """
    return [_unless_done(function, job) for job in jobs]


def _unless_done(function: Function, job: Job[Any]) -> Any:
    return None if job.workspace.store.exists(job.task.output) else function(job)


def _without(task: GuardedTask, culprit: Culprit) -> GuardedTask:
    """The task with one more culprit set aside."""
    _log.warning("%s: %s is set aside: %s", task.label, culprit, culprit.cause)
    culprits = [*task.culprits, culprit]
    if sum(other.cause == CRASHED for other in culprits) > MAX_DEADLY:
        raise EngineError(
            f"{task.label}: more than {MAX_DEADLY} of its records kill the process that works on "
            "them; is there enough memory, and are the installed libraries sound?"
        )
    if culprit.kind != "row":  # rows are counted anew: what was lost of the piece is one row
        culprits = [other for other in culprits if other.kind != "row"]
    return replace(task, culprits=tuple(culprits))


def _may_be_from_outside(exit_code: int | None) -> bool:
    return exit_code is None or -exit_code in _FROM_OUTSIDE


def _died(job: Job[Any]) -> bool:
    return job.workspace.died(job.task.step, job.task.key)
