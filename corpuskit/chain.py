"""Running stages one after the other over a batch."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from corpuskit import logs
from corpuskit.edits import EditingStage, apply_edits
from corpuskit.errors import (
    CorpuskitError,
    StageError,
    StageFailedError,
    concerns_build,
    error_text,
)
from corpuskit.limits import RecordLimitError
from corpuskit.stage import DETAIL, REASON, Batch, Stage, reasons_of
from corpuskit.work_meter import stage_time

_log = logs.logger(__name__)


class ChainObserver:
    """Asked what becomes of a batch that a stage fails over; this one lets exceptions pass."""

    def verdict(self, stage: Stage, error: BaseException) -> tuple[str, str] | None:
        """Reason and detail with which the rows are lost; None to let the exception pass."""
        return None


_NOBODY: Final = ChainObserver()


def run_chain(stages: Sequence[Stage], batch: Batch, observer: ChainObserver = _NOBODY) -> Batch:
    """Run stages in order; a row that gets a reason skips the stages after it.

    The result has all rows of `batch` in their order. Rows lost on the way have None in
    the columns of the stages they did not reach. StageError names a stage that drops rows, or
    that loses one for a reason that it does not declare.
    """
    whole = _Rows(batch)
    for position, stage in enumerate(stages):
        rows = whole.alive
        try:
            with attributed(stage), stage_time(stage.name):
                result = _run(stage, rows, stages[:position])
                _check(stage, rows, result)
        except BaseException as error:
            verdict = observer.verdict(stage, error)
            if verdict is None:
                raise
            reason, detail = ([text] * len(rows) for text in verdict)
            result = rows.with_reasons(reason, detail)
        whole.accept(result)
    return whole.end()


def _run(stage: Stage, rows: Batch, earlier: Sequence[Stage]) -> Batch:
    if not isinstance(stage, EditingStage):
        return _kept(stage, rows, stage.process(rows))
    edited = apply_edits(stage, rows, earlier)
    passing = {name for name in edited.columns if name.startswith("_")}
    result = _kept(stage, edited, stage.process(edited))
    return result.without(passing - rows.columns.keys())


def _kept(stage: Stage, rows: Batch, result: Batch) -> Batch:
    """The result with every column that the stage was given; StageError where it changed a text
    itself, so that nothing would be booked, digested or measured again."""
    makes_text = any(field.name == "text" for field in stage.fields)
    same_rows = len(result) == len(rows)
    if "text" in rows and "text" in result and same_rows and not makes_text:
        before, after = rows["text"], result["text"]
        if before is not after and list(before) != list(after):
            raise StageError(
                f"stage {stage.name!r} changed texts in `process`; a stage that changes texts is "
                "an EditingStage and returns its edits (docs/writing-a-stage.md)"
            )
    if same_rows and rows.columns.keys() - result.columns.keys():
        return rows.with_columns(**result.columns)
    return result


@contextmanager
def attributed(stage: Any) -> Iterator[None]:
    """Unexpected exceptions are attributed to the stage, in one line; the log has the rest.

    Raises StageFailedError, whose cause is the exception; StageError where it would meet any other
    document as well (see errors.concerns_build). Exceptions that are not an Exception are
    attributed as well: a library written in Rust panics with one. Ctrl-C and a record's limit
    pass.
    """
    try:
        yield
    except (CorpuskitError, RecordLimitError, KeyboardInterrupt):
        raise
    except BaseException as error:
        _log.debug("stage %r failed", stage.name, exc_info=True)
        frame = traceback.extract_tb(error.__traceback__)[-1]
        kind = StageError if concerns_build(error) else StageFailedError
        raise kind(
            f"stage {stage.name!r} failed: {error_text(error)} ({Path(frame.filename).name}, line "
            f"{frame.lineno}); what is finished is kept: with the stage mended or left out, the "
            "same command continues"
        ) from error


def _check(stage: Stage, rows: Batch, result: Batch) -> None:
    if len(result) != len(rows):
        raise StageError(
            f"stage {stage.name!r} was given {len(rows)} rows and returned {len(result)}; "
            "a stage must keep every row and set `reason` for those it loses"
        )
    declared = reasons_of(stage)
    for reason in set(result.get(REASON)) - {None}:
        if reason not in declared or not str(reason).startswith(f"{stage.name}/"):
            raise StageError(
                f"stage {stage.name!r} lost a document as {reason!r}; a stage declares its codes "
                f'with their meaning: reasons = {{"{stage.name}/...": "..."}}'
            )


class _Rows:
    """The rows of a chain: those alive as a batch, and what is known of the lost ones."""

    def __init__(self, batch: Batch) -> None:
        self._columns: dict[str, list[Any]] = {n: list(v) for n, v in batch.columns.items()}
        self._columns[REASON] = list(batch.get(REASON))
        self._columns[DETAIL] = list(batch.get(DETAIL))
        self._size = len(batch)
        self._rows = [row for row, reason in enumerate(self._columns[REASON]) if reason is None]
        everything = len(self._rows) == self._size
        self.alive = batch if everything else batch.take(self._rows)

    def accept(self, result: Batch) -> None:
        """Take a stage's result: lost rows are put away, the others stay alive."""
        reasons = result.get(REASON)
        self.alive = self._with_earlier_details(result)
        if any(reasons):
            self._put_away()
            kept = [at for at, reason in enumerate(reasons) if reason is None]
            self._rows = [self._rows[at] for at in kept]
            self.alive = self.alive.take(kept)

    def _with_earlier_details(self, result: Batch) -> Batch:
        """A stage that says nothing of a row leaves what an earlier one said."""
        before, now = self.alive.get(DETAIL), result.get(DETAIL)
        if not any(before):
            return result
        return result.with_columns(
            detail=[new or old for new, old in zip(now, before, strict=True)]
        )

    def end(self) -> Batch:
        """Every row, in the order given."""
        self._put_away()
        return Batch(dict(self._columns))

    def _put_away(self) -> None:
        for name, values in self.alive.columns.items():
            column = self._columns.setdefault(name, [None] * self._size)
            for row, value in zip(self._rows, values, strict=True):
                column[row] = value
