"""The step `extract`: read records and take their text out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from corpuskit import schema
from corpuskit.identity import Ingredient
from corpuskit.pipeline.map_tasks import (
    FROM_CONNECTOR,
    InputPiece,
    MapTask,
    run_alone,
    run_segment,
    store_batch,
    stored_fields,
)
from corpuskit.pipeline.pack import pack
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.scan import ScanStep
from corpuskit.stage import Batch
from corpuskit.urls import canonical_url, domain

TASK: Final = Ingredient("records", "4", libraries=("idna", "tldextract"))
"""The form in which outputs are stored: raise its version whenever that changes. Registrable
domains follow the public suffix list in tldextract."""

_STORED_RAW: Final = (*FROM_CONNECTOR, "url_canonical", "domain")


def extract(job: Job[MapTask]) -> None:
    """Read a task's records and run the first segment over them."""
    batch = run_segment(job, with_addresses)
    raw = [schema.FIELDS[name] for name in _STORED_RAW if name in schema.FIELDS]
    store_batch(job, batch, stored_fields(job.task.segment, *raw), compression="lz4")


def with_addresses(batch: Batch) -> Batch:
    """The batch with canonical URLs and registrable domains."""
    return batch.with_columns(
        url_canonical=[canonical_url(url) for url in batch["url"]],
        domain=[domain(url) for url in batch["url"]],
    )


class ExtractStep(Step):
    """One task per run of pieces of a source's inputs."""

    name = "extract"
    function = staticmethod(extract)
    alone = staticmethod(run_alone)

    def tasks(self, state: State) -> Sequence[Task]:
        """Pieces packed to tasks, source by source."""
        tasks: list[Task] = []
        for source in state.plan.sources:
            source_key, portable = source.ingredient.key, source.anywhere()
            scanned = state.results[ScanStep.name][source.name]
            for pieces in pack(scanned, state.task_records, state.task_bytes):
                reads = [source_key, *map(_piece_key, pieces)]
                key = state.plan.identity.task_key(self.name, *reads)
                task = MapTask(
                    self.name,
                    key,
                    state.plan.extract,
                    portable,
                    pieces,
                    limits=state.plan.limits,
                )
                tasks.append(task)
        return tasks


def _piece_key(part: InputPiece) -> list[object]:
    lost = [list(part.lost)] if part.lost else []
    return [part.input.name, part.sha256, part.piece.start, part.piece.stop, *lost]
