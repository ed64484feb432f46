"""The step `summarize`: count what is in every published file, for the description files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.publish import PublishStep
from corpuskit.pipeline.steps.rejects import RejectsStep
from corpuskit.publish.pages.counts import Counts, count_rejects, count_shard, merge_counts

SUMMARY: Final = Ingredient("summarize", "1", libraries=("pyarrow",))


@dataclass(frozen=True)
class SummarizeTask(Task):
    """One published file to be counted."""

    path: str
    kind: str


def summarize(job: Job[SummarizeTask]) -> None:
    """Leave the counts of a shard or of a file of rejects."""
    task, store = job.task, job.workspace.store
    count = count_shard if task.kind == "data" else count_rejects
    store.put_table(task.output, count(store, task.path))


class SummarizeStep(Step):
    """A task per published file."""

    name = "summarize"
    function = staticmethod(summarize)
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """One per file, in order."""
        files = [*state.results[PublishStep.name], *state.results[RejectsStep.name]]
        return [
            SummarizeTask(
                self.name,
                state.plan.identity.task_key(self.name, file.path, file.sha256),
                file.path,
                file.kind,
            )
            for file in files
        ]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Add the counts up."""
        store = state.workspace.store
        tables = (store.table(task.output) for task in tasks)
        state.results[self.name] = Counts(merge_counts(tables))
        return ""
