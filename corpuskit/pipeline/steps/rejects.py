"""The step `rejects`: write the files of rejects from what was tallied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from corpuskit.errors import LedgerError
from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.published_files import PublishedFilesStep
from corpuskit.pipeline.steps.tally import TallyStep
from corpuskit.publish.published import PublishedFile, digest_of, forget, write_note
from corpuskit.publish.rejects import files_of, write_rejects
from corpuskit.schema import REJECTS
from corpuskit.store import Store

WRITING: Final = Ingredient("rejects", "2", libraries=("pyarrow",))


@dataclass(frozen=True)
class RejectsTask(Task):
    """One file of rejects."""

    name: str
    slices: tuple[tuple[str, int, int], ...]
    """Output of `tally`, first row and row behind the last, in order."""

    @property
    def output(self) -> str:
        """The file itself is what it leaves."""
        return self.name


def write(job: Job[RejectsTask]) -> PublishedFile:
    """Write a file of rejects and note what is in it."""
    task, store = job.task, job.workspace.store
    forget(store, task.name)
    with store.writing(task.name) as file:
        rows = write_rejects(file, _tables(store, task))
    planned = sum(stop - start for _, start, stop in task.slices)
    if rows != planned:
        raise LedgerError(f"{task.name}: {planned} rejects planned, {rows} written")
    written = PublishedFile(
        path=task.name,
        kind="rejects",
        key=task.key,
        bytes=store.size(task.name) or 0,
        sha256=digest_of(store, task.name),
        rows=rows,
    )
    write_note(store, written)
    return written


def _tables(store: Store, task: RejectsTask) -> Iterator[pa.Table]:
    for name, start, stop in task.slices:
        table = store.table(name).replace_schema_metadata(None)
        yield table.slice(start, stop - start).cast(REJECTS)


class RejectsStep(PublishedFilesStep):
    """A task per file."""

    name = "rejects"
    function = staticmethod(write)
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """One per file of a million rows."""
        tallied = state.tasks[TallyStep.name]
        _, counts = state.results[TallyStep.name]
        tasks: list[Task] = []
        for name, start, stop in files_of(sum(counts)):
            slices = list(_overlaps([task.output for task in tallied], counts, start, stop))
            made_of = [task.key for task in tallied]
            key = state.plan.identity.task_key(self.name, made_of, name, start, stop)
            tasks.append(RejectsTask(self.name, key, name, tuple(slices)))
        return tasks


def _overlaps(
    names: Sequence[str], counts: Sequence[int], start: int, stop: int
) -> Iterator[tuple[str, int, int]]:
    """The parts of outputs of `counts` rows each that are rows [start, stop) of all together."""
    begin = 0
    for name, count in zip(names, counts, strict=True):
        first, last = max(start, begin), min(stop, begin + count)
        if first < last:
            yield name, first - begin, last - begin
        begin += count
