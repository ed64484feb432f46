"""The step `tally`: count every row at every stage, and list those that were lost.

Each segment's rows are counted in that segment's own output, so that a row that got lost between
two of them shows in the ledger.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import schema
from corpuskit.identity import Ingredient
from corpuskit.ledger import Ledger, StageCount
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import annotated_tasks
from corpuskit.pipeline.steps.decide import DecideStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.summary import SUMMARY, summary_of
from corpuskit.publish.redact import redact
from corpuskit.stage import DETAIL, REASON
from corpuskit.store import Store
from corpuskit.tombstones import NO_TOMBSTONES, Tombstones

if TYPE_CHECKING:
    from corpuskit.pipeline.plan import Plan

TALLY: Final = Ingredient("tally", "2")
GROUP: Final = 16
"""Tasks whose rows are counted into one output."""


@dataclass(frozen=True)
class TalliedOutputs:
    """Outputs of one task whose rows are counted."""

    source: str
    extracted: str
    annotated: str
    decided: str


@dataclass(frozen=True)
class TallyTask(Task):
    """Consecutive tasks whose rows are counted."""

    first: int
    """Number of the first of the tasks."""
    parts: tuple[TalliedOutputs, ...]
    clusters: str
    stages: tuple[tuple[str, ...], ...]
    """The ledger's stages: those of `extract`, of `annotate`, of the policy."""
    tombstones: Tombstones = NO_TOMBSTONES
    """Rows that they name say no more than their source: whatever stage lost them."""


def tally(job: Job[TallyTask]) -> None:
    """Leave a table of rejects, in order; its summary has the counts per source and stage."""
    task, store = job.task, job.workspace.store
    clusters = store.table(task.clusters, ["task", "row", REASON, "duplicate_of", "similarity"])
    bounds = np.searchsorted(
        clusters["task"].to_numpy(), np.arange(task.first, task.first + len(task.parts) + 1)
    )
    counts: dict[str, dict[str, StageCount]] = {}
    rejects = []
    for number, part in enumerate(task.parts):
        clustered = clusters.slice(bounds[number], bounds[number + 1] - bounds[number])
        of_source = counts.setdefault(part.source, {})
        for output, stages in zip(
            (part.extracted, part.annotated, part.decided), task.stages, strict=True
        ):
            count_stages(of_source, stages, store.table(output, [REASON])[REASON])
        count_stages(of_source, ("dedup",), clustered[REASON])
        rejects.append(redact(rejects_of(store, part, clustered), task.tombstones))
    table = pa.concat_tables([schema.REJECTS.empty_table(), *rejects]).combine_chunks()
    summary = {
        "rejects": table.num_rows,
        "counts": {
            source: [[stage, c.read, c.passed, dict(c.reasons)] for stage, c in stages.items()]
            for source, stages in counts.items()
        },
    }
    about = {SUMMARY: json.dumps(summary).encode()}
    store.put_table(task.output, table.replace_schema_metadata(about))


def count_stages(
    counts: dict[str, StageCount], stages: Sequence[str], reasons: pa.ChunkedArray
) -> None:
    """Count rows at the stages of one segment.

    A row that an earlier segment lost has the reason of an earlier stage, and is not counted
    here: only the stages of this segment are looked at, in their order.
    """
    lost = Counter({row["values"]: row["counts"] for row in pc.value_counts(reasons).to_pylist()})
    alive = lost.pop(None, 0)
    by_stage: dict[str, Counter[str]] = {stage: Counter() for stage in stages}
    for reason, count in lost.items():
        stage = str(reason).partition("/")[0]
        if stage in by_stage:
            by_stage[stage][reason] += count
    remaining = alive + sum(reasons_of.total() for reasons_of in by_stage.values())
    for stage, reasons_of in by_stage.items():
        total = counts.setdefault(stage, StageCount())
        total.read += remaining
        remaining -= reasons_of.total()
        total.passed += remaining
        total.reasons.update(reasons_of)


