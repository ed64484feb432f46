"""corpuskit review."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import NumberRange, build_argument
from corpuskit.cli.output import counted, show

if TYPE_CHECKING:
    from corpuskit.review.server import OpenReview
    from corpuskit.store_url import StoreUrl


@click.command()
@build_argument
@click.option(
    "--interval",
    type=NumberRange(0.02, 0.45),
    default=0.15,
    help="How far a share may be off, to either side, in each part of the sample [0.15].",
)
@click.option("--limit", type=click.IntRange(min=1), help="Documents in all, at most.")
@click.option(
    "--overlap",
    type=NumberRange(0.0, 1.0),
    default=0.2,
    help="Share of the documents that every reviewer sees [0.2].",
)
@click.option("--seed", type=int, default=0, help="Of the random sample [0].")
@click.option("--lang", "languages", multiple=True, metavar="CODE", help="Only this language.")
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of the judgments [BUILD/review/judgments.sqlite].",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port [any that is free].")
@click.option(
    "--export",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the judgments as Parquet and show no page.",
)
@click.option(
    "--as",
    "layout",
    type=click.Choice(["judgments", "fineweb-c"]),
    default="judgments",
    help="With --export: one row a judgment, or one a document in the columns of FineWeb-C.",
)
def review(
    build: Path | StoreUrl,
    interval: float,
    limit: int | None,
    overlap: float,
    seed: int,
    languages: tuple[str, ...],
    db: Path | None,
    port: int,
    export: Path | None,
    layout: str,
) -> None:
    """Let native speakers judge a sample of a build, in a browser on this machine.

    Draws documents that were kept, that were rejected for each reason, and that are near a
    threshold. Every judgment is saved at once; the same command goes on with the same sample.

    \b
    corpuskit review builds/khmer
    corpuskit review builds/khmer --interval 0.1 --lang khm_Khmr
    corpuskit review builds/khmer --export judgments.parquet
    """
    from corpuskit.publish import Build
    from corpuskit.review.sampling import SampleOptions
    from corpuskit.review.server import open_review, serve

    opened = Build(build)
    if export is not None:
        _export(build, db, export, layout)
        return
    _check_languages(languages, list(opened.manifest["languages"]))
    options = SampleOptions(interval, overlap, limit, seed, languages)
    opened_review = open_review(opened, db, options)
    _tell(opened_review)
    try:
        serve(opened_review, port, _tell_url)
    except KeyboardInterrupt:  # this is how a review ends
        show()
    finally:
        judgments = len(opened_review.database.judgments())
        opened_review.database.close()
    show(f"{counted(judgments, 'judgment')} in {opened_review.database.path}")
    show(f"`corpuskit judgments {build}` says what follows from them")


def _check_languages(languages: tuple[str, ...], known: list[str]) -> None:
    for code in languages:
        if code not in known:
            raise click.UsageError(f"--lang {code}: the build has {', '.join(known) or 'none'}")


def _tell(review: OpenReview) -> None:
    drawn = "documents drawn" if review.is_new else "documents; the sample stays as it was drawn"
    show(f"{review.documents:,} {drawn} · {review.database.path}")
    if review.gone:
        show(f"left out: {counted(review.gone, 'document')} whose text is not kept any more")
    judgments = len(review.database.judgments())
    if judgments:
        show(f"{counted(judgments, 'judgment')} so far")


def _tell_url(url: str) -> None:
    show(f"open {url}")
    show("end with Ctrl-C")
    sys.stdout.flush()


def _export(build: Path | StoreUrl, db: Path | None, path: Path, layout: str) -> None:
    from corpuskit.publish import Build
    from corpuskit.review.database import JudgmentDatabase
    from corpuskit.review.export import write_judgments
    from corpuskit.review.server import database_path

    opened = Build(build)
    database = JudgmentDatabase(database_path(opened, db))
    try:
        rows = write_judgments(opened, database, path, layout)
    finally:
        database.close()
    noun = "judgment" if layout == "judgments" else "document"
    show(f"{path}: {counted(rows, noun)}")
