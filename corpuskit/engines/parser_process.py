"""A process of its own for code in C that parses what a stranger wrote.

Over a damaged file, libraries such as Arrow may end the process that they run in, or never come
back. The process that leads a fetch hands such a file to a ParserProcess:

    with ParserProcess() as process:
        table = process.run(read_table, file, "name of a column")

`read_table` runs there, with a file that reads through this process: the client that asks a server,
its pauses and its credentials stay here. Time and memory are limited as for a record of a build.
The process imports nothing of the main script, so that it works in any program.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Final, TypeVar, cast

from corpuskit import limits, logs
from corpuskit.errors import WorkerDiedError, error_text
from corpuskit.limits import RecordLimitError, RecordLimits

Result = TypeVar("Result")

_READ, _RESULT, _ERROR, _BEYOND = "read", "result", "error", "beyond"
"""Kinds of messages of the process: it wants bytes, is done, met an exception, or a limit."""
_COMMAND: Final = "from corpuskit.engines.parser_process import serve; serve()"
_LAST_WORDS: Final = 300
"""Characters of what a process that died wrote on its standard error, for the log."""
_TRIES: Final = 2
"""A process that is killed from outside proves nothing about the file: it is tried once more."""

_log = logs.logger(__name__)


class ParserDiedError(Exception):
    """A file that ends the process that parses it, or takes it beyond a limit; says which.

    `cause` is limits.CRASHED, TOO_SLOW or TOO_LARGE.
    """

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


class _GoneError(Exception):
    """The other process is gone."""


class ParserProcess:
    """Runs functions over files, one at a time; the process starts with the first of them."""

    def __init__(self, record_limits: RecordLimits | None = None) -> None:
        self._limits = record_limits or RecordLimits()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None

    def __enter__(self) -> ParserProcess:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def run(self, function: Callable[..., Result], file: Any, *arguments: Any) -> Result:
        """`function(file, *arguments)`, for a module-level function and a binary file
        (or None, for a function that needs none).

        An exception of the function, or of reading the file, is raised here as it is.
        ParserDiedError where the file is the cause that the process ended; WorkerDiedError where
        it was killed from outside, twice.
        """
        for _ in range(_TRIES):
            try:
                kind, value = self._outcome(function, file, arguments)
            except _GoneError:
                self._raise_if_proven()
                continue
            except BaseException:
                self._end()  # it is in the middle of its work
                raise
            if kind == _RESULT:
                return cast(Result, value)
            if kind == _BEYOND:
                self._end()
                raise ParserDiedError(f"reading it takes {self._limits.detail(value)}", value)
            raise value
        raise WorkerDiedError(
            "a process that parses a file was killed from outside or for lack of memory; run the "
            "same command again (what is finished is kept)"
        )

    def _outcome(
        self, function: Callable[..., Any], file: Any, arguments: tuple[Any, ...]
    ) -> tuple[str, Any]:
        """What became of a function, once the process has all the bytes that it asks for."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        _send(process.stdin, (function, arguments, self._limits))
        while True:
            kind, value = _received(process.stdout)
            if kind != _READ:
                return kind, value
            _send(process.stdin, _part(file, *value))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            places = os.pathsep.join(dict.fromkeys(place for place in sys.path if place))
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed by _end
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, "PYTHONPATH": places},
            )
            assert self._process.stdin is not None
            _send(self._process.stdin, logs.settings())
        return self._process

    def _raise_if_proven(self) -> None:
        """The process is gone: ParserDiedError unless something else may have killed it."""
        process, errors = self._process, self._errors
        assert process is not None
        assert errors is not None
        code = process.wait()
        errors.seek(0)
        words = errors.read().decode("utf-8", "replace")[-_LAST_WORDS:].strip()
        _log.warning("a process that parsed a file died (exit code %s): %s", code, words)
        self._end()
        if -code in _FROM_OUTSIDE:
            return
        cause = limits.cause_of(code)
        if cause != limits.CRASHED:
            raise ParserDiedError(f"reading it takes {self._limits.detail(cause)}", cause)
        raise ParserDiedError(f"it ends the process that reads it ({_name(code)})", cause)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout, self._errors):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
            process.wait()


_FROM_OUTSIDE: Final = frozenset(
    int(getattr(signal, name)) for name in ("SIGKILL", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


def _name(exit_code: int) -> str:
    with suppress(ValueError):
        return signal.Signals(-exit_code).name
    return f"exit code {exit_code}"


def _send(stream: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    try:
        stream.write(data)
        stream.flush()
    except BrokenPipeError as error:
        raise _GoneError from error


def _received(stream: IO[bytes]) -> Any:
    try:
        return pickle.load(stream)
    except (EOFError, pickle.UnpicklingError) as error:
        raise _GoneError from error


def _part(file: Any, position: int, size: int) -> bytes | int:
    """Bytes of the file; for a negative size the file's own."""
    if size < 0:
        return int(file.seek(0, io.SEEK_END))
    file.seek(position)
    return bytes(file.read(size))


class ParentFile(io.RawIOBase):
    """A file that another process has open, read through it."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        super().__init__()
        self._requests, self._answers = requests, answers
        self._position = 0
        self._size: int | None = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """The position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; the other process is only asked for the file's size."""
        if whence == io.SEEK_END and self._size is None:
            self._size = int(self._asked(0, -1))
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size or 0}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer as far as the other process has bytes."""
        view = memoryview(buffer).cast("B")
        if not len(view):
            return 0
        data: bytes = self._asked(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        if data:
            limits.beat()  # whoever waits for a server is not slow
        return len(data)

    def _asked(self, position: int, size: int) -> Any:
        _send(self._requests, (_READ, (position, size)))
        return _received(self._answers)


def serve() -> None:
    """Run what the parent sends until it sends no more; the main function of the process."""
    from corpuskit.pandas_import import keep_arrow_from_importing_pandas

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    keep_arrow_from_importing_pandas()
    requests = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get in between
    answers = os.fdopen(os.dup(0), "rb")
    with suppress(_GoneError):
        logs.apply(_received(answers))
        while True:
            function, arguments, record_limits = _received(answers)
            file = ParentFile(requests, answers)
            _send(requests, _outcome(function, file, arguments, record_limits))


def _outcome(
    function: Callable[..., Any],
    file: ParentFile,
    arguments: tuple[Any, ...],
    record_limits: RecordLimits,
) -> tuple[str, Any]:
    try:
        with limits.watched(record_limits, is_worker=True):
            return _RESULT, function(file, *arguments)
    except RecordLimitError as error:
        return _BEYOND, error.cause
    except Exception as error:  # noqa: BLE001 - raised again by the parent
        return _ERROR, _portable(error)


def _portable(error: Exception) -> Exception:
    """The error, or its text where it does not survive pickling."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - `__reduce__` may be anybody's code
        return RuntimeError(error_text(error))
    return error
