"""corpuskit publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import counted, print_json, show
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from corpuskit.push import PushResult
    from corpuskit.store_url import StoreUrl


@click.command()
@build_argument
@click.argument("destination")
@click.option("--public", is_flag=True, help="Let everybody see it [members only].")
@click.option(
    "--allow-unknown-licenses", is_flag=True, help="Publish documents without a known license."
)
@click.option(
    "--allow-unverified", is_flag=True, help="Publish sources whose license nobody verified."
)
@click.option("--message", help="What the commit on the hub says.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, send nothing.")
@json_option
def publish(
    build: Path | StoreUrl,
    destination: str,
    public: bool,
    allow_unknown_licenses: bool,
    allow_unverified: bool,
    message: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Publish BUILD to DESTINATION: hf://ORG/NAME on the Hugging Face hub, s3://, gs:// or az://
    with bucket and prefix, or a folder.

    The files of the manifest are sent and nothing else, after `corpuskit verify`. What is there
    already is not sent again; all of it becomes visible at once. The token for the hub is that of
    `hf auth login` or HF_TOKEN.

    \b
    corpuskit publish builds/khmer hf://corpus-lab/khmer --dry-run
    corpuskit publish builds/khmer s3://corpora/published/khmer
    corpuskit publish s3://corpora/khmer /srv/corpora/khmer
    """
    from corpuskit.push import push

    result = push(
        build,
        destination,
        public=public,
        allow_unknown_licenses=allow_unknown_licenses,
        allow_unverified=allow_unverified,
        message=message,
        dry_run=dry_run,
    )
    if as_json:
        print_json(
            {
                "destination": result.destination,
                "dry_run": result.dry_run,
                "private": result.private,
                "location": result.location,
                "uploads": [
                    {"name": file.name, "bytes": file.bytes, "sha256": file.sha256}
                    for file in result.uploads
                ],
                "unchanged": [file.name for file in result.unchanged],
                "deletions": list(result.deletions),
            }
        )
    else:
        _print(result)


def _print(result: PushResult) -> None:
    for file in result.uploads:
        show(f"  {file.name}  {data_size(file.bytes)}")
    for name in result.deletions:
        show(f"  {name}  deleted there")
    done = "would send" if result.dry_run else "sent"
    size = data_size(sum(file.bytes for file in result.uploads))
    seen = {None: "", True: ", private", False: ", public"}[result.private]
    show(
        f"{result.destination}{seen}: {done} {counted(len(result.uploads), 'file')}, {size}; "
        f"{len(result.unchanged):,} unchanged"
    )
    if not result.dry_run and result.location != result.destination:
        show(result.location)
