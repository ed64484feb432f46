"""Parts for tests of the pipeline: a recipe, an observer, engines, a connector and stages."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from corpuskit import registry
from corpuskit.connectors.base import Input, Piece
from corpuskit.connectors.files import FilesConnector
from corpuskit.document import Document, RawRecord
from corpuskit.edits import Edit, EditedTexts, EditingStage
from corpuskit.engines import Engine
from corpuskit.errors import WorkerDiedError
from corpuskit.pipeline.plan import Plan
from corpuskit.pipeline.run import Run
from corpuskit.pipeline.step import State, Step
from corpuskit.recipe import Recipe, parse_recipe
from corpuskit.stage import Batch
from corpuskit.stage import signal as lift
from corpuskit.work_meter import TaskWork
from corpuskit.workspace import Workspace

KHMER = "khm_Khmr"
ARTICLE = (
    "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។ មនុស្ស មានវិចារណញ្ញាណនិង"
    "សតិសម្បជញ្ញៈជាប់ពីកំណើត ហើយគប្បីប្រព្រឹត្ដចំពោះគ្នាទៅវិញទៅមក ក្នុងស្មារតីភាតរភាពជាបងប្អូន។"
)


class Recorder:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []

    def plan(self, name: str, sources: int, languages: int, build: str) -> None:
        self.events.append(("plan", name, sources, languages, build))

    def begin(self, step: str, tasks: int, done: int) -> None:
        self.events.append(("begin", step, tasks, done))

    def advance(self, step: str, work: TaskWork) -> None:
        self.events.append(("advance", step, 1))

    def finish(self, *, idle: bool) -> None:
        self.events.append(("finish", idle))

    def say(self, step: str, line: str) -> None:
        self.events.append(("say", step, line))

    def note(self, step: str, line: str) -> None:
        self.events.append(("note", step, line))

    def end(self, step: str, note: str = "") -> None:
        self.events.append(("end", step, note))

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        """What was told of one kind."""
        return [event[1:] for event in self.events if event[0] == kind]


class Serial:
    """An engine: every task in this process, one after the other."""

    def __init__(self) -> None:
        self.tasks: list[Any] = []

    def map(
        self, function: Callable[[Any], Any], tasks: Sequence[Any]
    ) -> Iterator[tuple[int, Any]]:
        self.tasks += tasks
        yield from ((index, function(task)) for index, task in enumerate(tasks))

    def isolated(self, function: Callable[[Any], Any], task: Any) -> Any:
        return function(task)


class Forking:
    """An engine: every task in a forked process; nobody knows its exit code when it dies."""

    def __init__(self) -> None:
        self.alone: list[Any] = []

    def map(
        self, function: Callable[[Any], Any], tasks: Sequence[Any]
    ) -> Iterator[tuple[int, Any]]:
        for index, task in enumerate(tasks):
            yield index, self._run(function, task)

    def isolated(self, function: Callable[[Any], Any], task: Any) -> Any:
        self.alone.append(task)
        return self._run(function, task)

    @staticmethod
    def _run(function: Callable[[Any], Any], task: Any) -> None:
        child = os.fork()
        if not child:
            try:
                function(task)
            except BaseException:  # noqa: BLE001  # told by the exit code
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            raise WorkerDiedError("a worker process died")


def die() -> None:
    """End this process as a fault in a library written in C does."""
    os.kill(os.getpid(), signal.SIGKILL)


class Shelf(FilesConnector):
    """Files, some of which kill the process that reads them."""

    name = "shelf"
    version = "7"
    libraries = ("pyarrow",)
    reasons: ClassVar[Mapping[str, str]] = {"read/dusty": "Nobody opened this book in years."}

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        if "deadly" in item.name:
            die()
        yield from super().read(item, piece)


class Scream:
    """A stage that dies of texts with the word `deadly`, and loses those with `rude`."""

    name = "scream"
    version = "1"
    fields = (pa.field("loudness", pa.float32()),)
    reasons: ClassVar[dict[str, str]] = {"scream/rude": "The text insults its reader."}

    def __init__(self, volume: float = 1.0, place: str = "here") -> None:
        self.volume, self.place = volume, place

    def process(self, batch: Batch) -> Batch:
        if any("deadly" in text for text in batch["text"]):
            die()
        rude = ["scream/rude" if "rude" in text else None for text in batch["text"]]
        return batch.with_columns(loudness=[self.volume] * len(batch)).with_reasons(rude)


class Sandwich(EditingStage):
    """A stage that appends a word to every text."""

    name = "sandwich"
    version = "1"
    libraries = ("numpy",)
    kinds: ClassVar[dict[str, str]] = {"spread": "Words put on top."}

    def edit(self, batch: Batch) -> EditedTexts:
        return EditedTexts([Edit(f"{text} ham", {"spread": 1}) for text in batch["text"]])


@lift("courtesy", version="2")
def courtesy(document: Document) -> float:
    """Share of the word `please`."""
    return document.text.count("please") / max(1, len(document.text))


PLUGINS = {
    registry.CONNECTORS: {"shelf": "Shelf"},
    registry.STAGES: {"scream": "Scream", "sandwich": "Sandwich", "courtesy": "courtesy"},
}


def plug_in(patch: pytest.MonkeyPatch) -> None:
    """Make the connector and the stages of this module known, as an entry point would."""
    for group, offered in PLUGINS.items():
        for name, attribute in offered.items():
            patch.setitem(registry.names(group), name, f"pipeline.handmade:{attribute}")


def write_texts(folder: Path, *texts: str, per_file: int = 2, **columns: Sequence[Any]) -> None:
    """Files `rows-N.jsonl` of a few texts each; a file is one piece."""
    rows = [
        {"text": text} | {name: values[number] for name, values in columns.items()}
        for number, text in enumerate(texts)
    ]
    for start in range(0, len(rows), per_file):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows[start : start + per_file]]
        path = folder / f"rows-{start // per_file}.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")


def recipe_of(folder: Path, **tables: Any) -> Recipe:
    """A Khmer recipe over the JSONL files of a folder; `tables` replace parts of it."""
    source = {"name": "texts", "connector": "files", "path": "*.jsonl", "license": "CC0-1.0",
              "license_verified_by": "a test"}  # fmt: skip
    data = {
        "name": "handmade",
        "languages": [KHMER],
        "operator": {"name": "corpuskit tests", "contact": "corpus@uni.edu.kh"},
        "source": [source],
    }
    return parse_recipe(data | tables, folder / "recipe.toml")


def state_of(plan: Plan, folder: Path, task_records: int = 2) -> State:
    """What a run knows when it starts."""
    workspace = Workspace(folder)
    return State(
        plan.placed(workspace.work / "raw"), workspace, Recorder(), task_records, 1_000_000
    )


def run_steps(state: State, steps: Sequence[Step], engine: Engine | None = None) -> State:
    """Run steps in this process."""
    return Run(state, engine or Serial()).run(steps)
