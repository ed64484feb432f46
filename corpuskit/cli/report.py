"""corpuskit report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import PlaceType
from corpuskit.cli.output import show

if TYPE_CHECKING:
    from corpuskit.store_url import Place

_BUILD = PlaceType(exists=True)


@click.command()
@click.argument("build", type=_BUILD)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="File to write [NAME-report.html in this folder].")  # fmt: skip
@click.option("--since", type=_BUILD, metavar="OLD", help="An earlier build to compare with.")
@click.option("--texts", is_flag=True,
              help="Show texts of rejected records, from .work; not to be published.")  # fmt: skip
def report(build: Place, out: Path | None, since: Place | None, texts: bool) -> None:
    """Write the report of a build: what is in it, what was lost and why, with samples.

    Every build has one, `report.html`. This command writes another, which can compare with an
    earlier build and show texts that were rejected.

    \b
    corpuskit report builds/khmer-demo
    corpuskit report builds/khmer-2026-12 --since builds/khmer-2026-11 --out december.html
    """
    from corpuskit.progress import data_size
    from corpuskit.publish import Build
    from corpuskit.report import report as write

    opened = Build(build)
    path = write(opened, out or Path(f"{opened.manifest['name']}-report.html"), since=since,
                 texts=texts)  # fmt: skip
    show(f"wrote {path} ({data_size(path.stat().st_size)}); open it in a browser")
