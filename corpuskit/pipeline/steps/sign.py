"""The step `sign`: a MinHash signature of every text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from corpuskit.pipeline.map_tasks import (
    MapTask,
    following_tasks,
    run_alone,
    run_segment,
    store_batch,
    stored_fields,
)
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import annotated_tasks
from corpuskit.stage import DETAIL, REASON

_GIVEN: Final = ("text", "lang", REASON, DETAIL)


def sign(job: Job[MapTask]) -> None:
    """Run the signature segment over annotated texts."""
    store_batch(job, run_segment(job), stored_fields(job.task.segment))


class SignStep(Step):
    """A task per task of `annotate`."""

    name = "sign"
    function = staticmethod(sign)
    alone = staticmethod(run_alone)

    def tasks(self, state: State) -> Sequence[Task]:
        """One per output of `annotate`."""
        before = annotated_tasks(state)
        return following_tasks(state, self.name, state.plan.sign, before, _GIVEN)
