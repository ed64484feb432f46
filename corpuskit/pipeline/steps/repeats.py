"""The step `repeats`: take out lines and passages that many documents have, and measure again what
is left of these texts.

    repeat_keys     per 16 tasks      keys of lines and pieces, laid out by range
    repeat_counts   per part of keys  which of them enough documents and hosts have
    repeats         per task          texts edited and measured again

A task that changes no text leaves an empty table, and later steps read the output of `annotate`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from corpuskit import schema
from corpuskit.dedup.repeat_keys import Hashes
from corpuskit.dedup.repeated_text import REPEATED, Span, repeated_spans
from corpuskit.identity import Ingredient
from corpuskit.pipeline.guarded import ProgressMark, SegmentRun, unchanged
from corpuskit.pipeline.map_tasks import MapTask, without_culprits
from corpuskit.pipeline.step import Culprit, Job, State, Task
from corpuskit.pipeline.steps.annotate import REPEATS, AnnotateStep, with_ids
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.steps.repeat_counts import RepeatCountsStep, RepeatCountsTask
from corpuskit.pipeline.steps.repeat_keys import (
    RepeatKeysStep,
    RepeatsKeys,
    RepeatStep,
    compared_units,
)
from corpuskit.pipeline.summary import SUMMARY, summary_of
from corpuskit.recipe import Recipe
from corpuskit.stage import Batch
from corpuskit.store import Store

EDITING_VERSION: Final = "1"
_EXTRACTED: Final = ("source_ref", "url", "lang_declared")
"""Columns of `extract` that stages read as well."""


def editing_ingredient(recipe: Recipe) -> Ingredient:
    """What the edits depend on, beside their stages and what is repeated."""
    passages = recipe.dedup.passages
    options = {"characters": None if passages is None else passages.characters}
    return Ingredient(REPEATS, EDITING_VERSION, options)


@dataclass(frozen=True)
class RepeatedKeys:
    """An output of `repeat_counts`, and the ranges of its keys."""

    output: str
    first: int
    last: int


@dataclass(frozen=True)
class RepeatsTask(MapTask):
    """Annotated rows of one task; `reads` names them."""

    extracted: str = field(kw_only=True)
    repeated: tuple[RepeatedKeys, ...] = field(kw_only=True)
    languages: tuple[str, ...] = field(kw_only=True)
    passages: bool = field(kw_only=True)
    """Whether passages are looked for,"""
    characters: int = field(kw_only=True)
    """of so many characters at least."""


def edit_repeats(job: Job[RepeatsTask]) -> int:
    """Leave the rows of the task with their texts edited, or an empty table; how many texts were
    edited."""
    task, store = job.task, job.workspace.store
    with job.workspace.running(task.step, task.key):
        progress = ProgressMark(job.progress_file) if task.careful else None
        if progress is not None:
            progress.note("setup")
        spans = _spans(store, task)
        table = store.table(str(task.reads))
        edited = table.slice(0, 0)
        if spans:
            batch = without_culprits(task, _rows(store, task, table, spans))
            run = SegmentRun(task.segment.make(), task.limits, task.label, with_ids, progress)
            edited = _merged(table, run.run(batch), list(spans))
        about = {SUMMARY: json.dumps({"edited": len(spans)}).encode()}
        store.put_table(task.output, edited.replace_schema_metadata(about))
    return len(spans)


def try_alone(job_and_culprit: tuple[Job[RepeatsTask], Culprit | None]) -> None:
    """Try one edited row of a task by itself; see map_tasks.run_alone."""
    job, culprit = job_and_culprit
    task, store = job.task, job.workspace.store
    stages = task.segment.make()
    spans = _spans(store, task)
    if culprit is not None and culprit.kind == "row":
        rows = _rows(store, task, store.table(str(task.reads)), spans)
        row = rows.take([culprit.numbers[0]])
        SegmentRun(stages, task.limits, task.label, unchanged).row(row)


def _spans(store: Store, task: RepeatsTask) -> dict[int, list[Span]]:
    """By row, in order, the spans that leave its text; without rows that stay as they are."""
    rows, units = compared_units(store, str(task.reads), task.languages, pieces=task.passages)
    keys = np.array(sorted(set().union(*(of_text.keys() for of_text in units))), dtype=np.uint64)
    repeated = frozenset(_repeated(store, task.repeated, keys).tolist())
    spans = {
        row: repeated_spans(of_text, repeated, task.characters)
        for row, of_text in zip(rows, units, strict=True)
    }
    return {row: of_row for row, of_row in spans.items() if of_row}


def _repeated(store: Store, outputs: Sequence[RepeatedKeys], keys: Hashes) -> Hashes:
    """Those of sorted keys that are repeated; the keys of one output are in memory at a time."""
    parts = [keys[:0]]
    for output in outputs:
        first = np.searchsorted(keys, np.uint64(output.first << 56))
        last = np.searchsorted(keys, np.uint64((output.last << 56) - 1), side="right")
        if first < last:
            known = store.table(output.output, ["key"])["key"].to_numpy()
            parts.append(np.intersect1d(keys[first:last], known, assume_unique=True))
    return np.concatenate(parts)


def _rows(
    store: Store, task: RepeatsTask, table: pa.Table, spans: Mapping[int, list[Span]]
) -> Batch:
    """The rows whose texts are edited, with everything that is known of them."""
    rows = pa.array(list(spans), pa.int64())
    columns = table.take(rows).to_pydict()
    extracted = store.table(task.extracted, list(_EXTRACTED)).take(rows).to_pydict()
    return Batch({**extracted, **columns, REPEATED: list(spans.values())})


def _merged(table: pa.Table, batch: Batch, rows: Sequence[int]) -> pa.Table:
    """The table with the rows of `batch` in the place of `rows`."""
    fields = list(table.schema)
    edited = schema.to_table({name.name: batch.get(name.name) for name in fields}, fields)
    place: npt.NDArray[np.int64] = np.arange(table.num_rows)
    place[list(rows)] = table.num_rows + np.arange(len(rows))
    return pa.concat_tables([table, edited]).take(pa.array(place)).combine_chunks()


class RepeatsStep(RepeatStep):
    """A task per task of `annotate`."""

    name = REPEATS
    function = staticmethod(edit_repeats)
    alone = staticmethod(try_alone)
    restarts_at = RepeatKeysStep.name

    def parts(self, state: State) -> Sequence[Task]:
        """One per output of `annotate`."""
        plan, keys = state.plan, RepeatsKeys(state)
        if plan.repeats is None:
            raise AssertionError("the recipe takes out nothing")
        counted: Sequence[RepeatCountsTask] = state.tasks[RepeatCountsStep.name]
        repeated = tuple(RepeatedKeys(task.output, task.first, task.last) for task in counted)
        passages = plan.recipe.dedup.passages
        before = zip(state.tasks[ExtractStep.name], state.tasks[AnnotateStep.name], strict=True)
        return [
            RepeatsTask(
                self.name,
                keys.key(annotated),
                plan.repeats,
                annotated.source,
                reads=annotated.output,
                limits=plan.limits,
                extracted=extracted.output,
                repeated=repeated,
                languages=plan.recipe.languages,
                passages=passages is not None,
                characters=passages.characters if passages else 0,
            )
            for extracted, annotated in before
        ]

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """Those whose outputs stand."""
        return super(RepeatStep, self).standing(state, tasks) if tasks else set()

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Have later steps read the outputs that differ from those of `annotate`."""
        store, before = state.workspace.store, state.tasks[AnnotateStep.name]
        edited = [
            results[index] if index in results else summary_of(store, task.output)["edited"]
            for index, task in enumerate(tasks)
        ]
        state.results[self.name] = (
            [
                task if count else annotated
                for task, annotated, count in zip(tasks, before, edited, strict=True)
            ]
            if tasks
            else None
        )
        if tasks and results:
            return f"{sum(edited):,} texts edited"
        return super().after(state, tasks, results)
