"""The step `signatures`: what is compared of the documents of many tasks, in one output.

The steps after it fetch documents by their numbers from wherever they are. Were they to open the
outputs of every task in every partition, both of which grow with the corpus, their time would grow
with its square.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa

from corpuskit.dedup.bands import Rows
from corpuskit.dedup.signatures import Signature, from_bytes
from corpuskit.minhash_objects import NUM_PERM
from corpuskit.pipeline.step import Job, State, Task
from corpuskit.pipeline.steps.gathered import GatheredDocuments, GatheredOutputs
from corpuskit.pipeline.steps.partitioned import (
    SIGNATURES,
    ComparedTask,
    PartitionedStep,
    compared,
    key_of_part,
    memory_of,
)
from corpuskit.store import Store

HELD: Final = 1_000
"""Bytes a document while a group is put together and cut into bands: its signature, and its keys
before and after they are sorted."""
_SHARE: Final = 4
"""Of the memory one part is for a group."""
LARGEST: Final = 250_000
"""Documents of a group at most, so that there are tasks for many workers."""

SCHEMA: Final = pa.schema(
    [
        pa.field("signature", pa.binary(4 * NUM_PERM)),
        pa.field("shingle_count", pa.int32()),
        pa.field("row", pa.int32()),
    ]
)
"""`row` in the outputs of the task that the document is of."""


def join_signatures(job: Job[ComparedTask]) -> None:
    """Leave the signatures, counts of shingles and rows of the documents of a group of tasks."""
    task, store = job.task, job.workspace.store
    rows, counts, signatures = [], [], []
    for part in task.parts:
        table = store.table(part.gathered, ["row", "shingle_count"])
        rows.append(table["row"].to_numpy())
        counts.append(table["shingle_count"].to_numpy())
        column = store.table(part.signed, ["signature"])["signature"]
        signatures.append(from_bytes(column.take(pa.array(rows[-1]))))
    matrix = np.concatenate(signatures).astype("<u4", copy=False)
    stored = pa.FixedSizeBinaryArray.from_buffers(
        SCHEMA.field("signature").type, len(matrix), [None, pa.py_buffer(matrix)]
    )
    columns = [stored, pa.array(np.concatenate(counts)), pa.array(np.concatenate(rows))]
    store.put_batches(task.output, SCHEMA, [pa.record_batch(columns, schema=SCHEMA)])


@dataclass(frozen=True)
class JoinedOutput:
    """An output of this step: its documents have consecutive numbers from `first` on."""

    name: str
    first: int


def joined_outputs(state: State) -> tuple[JoinedOutput, ...]:
    """The outputs of all groups, in order."""
    return tuple(JoinedOutput(task.output, task.starts[0]) for task in state.tasks[SIGNATURES])


@dataclass(frozen=True)
class JoinedTask(ComparedTask):
    """A task that reads documents of all tasks by their numbers, as they were joined."""

    joined: tuple[JoinedOutput, ...]

    def documents(self, store: Store) -> JoinedDocuments:
        """The documents."""
        return JoinedDocuments(store, self.parts, self.starts, self.joined)


class JoinedDocuments(GatheredDocuments):
    """Columns of documents, by number; each file holds the documents of many tasks."""

    def __init__(
        self,
        store: Store,
        parts: Sequence[GatheredOutputs],
        starts: Sequence[int],
        joined: Sequence[JoinedOutput],
    ) -> None:
        super().__init__(store, parts, starts)
        self._joined = joined

    def signatures(self, numbers: Rows | None = None) -> Signature:
        """Signatures, shape (n, permutations), of some documents or of all."""
        numbers = np.arange(len(self)) if numbers is None else numbers
        matrix = np.zeros((len(numbers), NUM_PERM), dtype=np.uint32)
        for at, rows, array in self._arrays(numbers, "signature"):
            stored = np.frombuffer(array.buffers()[1], dtype="<u4").reshape(-1, NUM_PERM)
            matrix[at] = stored[array.offset : array.offset + len(array)][rows]
        return matrix

    def shingle_counts(self, numbers: Rows) -> Rows:
        """Distinct shingles of texts, shape (n,)."""
        return self._numbers(numbers, "shingle_count")

    def output_rows(self, numbers: Rows) -> Rows:
        """Rows of documents in the outputs of their tasks, shape (n,)."""
        return self._numbers(numbers, "row")

    def _numbers(self, numbers: Rows, name: str) -> Rows:
        values = np.zeros(len(numbers), dtype=np.int64)
        for at, rows, array in self._arrays(numbers, name):
            values[at] = array.to_numpy()[rows]
        return values

    def _arrays(self, numbers: Rows, name: str) -> Iterator[tuple[Rows, Rows, pa.Array]]:
        """Per output that has any of the documents: where they stand in `numbers`, their rows in
        the output, and the column there."""
        firsts = np.array([output.first for output in self._joined])
        groups = np.searchsorted(firsts, numbers, side="right") - 1
        order = np.argsort(groups, kind="stable")
        edges: Rows = np.flatnonzero(np.diff(groups[order], prepend=-1, append=-1))
        for start, stop in pairwise(edges.tolist()):
            at = order[start:stop]
            output = self._joined[int(groups[at[0]])]
            with self.store.table_file(output.name) as file:
                yield at, numbers[at] - output.first, file.array(name, 0)


class SignaturesStep(PartitionedStep):
    """A task per group of tasks, as many as `[dedup] memory` allows."""

    name = SIGNATURES
    function = staticmethod(join_signatures)
    shown = False

    def parts(self, state: State) -> Sequence[Task]:
        """Groups of consecutive tasks."""
        everything = compared(state)
        parts, starts = everything["parts"], everything["starts"]
        most = min(LARGEST, max(1, memory_of(state) // _SHARE // HELD))
        return [
            ComparedTask(
                self.name,
                key_of_part(state, self.name, first, last),
                parts[first:last],
                starts[first : last + 1],
            )
            for first, last in _groups(starts, most)
        ]


def _groups(starts: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Runs of tasks of at most `most` documents, or of a single task; those behind the last
    document are left out."""
    first = 0
    for last in range(1, len(starts)):
        is_end = last == len(starts) - 1
        if is_end or starts[last + 1] - starts[first] > most:
            if starts[last] > starts[first]:
                yield first, last
            first = last
