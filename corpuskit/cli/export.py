"""corpuskit export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.completing import complete_language, complete_source
from corpuskit.cli.options import PlaceType, build_argument, json_option
from corpuskit.cli.output import counted, print_json, show
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from corpuskit.store_url import StoreUrl


@click.command()
@build_argument
@click.option(
    "--to",
    type=click.Choice(["jsonl", "csv", "text", "megatron", "mds"]),
    required=True,
    help="The format.",
)
@click.option(
    "--out", type=PlaceType(), required=True, help="Empty folder, or s3://, gs://, az://."
)
@click.option(
    "--lang",
    "langs",
    multiple=True,
    shell_complete=complete_language,
    help="Only this language; can be repeated.",
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    shell_complete=complete_source,
    help="Only this source; can be repeated.",
)
@click.option("--split", "splits", multiple=True, help="Only train or validation.")
@click.option(
    "--columns",
    help="Of jsonl, csv and mds, separated by commas, or all [id,text,lang,url,source,license].",
)
@click.option(
    "--compression",
    type=click.Choice(["none", "gzip", "zstd"]),
    default="none",
    help="Of jsonl, csv and text [none].",
)
@click.option(
    "--tokenizer",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Of megatron: a model of SentencePiece or a tokenizer.json.",
)
@click.option(
    "--end-of-document/--no-end-of-document",
    default=True,
    help="Of megatron: end each document with the tokenizer's token for that [yes].",
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes [one per core].")
@json_option
def export(
    build: Path | StoreUrl,
    to: str,
    out: Path | StoreUrl,
    langs: tuple[str, ...],
    sources: tuple[str, ...],
    splits: tuple[str, ...],
    columns: str | None,
    compression: str,
    tokenizer: Path | None,
    end_of_document: bool,
    workers: int | None,
    as_json: bool,
) -> None:
    """Write a build's documents for other programs, by split and language.

    The same command continues an export that was interrupted. export.json lists the files with
    their digests.

    \b
    corpuskit export builds/khmer --to jsonl --out khmer-jsonl --compression zstd
    corpuskit export builds/khmer --to megatron --tokenizer khmer.model --out khmer-megatron
    """
    from corpuskit.exports import export as run

    result = run(
        build,
        to,
        out,
        columns=[name.strip() for name in columns.split(",") if name.strip()] if columns else (),
        langs=langs,
        sources=sources,
        splits=splits,
        compression=compression,
        tokenizer=tokenizer,
        end_of_document=end_of_document,
        workers=workers,
    )
    if as_json:
        print_json(result.to_json())
        return
    written = sum(file.bytes for file in result.files)
    tokens = "" if result.tokens is None else f" · {result.tokens:,} tokens"
    show(
        f"exported {counted(result.documents, 'document')}{tokens} · "
        f"{counted(len(result.files), 'file')} · {data_size(written)} · {result.out}"
    )
    if result.kept:
        show(f"         {counted(result.kept, 'file')} had been written before")
