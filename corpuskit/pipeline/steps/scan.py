"""The step `scan`: digest every input and find where it may be cut."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from corpuskit import logs
from corpuskit.connectors.base import Connector, Input, Piece
from corpuskit.connectors.calls import answerable
from corpuskit.errors import WorkspaceError
from corpuskit.identity import Ingredient, key_of
from corpuskit.pipeline.map_tasks import ScannedInput
from corpuskit.pipeline.sources import SourcePlan, list_inputs
from corpuskit.pipeline.step import Job, State, Step, Task
from corpuskit.progress import data_size
from corpuskit.store import file_sha256, get_record, put_record
from corpuskit.workspace import Workspace, output_name

UNREADABLE: Final = ""
"""Stands for the digest of an input that cannot be read."""

_FILES: Final = 200
"""Inputs of a task: small files are scanned in groups, a task per file would be mostly waiting."""

_log = logs.logger(__name__)


@dataclass(frozen=True)
class ScanTask(Task):
    """Inputs of one source to be digested and cut."""

    source: SourcePlan
    inputs: tuple[Input, ...]


def scan(job: Job[ScanTask]) -> list[ScannedInput]:
    """Digest and cut inputs; one whose path, size and time are as before is not read again."""
    source = job.placed(job.task.source)
    connector, ingredient = source.open(), source.ingredient
    return [
        _scan_input(job.workspace, source, connector, ingredient, item) for item in job.task.inputs
    ]


def _scan_input(
    workspace: Workspace,
    source: SourcePlan,
    connector: Connector,
    ingredient: Ingredient,
    item: Input,
) -> ScannedInput:
    file = source.with_place(item)
    state = _state(Path(file.path))
    if state is None:  # the connector says in the ledger why it cannot be read
        _log.warning("%s: %s cannot be read", source.name, item.name)
        return ScannedInput(item, UNREADABLE, 0, _cut(source, connector, file))
    name = output_name("scan", scan_key(ingredient, file.path, state), ".json")
    if workspace.store.exists(name) and (known := _known(workspace, name, item)):
        return known
    pieces = _cut(source, connector, file)
    scanned = ScannedInput(item, file_sha256(file.path), state.st_size, pieces)
    put_record(workspace.store, name, {**asdict(scanned), "input": item.name})
    return scanned


def scan_key(source: Ingredient, path: str, state: os.stat_result) -> str:
    """What a scan depends on. The file's time is part of it: a file that was written anew with
    as many bytes is read again."""
    place = str(Path(path).absolute())
    return key_of(source.key, place, state.st_size, state.st_mtime_ns)


def _cut(source: SourcePlan, connector: Connector, item: Input) -> tuple[Piece, ...]:
    with answerable(connector, source.name, f"scanning {item.name}"):
        return tuple(connector.scan(item))


def _state(path: Path) -> os.stat_result | None:
    """State of a regular file that can be opened; None for anything else."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            return None
        with path.open("rb"):
            return state
    except OSError:
        return None


def _known(workspace: Workspace, name: str, item: Input) -> ScannedInput | None:
    """What an earlier scan found; None where its output is damaged."""
    try:
        return _scanned(item, get_record(workspace.store, name))
    except (WorkspaceError, TypeError, KeyError):
        _log.warning("%s is damaged; %s is scanned again", name, item.name)
        return None


def _scanned(item: Input, data: Mapping[str, Any]) -> ScannedInput:
    pieces = tuple(Piece(**piece) for piece in data["pieces"])
    return ScannedInput(item, data["sha256"], data["bytes"], pieces)


class ScanStep(Step):
    """Scan every input of every source; scans of unchanged files are kept one by one."""

    name = "scan"
    every_time = True
    function = staticmethod(scan)

    def tasks(self, state: State) -> Sequence[Task]:
        """Groups of inputs, source by source."""
        inputs = list_inputs(state.plan.sources, str(state.plan.recipe.path))
        return [
            ScanTask(self.name, f"{source.name}-{number}", source.anywhere(), group)
            for source in state.plan.sources
            for number, group in enumerate(
                _groups([source.without_place(item) for item in inputs[source.name]])
            )
        ]

    def after(self, state: State, tasks: Sequence[Task], results: Mapping[int, Any]) -> str:
        """Book the inputs; with them the build's id is known."""
        scanned: dict[str, list[ScannedInput]] = {source.name: [] for source in state.plan.sources}
        for index, task in enumerate(tasks):
            assert isinstance(task, ScanTask)
            scanned[task.source.name] += results[index]
        state.results[self.name] = scanned
        state.build_id = state.plan.identity.build_id(inputs_of(state))
        plan = state.plan
        state.progress.plan(
            plan.recipe.name, len(plan.sources), len(plan.languages), state.build_id
        )
        files = sum(len(items) for items in scanned.values())
        size = sum(item.bytes for items in scanned.values() for item in items)
        return f"{files:,} file{'s' * (files != 1)} · {data_size(size)}"


def _groups(items: Sequence[Input]) -> Iterator[tuple[Input, ...]]:
    for start in range(0, len(items), _FILES):
        yield tuple(items[start : start + _FILES])


def inputs_of(state: State) -> list[dict[str, Any]]:
    """Every input as the manifest lists it: source, name, sha256, bytes."""
    scanned: Mapping[str, Sequence[ScannedInput]] = state.results[ScanStep.name]
    return [
        {"source": source, "name": item.input.name, "sha256": item.sha256, "bytes": item.bytes}
        for source, items in scanned.items()
        for item in items
    ]
