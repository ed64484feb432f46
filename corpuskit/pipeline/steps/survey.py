"""The step `survey`: count and sample every published file, for report.html."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.publish import PublishStep
from corpuskit.pipeline.steps.rejects import RejectsStep
from corpuskit.publish.report.survey import Survey, merge_surveys, survey_file

SURVEY: Final = Ingredient("survey", "1", libraries=("pyarrow", "numpy"))


@dataclass(frozen=True)
class SurveyTask(Task):
    """One published file to be surveyed."""

    path: str
    kind: str
    policies: Mapping[str, Mapping[str, float]]
    """Thresholds in force by language."""


def survey(job: Job[SurveyTask]) -> None:
    """Leave counts and samples of a shard or of a file of rejects."""
    task, store = job.task, job.workspace.store
    store.put_table(task.output, survey_file(store, task.kind, task.path, task.policies))


class SurveyStep(Step):
    """A task per published file."""

    name = "survey"
    function = staticmethod(survey)
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """One per file, in order."""
        files = [*state.results[PublishStep.name], *state.results[RejectsStep.name]]
        policy = state.plan.policy
        policies = {code: policy.in_force(code) for code in policy.wanted}
        return [
            SurveyTask(
                self.name,
                state.plan.identity.task_key(self.name, file.path, file.sha256, policies),
                file.path,
                file.kind,
                policies,
            )
            for file in files
        ]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Put the surveys of all files together."""
        store = state.workspace.store
        tables = (store.table(task.output) for task in tasks)
        state.results[self.name] = Survey(merge_surveys(tables))
        return ""
