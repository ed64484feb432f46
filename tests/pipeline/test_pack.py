"""Packing pieces into tasks keeps every piece, in order, within bounds."""

from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.base import Input, Piece
from corpuskit.pipeline.map_tasks import ScannedInput
from corpuskit.pipeline.pack import pack

pieces = st.lists(
    st.builds(
        Piece,
        start=st.integers(0, 9),
        stop=st.integers(10, 19),
        records=st.integers(1, 50),
        bytes=st.integers(0, 1000),
    ),
    max_size=8,
)


@given(st.lists(pieces, max_size=6), st.integers(1, 100), st.integers(1, 2000))
def test_pack(inputs: list[list[Piece]], records: int, size: int) -> None:
    scanned = [
        ScannedInput(Input(str(number), f"/{number}"), f"sha{number}", 0, tuple(found))
        for number, found in enumerate(inputs)
    ]
    tasks = list(pack(scanned, records, size))
    flat = [(part.input.name, part.piece) for task in tasks for part in task]
    assert flat == [(one.input.name, piece) for one in scanned for piece in one.pieces]
    for task in tasks:
        assert task
        if len(task) > 1:
            assert sum(part.piece.records for part in task) <= records
            assert sum(part.piece.bytes for part in task) <= size
