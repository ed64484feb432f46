"""Where log records go, and what they must not contain.

A module of corpuskit that logs has one logger, `logger(__name__)`. Nothing is shown or written
unless an application asks: with `logging` as for any library, or with `configure`, as the
command line does for `--log-file` and `--verbose`.

Worker processes repeat the configuration of their parent: it passes `settings()` to them and they
call `apply(settings)`. All write to the same file, each record in one write.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpuskit.display import mask, printable
from corpuskit.errors import CorpuskitError

ROOT: Final = "corpuskit"
"""The logger above all loggers of this package."""
_FILE_FORMAT: Final = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"
_TERMINAL_FORMAT: Final = "%(levelname)s %(name)s: %(message)s"

logging.getLogger(ROOT).addHandler(logging.NullHandler())  # without it, warnings reach stderr


def logger(name: str) -> logging.Logger:
    """The logger of a module of corpuskit; silent until an application configures logging."""
    return logging.getLogger(name)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What `configure` was called with; can be pickled."""

    level: int | None = None
    """Records of corpuskit from this level on are shown on stderr; None: none are."""
    file: str | None = None
    """Absolute path of the file that gets every record."""


class _State:
    """What `configure` set up in this process."""

    settings: LogSettings | None = None
    handlers: tuple[tuple[logging.Logger, logging.Handler], ...] = ()
    lock = threading.Lock()


def configure(level: int | None = None, file: str | Path | None = None) -> None:
    """Show corpuskit's records on stderr from `level` on, and append all records to `file`.

    Other libraries are never shown: what they log or warn of (WARNING and above) goes to the
    file. A second call replaces the first. Raises CorpuskitError if the file cannot be opened.
    """
    package, everything = logging.getLogger(ROOT), logging.getLogger()
    handlers: list[tuple[logging.Logger, logging.Handler]] = [(everything, logging.NullHandler())]
    lowest = level
    if level is not None:
        handlers.append((package, _TerminalHandler(level)))
    if file is not None:
        file = Path(file).absolute()
        handlers.append((everything, _FileHandler(file)))
        lowest = logging.DEBUG
    with _State.lock:
        _remove()
        for target, handler in handlers:
            target.addHandler(handler)
        _State.handlers = tuple(handlers)
        _State.settings = LogSettings(level, None if file is None else str(file))
        package.setLevel(logging.NOTSET if lowest is None else lowest)
        logging.captureWarnings(True)


def settings() -> LogSettings | None:
    """What to `apply` in a worker process; None where `configure` was not called."""
    return _State.settings


def apply(settings: LogSettings | None) -> None:
    """Configure this process like the one whose settings these are; None changes nothing."""
    if settings is not None:
        configure(settings.level, settings.file)


def reset() -> None:
    """Undo `configure`."""
    with _State.lock:
        _remove()
        if _State.settings is not None:
            logging.getLogger(ROOT).setLevel(logging.NOTSET)
            logging.captureWarnings(False)
        _State.settings = None


def _remove() -> None:
    for target, handler in _State.handlers:
        target.removeHandler(handler)
        handler.close()
    _State.handlers = ()


class MaskCredentials(logging.Filter):
    """Passes every record, with credentials masked in its message and its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask a record for this handler and all after it."""
        try:
            message = record.getMessage()
        except Exception as error:  # noqa: BLE001 - arguments may be anybody's: a log ends no program
            message = f"{record.msg} (its arguments cannot be shown: {type(error).__name__})"
        record.msg, record.args = mask(message), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = record.exc_text and mask(record.exc_text)
        record.stack_info = record.stack_info and mask(record.stack_info)
        return True


class _Formatter(logging.Formatter):
    """Times in UTC to the millisecond; control characters of a message written out.

    A page's URL or title must neither forge a line of the log nor send commands to a terminal.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = printable(record.message)
        return super().formatMessage(record)


class _TerminalHandler(logging.Handler):
    """Writes to what sys.stderr is at the moment: a progress bar may have replaced it."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.addFilter(MaskCredentials())
        self.setFormatter(_Formatter(_TERMINAL_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a terminal that is gone is no reason to end."""
        with suppress(Exception):
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()


class _FileHandler(logging.Handler):
    """Appends each record with one write, so that records of many processes do not mix."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.DEBUG)
        self._path, self._broken = path, False
        self.addFilter(MaskCredentials())
        self.setFormatter(_Formatter(_FILE_FORMAT))
        try:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise CorpuskitError(f"cannot write the log file {path}: {error.strerror}") from None

    def emit(self, record: logging.LogRecord) -> None:
        """Append one record."""
        try:
            line = self.format(record) + "\n"
            os.write(self._descriptor, line.encode("utf-8", "backslashreplace"))
        except Exception:  # noqa: BLE001 - as logging's own handlers: a log ends no program
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say once that the log is incomplete: a full disk fails every record."""
        if not self._broken:
            self._broken = True
            reason = sys.exc_info()[1]
            with suppress(Exception):
                sys.stderr.write(f"warning: the log file {self._path} is incomplete: {reason}\n")

    def close(self) -> None:
        """Close the file."""
        self.acquire()
        try:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1
        finally:
            self.release()
        super().close()
