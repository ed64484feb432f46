"""corpuskit inspect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corpuskit.cli.completing import (
    complete_language,
    complete_reason,
    complete_rule,
    complete_source,
)
from corpuskit.cli.options import build_argument, json_option
from corpuskit.cli.output import counted, excerpt, print_json, show, show_text
from corpuskit.progress import data_size

if TYPE_CHECKING:
    from collections import Counter

    from corpuskit.inspection import Sample, SampleQuery
    from corpuskit.publish import Build
    from corpuskit.store_url import StoreUrl

_REASONS = 6
"""Reasons of a stage that are listed, the commonest first."""
_TOP = 3
"""Reasons of a language or source that are listed."""
_LANGUAGES = 25
"""Languages that are listed; the last line counts the others."""
_EXCERPT = 90
_MEASURED = ("language", "quality", "rules")
"""Stages whose details repeat the value and the threshold of the first broken rule."""


@click.command()
@build_argument
@click.argument("keys", metavar="[ID|URL|FILE]...", nargs=-1)
@click.option("--samples", type=click.IntRange(min=0), default=3, help="Documents to show [3].")
@click.option("--seed", type=int, default=0, help="Another number draws another sample [0].")
@click.option(
    "--lang",
    "langs",
    multiple=True,
    shell_complete=complete_language,
    help="Only records of this language.",
)
@click.option(
    "--source",
    "sources",
    multiple=True,
    shell_complete=complete_source,
    help="Only records of this source.",
)
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    shell_complete=complete_reason,
    help="Show rejected records of this reason only (dedup/near), or of a stage (dedup).",
)
@click.option(
    "--near-threshold",
    "rule",
    metavar="RULE",
    shell_complete=complete_rule,
    help="Show the documents closest to a threshold, on both sides (min_stop_word_share).",
)
@click.option(
    "--text",
    is_flag=True,
    help="Print whole texts; of rejected records what `[output] reject_text` kept, else what .work "
    "has.",
)
@json_option
def inspect(
    build: Path | StoreUrl,
    keys: tuple[str, ...],
    samples: int,
    seed: int,
    langs: tuple[str, ...],
    sources: tuple[str, ...],
    reasons: tuple[str, ...],
    rule: str | None,
    text: bool,
    as_json: bool,
) -> None:
    """Show a build's funnel, tables by language and source, and random samples of kept and rejected
    records.

    With IDs (their first 4 characters are enough), URLs or files only those records are shown,
    FILE#L12 for a line of a file. --lang, --source and --reason can be repeated.

    \b
    corpuskit inspect builds/khmer
    corpuskit inspect builds/khmer --reason dedup/near --samples 20
    corpuskit inspect builds/khmer --near-threshold min_stop_word_share --text
    corpuskit inspect builds/khmer 3f2c9a0d
    """
    from corpuskit.inspection import SampleQuery, checked, undetermined_lines, work_texts
    from corpuskit.publish import Build

    if keys and (langs or sources or reasons or rule):
        raise click.UsageError("a record is named by itself: leave out the options that choose")
    opened = Build(build)
    query = checked(opened, SampleQuery(langs, sources, reasons, seed))
    kept, rejected = _chosen(opened, query, keys, samples, rule)
    looked_up = rejected.rows if text else [row for row in rejected.rows if _is_undetermined(row)]
    texts = work_texts(opened, looked_up)
    if text:
        for row in rejected.rows:
            row["text"] = row.get("text") or texts.get(row["id"])
    for row in rejected.rows:
        row["identification"] = undetermined_lines(opened, row, texts.get(row["id"]))
    if as_json:
        print_json(_as_json(opened, kept, rejected))
        return
    if not (keys or query.reasons or rule):
        _print_funnel(opened)
        _print_tables(opened)
    _print_kept(kept, text=text, build=opened)
    _print_rejected(rejected, text=text, build=opened)
    _print_totals(kept, rejected, query, rule)


def _chosen(
    build: Build, query: SampleQuery, keys: Sequence[str], samples: int, rule: str | None
) -> tuple[Sample, Sample]:
    """The documents and the rejects that are shown."""
    from corpuskit import inspection

    if keys:
        found = [inspection.find_records(build, key) for key in keys]
        kept = [row for rows, _ in found for row in rows]
        lost = [row for _, rows in found for row in rows]
        return inspection.Sample(kept, len(kept)), inspection.Sample(lost, len(lost))
    if rule:
        return inspection.near_threshold(build, rule, samples, query)
    nothing = inspection.Sample([], 0)
    if query.reasons:
        return nothing, inspection.sample_rejects(build, samples, query)
    return (
        inspection.sample_documents(build, samples, query) if samples else nothing,
        inspection.sample_rejects(build, samples, query, each_reason=True) if samples else nothing,
    )


def _is_undetermined(row: Mapping[str, Any]) -> bool:
    return bool(row["reason"] == "language/undetermined")


def _as_json(build: Build, kept: Sample, rejected: Sample) -> dict[str, Any]:
    from corpuskit.inspection import by_language, by_source

    def plain(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**row, "near": asdict(row["near"])} if "near" in row else dict(row) for row in rows
        ]

    return {
        "name": build.manifest["name"],
        "build_id": build.manifest["build_id"],
        "languages": build.manifest["languages"],
        "by_language": {
            code or "no_language": counts.to_json() for code, counts in by_language(build).items()
        },
        "by_source": {name: counts.to_json() for name, counts in by_source(build).items()},
        "ledger": build.ledger.to_json(),
        "kept": plain(kept.rows),
        "rejected": plain(rejected.rows),
    }


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


def _print_tables(build: Build) -> None:
    from corpuskit.inspection import by_language, by_source

    languages = by_language(build)
    shown = dict(list(languages.items())[:_LANGUAGES])
    width = max(map(len, [*shown, "no language", "language"])) + 1
    show()
    show(
        f"  {'language':<{width}}{'documents':>10}{'validation':>11}{'text':>12}{'rejected':>10}"
        "  most frequent reasons"
    )
    for code, counts in shown.items():
        show(
            f"  {code or 'no language':<{width}}{counts.documents:>10,}{counts.validation:>11,}"
            f"{data_size(counts.text_bytes):>12}{counts.reasons.total():>10,}"
            f"  {_top(counts.reasons)}".rstrip()
        )
    if len(languages) > len(shown):
        others = [counts for code, counts in languages.items() if code not in shown]
        lost = sum(counts.reasons.total() for counts in others)
        show(f"  and {len(others)} more languages: {counted(lost, 'record')} rejected")
    sources = by_source(build)
    width = max(map(len, [*sources, "source"])) + 1
    show()
    show(f"  {'source':<{width}}{'read':>10}{'published':>10}{'':>5}  most frequent reasons")
    for name, source in sources.items():
        share = f"{source.published / source.read:.0%}" if source.read else ""
        show(
            f"  {name:<{width}}{source.read:>10,}{source.published:>10,}{share:>5}"
            f"  {_top(source.reasons)}".rstrip()
        )
    if build.ledger.edits:
        show()
    for edit, changes in build.ledger.edits.items():
        show(f"  edited  {edit}: {changes}")


def _top(reasons: Counter[str]) -> str:
    listed = " · ".join(f"{reason} {number:,}" for reason, number in reasons.most_common(_TOP))
    return listed + (" · …" if len(reasons) > _TOP else "")


def _print_kept(kept: Sample, *, text: bool, build: Build) -> None:
    for row in kept.rows:
        show()
        score = "" if row["lang_score"] is None else f" {row['lang_score']:.2f}"
        show(f"kept      {row['id']}  {row['lang']}{score}")
        show(f"          {place(row, build.manifest)}")
        if near := row.get("near"):
            show(f"          {near.rule}: {near.value:.4g}, threshold {near.threshold:.4g}")
        _print_text(row["text"], whole=text)


def _print_rejected(rejected: Sample, *, text: bool, build: Build) -> None:
    for row in rejected.rows:
        show()
        lang = f"  {row['lang']}" if row["lang"] else ""
        show(f"rejected  {row['id']}  {row['reason']}{lang}")
        show(f"          {place(row, build.manifest)}")
        show(f"          {why(row, build.ledger.meanings)}")
        for line in row["identification"]:
            show(f"          {line}")
        _print_text(row.get("text"), whole=text)


def _print_text(text: str | None, *, whole: bool) -> None:
    if whole:
        show()
        show_text(text or "(no text)")
    elif text:
        show(f"          {excerpt(text, _EXCERPT)}")


def _print_totals(kept: Sample, rejected: Sample, query: SampleQuery, rule: str | None) -> None:
    if rule:
        show()
        show(
            f"{rule}: {counted(kept.total, 'document')} kept by it, "
            f"{counted(rejected.total, 'record')} rejected"
        )
    elif query.reasons and rejected.total > len(rejected.rows):
        show()
        total = rejected.total
        show(
            f"{len(rejected.rows):,} of {counted(total, 'record')} shown; "
            f"--samples {total} shows all"
        )


def place(row: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Where a record is from: its URL, else the file as the recipe names it, `#L12` for a line.

    What is printed for a file can be given to `inspect` and `explain`.
    """
    if row["url"]:
        return str(row["url"])
    ref = str(row["source_ref"] or "")
    name, _, rest = ref.partition("@sha256:")
    part = rest.partition("#")[2]
    folder = _folder(row["source"], name, manifest) if rest else ""
    return f"{folder}{name}{f'#{part}' if part else ''}" or "(taken down)"


def _folder(source: str, name: str, manifest: Mapping[str, Any]) -> str:
    """The folder of a file of a source, as the recipe names it, with a slash at its end."""
    for table in manifest["recipe"].get("source", ()):
        path = table.get("path")
        if table.get("name") == source and isinstance(path, str) and "://" not in path:
            if any(sign in path for sign in "*?["):
                path = path[: min(path.find(sign) for sign in "*?[" if sign in path)]
                path = path.rpartition("/")[0]
            if path and path != name and not path.endswith(f"/{name}"):
                return f"{path.rstrip('/')}/"
            return path.removesuffix(name)
    return ""


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
    repeats = broken and row["reason"].partition("/")[0] in _MEASURED
    more = [f"and {len(broken) - _TOP} more rules"] if len(broken) > _TOP else []
    told = ["; ".join([*broken[:_TOP], *more]), None if repeats else row["detail"]]
    return " · ".join(filter(None, told)) or meanings.get(row["reason"], row["reason"])
