"""Work on records within their limits: a record that fails is set aside, and the rest goes on.

Stages are given slices of rows. Where a stage raises an exception over a slice, or a slice takes
more than one record may, its rows are taken one by one in the same process. The row at which it
happens again is lost at that stage, as

    <stage>/failed      with the exception's name
    <stage>/too_slow    it takes more than the recipe's `[limits] seconds`
    <stage>/too_large   ... `[limits] memory`

and keeps what earlier stages found out about it. Readers are treated in the same way: a piece of
an input that fails is cut into single records. What must end the build ends it: an error of ours
(a broken contract, a missing model), a library that is not installed, a full disk
(errors.concerns_build), and a stage or connector that fails over every record of a task.

Records that end their process are `crashes`' affair. A task that is run `carefully` takes its
records one by one from the start and notes in a file which one it is about to begin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from corpuskit import logs
from corpuskit.chain import ChainObserver, run_chain
from corpuskit.errors import (
    ConnectorError,
    ConnectorFailedError,
    CorpuskitError,
    StageError,
    StageFailedError,
    concerns_build,
    error_text,
)
from corpuskit.limits import (
    CRASHED,
    TOO_LARGE,
    TOO_SLOW,
    RecordLimitError,
    RecordLimits,
    watched,
)
from corpuskit.stage import DETAIL, REASON, Batch, Stage

FAILED: Final = "failed"
CAUSES: Final = {
    FAILED: "{} raises an exception, whose name is in the detail; the log has its traceback.",
    TOO_SLOW: "{} takes more time than the recipe's `[limits] seconds`.",
    TOO_LARGE: "{} takes more memory than the recipe's `[limits] memory`.",
    CRASHED: "{} kills the process that works on it, each time.",
}
"""Why a record is set aside, with a sentence that lacks its subject."""

SLICE: Final = 64
"""Rows of a batch that are watched together, with as much time as one record: some 20 times what
64 pages need. The demo takes 1.3 CPU seconds in slices of 16 or 64 and as a whole."""
MANY: Final = 10
"""Where a stage or connector fails over all records of a task, and these are more than MANY, then
it is broken itself and the build ends."""

Finish = Callable[[Batch], Batch]

_log = logs.logger(__name__)


def unchanged(batch: Batch) -> Batch:
    """The Finish of a step that adds nothing."""
    return batch


def meanings(stage: str, subject: str) -> dict[str, str]:
    """The codes with which records are set aside at a stage, each with its meaning."""
    return {f"{stage}/{cause}": text.format(subject) for cause, text in CAUSES.items()}


def is_over_a_record(error: BaseException) -> bool:
    """Whether an exception says something of the records at hand: not of the build as a whole."""
    if isinstance(error, StageFailedError | ConnectorFailedError | RecordLimitError):
        return True
    return isinstance(error, Exception) and not (
        isinstance(error, CorpuskitError) or concerns_build(error)
    )


def cause_and_detail(error: BaseException, limits: RecordLimits) -> tuple[str, str]:
    """Why a record is set aside that an exception was raised over."""
    if isinstance(error, RecordLimitError):
        return error.cause, limits.detail(error.cause)
    if isinstance(error, MemoryError):
        return TOO_LARGE, limits.detail(TOO_LARGE)
    return FAILED, exception_name(error)


def cause_of_failure(error: BaseException) -> BaseException:
    """What a stage or connector raised, of the error of ours that names the two."""
    return error if error.__cause__ is None else error.__cause__


def exception_name(error: BaseException) -> str:
    """`ValueError`, `lxml.etree.ParserError`. Its message may hold what differs from run to run."""
    kind = type(error)
    home = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return home + kind.__qualname__


class ProgressMark:
    """Which record a careful worker is about to begin, in a file that outlives it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)

    def note(self, kind: str, *numbers: int) -> None:
        """Name the record that is begun."""
        if self._path is not None:
            self._path.write_text(" ".join([kind, *map(str, numbers)]))


