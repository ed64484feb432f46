"""corpuskit takedown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import counted, print_json, show

if TYPE_CHECKING:
    from corpuskit.store_url import StoreUrl
    from corpuskit.takedown import TakedownResult
    from corpuskit.takedown.selection import TakenRow

_SHOWN: Final = 20
"""Documents of a kind that are listed."""
_SELECTORS: Final = ("domains", "ids", "sha256", "sources")


@click.command()
@build_argument
@click.option("--url", "urls", multiple=True, metavar="URL", help="Pages of an address.")
@click.option(
    "--urls",
    "url_files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Pages of the addresses in a file, one a line.",
)
@click.option(
    "--domain", "domains", multiple=True, metavar="NAME", help="Pages of a host and all below it."
)
@click.option("--id", "ids", multiple=True, metavar="ID", help="A document by its id.")
@click.option(
    "--sha256",
    multiple=True,
    metavar="HEX",
    help="A document or rejected record by the digest of its text.",
)
@click.option("--source", "sources", multiple=True, metavar="NAME", help="A whole source.")
@click.option(
    "--text",
    "text_files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Documents and rejected records that say the same as a text file in UTF-8.",
)
@click.option("--with-duplicates", is_flag=True, help="Take near-duplicates along that would stay.")
@click.option("--reason", help="Why, in a sentence; it is published, so name no person.")
@click.option("--requester", help="Who asked; kept only as a hash.")
@click.option(
    "--time",
    type=click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ")),
    help="When it was taken down, in UTC [now].",
)
@click.option("--dry-run", is_flag=True, help="Show what would go, change nothing.")
@click.option(
    "--local",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Of a build in an object store: its folder on this machine, from which fetched records "
    "are purged [none].",
)
@click.option("--list", "list_them", is_flag=True, help="List the takedowns of the build.")
@json_option
def takedown(
    build: Path | StoreUrl,
    urls: tuple[str, ...],
    url_files: tuple[Path, ...],
    text_files: tuple[Path, ...],
    reason: str | None,
    local: Path | None,
    dry_run: bool,
    list_them: bool,
    as_json: bool,
    **named: Any,
) -> None:
    """Take documents out of a build, and out of every later build in its folder.

    Shards, rejects, ledger, card and manifest are written again; fetched records and BUILD/.work
    are purged. `tombstones.jsonl` keeps hashes of what went, so that it does not come back. An
    interrupted takedown is finished by the next one, also by one that names nothing.

    \b
    corpuskit takedown builds/khmer --domain example.com.kh --reason "owner's request" --dry-run
    corpuskit takedown builds/khmer --list
    corpuskit takedown s3://corpora/khmer --id ID --reason "owner's request" --local builds/khmer
    """
    from corpuskit.takedown import takedown as take_down

    if list_them:
        _print_list(build, as_json)
        return
    addresses = [*urls, *(line for path in url_files for line in _lines(path))]
    if not any((addresses, text_files, *(named[name] for name in _SELECTORS))):
        if _finish(build, local, dry_run):
            return
        raise click.UsageError(
            "name what to take down: --url, --domain, --id, --sha256, --source or --text"
        )
    if not reason and not dry_run:
        raise click.UsageError("say why with --reason")
    result = take_down(
        build,
        urls=addresses,
        texts=[_text(path) for path in text_files],
        reason=reason or "dry run",
        local=local,
        dry_run=dry_run,
        **named,
    )
    if as_json:
        print_json(result.to_json())
    else:
        _print_result(result)


def _finish(build: Path | StoreUrl, local: Path | None, dry_run: bool) -> bool:
    """Whether a takedown was interrupted; unless it is a dry run, it is finished."""
    from corpuskit.takedown import finish_takedown, unfinished_takedown, workspace_of

    workspace = workspace_of(build, local)
    if dry_run:
        if (event := unfinished_takedown(workspace)) is not None:
            show(
                f"{build}: takedown {event.id} ({event.reason}) was interrupted and is not "
                "finished; the same command without --dry-run finishes it"
            )
        return event is not None
    notes = finish_takedown(workspace)
    if notes is not None:
        show(f"{build}: the interrupted takedown is finished")
        for note in notes:
            show(note)
    return notes is not None


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in _text(path).splitlines() if line.strip()]


def _text(path: Path) -> str:
    from corpuskit.errors import TakedownError

    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TakedownError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _print_list(build: Path | StoreUrl, as_json: bool) -> None:
    from corpuskit.takedown import takedowns

    events = takedowns(build)
    if as_json:
        print_json(
            [
                {
                    "takedown": event.id,
                    "time": event.time,
                    "reason": event.reason,
                    "documents": event.documents,
                    "records": event.records,
                }
                for event in events
            ]
        )
        return
    for event in events:
        gone = f"{counted(event.documents, 'document')}, {counted(event.records, 'record')}"
        show(f"{event.id} · {_day(event.time)} · {gone} · {event.reason}")
    if not events:
        show(f"{build}: nothing was taken down")


def _day(time: str) -> str:
    return f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M} UTC"


def _print_result(result: TakedownResult) -> None:
    would = "would go" if result.dry_run else "taken down"
    documents, rejects = len(result.documents), len(result.rejects)
    show(
        f"{result.folder}: {counted(documents, 'document')} and "
        f"{counted(rejects, 'rejected record')} {would}"
    )
    _print_rows(result.documents)
    _print_rows(result.rejects)
    if result.related:
        many = counted(len(result.related), "near-duplicate")
        show(f"{many} {'would stay' if result.dry_run else 'stay'}; --with-duplicates takes along:")
        _print_rows(result.related)
    for name in result.missing:
        show(f"not in the corpus: {name}")
    for source, names in result.own_files.items():
        show(
            f"{source}: read from files of yours, which are not touched ({', '.join(names[:3])}); "
            "later builds reject what was taken down"
        )
    for note in result.notes:
        show(note)
    if not result.dry_run:
        show(f"takedown {result.id}; `corpuskit verify {result.folder}` checks the corpus")


def _print_rows(rows: Sequence[TakenRow]) -> None:
    for row in rows[:_SHOWN]:
        similarity = f" {row.similarity:.2f}" if row.similarity is not None else ""
        show(f"  {row.id or '-'}  {row.url or row.source_ref}  {row.why}{similarity}")
    if len(rows) > _SHOWN:
        show(f"  … and {len(rows) - _SHOWN:,} more (--json lists all)")
