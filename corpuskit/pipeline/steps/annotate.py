"""The step `annotate`: make texts canonical, identify their language, measure them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from corpuskit import schema
from corpuskit.document import document_id
from corpuskit.pipeline.map_tasks import (
    MapTask,
    following_tasks,
    run_alone,
    run_segment,
    store_batch,
    stored_fields,
)
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.stage import DETAIL, REASON, Batch

_GIVEN: Final = (
    "source_ref", "text", "url", "title", "lang_declared", "license_evidence", "tdm", REASON,
    DETAIL,
)  # fmt: skip


REPEATS: Final = "repeats"
"""The step that edits annotated texts again, where the recipe asks for it."""


def annotated_tasks(state: State) -> Sequence[MapTask]:
    """Per task of `annotate` the task whose output holds its rows as later steps read them: its
    own, or that of `repeats` where this step changed any of its texts."""
    tasks: Sequence[MapTask] = state.results.get(REPEATS) or state.tasks[AnnotateStep.name]
    return tasks


def annotate(job: Job[MapTask]) -> None:
    """Run the second segment and give every row its id and size."""
    batch = run_segment(job, with_ids)
    first = (schema.FIELDS["id"], schema.FIELDS["text"], pa.field("text_bytes", pa.int64()))
    store_batch(job, batch, stored_fields(job.task.segment, *first))


def with_ids(batch: Batch) -> Batch:
    """The batch with every document's id and size."""
    texts = [text or "" for text in batch["text"]]
    return batch.with_columns(
        id=[document_id(*pair) for pair in zip(batch["source_ref"], texts, strict=True)],
        text_bytes=[len(text.encode("utf-8", "replace")) for text in texts],
    )


class AnnotateStep(Step):
    """A task per task of `extract`."""

    name = "annotate"
    function = staticmethod(annotate)
    alone = staticmethod(run_alone)

    def tasks(self, state: State) -> Sequence[Task]:
        """One per output of `extract`."""
        before = state.tasks[ExtractStep.name]
        return following_tasks(state, self.name, state.plan.annotate, before, _GIVEN)
