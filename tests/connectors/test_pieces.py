from __future__ import annotations

from corpuskit.connectors.base import Piece
from corpuskit.connectors.pieces import BYTES, RECORDS, Cutter


def cut(*records: tuple[int, int], end: int | None = None) -> list[Piece]:
    cutter = Cutter()
    for position, size in records:
        cutter.add(position, size)
    return cutter.pieces(end)


def test_no_records_no_pieces():
    assert cut() == []


def test_a_piece_ends_after_so_many_records():
    found = cut(*((number * 10, 1) for number in range(RECORDS + 1)))
    assert found == [
        Piece(0, RECORDS * 10, RECORDS, RECORDS),
        Piece(RECORDS * 10, RECORDS * 10 + 1, 1, 1),
    ]


def test_a_piece_ends_before_it_grows_too_large():
    found = cut((5, BYTES // 2), (6, BYTES // 2), (7, 1), (8, BYTES * 3), (9, 1), end=99)
    assert found == [
        Piece(5, 7, 2, BYTES // 2 * 2),
        Piece(7, 8, 1, 1),
        Piece(8, 9, 1, BYTES * 3),
        Piece(9, 99, 1, 1),
    ]


def test_records_at_one_position_stay_together():
    found = cut(*((0, 1) for _ in range(RECORDS + 5)), (1, 1))
    assert [(piece.start, piece.records) for piece in found] == [(0, RECORDS + 5), (1, 1)]
