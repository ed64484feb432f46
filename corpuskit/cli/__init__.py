"""The command line: parse, call the library, print. Exit codes: 0 success, 1 an error explained in
one line, 2 wrong usage, 130 interrupted."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from corpuskit.cli.lazy import LazyGroup

COMMANDS = {
    "build": "corpuskit.cli.build:build",
    "fetch": "corpuskit.cli.fetch:fetch",
    "crawl": "corpuskit.cli.crawl:crawl",
    "inspect": "corpuskit.cli.inspect:inspect",
    "explain": "corpuskit.cli.explain:explain",
    "verify": "corpuskit.cli.verify:verify",
    "prune": "corpuskit.cli.prune:prune",
    "languages": "corpuskit.cli.catalogue:languages",
    "sources": "corpuskit.cli.catalogue:sources",
    "init": "corpuskit.cli.init:init",
    "lid": "corpuskit.cli.lid:lid",
    "calibrate": "corpuskit.cli.calibrate:calibrate_command",
}


@click.group(
    cls=LazyGroup,
    commands_at=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="corpuskit", message="corpuskit %(version)s")
def cli() -> None:
    """Build text corpora for low-resource languages.

    \b
    corpuskit init khm_Khmr          write a recipe to start from
    corpuskit build khm_Khmr.toml    build it, or continue where it stopped
    corpuskit inspect builds/khmer   see what was kept, what was rejected, and why
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code; unexpected exceptions are not caught."""
    from corpuskit.errors import CorpuskitError

    try:
        code = cli.main(args=arguments, prog_name="corpuskit", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("\ninterrupted; run the same command again to continue", err=True)
        return 130
    except CorpuskitError as error:
        for line in str(error).splitlines():
            click.echo(f"error: {line}", err=True)
        return 1
    except BrokenPipeError:  # `corpuskit languages | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0