def rejects_of(store: Store, part: TalliedOutputs, clustered: pa.Table) -> pa.Table:
    """Rows of the rejects of one task: lost before duplicates were looked for, or as one."""
    decided = store.table(part.decided, [REASON, DETAIL, "broken"])
    doubles = clustered.filter(pc.is_valid(clustered[REASON]))
    early = np.flatnonzero(pc.is_valid(decided[REASON]).to_numpy(zero_copy_only=False))
    late = doubles["row"].to_numpy().astype(np.int64)
    rows = np.concatenate((early, late))
    place = np.argsort(rows, kind="stable")
    chosen = pa.array(rows[place])
    double = pa.array(np.concatenate((np.full(len(early), -1), np.arange(len(late))))[place])
    double = pc.if_else(pc.less(double, 0), pa.scalar(None, pa.int64()), double)
    decided = decided.take(chosen)
    late_columns = {
        name: doubles[name].combine_chunks().take(double)
        for name in (REASON, "duplicate_of", "similarity")
    }
    reason = pc.coalesce(decided[REASON].combine_chunks(), late_columns[REASON])
    broken = decided["broken"].combine_chunks()
    extracted = store.table(part.extracted, ["url", "source_ref"]).take(chosen)
    annotated = store.table(part.annotated, ["id", "lang", "lang_score"]).take(chosen)
    columns = {
        **{name: annotated[name] for name in ("id", "lang", "lang_score")},
        **{name: extracted[name] for name in ("url", "source_ref")},
        "source": pa.repeat(pa.scalar(part.source), len(rows)),
        "stage": _stage_of(reason),
        "reason": reason,
        "detail": decided[DETAIL],
        "broken": broken,
        **_first_rule(broken),
        "duplicate_of": late_columns["duplicate_of"],
        "similarity": late_columns["similarity"],
    }
    return pa.table([columns[field.name] for field in schema.REJECTS], schema=schema.REJECTS)


def _stages_of(plan: Plan, summaries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Stages of the ledger, in order: those of every build, and others that lost a record."""
    lossy = {
        stage
        for summary in summaries
        for counted in summary["counts"].values()
        for stage, _, _, reasons in counted
        if reasons
    }
    shown = lossy.union(plan.ledger_stages)
    every = [*(stage for stages in plan.counted_stages for stage in stages), "dedup"]
    return [stage for stage in every if stage in shown]


def _stage_of(reasons: pa.Array) -> pa.Array:
    return pc.list_element(pc.split_pattern(reasons, "/", max_splits=1), 0)


def _first_rule(broken: pa.Array) -> dict[str, pa.Array]:
    """Rule, value and threshold of the first rule that each row broke; null without one."""
    rows = broken.to_pylist()
    first: list[Mapping[str, Any]] = [rules[0] if rules else {} for rules in rows]
    return {
        name: pa.array([rule.get(name) for rule in first], schema.REJECTS.field(name).type)
        for name in ("rule", "value", "threshold")
    }


class TallyStep(Step):
    """A task per group of tasks."""

    name = "tally"
    function = staticmethod(tally)
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """Groups of consecutive tasks."""
        (clusters,) = state.tasks[DedupStep.name]
        plan = state.plan
        stages = plan.counted_stages
        extracted, decided = (state.tasks[step.name] for step in (ExtractStep, DecideStep))
        before = list(zip(extracted, annotated_tasks(state), decided, strict=True))
        tasks: list[Task] = []
        for first in range(0, len(before), GROUP):
            group = before[first : first + GROUP]
            parts = tuple(
                TalliedOutputs(decided.source, extracted.output, annotated.output, decided.output)
                for extracted, annotated, decided in group
            )
            key = plan.identity.task_key(
                self.name, clusters.key, first, [decided.key for *_, decided in group], stages
            )
            tasks.append(
                TallyTask(
                    self.name, key, first, parts, clusters.output, stages, plan.policy.tombstones
                )
            )
        return tasks

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Add up what the groups counted: a few numbers each."""
        ledger = Ledger()
        summaries = [summary_of(state.workspace.store, task.output) for task in tasks]
        stages = _stages_of(state.plan, summaries)
        for source in state.plan.sources:
            for stage in stages:
                ledger.add_counts(stage, StageCount(), source.name)
        for summary in summaries:
            for name, counted in summary["counts"].items():
                for stage, read, passed, reasons in counted:
                    if stage in stages:
                        count = StageCount(read, passed, Counter(reasons))
                        ledger.add_counts(stage, count, name)
        rejects = [summary["rejects"] for summary in summaries]
        state.results[self.name] = (ledger, rejects)
        return ""
