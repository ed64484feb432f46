"""The step `sign`: a MinHash signature of every text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from corpuskit.chain import run_chain
from corpuskit.pipeline.map_tasks import MapTask, following_tasks, rows_of, store_batch
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import AnnotateStep
from corpuskit.stage import DETAIL, REASON

_GIVEN: Final = ("text", "lang", REASON, DETAIL)


def sign(job: Job[MapTask]) -> None:
    """Run the signature segment over annotated texts."""
    batch = run_chain(job.task.segment.make(), rows_of(job))
    store_batch(job, batch, list(job.task.segment.fields.values()))


class SignStep(Step):
    """A task per task of `annotate`."""

    name = "sign"
    function = staticmethod(sign)

    def tasks(self, state: State) -> Sequence[Task]:
        """One per output of `annotate`."""
        before = state.tasks[AnnotateStep.name]
        return following_tasks(state, self.name, state.plan.sign, before, _GIVEN)
