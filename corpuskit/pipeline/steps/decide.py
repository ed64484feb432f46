"""The step `decide`: the policy over all facts of a row; cheap, so it is taken again whenever a
rule changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import schema
from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import annotated_tasks
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.steps.sign import SignStep
from corpuskit.policy import Policy, judge
from corpuskit.policy.decide import FACTS, VERSION
from corpuskit.stage import DETAIL, REASON
from corpuskit.store import Store
from corpuskit.work_meter import count

DECISION: Final = Ingredient("decide", VERSION)
"""The rules themselves are in the keys of tasks, source by source."""

_FIELDS: Final = (
    pa.field(REASON, pa.string()),
    pa.field(DETAIL, pa.string()),
    pa.field("broken", schema.BROKEN),
)


@dataclass(frozen=True)
class DecideTask(Task):
    """Annotated rows of one source to be decided over."""

    source: str
    policy: Policy
    extracted: str
    annotated: str
    signed: str | None = None
    """The signatures' output, for rows over which making one failed."""


def decide(job: Job[DecideTask]) -> None:
    """Judge every row that is still there; leave reason, detail and all broken rules per row."""
    task, store = job.task, job.workspace.store
    facts = _facts(store, task, dict.fromkeys((*FACTS, *task.policy.columns)))
    reasons, details = _outcomes(store, task)
    count(len(reasons))
    broken: list[list[dict[str, Any]]] = [[] for _ in reasons]
    alive = [row for row, reason in enumerate(reasons) if reason is None]
    verdicts = judge(facts.take(pa.array(alive, pa.int64())), task.policy, task.source)
    for row, verdict in zip(alive, verdicts, strict=True):
        reasons[row], details[row] = verdict.reason, verdict.detail or details[row]
        broken[row] = [rule.as_row() for rule in verdict.broken]
    decisions: dict[str, list[Any]] = {REASON: reasons, DETAIL: details, "broken": broken}
    store.put_table(task.output, schema.to_table(decisions, _FIELDS))


def _facts(store: Store, task: DecideTask, columns: Iterable[str]) -> pa.Table:
    """Columns of the rows: as measured, else as extracted. One that neither has is left out."""
    with store.table_file(task.annotated) as measured, store.table_file(task.extracted) as read:
        names = [name for name in columns if name in measured.schema.names]
        raw = [name for name in columns if name not in names and name in read.schema.names]
    facts = store.table(task.annotated, names)
    for name, column in zip(raw, store.table(task.extracted, raw).columns, strict=True):
        facts = facts.append_column(name, column)
    return facts


def _outcomes(store: Store, task: DecideTask) -> tuple[list[str | None], list[str | None]]:
    """Reason and detail of every row after the stages: also of those that got no signature."""
    annotated = store.table(task.annotated, [REASON, DETAIL])
    columns = [[annotated[name].combine_chunks()] for name in (REASON, DETAIL)]
    if task.signed is not None:
        signed = store.table(task.signed, [REASON, DETAIL])
        for column, name in zip(columns, (REASON, DETAIL), strict=True):
            column.append(signed[name].combine_chunks())
    reasons, details = (pc.coalesce(*column).to_pylist() for column in columns)
    return reasons, details


class DecideStep(Step):
    """A task per task of `annotate`."""

    name = "decide"
    function = staticmethod(decide)

    def tasks(self, state: State) -> Sequence[Task]:
        """One per output of `annotate`; its key holds the rules for the task's source."""
        policy, identity = state.plan.policy, state.plan.identity
        extracted, signed = (state.tasks[step.name] for step in (ExtractStep, SignStep))
        before = zip(extracted, annotated_tasks(state), signed, strict=True)
        rules = {source.name: policy.as_json(source.name) for source in state.plan.sources}
        return [
            DecideTask(
                self.name,
                identity.task_key(
                    self.name, annotated.key, signed.key, rules[annotated.source.name]
                ),
                annotated.source.name,
                policy.of_source(annotated.source.name),
                extracted.output,
                annotated.output,
                signed.output,
            )
            for extracted, annotated, signed in before
        ]
