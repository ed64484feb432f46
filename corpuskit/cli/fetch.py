"""corpuskit fetch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import json_option, local_option, out_option
from corpuskit.cli.output import print_json, show

if TYPE_CHECKING:
    from corpuskit.store_url import StoreUrl


@click.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@out_option
@local_option
@click.option("--source", "sources", multiple=True, help="Fetch this source only; repeatable.")
@click.option(
    "--dry-run", is_flag=True, help="Show what would be requested from whom, and send nothing."
)
@click.option("--quiet", "-q", is_flag=True, help="Print only errors.")
@json_option
def fetch(
    recipe: Path,
    out: Path | StoreUrl | None,
    local: Path | None,
    sources: tuple[str, ...],
    dry_run: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Fetch and keep the raw records of RECIPE's sources; a build then needs no network.

    Sources that are files on disk are skipped. After an interruption, the same command continues.

    \b
    corpuskit fetch khmer.toml --dry-run
    corpuskit fetch khmer.toml --source moeys
    """
    from corpuskit.build import fetch as run
    from corpuskit.cli.progress import watcher
    from corpuskit.connectors.calls import questions
    from corpuskit.pipeline.sources import source_plans, sources_named
    from corpuskit.recipe import load_recipe

    loaded = load_recipe(recipe)
    if dry_run:
        plans = sources_named(source_plans(loaded), sources)
        requests = {plan.name: questions(plan.open(), plan.name) for plan in plans}
        if as_json:
            print_json(requests)
        for name, lines in requests.items() if not as_json else ():
            show(f"{name}:" if lines else f"{name}: nothing to fetch")
            for line in lines:
                show(f"  {line}")
        return
    with watcher(quiet=quiet or as_json) as progress:
        folders = run(loaded, out, local=local, sources=sources, progress=progress)
    if as_json:
        print_json({name: str(folder) for name, folder in folders.items()})
    elif not quiet:
        for name, folder in folders.items():
            show(f"{name}: kept in {folder}")
        if not folders:
            show("nothing to fetch: the sources are on disk")
