"""Running stages one after the other over a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpuskit.edits import EditingStage, apply_edits
from corpuskit.errors import StageError
from corpuskit.stage import DETAIL, REASON, Batch, Stage, reasons_of


def run_chain(stages: Sequence[Stage], batch: Batch) -> Batch:
    """Run stages in order; a row that gets a reason skips the stages after it.

    The result has all rows of `batch` in their order. Rows lost on the way have None in
    the columns of the stages they did not reach. StageError names a stage that drops rows, or
    that loses one for a reason that it does not declare.
    """
    whole = _Rows(batch)
    for position, stage in enumerate(stages):
        given = whole.alive
        if isinstance(stage, EditingStage):
            edited = apply_edits(stage, given, stages[:position])
            passing = {name for name in edited.columns if name.startswith("_")}
            result = stage.process(edited).without(passing - given.columns.keys())
        else:
            result = stage.process(given)
        _check(stage, given, result)
        whole.accept(result)
    return whole.end()


def _check(stage: Stage, given: Batch, result: Batch) -> None:
    if len(result) != len(given):
        raise StageError(
            f"stage {stage.name!r} was given {len(given)} rows and returned {len(result)}; "
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
