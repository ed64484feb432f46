"""What a connector raises is said to be its own."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpuskit.connectors.base import Connector, ConnectorOptions, Input, Piece
from corpuskit.connectors.calls import answerable, read_piece
from corpuskit.document import RawRecord
from corpuskit.errors import ConnectorError, ConnectorFailedError, SourceError

ITEM, PIECE = Input("a.bin", "/nowhere/a.bin"), Piece(0, 9, 9, 9)


class Odd(Connector):
    """Yields what it is told to, then raises what it is told to."""

    name, version, source_type = "odd", "1", "file"
    given: tuple[object, ...] = ()
    error: BaseException | None = None

    def inputs(self) -> list[Input]:
        return [ITEM]

    def scan(self, item: Input) -> list[Piece]:
        return [PIECE]

    def read(self, item: Input, piece: Piece) -> Iterator[RawRecord]:
        yield from self.given  # type: ignore[misc]  # what a plug-in may do
        if self.error:
            raise self.error


@pytest.fixture
def odd() -> Odd:
    return Odd(ConnectorOptions(), Path())


class UnpicklableError(Exception):
    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one}\n{two}")


def test_records_come_through(odd: Odd) -> None:
    odd.given = (RawRecord(source_ref="1"), RawRecord(source_ref="2", reason="read/empty"))
    assert tuple(read_piece(odd, "mine", ITEM, PIECE)) == odd.given


def test_the_record_before_is_named_and_the_error_survives_pickling(odd: Odd) -> None:
    odd.given, odd.error = (RawRecord(source_ref="a.bin#7"),), UnpicklableError("one", "two")
    with pytest.raises(ConnectorError) as caught:
        list(read_piece(odd, "mine", ITEM, PIECE))
    said = str(pickle.loads(pickle.dumps(caught.value)))
    assert said.startswith("source 'mine': the connector 'odd' (")
    assert "failed reading a.bin [0, 9), after record 'a.bin#7': UnpicklableError: one two" in said
    assert "test_calls.py, line" in said
    assert "\n" not in said


class SpeechlessError(Exception):
    """Raises an exception when it is asked what it says."""

    def __str__(self) -> str:
        raise GeneratorExit

    __repr__ = __str__


@pytest.mark.parametrize("error", [SpeechlessError(), BaseException("panic"), GeneratorExit(),
                                   SystemExit(2)])  # fmt: skip
def test_any_exception_is_attributed(odd: Odd, error: BaseException) -> None:
    odd.given, odd.error = (RawRecord(source_ref="a.bin#7"),), error
    name = f"after record 'a.bin#7': {type(error).__name__}"
    with pytest.raises(ConnectorFailedError, match=re.escape(name)):
        list(read_piece(odd, "mine", ITEM, PIECE))


def test_a_reader_may_stop_before_the_last_record(odd: Odd) -> None:
    odd.given = (RawRecord(source_ref="1"), RawRecord(source_ref="2"))
    records = read_piece(odd, "mine", ITEM, PIECE)
    assert next(records).source_ref == "1"
    records.close()  # type: ignore[attr-defined]  # a generator
    assert list(records) == []


def test_a_read_that_ends_before_it_begins_is_a_failure(
    odd: Odd, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(item: Input, piece: Piece) -> Iterator[RawRecord]:
        raise StopIteration

    monkeypatch.setattr(odd, "read", read)
    with pytest.raises(ConnectorFailedError, match="StopIteration"):
        list(read_piece(odd, "mine", ITEM, PIECE))


def test_what_is_no_record_is_no_record(odd: Odd) -> None:
    odd.given = ({"text": "x"},)
    with pytest.raises(ConnectorError, match=r"before its first record: TypeError.* yields dict"):
        list(read_piece(odd, "mine", ITEM, PIECE))


def test_errors_of_ours_and_interruptions_pass(odd: Odd) -> None:
    with pytest.raises(SourceError, match=r"^no such file$"), answerable(odd, "mine", "listing"):
        raise SourceError("no such file")
    with pytest.raises(KeyboardInterrupt), answerable(odd, "mine", "fetching"):
        raise KeyboardInterrupt


def test_a_connector_that_cannot_be_made_is_named_by_its_class() -> None:
    with (
        pytest.raises(
            ConnectorError, match=r"'mine': the connector 'odd' \(.*\.Odd\) failed being"
        ),
        answerable(Odd, "mine", "being set up"),
    ):
        raise KeyError("token")
