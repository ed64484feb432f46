"""corpuskit prune."""

from __future__ import annotations

from pathlib import Path

import click

from corpuskit.cli.options import build_argument, counted


@click.command()
@build_argument
def prune(build: Path) -> None:
    """Free the space of steps that a finished build was not made of.

    Every changed option leaves the outputs of the option before in BUILD/.work, so that going
    back to it costs nothing. The corpus, what was fetched, and what the next run needs all stay.

    \b
    corpuskit prune builds/khmer
    """
    from corpuskit.pipeline.prune import prune as remove

    files, size = remove(build)
    click.echo(f"{build}: removed {counted(files, 'output')}, {size / 1e6:,.1f} MB")
