"""corpuskit index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from corpuskit.cli.options import PlaceType, json_option
from corpuskit.cli.output import counted, print_json, show
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from corpuskit.earlier import WrittenIndex
    from corpuskit.store_url import Place

_FOLDER: Final = "indexes"


@click.command()
@click.argument("builds", metavar="BUILD...", nargs=-1, required=True, type=PlaceType(exists=True))
@click.option(
    "--out",
    type=PlaceType(),
    help="Folder, or s3://, gs://, az://, for the index [indexes/NAME of a single build].",
)
@json_option
def index(builds: tuple[Place, ...], out: Place | None, as_json: bool) -> None:
    """Write an index of finished builds, for builds that are compared with them later.

    It has the id, address, language, signature and digest of each document, and no text. Recipes
    name it in `[dedup] against`; so can a build itself be named, which needs no index. An index
    that is there is replaced: write it again after a takedown.

    \b
    corpuskit index builds/khmer-2026-10
    corpuskit index builds/khmer-2026-10 builds/khmer-2026-11 --out s3://corpora/khmer-index
    """
    from corpuskit.earlier import open_earlier, write_index

    if out is None:
        if len(builds) > 1:
            raise click.UsageError("name a place for an index of several builds with --out")
        out = Path(_FOLDER) / open_earlier(builds[0])[0].name
    written = write_index(builds, out)
    if as_json:
        print_json(written.to_json())
        return
    _print(written)


def _print(written: WrittenIndex) -> None:
    for build in written.builds:
        show(f"{build['name']} {build['build_id']} · {counted(build['documents'], 'document')}")
        for code, documents in build["languages"].items():
            show(f"  {code}  {documents:>12,}")
    show(
        f"wrote {counted(written.documents, 'document')} · {data_size(written.bytes)} · "
        f"{written.place}"
    )
