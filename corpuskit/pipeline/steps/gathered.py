"""What `gather` left, as documents with consecutive numbers over all tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.dedup.bands import Rows
from corpuskit.dedup.signatures import Signature, from_bytes
from corpuskit.minhash_objects import NUM_PERM
from corpuskit.pipeline.step import State
from corpuskit.pipeline.steps.annotate import annotated_tasks
from corpuskit.pipeline.steps.gather import FIELDS, GatherStep
from corpuskit.pipeline.steps.sign import SignStep
from corpuskit.store import Store


@dataclass(frozen=True)
class GatheredOutputs:
    """Outputs of one task that finding duplicates reads."""

    gathered: str
    annotated: str
    signed: str


def gathered_outputs(state: State) -> tuple[GatheredOutputs, ...]:
    """The outputs of all tasks, in order."""
    gathered, signed = (state.tasks[step.name] for step in (GatherStep, SignStep))
    before = zip(gathered, annotated_tasks(state), signed, strict=True)
    return tuple(GatheredOutputs(*(task.output for task in tasks)) for tasks in before)


def gathered(
    store: Store, parts: Sequence[GatheredOutputs], columns: Sequence[str] = FIELDS.names
) -> pa.Table:
    """What was gathered of all tasks, with the task's number in front."""
    schema = pa.schema([FIELDS.field(name) for name in columns])
    tables = []
    for number, part in enumerate(parts):
        table = store.table(part.gathered, columns)
        numbers = pa.array(np.full(table.num_rows, number, dtype=np.int32))
        tables.append(table.add_column(0, pa.field("task", pa.int32()), numbers))
    empty = schema.insert(0, pa.field("task", pa.int32())).empty_table()
    return pa.concat_tables([empty, *tables]).combine_chunks()


def starts_of(table: pa.Table, parts: int) -> tuple[int, ...]:
    """Where the documents of each task begin in the gathered table; one more at the end."""
    starts: list[int] = np.searchsorted(table["task"].to_numpy(), np.arange(parts + 1)).tolist()
    return tuple(starts)


RANKED: Final = ("id", "licensed", "text_bytes", "lang_score")
"""Columns of which a rank is made."""


def rank_of(table: pa.Table) -> npt.NDArray[np.int64]:
    """Which member of a cluster is best, as a rank over all documents; lower is better.

    A known license first (a corpus must be accountable), then more text, then surer
    language, then id. Scores count to four places: processors differ in the last bits, and
    fastText adds 1e-5.
    """
    order = pc.sort_indices(
        table.set_column(
            table.schema.get_field_index("lang_score"),
            "lang_score",
            pc.round(table["lang_score"], ndigits=4),
        ),
        sort_keys=[
            ("licensed", "descending"), ("text_bytes", "descending"),
            ("lang_score", "descending"), ("id", "ascending"),
        ],
    )  # fmt: skip
    rank = np.empty(table.num_rows, dtype=np.int64)
    rank[order.to_numpy()] = np.arange(table.num_rows)
    return rank


class GatheredDocuments:
    """Columns of gathered documents by their numbers, read from the outputs of their tasks."""

    def __init__(
        self, store: Store, parts: Sequence[GatheredOutputs], starts: Sequence[int]
    ) -> None:
        """`starts` has the number of the first document of each task, and one more at the end."""
        self.store, self.parts, self.starts = store, parts, starts

    def __len__(self) -> int:
        return self.starts[-1]

    def texts(self, numbers: Sequence[int]) -> list[str]:
        """Texts, in the order of the numbers."""
        texts = [""] * len(numbers)
        wanted = np.asarray(numbers, dtype=np.int64)
        output_rows = self.output_rows(wanted)
        for part, at, _ in self._by_task(wanted):
            column = self.store.table(part.annotated, ["text"])["text"]
            values = column.take(pa.array(output_rows[at])).to_pylist()
            for index, text in zip(at.tolist(), values, strict=True):
                texts[index] = text or ""
        return texts

    def signatures(self, numbers: Rows | None = None) -> Signature:
        """Signatures, shape (n, permutations), of some documents or of all; copied once."""
        numbers = np.arange(len(self)) if numbers is None else numbers
        matrix = np.zeros((len(numbers), NUM_PERM), dtype=np.uint32)
        for part, at, rows in self._by_task(numbers):
            column = self.store.table(part.signed, ["signature"])["signature"]
            matrix[at] = from_bytes(column.take(pa.array(self._rows(part, rows))))
        return matrix

    def shingle_counts(self, numbers: Rows) -> Rows:
        """Distinct shingles of texts, shape (n,)."""
        counts = np.zeros(len(numbers), dtype=np.int64)
        for part, at, rows in self._by_task(numbers):
            column = self.store.table(part.gathered, ["shingle_count"])["shingle_count"]
            counts[at] = column.to_numpy()[rows]
        return counts

    def output_rows(self, numbers: Rows) -> Rows:
        """Rows of documents in the outputs of their tasks, shape (n,)."""
        output_rows = np.zeros(len(numbers), dtype=np.int64)
        for part, at, rows in self._by_task(numbers):
            output_rows[at] = self._rows(part, rows)
        return output_rows

    def _rows(self, part: GatheredOutputs, rows: Rows) -> npt.NDArray[Any]:
        """Rows in the other outputs of the task."""
        chosen: npt.NDArray[Any] = self.store.table(part.gathered, ["row"])["row"].to_numpy()[rows]
        return chosen

    def _by_task(self, numbers: Rows) -> Iterator[tuple[GatheredOutputs, Rows, Rows]]:
        """Per task that has any of the documents: where they stand in `numbers`, and their rows
        in the gathered output."""
        tasks = np.searchsorted(np.asarray(self.starts[1:]), numbers, side="right")
        order = np.argsort(tasks, kind="stable")
        edges: Rows = np.flatnonzero(np.diff(tasks[order], prepend=-1, append=-1))
        for start, stop in pairwise(edges.tolist()):
            at = order[start:stop]
            task = int(tasks[at[0]])
            yield self.parts[task], at, numbers[at] - self.starts[task]
