"""`--verbose` and `--log-file`: options of every command, before or after its name."""

from __future__ import annotations

import platform
import shlex
from pathlib import Path
from typing import Any

import click

_VERBOSE = "corpuskit.verbose"
_LOG_FILE = "corpuskit.log_file"
_BEGUN = "corpuskit.log_begun"
_LEVELS = (None, 20, 10)
"""Of no, one and two `-v`: nothing, logging.INFO, logging.DEBUG."""


def add_log_options(command: click.Command) -> click.Command:
    """Give a command, and the commands below it, these options; a second time changes nothing."""
    if not any(isinstance(option, _LogOption) for option in command.params):
        command.params += [
            _LogOption(
                ["-v", "--verbose"],
                count=True,
                help="Show the log on stderr; twice for all of it.",
            ),
            _LogOption(
                ["--log-file"],
                type=click.Path(path_type=Path, dir_okay=False),
                help="Append the whole log to this file.",
            ),
        ]
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            add_log_options(inner)
    return command


def begin_log(context: click.Context) -> None:
    """Set up logging by the options before the command's name, if there are any."""
    from corpuskit import logs

    verbose, file = context.meta.get(_VERBOSE, 0), context.meta.get(_LOG_FILE)
    logs.configure(_LEVELS[min(verbose, len(_LEVELS) - 1)], file)
    destination = file or verbose
    if destination and context.meta.get(_BEGUN, 0) != destination:
        context.meta[_BEGUN] = destination  # a file must have this record, wherever it is named
        from corpuskit.about import version

        arguments = shlex.join(context.find_root().obj or [])
        python = f"Python {platform.python_version()}"
        logs.logger(__name__).info("corpuskit %s, %s: %s", version(), python, arguments)


class _LogOption(click.Option):
    """Takes effect at once, and adds to what stands before the command's name."""

    def __init__(self, declarations: list[str], **attributes: Any) -> None:
        super().__init__(
            declarations, callback=_take, expose_value=False, is_eager=True, **attributes
        )


def _take(context: click.Context, option: click.Parameter, value: Any) -> None:
    if not value or context.resilient_parsing:
        return
    if option.name == "verbose":
        context.meta[_VERBOSE] = context.meta.get(_VERBOSE, 0) + value
    else:
        context.meta[_LOG_FILE] = value
    begin_log(context)
