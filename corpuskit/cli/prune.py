"""corpuskit prune."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import build_argument
from corpuskit.cli.output import counted, show

if TYPE_CHECKING:
    from corpuskit.store_url import StoreUrl


@click.command()
@build_argument
def prune(build: Path | StoreUrl) -> None:
    """Delete outputs of steps that the finished build does not use.

    After a changed option, the outputs for its previous value stay in BUILD/.work, so that going
    back costs nothing. The corpus, fetched records, and everything the next run needs are kept.

    \b
    corpuskit prune builds/khmer
    """
    from corpuskit.pipeline.prune import prune as remove
    from corpuskit.progress import data_size

    files, size = remove(build)
    show(f"{build}: removed {counted(files, 'output')}, {data_size(size)}")
