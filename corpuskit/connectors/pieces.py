"""Cutting an input into pieces, of the usual size or of one record each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from corpuskit.connectors.base import Piece
from corpuskit.limits import beat

RECORDS: Final = 1_000
BYTES: Final = 64_000_000
"""A task's size (DESIGN): a crash costs seconds and a large file keeps every core busy."""


_records: ContextVar[int | None] = ContextVar("records of a piece", default=None)


@contextmanager
def single_records() -> Iterator[None]:
    """In this block every Cutter cuts between all records: to find the one that does harm."""
    token = _records.set(1)
    try:
        yield
    finally:
        _records.reset(token)


def records_of_piece() -> int:
    """How many records a piece may have here."""
    return _records.get() or RECORDS


class Cutter:
    """Collects the positions of records, in order, into pieces."""

    def __init__(self) -> None:
        self._done: list[Piece] = []
        self._most = records_of_piece()
        self._start = self._last = self._records = self._bytes = 0

    def add(self, position: int, size: int) -> None:
        """One record; records at one position are never parted."""
        beat()
        full = self._records >= self._most or (self._records and self._bytes + size > BYTES)
        if full and position > self._last:
            self._close(position)
        if not self._records:
            self._start = position
        self._last = position
        self._records += 1
        self._bytes += size

    def _close(self, stop: int) -> None:
        self._done.append(Piece(self._start, stop, self._records, self._bytes))
        self._records = self._bytes = 0

    def pieces(self, end: int | None = None) -> list[Piece]:
        """The pieces; the last one reaches to `end`, or just takes in the last record."""
        if self._records:
            self._close(self._last + 1 if end is None else end)
        return self._done
