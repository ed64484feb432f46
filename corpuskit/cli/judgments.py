"""corpuskit judgments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import counted, print_json, show

if TYPE_CHECKING:
    from corpuskit.review.intervals import Share
    from corpuskit.review.summary import Agreement, JudgmentSummary
    from corpuskit.store_url import StoreUrl


@click.command()
@build_argument
@click.option(
    "--db",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of the judgments [BUILD/review/judgments.sqlite].",
)
@click.option("--publish", is_flag=True, help="Write the shares into the card and the manifest.")
@json_option
def judgments(build: Path | StoreUrl, db: Path | None, publish: bool, as_json: bool) -> None:
    """Say what the judgments of native speakers mean for a build.

    How many published documents are good, per language and source; how many rejections were right,
    per rule; how far reviewers agree; which thresholds would do better.

    \b
    corpuskit judgments builds/khmer
    corpuskit judgments builds/khmer --publish
    """
    from corpuskit.publish import Build
    from corpuskit.review.publishing import publish_judgments
    from corpuskit.review.summary import judgment_summary

    opened = Build(build)
    summary = judgment_summary(opened, db)
    if publish:
        publish_judgments(opened, summary)
    if as_json:
        print_json(summary.to_json())
        return
    for line in _lines(summary):
        show(line)
    if publish:
        show()
        show(f"{build}: card and manifest have the judgments")


def _lines(summary: JudgmentSummary) -> Iterator[str]:
    yield (
        f"{counted(summary.judgments, 'judgment')} of {counted(summary.documents, 'document')} by "
        f"{counted(summary.reviewers, 'reviewer')}"
    )
    if not summary.is_current:
        yield f"they are of an earlier build, {summary.build_id}"
    yield from _table("published documents that are good", summary.languages)
    yield from _table("published documents in their language", summary.in_language)
    yield from _table("published documents that are good, by source", summary.sources)
    yield from _table("rejections that were right", summary.rules)
    yield from _table("published documents marked as", summary.flags)
    if summary.education is not None:
        yield ""
        yield f"mean educational value of published documents: {summary.education:.1f} of 5"
    yield from _agreement("agreement of reviewers (Krippendorff's alpha)", summary.agreement)
    yield from _agreement("agreement of first and second answers", summary.consistency)
    yield ""
    yield (
        "thresholds that the judgments speak for"
        if summary.suggestions
        else ("no other threshold is supported by enough judgments")
    )
    for suggestion in summary.suggestions:
        yield f"  {suggestion.language}  {suggestion}"


def _table(heading: str, shares: Mapping[str, Share]) -> Iterator[str]:
    if not shares:
        return
    yield ""
    yield heading
    width = max(map(len, shares))
    for name, share in shares.items():
        yield f"  {name:<{width}}  {share}"


def _agreement(heading: str, entries: Sequence[Agreement]) -> Iterator[str]:
    compared = [entry for entry in entries if entry.documents]
    if not compared:
        return
    yield ""
    yield heading
    for entry in compared:
        alpha = "all answers are the same" if entry.alpha is None else f"{entry.alpha:.2f}"
        yield f"  {entry.question:<20}{alpha}  ({counted(entry.documents, 'document')})"
