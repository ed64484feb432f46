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


def piece(records: int, size: int = 0) -> Piece:
    return Piece(0, records, records, size)


def sizes(*found: Piece, records: int = 10, size: int = 100) -> list[list[int]]:
    """Records of the pieces of each task."""
    scanned = [ScannedInput(Input("a", "/a"), "sha", 0, found)]
    return [[part.piece.records for part in task] for task in pack(scanned, records, size)]


def test_a_task_is_closed_before_it_passes_a_bound() -> None:
    assert sizes(piece(4), piece(6), piece(1)) == [[4, 6], [1]]
    assert sizes(piece(4), piece(7)) == [[4], [7]]
    assert sizes(piece(1, 60), piece(2, 40), piece(3, 1)) == [[1, 2], [3]]
    assert sizes(piece(1, 60), piece(2, 41)) == [[1], [2]]
    assert sizes(piece(1, 60), piece(2, 60), piece(3, 40), piece(9)) == [[1], [2, 3], [9]]


def test_a_piece_beyond_a_bound_is_a_task_of_its_own() -> None:
    assert sizes(piece(99), piece(1), piece(99, 999)) == [[99], [1], [99]]


def test_a_task_may_have_pieces_of_several_inputs() -> None:
    scanned = [ScannedInput(Input(name, name), f"sha {name}", 0, (piece(1),)) for name in "ab"]
    (task,) = pack(scanned)
    assert [(part.input.name, part.sha256) for part in task] == [("a", "sha a"), ("b", "sha b")]
    assert list(pack([])) == []
