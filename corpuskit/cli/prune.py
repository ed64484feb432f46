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
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also delete what the finished build is made of, and everything fetched.",
)
def prune(build: Path | StoreUrl, everything: bool) -> None:
    """Delete outputs of steps that the finished build does not use.

    After a changed option, the outputs for its previous value stay in BUILD/.work, so that going
    back costs nothing. The corpus, fetched records, and everything the next run needs are kept.

    These outputs hold texts as they were before personal data was masked and passages were taken
    out. `--all` leaves nothing but the published files: `explain` has less to show then, and the
    next run starts with fetching.

    \b
    corpuskit prune builds/khmer
    corpuskit prune builds/khmer --all
    """
    from corpuskit.pipeline.prune import prune as remove
    from corpuskit.progress import data_size

    files, size = remove(build, everything=everything)
    kind = "file" if everything else "output"
    show(f"{build}: removed {counted(files, kind)}, {data_size(size)}")
