"""corpuskit build."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import counted, json_option, print_json

if TYPE_CHECKING:
    from corpuskit.publish import Build


@click.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Build folder [builds/NAME].")
@click.option("--workers", type=click.IntRange(min=1), help="Processes [one per core].")
@click.option(
    "--task-records",
    type=click.IntRange(min=1),
    metavar="N",
    help="Records to take together from small inputs [1000]; a large one is cut every 1000 records "
    "or 64 MB. Changes no byte of the result.",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a key of the recipe for this run.",
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
@json_option
def build(
    recipe: Path,
    out: Path | None,
    workers: int | None,
    task_records: int | None,
    overrides: tuple[str, ...],
    quiet: bool,
    as_json: bool,
) -> None:
    """Build the corpus that RECIPE describes, or go on where a run stopped.

    What is done already is not done again: after a changed threshold only decisions, duplicates
    and publishing run anew.

    \b
    corpuskit build khmer.toml
    corpuskit build khmer.toml --set quality.khm_Khmr.min_chars=100 --workers 4
    """
    from corpuskit.build import build as run
    from corpuskit.cli.progress import watcher
    from corpuskit.pipeline.pack import TASK_RECORDS
    from corpuskit.recipe import load_recipe

    loaded = load_recipe(recipe, overrides)
    with watcher(quiet=quiet or as_json) as progress:
        made = run(
            loaded,
            out,
            workers=workers,
            progress=progress,
            task_records=task_records or TASK_RECORDS,
        )
    if as_json:
        print_json({"folder": str(made.folder), **summary(made)})
    elif not quiet:
        print_summary(made)


def summary(made: Build) -> dict[str, object]:
    """What a build came to, for a machine."""
    manifest = made.manifest
    return {
        "build_id": manifest["build_id"],
        "documents": manifest["documents"],
        "text_bytes": manifest["text_bytes"],
        "rejected": made.ledger.reasons.total(),
        "reasons": dict(made.ledger.reasons.most_common()),
    }


def print_summary(made: Build) -> None:
    """What was published and what was not, for people."""
    manifest = made.manifest
    click.echo(
        f"published {counted(manifest['documents'], 'document')} · "
        f"{manifest['text_bytes'] / 1e6:,.1f} MB of text · "
        f"{counted(len(made.files('data')), 'shard')} · {made.folder}"
    )
    reasons = made.ledger.reasons
    listed = " · ".join(f"{reason} {count:,}" for reason, count in reasons.most_common(4))
    more = " · …" if len(reasons) > 4 else ""
    if reasons:
        click.echo(f"rejected  {counted(reasons.total(), 'record')}: {listed}{more}")
        click.echo(f"          see `corpuskit inspect {made.folder}`")
