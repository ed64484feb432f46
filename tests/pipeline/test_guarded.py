"""Rows over which a stage fails are lost one by one; the others are as they would be alone."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from corpuskit import logs
from corpuskit.errors import ConnectorError, ModelError, StageError
from corpuskit.limits import RecordLimits
from corpuskit.pipeline.guarded import (
    MANY,
    SLICE,
    ProgressMark,
    SegmentRun,
    check_connector,
    exception_name,
    joined,
    unchanged,
)
from corpuskit.stage import Batch

LIMITS = RecordLimits(seconds=1, memory=200_000_000)


class Length:
    """Measures texts, and fails over those that `failing` is true for."""

    name, version = "length", "1"
    fields = (pa.field("length", pa.int64()),)
    reasons = {"length/long": "The text is long."}  # noqa: RUF012

    def __init__(
        self, failing: Callable[[str], bool] = bool, error: BaseException | None = None
    ) -> None:
        self.failing, self.error = failing, error
        self.sizes: list[int] = []

    def process(self, batch: Batch) -> Batch:
        self.sizes.append(len(batch))
        if self.error is not None and any(map(self.failing, batch["text"])):
            raise self.error
        long = ["length/long" if len(text) > 5 else None for text in batch["text"]]
        return batch.with_columns(length=[len(text) for text in batch["text"]]).with_reasons(long)


class SpeechlessError(OSError):
    """Raises an exception when it is asked what it says."""

    def __str__(self) -> str:
        raise ValueError

    __repr__ = __str__


class Panic(BaseException):
    """What a library written in Rust raises."""


class OddReasons:
    """Gives reasons that cannot be codes."""

    name, version = "odd", "1"
    fields: tuple[pa.Field, ...] = ()

    def process(self, batch: Batch) -> Batch:
        reasons: list[Any] = [["a", "list"] if bad(text) else None for text in batch["text"]]
        return batch.with_columns(reason=reasons)


class Twice:
    name, version = "twice", "1"
    fields = (pa.field("twice", pa.int64()),)

    def process(self, batch: Batch) -> Batch:
        return batch.with_columns(twice=[2 * length for length in batch["length"]])


def run(*stages: Any, texts: list[str], finish: Any = unchanged) -> Batch:
    refs = [f"row {number}" for number in range(len(texts))]
    return SegmentRun(stages, LIMITS, "texts", finish).run(Batch.of_texts(texts, source_ref=refs))


def bad(text: str) -> bool:
    return text == "bad"


@pytest.mark.parametrize(
    ("error", "reason", "detail"),
    [
        (ValueError("at 0x7f3a"), "length/failed", "ValueError"),
        (pa.ArrowInvalid("x"), "length/failed", "pyarrow.lib.ArrowInvalid"),
        (RecursionError(), "length/failed", "RecursionError"),
        (SystemExit(3), "length/failed", "SystemExit"),
        (BaseException("x"), "length/failed", "BaseException"),
        (GeneratorExit(), "length/failed", "GeneratorExit"),
        (Panic("at src/lib.rs"), "length/failed", f"{__name__}.Panic"),
        (SpeechlessError(), "length/failed", f"{__name__}.SpeechlessError"),
        (OSError([], "an error whose number is none"), "length/failed", "OSError"),
        (MemoryError(), "length/too_large", "more than 200 MB of memory"),
    ],
)
def test_an_exception_costs_the_row_that_it_is_raised_over(
    error: BaseException, reason: str, detail: str
) -> None:
    texts = ["a", "bad", "a long text", "bb"]
    batch = run(Length(bad, error), Twice(), texts=texts)
    assert batch["text"] == texts
    assert batch["reason"] == [None, reason, "length/long", None]
    assert batch["detail"] == [None, detail, None, None]
    assert batch["length"] == [1, None, 11, 2]
    assert batch["twice"] == [2, None, None, 4]


def test_reasons_that_are_no_codes_cost_the_row() -> None:
    batch = run(OddReasons(), texts=["a", "bad", "b"])
    assert batch["reason"] == [None, "odd/failed", None]


def test_an_exception_without_words_does_not_end_the_log(tmp_path: Path) -> None:
    logs.configure(file=tmp_path / "log")
    try:
        run(Length(bad, SpeechlessError()), texts=["a", "bad"])
    finally:
        logs.reset()
    lines = (tmp_path / "log").read_text()
    assert "row 1 is lost as length/failed" in lines


def test_the_log_has_the_traceback(caplog: pytest.LogCaptureFixture) -> None:
    run(Length(bad, ValueError("told")), texts=["bad", "a"])
    (record,) = (record for record in caplog.records if record.levelname == "WARNING")
    assert record.getMessage() == "texts: row 0 is lost as length/failed"
    assert record.exc_info is not None
    assert "told" in str(record.exc_info[1])


@pytest.mark.parametrize("count", [0, 1, SLICE, SLICE + 1, 2 * SLICE + 5])
def test_slices_give_what_the_whole_gives(count: int) -> None:
    stage = Length()
    texts = ["x" * (number % 9) for number in range(count)]
    batch = run(stage, texts=texts)
    assert batch["text"] == texts
    assert sum(stage.sizes) == count
    assert max(stage.sizes) <= SLICE
    assert batch["reason"] == ["length/long" if len(text) > 5 else None for text in texts]


def test_a_careful_run_names_each_row_before_it(tmp_path: Path) -> None:
    seen: list[str] = []
    progress = tmp_path / "progress"

    def look(batch: Batch) -> Batch:
        seen.append(progress.read_text())
        return batch

    texts = ["a", "bad", "b"]
    rows = Batch.of_texts(texts, source_ref=texts)
    stages = [Length(bad, ValueError())]
    batch = SegmentRun(stages, LIMITS, "texts", look, ProgressMark(progress)).run(rows)
    assert seen == ["row 0", "row 1", "row 2"]
    assert batch["reason"] == [None, "length/failed", None]


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("a_library"),
        OSError(errno.ENOSPC, "No space left on device"),
        ModelError("the model is gone"),
        StageError("a broken contract"),
    ],
)
def test_what_concerns_the_build_ends_it(error: Exception) -> None:
    with pytest.raises(type(error) if isinstance(error, ModelError) else StageError):
        run(Length(bad, error), texts=["a", "bad"])


def test_an_interruption_ends_it() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Length(bad, KeyboardInterrupt()), texts=["a", "bad"])


def test_a_stage_that_fails_over_all_of_many_rows_is_itself_at_fault() -> None:
    few = run(Length(bad, KeyError("k")), texts=["bad"] * MANY)
    assert few["reason"] == ["length/failed"] * MANY
    with pytest.raises(StageError, match=r"'length' failed over all 11 .*texts.*: KeyError"):
        run(Length(bad, KeyError("k")), texts=["bad"] * (MANY + 1))
    some = run(Length(bad, KeyError("k")), texts=["bad"] * (MANY + 1) + ["good"])
    assert some["reason"] == ["length/failed"] * (MANY + 1) + [None]


def test_what_the_step_adds_may_fail_as_well() -> None:
    def finish(batch: Batch) -> Batch:
        return batch.with_columns(first=[(text or " ")[0] for text in batch["text"]])

    batch = run(Length(), texts=["a", "", "b"], finish=finish)
    assert batch["first"] == ["a", " ", "b"]

    def strict(batch: Batch) -> Batch:
        return batch.with_columns(
            number=[int(text) if text is not None else None for text in batch["text"]]
        )

    batch = run(Length(), texts=["1", "two", "3"], finish=strict)
    assert batch["number"] == [1, None, 3]
    assert batch["reason"] == [None, "length/failed", None]


def test_a_connector_that_fails_over_all_of_many_is_itself_at_fault() -> None:
    failed = [("read/failed", "KeyError")] * (MANY + 1)
    check_connector("texts", "shelf", failed[1:])
    check_connector("texts", "shelf", [*failed, (None, None)])
    with pytest.raises(ConnectorError, match=r"'texts': the connector 'shelf' .* all 11 .*KeyErr"):
        check_connector("texts", "shelf", failed)


def test_rows_of_several_batches() -> None:
    batch = joined([Batch({"a": [1]}), Batch({"b": [2, 3]})])
    assert batch.columns == {"a": [1, None, None], "b": [None, 2, 3]}


def test_names_of_exceptions() -> None:
    assert exception_name(KeyError()) == "KeyError"
    assert exception_name(json.JSONDecodeError("x", "y", 0)) == "json.decoder.JSONDecodeError"
