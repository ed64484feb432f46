"""The step `gather`: of the documents that the policy kept, what finding duplicates needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import annotated_tasks
from corpuskit.pipeline.steps.decide import DecideStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.pipeline.steps.sign import SignStep
from corpuskit.stage import REASON
from corpuskit.store import Store

GATHERING: Final = Ingredient("gather", "1")

FIELDS: Final = pa.schema(
    [
        pa.field("row", pa.int32()), pa.field("id", pa.string()),
        pa.field("text_sha256", pa.string()), pa.field("lang", pa.string()),
        pa.field("lang_score", pa.float32()), pa.field("text_bytes", pa.int64()),
        pa.field("licensed", pa.bool_()), pa.field("place", pa.string()),
        pa.field("shingle_count", pa.int32()),
    ]
)  # fmt: skip
"""`row` in the task's outputs; `place` is the document's URL, else its id."""


@dataclass(frozen=True)
class GatherTask(Task):
    """Outputs of one task whose kept rows are gathered."""

    extracted: str
    annotated: str
    signed: str
    decided: str


def gather(job: Job[GatherTask]) -> int:
    """Leave one row per document that no decision has dropped; how many they are."""
    task, store = job.task, job.workspace.store
    reasons = store.table(task.decided, [REASON])[REASON]
    rows = np.flatnonzero(pc.is_null(reasons).to_numpy(zero_copy_only=False))
    kept = pa.array(rows.astype(np.int64))
    measured = ["id", "text_sha256", "lang", "lang_score", "text_bytes"]
    annotated = store.table(task.annotated, measured).take(kept)
    extracted = store.table(task.extracted, ["url", "license"]).take(kept)
    columns = {
        **{name: annotated[name] for name in measured},
        "row": pa.array(rows.astype(np.int32)),
        "licensed": pc.is_valid(extracted["license"]),
        "place": pc.coalesce(extracted["url"], annotated["id"]),
        "shingle_count": store.table(task.signed, ["shingle_count"]).take(kept)["shingle_count"],
    }
    store.put_table(task.output, pa.table({name: columns[name] for name in FIELDS.names}, FIELDS))
    return len(rows)


class GatherStep(Step):
    """A task per task of `decide`."""

    name = "gather"
    function = staticmethod(gather)
    shown = False

    def tasks(self, state: State) -> Sequence[Task]:
        """One per output of `decide`."""
        extracted, *others = (
            state.tasks[step.name] for step in (ExtractStep, SignStep, DecideStep)
        )
        before = (extracted, annotated_tasks(state), *others)
        return [
            GatherTask(
                self.name,
                state.plan.identity.task_key(self.name, signed.key, decided.key),
                extracted.output,
                annotated.output,
                signed.output,
                decided.output,
            )
            for extracted, annotated, signed, decided in zip(*before, strict=True)
        ]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Keep the number of documents of every task."""
        store = state.workspace.store
        state.results[self.name] = [
            results[index] if index in results else _rows_in(store, task.output)
            for index, task in enumerate(tasks)
        ]
        return super().after(state, tasks, results)


def _rows_in(store: Store, output: str) -> int:
    with store.table_file(output) as file:
        return sum(file.rows)
