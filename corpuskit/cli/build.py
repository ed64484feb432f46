"""corpuskit build."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.imports import without_collecting
from corpuskit.cli.options import (
    NOTHING_PUBLISHED,
    allow_empty_option,
    json_option,
    local_option,
    out_option,
)
from corpuskit.cli.output import counted, print_json, show, show_error
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from corpuskit.publish import Build
    from corpuskit.store_url import StoreUrl


@click.command()
@click.argument("recipe", type=click.Path(path_type=Path))
@out_option
@local_option
@click.option("--workers", type=click.IntRange(min=1), help="Processes [one per core].")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    help="Where tasks run [local, or as the recipe's [engine] says].",
)
@click.option("--address", help="Ray cluster to run on, as auto or ray://HOST:10001.")
@click.option(
    "--task-records",
    type=click.IntRange(min=1),
    metavar="N",
    help="Records to combine in one task from small inputs [1000]; large inputs are cut every 1000 "
    "records or 64 MB. Does not change a byte of the result.",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change a key of the recipe for this run.",
)
@allow_empty_option
@click.option(
    "--progress",
    "kind",
    type=click.Choice(["auto", "bars", "lines", "json", "none"]),
    default="auto",
    help="Bars on a terminal, a line a minute in a pipe, or a JSON object a line on stderr [auto].",
)
@click.option("--quiet", "-q", is_flag=True, help="Print only errors.")
@json_option
def build(
    recipe: Path,
    out: Path | StoreUrl | None,
    local: Path | None,
    workers: int | None,
    engine: str | None,
    address: str | None,
    task_records: int | None,
    overrides: tuple[str, ...],
    allow_empty: bool,
    kind: str,
    quiet: bool,
    as_json: bool,
) -> int:
    """Build the corpus that RECIPE describes, or continue where a run stopped.

    Finished work is not repeated: after a changed threshold only decisions, duplicates and
    publishing run again. A build that publishes nothing exits with code 3, and leaves a corpus
    that is in its folder as it is.

    \b
    corpuskit build khmer.toml
    corpuskit build khmer.toml --set quality.khm_Khmr.min_chars=100 --workers 4
    corpuskit build khmer.toml --out s3://corpora/khmer
    corpuskit build khmer.toml --engine ray --address auto
    """
    with without_collecting():
        from corpuskit.pandas_import import keep_arrow_from_importing_pandas

        keep_arrow_from_importing_pandas()
        from corpuskit.build import build as run
        from corpuskit.cli.progress import watcher
        from corpuskit.pipeline.pack import TASK_RECORDS
        from corpuskit.recipe import load_recipe

    loaded = load_recipe(recipe, [*overrides, *_engine_keys(engine, address)])
    silent = quiet or (as_json and kind == "auto")
    with watcher(quiet=silent, kind=kind) as progress:
        finished = run(
            loaded,
            out,
            local=local,
            workers=workers,
            progress=progress,
            task_records=task_records or TASK_RECORDS,
            allow_empty=allow_empty,
        )
    if as_json:
        print_json({"folder": str(finished.folder), **summary(finished)})
    elif not quiet:
        print_summary(finished, allow_empty=allow_empty)
    return exit_code(finished, allow_empty=allow_empty)


def _engine_keys(engine: str | None, address: str | None) -> list[str]:
    """Options of the command as keys of the recipe."""
    if address and engine != "ray":
        raise click.UsageError("--address is of a Ray cluster: add --engine ray")
    named = {"engine.name": engine, "engine.address": address}
    return [f"{key}={json.dumps(value)}" for key, value in named.items() if value]


def exit_code(build: Build, *, allow_empty: bool) -> int:
    """0, or NOTHING_PUBLISHED with a line that says where the records went."""
    if build.manifest["documents"] or allow_empty:
        return 0
    show_error(f"nothing was published: {_where_records_went(build)}")
    return NOTHING_PUBLISHED


def _where_records_went(build: Build) -> str:
    reasons = build.ledger.reasons.most_common(3)
    if not reasons:
        sources = ", ".join(sorted(build.ledger.sources)) or "of the recipe"
        return f"the sources hold no records ({sources}); --allow-empty accepts that"
    listed = ", ".join(f"{reason} {count:,}" for reason, count in reasons)
    return (
        f"{counted(build.ledger.reasons.total(), 'record')} rejected ({listed}); "
        f"`corpuskit inspect {build.folder}` shows them, --allow-empty accepts that"
    )


def summary(build: Build) -> dict[str, object]:
    """The result of a build, for a machine."""
    manifest = build.manifest
    return {
        "build_id": manifest["build_id"],
        "documents": manifest["documents"],
        "text_bytes": manifest["text_bytes"],
        "rejected": build.ledger.reasons.total(),
        "reasons": dict(build.ledger.reasons.most_common()),
    }


def print_summary(build: Build, *, allow_empty: bool) -> None:
    """Print the result of a build, for people. Where nothing was published `exit_code` tells why,
    unless `allow_empty`."""
    manifest = build.manifest
    show(
        f"published {counted(manifest['documents'], 'document')} · "
        f"{data_size(manifest['text_bytes'])} of text · "
        f"{counted(len(build.files('data')), 'shard')} · {build.folder}"
    )
    reasons = build.ledger.reasons
    listed = " · ".join(f"{reason} {count:,}" for reason, count in reasons.most_common(4))
    more = " · …" if len(reasons) > 4 else ""
    if reasons and (manifest["documents"] or allow_empty):
        show(f"rejected  {counted(reasons.total(), 'record')}: {listed}{more}")
        show(f"          see `corpuskit inspect {build.folder}`")
