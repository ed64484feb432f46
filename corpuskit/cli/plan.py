"""corpuskit plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import json_option
from corpuskit.cli.output import print_json, show
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from corpuskit.estimate import BuildEstimate, SourceEstimate


@click.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="The build's folder.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes [one per core].")
@click.option("--offline", is_flag=True, help="Ask no server, also not an index.")
@json_option
def plan(recipe: Path, out: Path | None, workers: int | None, offline: bool, as_json: bool) -> None:
    """Estimate what a build of RECIPE takes: requests, bytes, hours and disk.

    Some hundreds of records of files that are here are measured; Common Crawl's index is asked for
    a few of its pages, which the build does not ask for again. No record is fetched.

    \b
    corpuskit plan khmer.toml
    corpuskit plan khmer.toml --workers 16 --json
    """
    import os

    from corpuskit.estimate import estimate
    from corpuskit.recipe import load_recipe

    result = estimate(
        load_recipe(recipe),
        out,
        workers=workers or os.cpu_count() or 1,
        ask=not offline,
        report=lambda line: show(line, err=True),
    )
    if as_json:
        print_json(result.to_json())
        return
    for source in result.sources:
        _print_source(source)
    _print_total(result)


def _print_source(source: SourceEstimate) -> None:
    show(f"{source.name} ({source.connector})", bold=True)
    if source.requests is None:
        show("  to fetch      not known")
    elif source.requests:
        size = data_size(source.fetch_bytes or 0)
        hours = _duration(source.fetch_seconds or 0)
        show(f"  to fetch      {source.requests:,} requests, {size}, {hours}")
    if source.records is not None:
        show(f"  records       {source.records:,}")
    if source.cpu_seconds is not None:
        show(f"  CPU time      {_duration(source.cpu_seconds)}")
    if source.kept is not None:
        text = data_size(source.text_bytes or 0)
        show(f"  kept          {source.kept:,} documents, {text} of text, duplicates among them")
        work, corpus = data_size(source.work_bytes or 0), data_size(source.corpus_bytes or 0)
        show(f"  disk          {work} in .work, {corpus} of corpus")
    for line in source.basis:
        show(f"  because       {line}")


def _print_total(result: BuildEstimate) -> None:
    requests = int(result.total("requests"))
    show(
        f"total: {requests:,} requests, {data_size(int(result.total('fetch_bytes')))} to fetch, "
        f"{_duration(result.hours * 3600)} with {result.workers} "
        f"{'workers' if result.workers > 1 else 'worker'}, "
        f"{data_size(int(result.disk_bytes))} of disk",
        bold=True,
    )
    if result.unknown:
        show(f"not included: {', '.join(result.unknown)} (unknown until it is fetched)")


def _duration(seconds: float) -> str:
    """Seconds as people read them: `40 s`, `12 min`, `5.3 h`, `31 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:,.0f} days"
