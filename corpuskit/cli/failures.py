"""How a command ends that cannot go on: one line that says why, and where the traceback is."""

from __future__ import annotations

import difflib
import errno
import logging
import os
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from corpuskit import logs
from corpuskit.cli.output import show, show_error
from corpuskit.display import mask

_OUT_OF_MEMORY: Final = (
    "failed to map segment",
    "cannot allocate memory",
    "can't start new thread",
)
"""How the loader, the kernel and Python's threads say that memory has run out, in lower case."""


def show_usage(error: click.ClickException) -> None:
    """Print what is wrong with a command line, and how the command is used."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)  # the help, of a group without a command
        return
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        close = [name for name in error.possibilities if _is_close(name, error.option_name)]
        error = click.NoSuchOption(error.option_name, possibilities=close, ctx=error.ctx)
    context = getattr(error, "ctx", None)
    if isinstance(context, click.Context):
        click.echo(context.get_usage(), err=True)
        show(f"Try '{context.command_path} --help' for help.", err=True)
        show(err=True)
    for line in _message_lines(error):
        show_error(line)


def _message_lines(error: click.ClickException) -> list[str]:
    """A message by line; the values of a choice, which click puts on lines of their own, on one."""
    lines = error.format_message().splitlines() or [type(error).__name__]
    if not all(line.startswith("\t") for line in lines[1:]):
        return lines
    return [" ".join(map(str.strip, lines))]


def _is_close(option: str, written: str) -> bool:
    """Whether one option may be a misspelling of another: their dashes make none similar."""
    names = (option.lstrip("-"), written.lstrip("-"))
    return difflib.SequenceMatcher(None, *names).ratio() >= 0.6


def report(error: Exception, log: logging.Logger) -> int:
    """Explain an exception that no command expects; the exit code."""
    summary = _summary(error)
    log.critical("an exception that corpuskit does not explain", exc_info=error)
    with suppress(OSError, ValueError):  # stderr may be what cannot be written
        show_error(f"{summary}; {_place_of_traceback(error)}")
    if isinstance(error, OSError):
        close_stdout()
    return 1


def _summary(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    message = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    if _is_out_of_memory(error):
        return f"out of memory, try fewer --workers ({message[:200]})"
    if isinstance(error, OSError) and error.errno is not None:
        name = f" {error.filename!r}" if error.filename else ""
        return f"the system refuses{name}: {error.strerror}"
    return f"unexpected {message[:300]}"


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return any(sign in str(error).lower() for sign in _OUT_OF_MEMORY)


def _place_of_traceback(error: Exception) -> str:
    """Where the traceback can be read: in the log, on the terminal, else in a file made for it."""
    settings = logs.settings()
    if settings is not None and settings.file:
        return f"its traceback is in {settings.file}"
    if settings is not None and settings.level is not None:
        return "its traceback is above"
    try:
        text = mask("".join(traceback.format_exception(error)))
        descriptor, name = tempfile.mkstemp(prefix="corpuskit-traceback-", suffix=".txt")
        os.close(descriptor)
        Path(name).write_text(text, encoding="utf-8", errors="backslashreplace")
    except (OSError, MemoryError, RecursionError):
        return "run it again with -v to see its traceback"
    return f"its traceback is in {name}; -v shows it here"


def close_stdout() -> None:
    """Send the rest of the output nowhere: its reader has gone, or it cannot be written."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
