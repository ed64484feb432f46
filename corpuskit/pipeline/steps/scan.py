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
from corpuskit.connectors.calls import scan_input
from corpuskit.errors import WorkspaceError
from corpuskit.identity import Ingredient, key_of
from corpuskit.limits import RecordLimitError, watched
from corpuskit.pipeline.guarded import (
    ProgressMark,
    cause_and_detail,
    cause_of_failure,
    check_connector,
    is_over_a_record,
)
from corpuskit.pipeline.map_tasks import ScannedInput
from corpuskit.pipeline.sources import SourcePlan, list_inputs
from corpuskit.pipeline.step import Culprit, GuardedTask, Job, State, Step, Task
from corpuskit.progress import data_size
from corpuskit.store import file_sha256, get_record, put_record
from corpuskit.work_meter import count
from corpuskit.workspace import Workspace, output_name

UNREADABLE: Final = ""
"""Stands for the digest of an input that cannot be read."""

_FILES: Final = 200
"""Inputs of a task: small files are scanned in groups, a task per file would be mostly waiting."""

_log = logs.logger(__name__)


@dataclass(frozen=True)
class ScanTask(GuardedTask):
    """Inputs of one source to be digested and cut."""

    source: SourcePlan
    inputs: tuple[Input, ...]

    @property
    def label(self) -> str:
        """The source and the first inputs, for messages."""
        names = ", ".join(item.name for item in self.inputs[:3])
        return f"source {self.source.name!r}, {names}"


def scan(job: Job[ScanTask]) -> list[ScannedInput]:
    """Digest and cut inputs; one whose path, size and time are as before is not read again.

    An input over which the connector fails, or which ends its process, is lost as a whole;
    ConnectorError where it fails over all of many.
    """
    with job.workspace.running(job.task.step, job.task.key):
        scanner = _Scanner(job)
        scanned = [scanner.scan(number) for number in range(len(job.task.inputs))]
    for item in scanned:
        if not item.is_known:
            count(sum(piece.records for piece in item.pieces), item.bytes)
    check_connector(
        job.task.source.name,
        job.task.source.connector,
        [item.lost or (None, None) for item in scanned],
    )
    return scanned


def scan_alone(job_and_culprit: tuple[Job[ScanTask], Culprit | None]) -> None:
    """Try one input by itself, or without one only what comes before the inputs."""
    job, culprit = job_and_culprit
    scanner = _Scanner(job)
    if culprit is not None:
        scanner.cut(job.task.inputs[culprit.numbers[0]])


class _Scanner:
    """Scans the inputs of one task."""

    def __init__(self, job: Job[ScanTask]) -> None:
        self._task, self._workspace = job.task, job.workspace
        self._source = job.placed(job.task.source)
        self._connector: Connector = self._source.open()
        self._ingredient = self._source.ingredient
        self._progress = ProgressMark(job.progress_file if job.task.careful else None)

    def scan(self, number: int) -> ScannedInput:
        """One input, kept under its path, size and time unless it is lost."""
        item = self._task.inputs[number]
        file = self._source.with_place(item)
        state = _state(Path(file.path))
        if state is None:  # the connector says in the ledger why it cannot be read
            _log.warning("%s: %s cannot be read", self._source.name, item.name)
            return self._scanned(number, UNREADABLE, 0)
        key = scan_key(self._ingredient, file.path, state)
        name = output_name("scan", key, ".json")
        lost_name = output_name("scan", key_of(key, asdict(self._task.limits)), "-lost.json")
        for kept in (name, lost_name):
            if self._workspace.store.exists(kept):
                known = _known(self._workspace, kept, item)
                if known is not None:
                    return known
        scanned = self._scanned(number, file_sha256(file.path), state.st_size)
        content = {
            field: value
            for field, value in asdict(scanned).items()
            if value is not None and field != "is_known"
        }
        kept = lost_name if scanned.lost else name
        put_record(self._workspace.store, kept, content | {"input": item.name})
        return scanned

    def _scanned(self, number: int, sha256: str, size: int) -> ScannedInput:
        item = self._task.inputs[number]
        culprit = self._task.culprit("input", number)
        if culprit is not None:
            cause, detail = culprit.cause, self._task.detail(culprit.cause)
        else:
            self._progress.note("input", number)
            try:
                return ScannedInput(item, sha256, size, self.cut(item))
            except (Exception, RecordLimitError) as error:
                if not is_over_a_record(error):
                    raise
                cause, detail = cause_and_detail(cause_of_failure(error), self._task.limits)
                _log.warning("%s: %s is lost as read/%s", self._source.name, item.name, cause,
                             exc_info=error)  # fmt: skip
        lost = (f"read/{cause}", detail)
        return ScannedInput(item, sha256, size, (Piece(0, 1, 1, size),), lost)

    def cut(self, item: Input) -> tuple[Piece, ...]:
        """Where it may be cut."""
        with watched(self._task.limits):
            return scan_input(self._connector, self._source.name, self._source.with_place(item))


def scan_key(source: Ingredient, path: str, state: os.stat_result) -> str:
    """What a scan depends on. The file's time is part of it: a file that was written anew with
    as many bytes is read again."""
    place = str(Path(path).absolute())
    return key_of(source.key, place, state.st_size, state.st_mtime_ns)


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
    pieces = tuple(
        Piece(**{**piece, "terms": tuple(piece.get("terms", ()))}) for piece in data["pieces"]
    )
    lost = data.get("lost")
    verdict = (str(lost[0]), str(lost[1])) if lost else None
    return ScannedInput(item, data["sha256"], data["bytes"], pieces, verdict, is_known=True)


class ScanStep(Step):
    """Scan every input of every source; scans of unchanged files are kept one by one."""

    name = "scan"
    every_time = True
    function = staticmethod(scan)
    alone = staticmethod(scan_alone)

    def tasks(self, state: State) -> Sequence[Task]:
        """Groups of inputs, source by source."""
        inputs = list_inputs(state.plan.sources, str(state.plan.recipe.path))
        return [
            ScanTask(
                self.name,
                f"{source.name}-{number}",
                source.anywhere(),
                group,
                limits=state.plan.limits,
            )
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
        items = [item for listed in scanned.values() for item in listed]
        size = data_size(sum(item.bytes for item in items))
        known = "done before · " if items and all(item.is_known for item in items) else ""
        return f"{known}{len(items):,} file{'s' * (len(items) != 1)} · {size}"


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
