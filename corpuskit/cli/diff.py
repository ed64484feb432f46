"""corpuskit diff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from corpuskit.cli.options import PlaceType, json_option
from corpuskit.cli.output import excerpt, print_json, show

if TYPE_CHECKING:
    from corpuskit.diff import BuildDiff, Change
    from corpuskit.store_url import Place

_BUILD = PlaceType(exists=True)
_SHOWN = 12
"""Changes of a kind that are listed; --json has all."""
_WIDTH = 32
_EXAMPLES = 3


@click.command()
@click.argument("old", type=_BUILD)
@click.argument("new", type=_BUILD)
@json_option
def diff(old: Place, new: Place, as_json: bool) -> None:
    """Compare two builds: recipe, software, sources, counts, reasons, languages, documents.

    Documents are compared by id, then by the record that they come from: the same record with
    another text is a changed document. The folders may be published ones, without `.work`.

    \b
    corpuskit diff builds/khmer-2026-11 builds/khmer-2026-12
    corpuskit diff builds/khmer-2026-11 builds/khmer-2026-12 --json
    """
    from corpuskit.diff import diff as compare

    result = compare(old, new)
    if as_json:
        print_json(result.to_json())
        return
    _print(result)


def _print(result: BuildDiff) -> None:
    for label, build in (("old", result.old), ("new", result.new)):
        show(
            f"{label}  {build['name']} {build['version']} · build {build['build_id']} · "
            f"{build['documents']:,} documents"
        )
    if result.is_empty:
        show()
        show("the same documents, made in the same way")
        return
    show()
    for step, lines in result.cycle.items():
        for number, line in enumerate(lines):
            show(f"{step if number == 0 else '':<6} {line}")
    for title in ("recipe", "thresholds", "software", "sources", "counts", "languages", "reasons"):
        _print_changes(title, getattr(result, title))
    _print_documents(result)


def _print_changes(title: str, changes: Sequence[Change]) -> None:
    if not changes:
        return
    show()
    show(f"{title:<42}{'old':>16}{'new':>16}{'difference':>14}", bold=True)
    for change in changes[:_SHOWN]:
        old, new = (excerpt(_value(value), _WIDTH) for value in (change.old, change.new))
        step = change.difference
        moved = "" if step is None else f"{step:+,.6g}"
        show(f"  {excerpt(change.name, 38):<40}{old:>16}{new:>16}{moved:>14}".rstrip())
    if len(changes) > _SHOWN:
        show(f"  and {len(changes) - _SHOWN:,} more; --json has all")


def _value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _print_documents(result: BuildDiff) -> None:
    documents = result.documents
    show()
    show(
        f"documents: {documents.same:,} the same, {documents.changed:,} changed, "
        f"{documents.gained:,} gained, {documents.lost:,} lost"
    )
    for kind, examples in documents.examples.items():
        for example in examples[:_EXAMPLES]:
            name = example.get("old") or example.get("new") or ""
            place = example.get("url") or example.get("source_ref") or ""
            show(f"  {kind:<8} {name[:12]}  {excerpt(str(place), 70)}")
