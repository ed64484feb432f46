"""corpuskit inspect."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import counted, excerpt, print_json, show
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from corpuskit.publish import Build
    from corpuskit.store_url import StoreUrl

_REASONS = 6
"""Reasons of a stage that are listed, the commonest first."""


@click.command()
@build_argument
@click.option("--samples", type=click.IntRange(min=0), default=3, help="Documents to show [3].")
@click.option(
    "--reason",
    help="Show rejected records of this reason only (dedup/near), or of a stage (dedup).",
)
@json_option
def inspect(build: Path | StoreUrl, samples: int, reason: str | None, as_json: bool) -> None:
    """Show a build's funnel, counts, and samples of kept and rejected records.

    \b
    corpuskit inspect builds/khmer
    corpuskit inspect builds/khmer --reason dedup/near --samples 20
    """
    from corpuskit.publish import Build

    opened = Build(build)
    chosen = _chosen(reason, list(opened.ledger.reasons)) if reason else []
    kept = [] if reason else _kept(opened, samples)
    rejected = _rejected(opened, samples, chosen)
    if as_json:
        print_json(
            {
                "name": opened.manifest["name"],
                "build_id": opened.manifest["build_id"],
                "languages": opened.manifest["languages"],
                "ledger": opened.ledger.to_json(),
                "kept": kept,
                "rejected": rejected,
            }
        )
        return
    if not reason:
        _print_funnel(opened)
    _print_samples(kept, rejected, opened.ledger.meanings)
    total = sum(opened.ledger.reasons[code] for code in chosen)
    if total > len(rejected):
        show()
        show(f"{len(rejected):,} of {counted(total, 'record')} shown; --samples {total} shows all")


def _chosen(reason: str, known: list[str]) -> list[str]:
    """The codes that `reason` stands for: itself, or those of a stage; CorpuskitError for none."""
    from corpuskit.errors import CorpuskitError

    stage = reason.removesuffix("/")
    chosen = [code for code in known if code == reason or code.partition("/")[0] == stage]
    if not chosen:
        raise CorpuskitError(_unknown_reason(reason, known))
    return chosen


def _unknown_reason(reason: str, known: list[str]) -> str:
    guesses = [code for code in known if code.partition("/")[2] == reason]
    guesses += difflib.get_close_matches(reason, known, n=1)
    hint = f"; did you mean {guesses[0]!r}?" if guesses else ""
    return f"no record of this build was lost as {reason!r}{hint} (there are {', '.join(known)})"


def _kept(build: Build, samples: int) -> list[dict[str, Any]]:
    columns = ["id", "url", "source_ref", "lang", "lang_score", "text"]
    return build.head("data", samples, columns) if samples else []


def _rejected(build: Build, samples: int, chosen: list[str]) -> list[dict[str, Any]]:
    """Records of the chosen reasons; if none is chosen the first record of each reason, for as
    many reasons as samples are asked for."""
    if chosen:
        import pyarrow.compute as pc

        return build.head("rejects", samples, where=pc.field("reason").isin(chosen))
    first: dict[str, dict[str, Any]] = {}
    for batch in build.rejects():
        for row in batch.to_pylist():
            first.setdefault(row["reason"], row)
    order = [name for name, _ in build.ledger.reasons.most_common()]
    shown = sorted(first, key=lambda name: (name.startswith("read/"), order.index(name)))
    return [first[name] for name in shown[:samples]]


def _print_funnel(build: Build) -> None:
    manifest = build.manifest
    show(f"{manifest['name']} · build {manifest['build_id']}")
    show()
    width = max(map(len, [*build.ledger.stages, "stage"])) + 1
    show(f"  {'stage':<{width}}{'read':>10}{'passed':>10}{'lost':>9}  reasons")
    for name, count in build.ledger.stages.items():
        lost = count.reasons.total()
        reasons = " · ".join(
            f"{reason.partition('/')[2]} {number:,}"
            for reason, number in count.reasons.most_common(_REASONS)
        )
        reasons += " · …" if len(count.reasons) > _REASONS else ""
        line = f"  {name:<{width}}{count.read:>10,}{count.passed:>10,}{lost:>9,}  {reasons}"
        show(line.rstrip())
    show()
    for code, total in manifest["languages"].items():
        held = f" · {total['validation']:,} for validation" if total["validation"] else ""
        show(
            f"  {code}  {counted(total['documents'], 'document')} · "
            f"{data_size(total['text_bytes'])} of text{held}"
        )

    for edit, changes in build.ledger.edits.items():
        show(f"  edited  {edit}: {changes}")


def _print_samples(
    kept: list[dict[str, Any]], rejected: list[dict[str, Any]], meanings: Mapping[str, str]
) -> None:
    for row in kept:
        show()
        show(f"kept      {row['id']}  {row['lang']} {row['lang_score']:.2f}")
        show(f"          {row['url'] or row['source_ref']}")
        show(f"          {excerpt(row['text'], 90)}")
    for row in rejected:
        show()
        show(f"rejected  {row['id']}  {row['reason']}")
        show(f"          {row['url'] or row['source_ref']}")
        show(f"          {why(row, meanings)}")


def why(row: dict[str, Any], meanings: Mapping[str, str]) -> str:
    """A rejected record's reason with its numbers, else what the reason means."""
    if row["duplicate_of"]:
        where = f" in build {row['earlier_build']}" if row.get("earlier_build") else ""
        return f"duplicate of {row['duplicate_of']}{where}, similarity {row['similarity']:.3f}"
    broken = [
        f"{rule['rule']}: {rule['value']:.4g}, threshold {rule['threshold']:.4g}"
        for rule in row["broken"] or []
        if rule["value"] is not None
    ]
    told = ["; ".join(broken), row["detail"]]
    return " · ".join(filter(None, told)) or meanings.get(row["reason"], row["reason"])
