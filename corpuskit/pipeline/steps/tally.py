"""The step `tally`: count every row at every stage, and list those that were lost.

Each segment's rows are counted in that segment's own output, so that a row that got lost between
two of them shows in the ledger.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit import schema
from corpuskit.document import text_sha256
from corpuskit.identity import Ingredient
from corpuskit.ledger import Ledger, StageCount
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import annotated_tasks
from corpuskit.pipeline.steps.decide import DecideStep
from corpuskit.pipeline.steps.dedup import DedupStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.summary import SUMMARY, summary_of
from corpuskit.privacy.excerpts import Excerpts
from corpuskit.publish.redact import redact
from corpuskit.stage import DETAIL, REASON
from corpuskit.store import Store
from corpuskit.tombstones import NO_TOMBSTONES, Tombstones

if TYPE_CHECKING:
    from corpuskit.pipeline.plan import Plan

TALLY: Final = Ingredient("tally", "3")
ROW: Final = "_row"
"""Column in transit: the number of a reject in its task's outputs."""
WITHOUT_TEXT: Final = ("policy", "takedown")
"""Stages that reject what must not be used: excluded addresses, licenses and opt-outs, and what was
taken down. Their rejects never have a text."""
GROUP: Final = 16
"""Tasks whose rows are counted into one output."""
_OF_DUPLICATES: Final = ("duplicate_of", "similarity", "earlier_build", "earlier_url")
"""Columns that clusters and rejects have of duplicates."""


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
    excerpts: Excerpts | None = None
    """How a first part of a rejected text is kept; None where the recipe keeps none."""


def tally(job: Job[TallyTask]) -> None:
    """Leave a table of rejects, in order; its summary has the counts per source and stage."""
    task, store = job.task, job.workspace.store
    clusters = store.table(task.clusters, ["task", "row", REASON, *_OF_DUPLICATES])
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
        lost = rejects_of(store, part, clustered)
        if task.excerpts is not None:
            lost = with_text(store, part, lost, task.excerpts, task.tombstones)
        rejects.append(redact(lost.drop_columns(ROW), task.tombstones))
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
        name: doubles[name].combine_chunks().take(double) for name in (REASON, *_OF_DUPLICATES)
    }
    reason = pc.coalesce(decided[REASON].combine_chunks(), late_columns[REASON])
    broken = decided["broken"].combine_chunks()
    extracted = store.table(part.extracted, ["url", "source_ref"]).take(chosen)
    annotated = store.table(part.annotated, ["id", "lang", "lang_score"]).take(chosen)
    columns = {
        ROW: chosen,
        "text": pa.nulls(len(rows), pa.string()),
        **{name: annotated[name] for name in ("id", "lang", "lang_score")},
        **{name: extracted[name] for name in ("url", "source_ref")},
        "source": pa.repeat(pa.scalar(part.source), len(rows)),
        "stage": _stage_of(reason),
        "reason": reason,
        "detail": decided[DETAIL],
        "broken": broken,
        **_first_rule(broken),
        **{name: late_columns[name] for name in _OF_DUPLICATES},
    }
    numbered = schema.REJECTS.append(pa.field(ROW, pa.int64()))
    return pa.table([columns[field.name] for field in numbered], schema=numbered)


def with_text(
    store: Store,
    part: TalliedOutputs,
    rejects: pa.Table,
    excerpts: Excerpts,
    tombstones: Tombstones,
) -> pa.Table:
    """Rejects of a task with a first part of their texts.

    None of records that must not be used (WITHOUT_TEXT), and of texts that were taken down.
    """
    texts = store.table(part.annotated, ["text"])["text"].take(rejects[ROW]).to_pylist()
    for row, (stage, text) in enumerate(zip(rejects["stage"].to_pylist(), texts, strict=True)):
        if stage in WITHOUT_TEXT or (text and _is_taken_down(part.source, text, tombstones)):
            texts[row] = None
    shown = excerpts.of(texts, rejects["url"].to_pylist())
    at = rejects.schema.get_field_index("text")
    return rejects.set_column(at, rejects.schema.field(at), pa.array(shown, pa.string()))


def _is_taken_down(source: str, text: str, tombstones: Tombstones) -> bool:
    return bool(tombstones) and (
        tombstones.of_document(source, text_sha256=text_sha256(text)) is not None
    )


def excerpts_of(plan: Plan) -> Excerpts | None:
    """How a first part of each rejected text is kept; None where the recipe does not ask for it.

    Personal data is masked as in texts that are kept; kinds for which the recipe rejects documents
    are masked as well. The countries of all languages count, since the text may be in any.
    """
    recipe = plan.recipe
    if not recipe.output.reject_text:
        return None
    return Excerpts(
        recipe.output.reject_text,
        tuple(recipe.privacy.kinds_with("mask", "reject")),
        recipe.privacy.keep,
        tuple(dict.fromkeys(tld.upper() for language in plan.languages for tld in language.cctld)),
    )


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
        stages, excerpts = plan.counted_stages, excerpts_of(plan)
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
                self.name,
                clusters.key,
                first,
                [decided.key for *_, decided in group],
                stages,
                *([asdict(excerpts)] if excerpts else []),
            )
            tasks.append(
                TallyTask(
                    self.name,
                    key,
                    first,
                    parts,
                    clusters.output,
                    stages,
                    plan.policy.tombstones,
                    excerpts,
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
