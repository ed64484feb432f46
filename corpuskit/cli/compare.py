"""corpuskit compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from corpuskit.cli.options import NumberRange, PlaceType, json_option
from corpuskit.cli.output import counted, print_json, show
from corpuskit.thresholds import NEAR_DUPLICATE

if TYPE_CHECKING:
    from corpuskit.compare import LanguageOverlap, Overlap
    from corpuskit.store_url import Place

_CORPUS: Final = PlaceType(exists=True)


@click.command()
@click.argument("first", type=_CORPUS)
@click.argument("second", type=_CORPUS)
@click.option(
    "--threshold",
    type=NumberRange(0.5, 1.0),
    default=NEAR_DUPLICATE,
    show_default=True,
    help="Jaccard similarity from which texts are near-duplicates.",
)
@json_option
def compare(first: Place, second: Place, threshold: float, as_json: bool) -> None:
    """Show the overlap of two corpora by language: the same texts, and near-duplicates.

    Each is a build, or an index of one. `corpuskit diff` compares two builds of one recipe.

    \b
    corpuskit compare builds/khmer-news builds/khmer-crawl
    corpuskit compare builds/khmer-news indexes/khmer-crawl --json
    """
    from corpuskit.compare import compare as measure

    overlap = measure(first, second, threshold=threshold)
    if as_json:
        print_json(overlap.to_json())
        return
    _print(overlap)


def _print(overlap: Overlap) -> None:
    for label, corpus in (("first", overlap.first), ("second", overlap.second)):
        show(
            f"{label:<7} {corpus['name']} · build {corpus['build_id']} · "
            f"{counted(corpus['documents'], 'document')} · {corpus['place']}"
        )
    show()
    show(
        f"{'':<10}{'first':>12}{'same text':>12}{'near':>9}{'share':>8}"
        f"{'second':>14}{'same text':>12}{'near':>9}{'share':>8}",
        bold=True,
    )
    for code, language in overlap.languages.items():
        show(_line(code, language))
    if len(overlap.languages) != 1:
        show(_line("all", overlap.total))
    show()
    how = "measured on the texts" if overlap.exact else "estimated from signatures (no texts)"
    show(f"near-duplicates from a similarity of {overlap.threshold:g} on, {how}")
    if not overlap.complete:
        show("pages of some template were not all compared: there may be more near-duplicates")


def _line(name: str, overlap: LanguageOverlap) -> str:
    first, second = (
        f"{overlap.documents[side]:>{width},}{overlap.same[side]:>12,}"
        f"{overlap.near[side]:>9,}{overlap.share(side):>8.1%}"
        for side, width in ((0, 12), (1, 14))
    )
    return f"{name:<10}{first}{second}"
