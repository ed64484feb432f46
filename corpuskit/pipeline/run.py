"""Run a plan's steps with an engine, and resume them: a task whose output stands is skipped."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final

from corpuskit import logs
from corpuskit.engines import Engine
from corpuskit.errors import DamagedOutputError
from corpuskit.identity import upgrades
from corpuskit.pipeline.crashes import DeathGuard
from corpuskit.pipeline.measured import measured
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.work_meter import TaskWork

MAX_REPAIRS: Final = 2
"""How often an output is made anew in one run: one that is damaged again is the disk's fault."""

_log = logs.logger(__name__)


class Run:
    """One run of steps in an open workspace."""

    def __init__(self, state: State, engine: Engine) -> None:
        self.state, self.engine = state, engine
        self._held: list[dict[str, Any]] = []
        """Lines of the journal that are only worth writing if this run has work to do."""

    def run(self, steps: Sequence[Step]) -> State:
        """Every step in order; steps whose outputs stand take no time.

        An output that turns out to be damaged is deleted, and the step that makes it runs again:
        only what is missing is done.
        """
        repaired: Counter[str] = Counter()
        self._note(run="begin")
        number = 0
        while number < len(steps):
            try:
                self._run(steps[number])
                number = self._next(steps, number)
            except DamagedOutputError as error:
                repaired[error.output] += 1
                if repaired[error.output] > MAX_REPAIRS:
                    raise
                number = self._discard(error, steps[:number])
        return self.state

    def _discard(self, error: DamagedOutputError, before: Sequence[Step]) -> int:
        """Delete a damaged output, and say so; the number of the step that makes it."""
        _log.warning("%s", error)
        maker = PurePosixPath(error.output).parent.name
        line = f"{error.output} is not as it was written; it is made anew"
        self.state.progress.note(maker, line)
        self.state.workspace.store.delete(error.output)
        names = [step.name for step in before]
        if maker not in names:
            return 0
        return names.index(before[names.index(maker)].restarts_at or maker)

    def _next(self, steps: Sequence[Step], number: int) -> int:
        """The number of the step behind one, or of an earlier one for another round."""
        again = steps[number].again(self.state)
        return number + 1 if again is None else [step.name for step in steps].index(again)

    def _run(self, step: Step) -> None:
        state = self.state
        tasks = step.tasks(state)
        standing = step.standing(state, tasks)
        pending = [index for index in range(len(tasks)) if index not in standing]
        progress = state.progress
        shown = step.shown and bool(tasks or not (step.in_parent or step.optional))
        if shown:
            progress.begin(step.name, len(tasks), len(standing))
        started = time.monotonic()
        _log.info("%s: tasks %d, done before %d", step.name, len(tasks), len(standing))
        self._tell_upgrades(step, rerun=bool(pending))
        results: dict[int, Any] = {}
        if pending:
            step.before(state, [tasks[index] for index in pending])
            for position, result, work in self._map(step, [tasks[index] for index in pending]):
                index = pending[position]
                results[index] = result
                state.has_worked = state.has_worked or not step.every_time
                self._note(step=step.name, done=tasks[index].key, **work.to_json())
                if shown:
                    progress.advance(step.name, work)
        state.tasks[step.name] = tasks
        outcome = step.after(state, tasks, results)
        if pending:
            took = round(time.monotonic() - started, 3)
            self._note(step=step.name, tasks=len(pending), of=len(tasks), clock=took)
        if shown:
            progress.end(step.name, outcome)

    def _map(self, step: Step, tasks: Sequence[Task]) -> Iterator[tuple[int, Any, TaskWork]]:
        """(position of the task, result, what it took) as each is done."""
        if step.in_parent:
            here = partial(step.here, self.state)
            yield from ((index, *measured(here, task)) for index, task in enumerate(tasks))
            return
        places = {source.name: source.place for source in self.state.plan.sources}
        jobs: list[Job[Any]] = [Job(self.state.workspace, task, places) for task in tasks]
        function: Callable[[Any], Any] = partial(measured, step.function)
        if step.alone is not None:
            say = partial(self.state.progress.say, step.name)
            pairs = DeathGuard(self.engine, function, step.alone, say).run_all(jobs)
        else:
            pairs = self.engine.map(function, jobs)
        for index, outcome in pairs:
            # None: a task of a group whose output stood already when the group ran again.
            yield (index, *(outcome or (None, TaskWork())))

    def _note(self, **event: Any) -> None:
        """Add a line to the journal; a run that has nothing to do leaves none."""
        self._held.append({"at": round(time.time(), 3), **event})
        if self.state.has_worked:
            for held in self._held:
                self.state.workspace.note(**held)
            self._held.clear()

    def _tell_upgrades(self, step: Step, *, rerun: bool) -> None:
        """Say which libraries changed since the step ran last, where it runs again."""
        workspace = self.state.workspace
        software = self.state.plan.identity.software.get(step.name)
        if software is None:
            return
        known = workspace.software()
        if rerun and (changed := _upgraded(known.get(step.name, {}), software)):
            line = f"{step.name} runs again: {', '.join(changed)}"
            _log.info(line)
            self.state.progress.note(step.name, line)
        workspace.keep_software({**known, step.name: software})


def _upgraded(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Upgrades of libraries that the step used before and uses now: other sources or stages of a
    recipe bring libraries of their own, which nobody upgraded."""
    both = before.keys() & now.keys()
    return upgrades({name: before[name] for name in both}, {name: now[name] for name in both})
