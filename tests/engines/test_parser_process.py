"""Functions that end their process, hang or fail do no harm to the process that asks."""

from __future__ import annotations

import io
import itertools
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from corpuskit.engines.parser_process import ParserDiedError, ParserProcess
from corpuskit.errors import WorkerDiedError
from corpuskit.limits import RecordLimits

CONTENT = bytes(range(256)) * 1_000


@pytest.fixture(scope="module")
def process() -> Iterator[ParserProcess]:
    with ParserProcess(RecordLimits(seconds=1, memory=300_000_000)) as process:
        yield process


def read_parts(file: Any, *places: int) -> list[Any]:
    print("a library prints", flush=True)
    os.system("echo and so does its program")
    parts: list[Any] = [file.seek(0, io.SEEK_END), file.read(5)]
    for place in places:
        file.seek(place)
        parts.append(file.read(3))
    return parts


def number_of_process(file: Any) -> int:
    return os.getpid()


def abort(file: Any) -> None:
    os.abort()


def leave(file: Any) -> None:
    os._exit(3)


def kill(file: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def loop(file: Any) -> None:
    sum(itertools.repeat(0))  # in C, where signals are not looked for


def loop_in_python(file: Any) -> None:
    while True:
        pass


def fill(file: Any) -> list[bytearray]:
    return [bytearray(1_000_000) for _ in range(2_000)]


def fail(file: Any, error: str) -> None:
    if error == "eof":
        raise EOFError("of the function")
    if error == "strange":
        raise type("StrangeError", (Exception,), {})("not to be pickled")
    raise LookupError("no such column")


class BrokenFile(io.RawIOBase):
    """A file whose server is gone."""

    def seek(self, offset: int, whence: int = 0) -> int:
        raise ConnectionError("the server broke off")


def test_a_function_reads_the_file_of_the_other_process(process: ParserProcess) -> None:
    parts = process.run(read_parts, io.BytesIO(CONTENT), 0, 300, len(CONTENT) - 1)
    assert parts == [len(CONTENT), b"", b"\0\1\2", bytes([44, 45, 46]), b"\xff"]


def test_one_process_takes_many_files(process: ParserProcess) -> None:
    numbers = {process.run(number_of_process, io.BytesIO()) for _ in range(3)}
    assert len(numbers) == 1
    assert numbers != {os.getpid()}


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (abort, "ends the process that reads it .SIGABRT"),
        (leave, "ends the process that reads it .exit code 3"),
        (loop, "takes more than 1 seconds"),
        (loop_in_python, "takes more than 1 seconds"),
        (fill, "takes more than 300 MB of memory"),
    ],
)
def test_what_ends_the_process_is_told_and_the_next_file_is_read(
    process: ParserProcess, function: Any, message: str
) -> None:
    with pytest.raises(ParserDiedError, match=message):
        process.run(function, io.BytesIO())
    assert process.run(read_parts, io.BytesIO(b"abc"), 1)[2] == b"bc"


def test_a_process_that_is_killed_proves_nothing(process: ParserProcess) -> None:
    with pytest.raises(WorkerDiedError, match="killed from outside"):
        process.run(kill, io.BytesIO())


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        ("eof", EOFError, "of the function"),
        ("lookup", LookupError, "no such column"),
        ("strange", RuntimeError, "StrangeError: not to be pickled"),
    ],
)
def test_exceptions_of_the_function_pass(
    process: ParserProcess, error: str, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        process.run(fail, io.BytesIO(), error)


def test_exceptions_of_reading_pass_and_the_process_ends(process: ParserProcess) -> None:
    with pytest.raises(ConnectionError, match="broke off"):
        process.run(read_parts, BrokenFile(), 0)
    assert process.run(read_parts, io.BytesIO(b"abc"), 0)[2] == b"abc"
