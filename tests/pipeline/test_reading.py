"""Records over which a connector fails are lost one by one, as finely as it can cut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from pipeline.handmade import Shelf, plug_in, write_texts
from pipeline.test_map_tasks import task_over

from corpuskit.connectors.base import Input, Piece
from corpuskit.connectors.files import FilesConnector
from corpuskit.connectors.pieces import Cutter, records_of_piece
from corpuskit.document import RawRecord
from corpuskit.errors import ConnectorError
from corpuskit.limits import RecordLimits
from corpuskit.pipeline.guarded import MANY, ProgressMark
from corpuskit.pipeline.map_tasks import MapTask, read
from corpuskit.pipeline.reading import PieceReader
from corpuskit.pipeline.step import Culprit, Job
from corpuskit.workspace import Workspace


@pytest.fixture(autouse=True)
def _plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch)


def failing(patch: pytest.MonkeyPatch, error: BaseException, word: bytes = b"bad") -> None:
    """The connector raises an exception at every record that holds a word."""

    def broken(self: Shelf, item: Input, piece: Piece) -> Iterator[RawRecord]:
        for record in FilesConnector.read(self, item, piece):
            if word in (record.content or b""):
                raise error
            yield record

    patch.setattr(Shelf, "read", broken)


def outcomes(folder: Path, task: MapTask) -> list[tuple[bytes, str | None]]:
    records = read(Job(Workspace(folder / "build"), task))
    return [(record.content, record.reason) for record in records]


def test_rows_are_lost_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_texts(tmp_path, "a", "bad", "c", "bad", "e", per_file=5)
    failing(monkeypatch, LookupError("bad"))
    task = task_over(tmp_path)
    lost = (b"", "read/failed")
    assert outcomes(tmp_path, task) == [(b"a", None), lost, (b"c", None), lost, (b"e", None)]
    records = read(Job(Workspace(tmp_path / "build"), task))
    assert records[1].source_ref == "rows-0.jsonl#1-2"
    assert records[1].detail == "LookupError"


def test_records_at_offsets_are_found_by_scanning_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["a", "bad", "c", "d"]
    lines = [json.dumps({"text": text}) for text in texts]
    (tmp_path / "rows.jsonl").write_text("\n\n".join(lines))  # more lines than records

    def scan(self: Shelf, item: Input) -> list[Piece]:
        cutter = Cutter()
        for number in range(len(texts)):
            cutter.add(2 * number, 1)
        return cutter.pieces(2 * len(texts))

    monkeypatch.setattr(Shelf, "scan", scan)
    failing(monkeypatch, LookupError())
    (part,) = task_over(tmp_path).pieces
    assert (part.piece.start, part.piece.stop, part.piece.records) == (0, 8, 4)
    assert outcomes(tmp_path, task_over(tmp_path)) == [
        (b"a", None), (b"", "read/failed"), (b"c", None), (b"d", None),
    ]  # fmt: skip


def test_where_nothing_can_be_cut_what_came_before_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "a", "b", "bad", "d", per_file=4)
    failing(monkeypatch, LookupError())
    monkeypatch.setattr(Shelf, "scan", lambda *_: [Piece(0, 9, 4, 0)])
    task = task_over(tmp_path)
    assert outcomes(tmp_path, task) == [(b"a", None), (b"b", None), (b"", "read/failed")]


@pytest.mark.parametrize("error", [ImportError("no library"), OSError(28, "disk full")])
def test_what_concerns_the_build_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    write_texts(tmp_path, "a", "bad")
    failing(monkeypatch, error)
    with pytest.raises(ConnectorError, match=r"source 'texts'.*'shelf'"):
        outcomes(tmp_path, task_over(tmp_path))


def test_a_connector_that_yields_something_else_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "a")
    monkeypatch.setattr(Shelf, "read", lambda *_: iter([{"text": "a"}]))
    with pytest.raises(ConnectorError, match="yields dict, not RawRecord"):
        outcomes(tmp_path, task_over(tmp_path))


def test_a_memory_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_texts(tmp_path, "a", "bad")
    failing(monkeypatch, MemoryError())
    assert outcomes(tmp_path, task_over(tmp_path)) == [(b"a", None), (b"", "read/too_large")]


def test_an_input_that_was_not_scanned_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "a")
    failing(monkeypatch, AssertionError(), b"")
    task = task_over(tmp_path)
    lost = replace(task.pieces[0], lost=("read/crashed", "why"))
    (record,) = read(Job(Workspace(tmp_path / "build"), replace(task, pieces=(lost,))))
    assert (record.source_ref, record.reason) == ("rows-0.jsonl", "read/crashed")
    assert record.detail == "why"


def test_a_record_that_is_set_aside_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "a", "bad", "c", per_file=3)
    failing(monkeypatch, KeyboardInterrupt())
    task = task_over(tmp_path)
    culprit = Culprit("record", (0, 1), "too_slow")
    task = replace(task, split=frozenset({0}), culprits=(culprit,))
    assert outcomes(tmp_path, task) == [(b"a", None), (b"", "read/too_slow"), (b"c", None)]
    lost = read(Job(Workspace(tmp_path / "build"), task))[1]
    assert lost.detail == task.limits.detail("too_slow")


def noting(patch: pytest.MonkeyPatch, note: Path) -> list[tuple[str, int, int]]:
    """What the connector is asked for: the progress noted at the time, and the piece."""
    asked: list[tuple[str, int, int]] = []
    real = FilesConnector.read

    def reading(self: Shelf, item: Input, piece: Piece) -> Iterator[RawRecord]:
        asked.append((note.read_text() if note.exists() else "", piece.start, piece.stop))
        yield from real(self, item, piece)

    patch.setattr(Shelf, "read", reading)
    return asked


def test_each_record_is_noted_before_it_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "a", "b", "c", per_file=3)
    note = tmp_path / "note"
    asked = noting(monkeypatch, note)
    job = Job(Workspace(tmp_path / "build"), task_over(tmp_path))
    PieceReader(job, ProgressMark(note)).records()
    assert asked == [("piece 0", 0, 3)]
    split = replace(job, task=replace(job.task, split=frozenset({0})))
    PieceReader(split, ProgressMark(note)).records()
    assert asked[1:] == [("record 0 0", 0, 1), ("record 0 1", 1, 2), ("record 0 2", 2, 3)]


def test_a_culprit_is_read_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_texts(tmp_path, "a", "b", "c", "d", per_file=2)
    asked = noting(monkeypatch, tmp_path / "none")
    job = Job(Workspace(tmp_path / "build"), task_over(tmp_path))
    reader = PieceReader(job)
    reader.alone(Culprit("record", (1, 1)))
    assert asked == [("", 1, 2)]
    reader.alone(Culprit("piece", (1,)))
    assert asked[1:] == [("", 0, 2)]


def test_one_record_is_not_cut_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_texts(tmp_path, "bad", per_file=1)
    failing(monkeypatch, LookupError())
    monkeypatch.setattr(Shelf, "scan", lambda *_: [Piece(0, 9, 1, 0)])
    task = task_over(tmp_path)
    monkeypatch.setattr(Shelf, "scan", lambda *_: pytest.fail("it has one record"))
    assert outcomes(tmp_path, task) == [(b"", "read/failed")]


def rows_at_offsets(patch: pytest.MonkeyPatch, folder: Path, *texts: str, cuts: list[int]) -> None:
    """A file with an empty line after each text, which the connector cuts at these lines."""
    lines = [json.dumps({"text": text}) for text in texts]
    (folder / "rows.jsonl").write_text("\n\n".join(lines))

    def scan(self: Shelf, item: Input) -> list[Piece]:
        if records_of_piece() == 1:
            return [Piece(2 * at, 2 * at + 2, 1, 0) for at in range(len(texts))]
        return [Piece(at, to, (to - at) // 2, 0) for at, to in pairwise(cuts)]

    patch.setattr(Shelf, "scan", scan)


def test_a_piece_is_cut_within_its_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows_at_offsets(monkeypatch, tmp_path, "a", "b", "bad", "d", "e", "f", cuts=[0, 4, 8, 12])
    asked = noting(monkeypatch, tmp_path / "none")
    reading = Shelf.read
    failing(monkeypatch, LookupError())
    failing_read = Shelf.read

    def both(self: Shelf, item: Input, piece: Piece) -> Iterator[RawRecord]:
        list(reading(self, item, piece))
        return failing_read(self, item, piece)

    monkeypatch.setattr(Shelf, "read", both)
    records = read(Job(Workspace(tmp_path / "build"), task_over(tmp_path)))
    assert [record.content for record in records] == [b"a", b"b", b"", b"d", b"e", b"f"]
    assert records[2].source_ref == "rows.jsonl#4-6"
    pieces = [(start, stop) for _, start, stop in asked]
    assert pieces == [(0, 4), (4, 8), (4, 6), (6, 8), (8, 12)]


def test_two_records_are_cut_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_texts(tmp_path, "bad", "b", per_file=2)
    failing(monkeypatch, LookupError())
    assert outcomes(tmp_path, task_over(tmp_path)) == [(b"", "read/failed"), (b"b", None)]


def test_a_culprit_at_an_offset_is_read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows_at_offsets(monkeypatch, tmp_path, "a", "b", "c", "d", cuts=[0, 4, 8])
    asked = noting(monkeypatch, tmp_path / "none")
    job = Job(Workspace(tmp_path / "build"), task_over(tmp_path))
    PieceReader(job).alone(Culprit("record", (1, 6)))
    PieceReader(job).alone(Culprit("record", (0, 0)))
    assert asked == [("", 6, 8), ("", 0, 2)]


def scan_failing(patch: pytest.MonkeyPatch, error: BaseException) -> None:
    def scan(*_: object) -> list[Piece]:
        raise error

    patch.setattr(Shelf, "scan", scan)


def test_a_piece_whose_input_cannot_be_cut_again_is_kept_up_to_the_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows_at_offsets(monkeypatch, tmp_path, "a", "bad", "c", cuts=[0, 6])
    failing(monkeypatch, LookupError())
    task = task_over(tmp_path)
    scan_failing(monkeypatch, LookupError())
    assert outcomes(tmp_path, task) == [(b"a", None), (b"", "read/failed")]
    scan_failing(monkeypatch, ImportError("no library"))
    with pytest.raises(ConnectorError, match=r"source 'texts'.*no library"):
        outcomes(tmp_path, task)


def test_a_piece_that_is_set_aside_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "a", "bad", "c", "d", per_file=2)
    failing(monkeypatch, KeyboardInterrupt())
    task = task_over(tmp_path)
    task = replace(task, culprits=(Culprit("piece", (0,), "crashed"),))
    records = read(Job(Workspace(tmp_path / "build"), task))
    assert [record.content for record in records] == [b"", b"c", b"d"]
    assert (records[0].source_ref, records[0].reason) == ("rows-0.jsonl#0-2", "read/crashed")
    assert records[0].detail == task.detail("crashed")


def test_the_connector_is_given_the_file_and_its_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "bad", "b")
    items: list[Input] = []

    def reading(_: Shelf, item: Input, piece: Piece) -> Iterator[RawRecord]:
        items.append(item)
        raise LookupError

    monkeypatch.setattr(Shelf, "read", reading)
    read(Job(Workspace(tmp_path / "build"), task_over(tmp_path)))
    path = str(tmp_path / "rows-0.jsonl")
    assert items == [Input("rows-0.jsonl", path, "digest of rows-0.jsonl")] * 3


def test_a_connector_that_fails_over_all_of_many_is_itself_at_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, *["bad"] * (MANY + 1), per_file=4)
    failing(monkeypatch, LookupError())
    message = rf"source 'texts': the connector 'shelf' failed over all {MANY + 1} .*: LookupError;"
    with pytest.raises(ConnectorError, match=message):
        outcomes(tmp_path, task_over(tmp_path))


def test_the_log_has_the_traceback_of_what_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write_texts(tmp_path, "a", "bad")
    failing(monkeypatch, LookupError("a bad word"))
    with caplog.at_level("INFO", "corpuskit.pipeline.reading"):
        outcomes(tmp_path, task_over(tmp_path))
    again, lost = caplog.records
    label = "source 'texts', rows-0.jsonl"
    assert again.getMessage().startswith(f"{label}: rows-0.jsonl, records one by one: ")
    assert "LookupError: a bad word" in again.getMessage()
    assert lost.getMessage() == f"{label}: rows-0.jsonl#1-2 is lost as read/failed"
    assert lost.exc_info is not None
    assert isinstance(lost.exc_info[1], ConnectorError)


def test_a_record_that_takes_too_long_is_lost_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "a", "bad", "c", per_file=3)

    def endless(self: Shelf, item: Input, piece: Piece) -> Iterator[RawRecord]:
        for record in FilesConnector.read(self, item, piece):
            while record.content == b"bad":
                pass
            yield record

    monkeypatch.setattr(Shelf, "read", endless)
    task = replace(task_over(tmp_path), limits=RecordLimits(seconds=0.2))
    assert outcomes(tmp_path, task) == [(b"a", None), (b"", "read/too_slow"), (b"c", None)]


def test_rows_of_a_later_piece_are_read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_texts(tmp_path, "a", "b", "c", "d", "bad", "f", per_file=6)
    monkeypatch.setattr(Shelf, "scan", lambda *_: [Piece(0, 3, 3, 0), Piece(3, 6, 3, 0)])
    failing(monkeypatch, LookupError())
    task = task_over(tmp_path)
    monkeypatch.setattr(Shelf, "scan", lambda *_: pytest.fail("rows are known without it"))
    assert outcomes(tmp_path, task) == [
        (b"a", None), (b"b", None), (b"c", None), (b"d", None), (b"", "read/failed"), (b"f", None),
    ]  # fmt: skip
