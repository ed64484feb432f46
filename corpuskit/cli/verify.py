"""corpuskit verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import counted, print_json, show

if TYPE_CHECKING:
    from corpuskit.store_url import StoreUrl


@click.command()
@build_argument
@json_option
def verify(build: Path | StoreUrl, as_json: bool) -> None:
    """Check a build's digests, schema and ledger; list mismatches and exit 1 if there are any.

    \b
    corpuskit verify builds/khmer
    corpuskit verify s3://corpora/khmer
    """
    from corpuskit.errors import VerificationError
    from corpuskit.publish import Build
    from corpuskit.publish import verify as check

    opened = Build(build)
    mismatches = check(opened)
    if as_json:
        print_json(
            {"build_id": opened.manifest.get("build_id"), "ok": not mismatches, "found": mismatches}
        )
    if mismatches:
        raise VerificationError("\n".join(mismatches))
    if not as_json:
        files = counted(len(opened.manifest["files"]), "file")
        show(
            f"{opened.folder}: {files} match the manifest, "
            f"{counted(opened.manifest['documents'], 'document')}, the ledger balances"
        )
