"""The command line: parse, call the library, print. Exit codes: 0 success, 1 an error explained in
one line, 2 wrong usage, 3 nothing was published, 130 interrupted."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from corpuskit.cli.lazy import LazyGroup
from corpuskit.cli.log_options import add_log_options, begin_log
from corpuskit.cli.output import show_error

if TYPE_CHECKING:
    import logging

COMMANDS = {
    "build": "corpuskit.cli.build:build",
    "plan": "corpuskit.cli.plan:plan",
    "fetch": "corpuskit.cli.fetch:fetch",
    "crawl": "corpuskit.cli.crawl:crawl",
    "hosts": "corpuskit.cli.hosts:hosts",
    "inspect": "corpuskit.cli.inspect:inspect",
    "profile": "corpuskit.cli.profile:profile",
    "explain": "corpuskit.cli.explain:explain",
    "review": "corpuskit.cli.review:review",
    "judgments": "corpuskit.cli.judgments:judgments",
    "classify": "corpuskit.cli.classify:classify",
    "verify": "corpuskit.cli.verify:verify",
    "check": "corpuskit.cli.check:check",
    "report": "corpuskit.cli.report:report",
    "diff": "corpuskit.cli.diff:diff",
    "compare": "corpuskit.cli.compare:compare",
    "index": "corpuskit.cli.index:index",
    "completion": "corpuskit.cli.completion:completion",
    "doctor": "corpuskit.cli.doctor:doctor",
    "prune": "corpuskit.cli.prune:prune",
    "takedown": "corpuskit.cli.takedown:takedown",
    "export": "corpuskit.cli.export:export",
    "tokens": "corpuskit.cli.tokens:tokens",
    "mix": "corpuskit.cli.tokens:mix",
    "publish": "corpuskit.cli.publish:publish",
    "languages": "corpuskit.cli.catalogue:languages",
    "sources": "corpuskit.cli.catalogue:sources",
    "init": "corpuskit.cli.init:init",
    "lid": "corpuskit.cli.lid:lid",
    "calibrate": "corpuskit.cli.calibrate:calibrate_command",
}


def print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version, if it was asked for, and leave."""
    from corpuskit.about import version

    if wanted and not ctx.resilient_parsing:
        click.echo(f"corpuskit {version()}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    commands_at=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=print_version,
    help="Show the version and exit.",
)
@click.pass_context
def cli(context: click.Context) -> None:
    """Build text corpora for low-resource languages.

    \b
    corpuskit init khm_Khmr          write a recipe to start from
    corpuskit build khm_Khmr.toml    build it, or continue where it stopped
    corpuskit inspect builds/khmer   see what was kept, what was rejected, and why
    """
    begin_log(context)


add_log_options(cli)

_THREAD_SECONDS = 2.0
"""What threads get to end by themselves once a command is done: those of ours end at once."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    # The work is spread over processes. OpenBLAS reserves memory for a thread a core in each, and
    # under a limit of memory it interrupts the process as Ctrl-C does.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal or locale without Khmer
            stream.reconfigure(errors="backslashreplace")
    code = run(arguments)
    _end_left_threads(code)
    sys.exit(code)


def _open_closed_streams() -> None:
    """Send nowhere what would go to a closed stdin, stdout or stderr (`>&-`).

    Otherwise the next file that is opened gets their number, and what a library prints.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):  # the lowest free number is this one: those below are open
                descriptor = os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
                stream = os.fdopen(descriptor, "w" if number else "r", encoding="utf-8")
                setattr(sys, name, stream)


def _end_left_threads(code: int) -> None:
    """End this process if a stage left threads running, which Python would wait for."""
    deadline = time.monotonic() + _THREAD_SECONDS
    others = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    waited_for = [thread for thread in others if not thread.daemon]
    for thread in waited_for:
        thread.join(max(0.0, deadline - time.monotonic()))
    if not any(thread.is_alive() for thread in waited_for):
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. No exception leaves it."""
    from corpuskit import logs

    log = logs.logger(__name__)
    arguments = sys.argv[1:] if arguments is None else [str(argument) for argument in arguments]
    try:
        code = _run(arguments, log)
        log.info("exit code %d", code)
    except Exception as error:  # noqa: BLE001 - a bug, or a machine without memory or disk
        from corpuskit.cli.failures import report

        code = report(error, log)
    finally:
        logs.reset()
    return code


def _run(arguments: Sequence[str], log: logging.Logger) -> int:
    from corpuskit.cli.failures import close_stdout, show_usage
    from corpuskit.cli.options import NOTHING_PUBLISHED
    from corpuskit.errors import CorpuskitError, NothingPublishedError

    try:
        code = cli.main(args=arguments, prog_name="corpuskit", standalone_mode=False, obj=arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        log.info("wrong usage: %s", error.format_message())
        show_usage(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        log.warning("interrupted")
        click.echo("\ninterrupted; run the same command again to continue", err=True)
        return 130
    except CorpuskitError as error:
        log.error("%s: %s", type(error).__name__, error)  # noqa: TRY400 - its traceback follows
        log.debug("traceback of this error", exc_info=True)
        for line in str(error).splitlines():
            show_error(line)
        return NOTHING_PUBLISHED if isinstance(error, NothingPublishedError) else 1
    except BrokenPipeError:  # `corpuskit languages | head`
        close_stdout()
        return 0
    except SystemExit as leaving:
        if leaving.code != 1:
            raise
        close_stdout()  # click turns a broken pipe into this exit
        return 0
    return code if isinstance(code, int) else 0
