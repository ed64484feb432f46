"""The step `repeat_keys`: keys of the lines and pieces of every text, laid out by range of keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa

from corpuskit.dedup.repeat_keys import (
    RANGES,
    REPEAT_KEYS_VERSION,
    Hashes,
    TextUnits,
    digest_of,
    distinct_rows,
    range_of,
    units_of,
)
from corpuskit.identity import Ingredient
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.pipeline.steps.annotate import REPEATS, AnnotateStep
from corpuskit.pipeline.steps.extract import ExtractStep
from corpuskit.recipe import Recipe
from corpuskit.stage import REASON
from corpuskit.store import Store
from corpuskit.urls import host_of

GROUP: Final = 16
"""Tasks whose keys give one output."""
COLUMNS: Final = ("key", "document", "host")
SCHEMA: Final = pa.schema([pa.field(name, pa.uint64()) for name in COLUMNS])


def keys_ingredient(recipe: Recipe) -> Ingredient:
    """What the keys depend on, beside the texts."""
    options = {"pieces": recipe.dedup.passages is not None, "languages": list(recipe.languages)}
    return Ingredient("repeat_keys", REPEAT_KEYS_VERSION, options, ("numpy", "tldextract"))


@dataclass(frozen=True)
class ComparedTexts:
    """Outputs of one task whose texts are compared."""

    source: str
    extracted: str
    annotated: str


@dataclass(frozen=True)
class RepeatKeysTask(Task):
    """Consecutive tasks whose texts give one output."""

    parts: tuple[ComparedTexts, ...]
    languages: tuple[str, ...]
    pieces: bool


def find_keys(job: Job[RepeatKeysTask]) -> int:
    """Leave a record batch per range of keys: every key of a document once, with the document and
    its host as 64 bits each. Returns how many records they are."""
    task, store = job.task, job.workspace.store
    records = [_records(store, part, task) for part in task.parts]
    joined = [np.concatenate(columns) for columns in zip(*records, strict=True)]
    columns = distinct_rows(joined)
    edges = np.searchsorted(range_of(columns[0]), np.arange(RANGES + 1)).tolist()
    batches = (
        pa.record_batch([column[start:stop] for column in columns], schema=SCHEMA)
        for start, stop in pairwise(edges)
    )
    store.put_batches(task.output, SCHEMA, batches)
    return len(columns[0])


def _records(store: Store, part: ComparedTexts, task: RepeatKeysTask) -> list[Hashes]:
    """Key, document and host of every key of every document of a part."""
    rows, units = compared_units(store, part.annotated, task.languages, pieces=task.pieces)
    urls = store.table(part.extracted, ["url"])["url"].take(pa.array(rows, pa.int64()))
    keys: list[int] = []
    sizes, documents, hosts = [], [], []
    for of_text, url in zip(units, urls.to_pylist(), strict=True):
        of_document = of_text.keys()
        keys += of_document
        sizes.append(len(of_document))
        documents.append(of_text.document())
        hosts.append(_host(url, part.source))
    counts = np.array(sizes, dtype=np.int64)
    repeated = (np.repeat(np.array(of, dtype=np.uint64), counts) for of in (documents, hosts))
    return [np.array(keys, dtype=np.uint64), *repeated]


def _host(url: str | None, source: str) -> int:
    """Whose text it is: of a host, whether or not it begins with `www.`, else of the source."""
    host = host_of(url)
    return digest_of((host.removeprefix("www.") if host else f"\n{source}").encode())


def compared_units(
    store: Store, annotated: str, languages: Sequence[str], *, pieces: bool
) -> tuple[list[int], list[TextUnits]]:
    """Rows of an output that are compared, and their units: documents in a wanted language."""
    columns = ("text", "lang", REASON)
    table = store.table(annotated, list(columns))
    texts, langs, reasons = (table[name].to_pylist() for name in columns)
    rows = [
        row
        for row, (text, lang) in enumerate(zip(texts, langs, strict=True))
        if text and lang in languages and reasons[row] is None
    ]
    units = units_of([texts[row] for row in rows], [langs[row] for row in rows], pieces=pieces)
    return rows, units


def looks_for_repeats(state: State) -> bool:
    """Whether the recipe has repeated lines or passages taken out."""
    return state.plan.repeats is not None


class RepeatsKeys:
    """Keys of the tasks of `repeats`: each has its own texts, and all that these are compared
    with."""

    def __init__(self, state: State) -> None:
        self._identity = state.plan.identity
        keys = [task.key for task in state.tasks[AnnotateStep.name]]
        self._corpus = self._identity.task_key(RepeatKeysStep.name, keys)

    def key(self, annotated: Task) -> str:
        """The key of the task that edits these annotated texts."""
        return self._identity.task_key(REPEATS, annotated.key, self._corpus)


class RepeatStep(Step):
    """A step that has tasks only where the recipe asks for it, and none of whose outputs is
    needed once those of `repeats` stand."""

    optional = True

    def tasks(self, state: State) -> Sequence[Task]:
        """None where the recipe takes out nothing."""
        return self.parts(state) if looks_for_repeats(state) else []

    @abstractmethod
    def parts(self, state: State) -> Sequence[Task]:
        """The tasks, where there is anything to look for."""

    def standing(self, state: State, tasks: Sequence[Task]) -> set[int]:
        """All, where what is made of them stands; else those whose outputs do."""
        if not tasks:
            return set()
        there = {output.name for output in state.workspace.store.list(f".work/{REPEATS}")}
        last = state.tasks[AnnotateStep.name]
        keys = RepeatsKeys(state)
        if all(Task(REPEATS, keys.key(task)).output in there for task in last):
            return set(range(len(tasks)))
        return super().standing(state, tasks)


class RepeatKeysStep(RepeatStep):
    """A task per group of tasks of `annotate`."""

    name = "repeat_keys"
    function = staticmethod(find_keys)
    shown = False

    def parts(self, state: State) -> Sequence[Task]:
        """Groups of consecutive tasks."""
        recipe, identity = state.plan.recipe, state.plan.identity
        before = list(
            zip(state.tasks[ExtractStep.name], state.tasks[AnnotateStep.name], strict=True)
        )
        groups = [before[first : first + GROUP] for first in range(0, len(before), GROUP)]
        return [
            RepeatKeysTask(
                self.name,
                identity.task_key(
                    self.name, [[annotated.source.name, annotated.key] for _, annotated in group]
                ),
                tuple(
                    ComparedTexts(annotated.source.name, extracted.output, annotated.output)
                    for extracted, annotated in group
                ),
                recipe.languages,
                recipe.dedup.passages is not None,
            )
            for group in groups
        ]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Keep the number of records."""
        store = state.workspace.store
        state.results[self.name] = sum(
            results[index] if index in results else sum(_rows(store, task.output))
            for index, task in enumerate(tasks)
        )
        return super().after(state, tasks, results)


def _rows(store: Store, output: str) -> Iterator[int]:
    """Rows of the batches of an output; none where it was not needed any more and is gone."""
    if store.exists(output):
        with store.table_file(output) as file:
            yield from file.rows