class SegmentRun:
    """One segment over the rows of one task."""

    def __init__(
        self,
        stages: Sequence[Stage],
        limits: RecordLimits,
        label: str,
        finish: Finish,
        progress: ProgressMark | None = None,
    ) -> None:
        """`finish` adds to a batch what the step itself makes of the stages' result. With
        `progress` every row is run alone, and noted there before it is begun."""
        self._stages, self._limits, self._label = stages, limits, label
        self._finish, self._progress = finish, progress

    def run(self, rows: Batch) -> Batch:
        """The rows with what the stages add; StageError where a stage fails over all of many."""
        slices = [self._slice(rows, start) for start in range(0, max(len(rows), 1), SLICE)]
        batch = joined(slices)
        for stage in self._stages:
            self._check(stage.name, batch)
        return batch

    def _slice(self, rows: Batch, start: int) -> Batch:
        numbers = range(start, min(start + SLICE, len(rows)))
        batch = rows if len(numbers) == len(rows) else rows.take(numbers)
        if self._progress is None or not numbers:
            try:
                with watched(self._limits):
                    return self._finish(run_chain(self._stages, batch))
            except Exception as error:  # the rows show below what it was
                if not is_over_a_record(error):
                    raise
                failure: BaseException = error
            except RecordLimitError as error:
                failure = error
            _log.info("%s: rows from %d on one by one: %s", self._label, start, error_text(failure))
        return joined([self._noted(rows.take([number]), number) for number in numbers])

    def _noted(self, row: Batch, number: int) -> Batch:
        if self._progress is not None:
            self._progress.note("row", number)
        return self.row(row)

    def row(self, row: Batch) -> Batch:
        """A batch of one row; it is set aside where a stage fails over it."""
        with watched(self._limits) as watch:
            batch = run_chain(self._stages, row, _RowObserver(self._set_aside, row, watch))
        try:
            with watched(self._limits) as watch:
                return self._finish(batch)
        except (Exception, RecordLimitError) as error:
            watch.end()
            if not is_over_a_record(error):
                raise
            verdict = self._set_aside(self._stages[-1].name, row, error)
        blank: dict[str, list[str | None]] = {
            name: [None] for name in ("url", "text", "title") if name in batch
        }
        if batch[REASON][0] is None:
            blank |= {REASON: [verdict[0]], DETAIL: [verdict[1]]}
        return self._finish(batch.with_columns(**blank))

    def _set_aside(self, stage: str, row: Batch, error: BaseException) -> tuple[str, str]:
        """Reason and detail of a row that `error` was raised over."""
        cause, detail = cause_and_detail(error, self._limits)
        code, ref = f"{stage}/{cause}", row.get("source_ref")[0]
        _log.warning("%s: %s is lost as %s", self._label, ref, code, exc_info=error)
        return code, detail

    def _check(self, stage: str, batch: Batch) -> None:
        """A stage that fails over every one of more than MANY rows is itself at fault."""
        reached = [
            (reason, detail)
            for reason, detail in zip(batch.get(REASON), batch.get(DETAIL), strict=True)
            if reason is None or reason.startswith(f"{stage}/")
        ]
        if len(reached) > MANY and {reason for reason, _ in reached} == {f"{stage}/{FAILED}"}:
            names = dict.fromkeys(str(detail) for _, detail in reached)
            raise StageError(
                f"stage {stage!r} failed over all {len(reached)} documents of a task "
                f"({self._label}): {', '.join(names)}; the log has the tracebacks; with "
                "the stage mended or left out, the same command continues"
            )


class _RowObserver(ChainObserver):
    """Has a single row set aside at the stage that raises an exception over it."""

    def __init__(
        self,
        set_aside: Callable[[str, Batch, BaseException], tuple[str, str]],
        row: Batch,
        watch: watched,
    ) -> None:
        self._set_aside, self._row, self._watch = set_aside, row, watch

    def verdict(self, stage: Stage, error: BaseException) -> tuple[str, str] | None:
        """The reason and detail with which the row is lost."""
        if not isinstance(error, StageFailedError | RecordLimitError):
            return None
        self._watch.end()
        return self._set_aside(stage.name, self._row, cause_of_failure(error))


def check_connector(
    source: str, connector: str, outcomes: Sequence[tuple[str | None, str | None]]
) -> None:
    """ConnectorError where a connector fails over every one of more than MANY records or inputs of
    a task; `outcomes` are their reasons and details."""
    if len(outcomes) > MANY and {reason for reason, _ in outcomes} == {f"read/{FAILED}"}:
        names = ", ".join(dict.fromkeys(str(detail) for _, detail in outcomes))
        raise ConnectorError(
            f"source {source!r}: the connector {connector!r} failed over all {len(outcomes)} "
            f"records of a task: {names}; the log has the tracebacks; with the connector mended or "
            "the source left out, the same command continues"
        )


def joined(batches: Sequence[Batch]) -> Batch:
    """The rows of several batches; None where one lacks a column of another."""
    if len(batches) == 1:
        return batches[0]
    names = dict.fromkeys(name for batch in batches for name in batch.columns)
    return Batch({name: [v for batch in batches for v in batch.get(name)] for name in names})
