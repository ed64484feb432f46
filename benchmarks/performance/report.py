"""docs/performance.md and the stored run that `make bench-check` compares with."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.performance.inputs import FLATTERS, MIXES, templates
from benchmarks.performance.roads import REPOSITORY, ROWS, Row
from corpuskit.identity import installed_versions

PAGE: Final = REPOSITORY / "docs" / "performance.md"
ALLOWED_FALL: Final = 0.25
"""Share by which a ratio may fall: medians of the same code differ by up to 15 % on a busy
two-core machine."""
GOAL_BUILD, GOAL_WORKER = 0.6, 0.3
GOALS_SIGNATURES: Final = (6, 20)


@dataclass(frozen=True, slots=True)
class Measured:
    """The results of one run of the bench, and where it ran."""

    date: str
    cores: int
    machine: str
    size: str
    rounds: int
    versions: dict[str, str]
    peer_versions: dict[str, str] | None
    results: dict[str, dict[str, Any]]

    @classmethod
    def now(
        cls,
        results: dict[str, dict[str, Any]],
        size: str,
        rounds: int,
        peers: dict[str, str] | None,
    ) -> Measured:
        """Results with today's date and this machine."""
        return cls(
            date=datetime.now(UTC).date().isoformat(),
            cores=os.cpu_count() or 1,
            machine=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
            size=size,
            rounds=rounds,
            versions=dict(installed_versions()),
            peer_versions=peers,
            results=results,
        )

    def over(self, stored: Measured | None) -> Measured:
        """These results, and the stored ones of the rows that were not measured."""
        return replace(self, results={**(stored.results if stored else {}), **self.results})


def ratios(measured: Measured) -> dict[str, float]:
    """How many times faster a document is than with the peer, by row; only of measured rows."""
    table = {}
    for row in ROWS:
        result = measured.results.get(row.name, {})
        if "datatrove" in result and result["corpuskit"]["each"] > 0:
            table[row.name] = result["datatrove"]["each"] / result["corpuskit"]["each"]
    signatures = measured.results.get("signatures", {})
    if "peer" in signatures:
        table["signatures"] = signatures["peer"] / signatures["ours"]
    return table


def check(measured: Measured, stored: Measured | None) -> int:
    """Print each ratio beside the stored one; 1 if one fell by more than ALLOWED_FALL."""
    if stored is None:
        print("no stored run to compare with: run `make bench` first")
        return 1
    failures = 0
    before = ratios(stored)
    for name, ratio in ratios(measured).items():
        if name not in before:
            continue
        fell = ratio < before[name] * (1 - ALLOWED_FALL)
        failures += fell
        print(f"{name:<16} {before[name]:6.1f} -> {ratio:6.1f} {'FELL' if fell else ''}".rstrip())
    return int(failures > 0)


