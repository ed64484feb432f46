"""Read the pieces of a task, within the limits of a record; what fails is set aside.

A piece over which a connector fails is cut into single records, which are read one by one. Where
its connector cannot cut it further, the records before the failure are kept, and one lost record
stands for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from corpuskit import logs
from corpuskit.connectors.base import Connector, Input, Piece
from corpuskit.connectors.calls import read_piece, scan_input
from corpuskit.connectors.pieces import single_records
from corpuskit.document import RawRecord
from corpuskit.errors import error_text
from corpuskit.limits import RecordLimitError, beat, watched
from corpuskit.pipeline.guarded import (
    ProgressMark,
    cause_and_detail,
    cause_of_failure,
    check_connector,
    is_over_a_record,
)
from corpuskit.pipeline.step import Culprit

if TYPE_CHECKING:
    from corpuskit.pipeline.map_tasks import InputPiece, MapTask
    from corpuskit.pipeline.step import Job

_log = logs.logger(__name__)


class PieceReader:
    """Reads the records of one task."""

    def __init__(self, job: Job[MapTask], progress: ProgressMark | None = None) -> None:
        self._task = job.task
        self._source = job.placed(job.task.source)
        self._connector: Connector = self._source.open()
        self._progress = progress or ProgressMark(None)

    def records(self) -> list[RawRecord]:
        """All records in order; ConnectorError where it fails over all of many."""
        records = [
            record
            for number, part in enumerate(self._task.pieces)
            for record in self._part(number, part)
        ]
        outcomes = [(record.reason, record.detail) for record in records]
        check_connector(self._source.name, self._source.connector, outcomes)
        return records

    def alone(self, culprit: Culprit) -> None:
        """Read one piece or record of a piece, and nothing else."""
        number, *start = culprit.numbers
        part = self._task.pieces[number]
        item = self._item(part)
        pieces = self._single(item, part.piece) if start else [part.piece]
        for piece in pieces:
            if not start or piece.start == start[0]:
                self._read(item, piece)

    def _part(self, number: int, part: InputPiece) -> list[RawRecord]:
        if part.lost is not None:
            reason, detail = part.lost
            return [RawRecord(source_ref=part.input.name, reason=reason, detail=detail)]
        item = self._item(part)
        whole = self._task.culprit("piece", number)
        if whole is not None:
            return [self._lost(part.input, part.piece, whole.cause, self._detail(whole.cause))]
        if number not in self._task.split:
            self._progress.note("piece", number)
            records, error = self._read(item, part.piece)
            if error is None:
                return records
            _log.info("%s: %s, records one by one: %s", self._task.label, item.name,
                      error_text(error))  # fmt: skip
        return [
            record
            for piece in self._single(item, part.piece)
            for record in self._record(number, item, piece)
        ]

    def _item(self, part: InputPiece) -> Input:
        return replace(self._source.with_place(part.input), sha256=part.sha256)

    def _record(self, number: int, item: Input, piece: Piece) -> Iterator[RawRecord]:
        """The records of a piece that cannot be cut further: one, as a rule."""
        known = self._task.culprit("record", number, piece.start)
        if known is not None:
            yield self._lost(item, piece, known.cause, self._detail(known.cause))
            return
        self._progress.note("record", number, piece.start)
        records, error = self._read(item, piece)
        yield from records
        if error is not None:
            cause, detail = cause_and_detail(cause_of_failure(error), self._task.limits)
            lost = self._lost(item, piece, cause, detail)
            _log.warning("%s: %s is lost as %s", self._task.label, lost.source_ref, lost.reason,
                         exc_info=error)  # fmt: skip
            yield lost

    def _read(
        self, item: Input, piece: Piece
    ) -> tuple[list[RawRecord], Exception | RecordLimitError | None]:
        """The records up to the first that the connector fails over, and its error."""
        records: list[RawRecord] = []
        try:
            with watched(self._task.limits):
                for record in read_piece(self._connector, self._source.name, item, piece):
                    records.append(record)
                    beat()
        except (Exception, RecordLimitError) as error:
            if not is_over_a_record(error):
                raise
            return records, error
        return records, None

    def _single(self, item: Input, piece: Piece) -> list[Piece]:
        """The piece cut into single records, as far as its connector can cut it."""
        units = piece.stop - piece.start
        if piece.records <= 1:
            return [piece]
        if piece.records == units:  # they are rows
            return [Piece(row, row + 1, 1, 0) for row in range(piece.start, piece.stop)]
        try:
            with single_records(), watched(self._task.limits):
                every = scan_input(self._connector, self._source.name, item)
        except (Exception, RecordLimitError) as error:
            if not is_over_a_record(error):
                raise
            return [piece]
        starts = sorted({cut.start for cut in every if piece.start < cut.start < piece.stop})
        cuts = [piece.start, *starts, piece.stop]
        return [Piece(at, to, 1, 0, piece.terms) for at, to in pairwise(cuts)]

    def _detail(self, cause: str) -> str:
        return self._task.detail(cause)

    def _lost(self, item: Input, piece: Piece, cause: str, detail: str) -> RawRecord:
        ref = f"{item.name}#{piece.start}-{piece.stop}"
        return RawRecord(source_ref=ref, reason=f"read/{cause}", detail=detail)