def store(measured: Measured, path: Path) -> None:
    """Keep a run for `check`."""
    path.write_text(json.dumps(asdict(measured), indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> Measured | None:
    """The stored run, if there is one."""
    if not path.exists():
        return None
    return Measured(**json.loads(path.read_text(encoding="utf-8")))


def write(measured: Measured) -> None:
    """Write docs/performance.md."""
    PAGE.write_text("\n".join(_lines(measured)) + "\n", encoding="utf-8")


def _lines(measured: Measured) -> Iterator[str]:
    yield "<!-- Written by `make bench`; do not edit. -->"
    yield "# What a document costs"
    yield ""
    yield (
        f"Measured on {measured.date} with {measured.cores} cores ({measured.machine}), "
        f"SIZE={measured.size}, medians of {measured.rounds} round(s) in which the roads took "
        "turns. Rows that were not measured in this run are those of an earlier one. CPU time, "
        "user and system, of all processes. The cost of a document is the slope between two sizes "
        "of the input, the fixed cost the intercept. Trust ratios, not seconds."
    )
    yield ""
    yield "| road | datatrove | corpuskit | ratio | goal: core | goal: `[fast]` |"
    yield "|---|--:|--:|--:|--:|--:|"
    for row in ROWS:
        yield _of_road(row, measured.results.get(row.name))
    yield _of_signatures(measured.results.get("signatures"))
    yield from _fixed(measured.results)
    yield ""
    yield from _details(measured)


def _of_road(row: Row, result: Mapping[str, Any] | None) -> str:
    core, fast = (f"{goal:g}x" for goal in row.goals)
    ours = (result or {}).get("corpuskit")
    if result is None or ours is None:
        reason = (result or {}).get("reason", "not measured").splitlines()[-1][:120]
        return f"| {row.label} | | {reason} | | {core} | {fast} |"
    peer = result.get("datatrove")
    if peer is None:
        return f"| {row.label} | not installed | {_ms(ours['each'])} | | {core} | {fast} |"
    ratio = peer["each"] / ours["each"] if ours["each"] > 0 else 0.0
    met = " (met)" if ratio >= row.goals[0] else ""
    return (
        f"| {row.label} | {_ms(peer['each'])} | {_ms(ours['each'])} | {ratio:.1f}{met} "
        f"| {core} | {fast} |"
    )


def _of_signatures(result: Mapping[str, Any] | None) -> str:
    label = "signatures, against datasketch `update_batch` with xxhash"
    core, fast = (f"{goal}x" for goal in GOALS_SIGNATURES)
    if not result or "ours" not in result:
        return f"| {label} | | {_reason(result)} | | {core} | {fast} |"
    ratio = result["peer"] / result["ours"]
    met = " (met)" if ratio >= GOALS_SIGNATURES[0] else ""
    return (
        f"| {label} | {result['peer']:.0f} µs | {result['ours']:.0f} µs | {ratio:.1f}{met} "
        f"| {core} | {fast} |"
    )


def _fixed(results: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    texts = results.get("texts", {})
    if "corpuskit" in texts:
        peer = f"{texts['datatrove']['fixed']:.1f} s" if "datatrove" in texts else "not installed"
        ours = texts["corpuskit"]["fixed"]
        yield f"| fixed cost of a build | {peer} | {ours:.2f} s | | {GOAL_BUILD} s | |"
    workers = results.get("workers", {})
    if "worker" in workers:
        yield (
            f"| fixed cost of a worker | | {workers['worker']:.2f} s, and "
            f"{workers['server']:.2f} s once for the server and two workers | | {GOAL_WORKER} s | |"
        )
    clustering = results.get("clustering", {})
    if "cpu" in clustering:
        yield (
            f"| clustering {clustering['signatures']:,} signatures | | {clustering['cpu']:.1f} s, "
            f"{clustering['gigabytes']:.2f} GB | | 25 s, 3 GB for 3 million | |"
        )


def _details(measured: Measured) -> Iterator[str]:
    yield "## Medians behind the slopes"
    yield ""
    yield "| road | documents | datatrove CPU s (wall) | corpuskit CPU s (wall) |"
    yield "|---|---|---|---|"
    for row in ROWS:
        result = measured.results.get(row.name, {})
        if "corpuskit" in result:
            counts = " and ".join(f"{count:,}" for count in result["counts"])
            peer = _seconds(result["datatrove"]) if "datatrove" in result else "not installed"
            yield f"| {row.label} | {counts} | {peer} | {_seconds(result['corpuskit'])} |"
    yield ""
    yield "## What runs"
    yield ""
    yield (
        "datatrove: LanguageFilter, GopherRepetitionFilter, GopherQualityFilter, "
        "FineWebQualityFilter, MinHash signatures (14 x 8, xxhash 64), buckets, clusters, filter, "
        "Parquet; pages by WarcReader and Trafilatura. corpuskit: `corpuskit build` with the "
        "defaults of a recipe, so ledger, rejects, card and manifest are in its time."
    )
    yield ""
    yield f"datatrove's side: {_versions(measured.peer_versions)}."
    yield f"Ours: {_versions(measured.versions)}."
    yield ""
    yield "## What flatters"
    yield ""
    for line in FLATTERS:
        yield f"- {line.format(templates=_count_templates())}"
    yield ""
    yield (
        "`make bench` runs this (`ROUNDS=3 SIZE=large`; `ROUNDS=1 SIZE=small` on a busy machine), "
        "`make bench-check` fails when a ratio fell by more than a quarter since the stored run."
    )


def _count_templates() -> int:
    data = Path(os.environ.get("CORPUSKIT_DATA", "../shared/data"))
    widest = range(
        min(mix.sizes.start for mix in MIXES.values()),
        max(mix.sizes.stop for mix in MIXES.values()),
    )
    return len(templates(data, widest))


def _reason(result: Mapping[str, Any] | None) -> str:
    return str((result or {}).get("reason", "not measured")).splitlines()[-1][:120]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


def _seconds(road: Mapping[str, Any]) -> str:
    pairs = zip(road["cpu"], road["wall"], strict=True)
    return ", ".join(f"{cpu:.1f} ({wall:.1f})" for cpu, wall in pairs)


def _versions(versions: Mapping[str, str] | None) -> str:
    if versions is None:
        return "not installed"
    return ", ".join(f"{name} {version}" for name, version in versions.items())
