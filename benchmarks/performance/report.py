"""docs/performance.md and the stored run that `make bench-check` compares with."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.performance.inputs import FLATTERS, MIXES, PageMix, templates
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


WITH_KERNELS: Final = " [fast]"
"""What the name of a ratio ends with that was measured with kernels."""


def ratios(measured: Measured) -> dict[str, float]:
    """How many times faster a document is than with the peer, by row, without and with kernels;
    only of measured rows."""
    table = {}
    for row in ROWS:
        result = measured.results.get(row.name, {})
        for road, ending in (("corpuskit", ""), ("fast", WITH_KERNELS)):
            if ratio := _ratio(result, road):
                table[row.name + ending] = ratio
    signatures = measured.results.get("signatures", {})
    for key, ending in (("ours", ""), ("fast", WITH_KERNELS)):
        if "peer" in signatures and key in signatures:
            table["signatures" + ending] = signatures["peer"] / signatures[key]
    return table


def _ratio(result: Mapping[str, Any], road: str) -> float | None:
    """None where one of the two was not measured, or the noise was larger than the slope."""
    if "datatrove" not in result or road not in result or result[road]["each"] <= 0:
        return None
    ratio: float = result["datatrove"]["each"] / result[road]["each"]
    return ratio if ratio > 0 else None


def row_of(name: str) -> str:
    """The row that a ratio belongs to."""
    return name.removesuffix(WITH_KERNELS)


def rows_of(names: Iterable[str]) -> list[str]:
    """The rows that ratios belong to, each once."""
    return list(dict.fromkeys(map(row_of, names)))


def fallen(before: Mapping[str, float], now: Mapping[str, float]) -> list[str]:
    """The ratios that are missing or fell by more than ALLOWED_FALL."""
    return [
        name for name, ratio in before.items() if now.get(name, 0.0) < ratio * (1 - ALLOWED_FALL)
    ]


def check(before: Mapping[str, float], now: Mapping[str, float]) -> int:
    """Print each ratio that was measured beside the stored one; 1 if one fell."""
    fell = set(fallen({name: before[name] for name in now if name in before}, now))
    for name, ratio in now.items():
        if name in before:
            mark = " FELL" if name in fell else ""
            print(f"{name:<22} {before[name]:6.1f} -> {ratio:6.1f}{mark}")
    return int(bool(fell))


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
        f"SIZE={measured.size}, medians of {measured.rounds} round(s) in which the tools took "
        "turns. Rows that were not measured in this run are those of an earlier one. CPU time, "
        "user and system, of all processes. The cost of a document is the slope between two sizes "
        "of the input, the fixed cost the intercept. Trust ratios, not seconds."
    )
    yield ""
    yield "| workload | datatrove | corpuskit | ratio | goal | with `[fast]` | ratio | goal |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for row in ROWS:
        yield _of_road(row, measured.results.get(row.name))
    yield _of_signatures(measured.results.get("signatures"))
    yield from _fixed(measured.results)
    yield ""
    yield from _details(measured)


def _of_road(row: Row, result: Mapping[str, Any] | None) -> str:
    result = result or {}
    core, fast = (f"{goal:g}x" for goal in row.goals)
    if "corpuskit" not in result:
        return f"| {row.label} | | {_reason(result)} | | {core} | | | {fast} |"
    peer = _ms(result["datatrove"]["each"]) if "datatrove" in result else "not installed"
    cells = [
        cell
        for road, goal in zip(("corpuskit", "fast"), row.goals, strict=True)
        for cell in (
            _ms(result[road]["each"]) if road in result else "not measured",
            _judged(_ratio(result, road), goal),
            f"{goal:g}x",
        )
    ]
    return f"| {row.label} | {peer} | {' | '.join(cells)} |"


def _judged(ratio: float | None, goal: float) -> str:
    if ratio is None:
        return ""
    return f"{ratio:.1f} (met)" if ratio >= goal else f"{ratio:.1f}"


def _of_signatures(result: Mapping[str, Any] | None) -> str:
    label = "signatures, against datasketch `update_batch` with xxhash"
    core, fast = GOALS_SIGNATURES
    if not result or "ours" not in result:
        return f"| {label} | | {_reason(result)} | | {core}x | | | {fast}x |"
    ratio = result["peer"] / result["ours"]
    line = (
        f"| {label} | {result['peer']:.0f} µs | {result['ours']:.0f} µs | {_judged(ratio, core)} "
        f"| {core}x |"
    )
    if "fast" not in result:
        return f"{line} not measured | | {fast}x |"
    return (
        f"{line} {result['fast']:.0f} µs | {_judged(result['peer'] / result['fast'], fast)} "
        f"| {fast}x |"
    )


def _fixed(results: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    texts = results.get("texts", {})
    if "corpuskit" in texts:
        peer = f"{texts['datatrove']['fixed']:.1f} s" if "datatrove" in texts else "not installed"
        ours = texts["corpuskit"]["fixed"]
        fast = f"{texts['fast']['fixed']:.2f} s" if "fast" in texts else ""
        yield f"| fixed cost of a build | {peer} | {ours:.2f} s | | {GOAL_BUILD} s | {fast} | | |"
    workers = results.get("workers", {})
    if "worker" in workers:
        yield (
            f"| fixed cost of a worker | | {workers['worker']:.2f} s, and "
            f"{workers['server']:.2f} s once for the server and two workers "
            f"| | {GOAL_WORKER} s | | | |"
        )
    clustering = results.get("clustering", {})
    if "cpu" in clustering:
        yield (
            f"| clustering {clustering['signatures']:,} signatures | | {clustering['cpu']:.1f} s, "
            f"{clustering['gigabytes']:.2f} GB | | 25 s, 3 GB for 3 million | | | |"
        )


def _details(measured: Measured) -> Iterator[str]:
    yield "## Medians behind the slopes"
    yield ""
    yield "| workload | documents | datatrove CPU s (wall) | corpuskit CPU s (wall) | `[fast]` |"
    yield "|---|---|---|---|---|"
    for row in ROWS:
        result = measured.results.get(row.name, {})
        if "corpuskit" in result:
            counts = " and ".join(f"{count:,}" for count in result["counts"])
            peer = _seconds(result["datatrove"]) if "datatrove" in result else "not installed"
            fast = _seconds(result["fast"]) if "fast" in result else "not measured"
            ours = _seconds(result["corpuskit"])
            yield f"| {row.label} | {counts} | {peer} | {ours} | {fast} |"
    yield ""
    yield "## What runs"
    yield ""
    yield (
        "datatrove: LanguageFilter, GopherRepetitionFilter, GopherQualityFilter, "
        "FineWebQualityFilter, MinHash signatures (14 x 8, xxhash 64), buckets, clusters, filter, "
        "Parquet; pages by WarcReader and Trafilatura. corpuskit: `corpuskit build` with the "
        "defaults of a recipe, so ledger, rejects, card and manifest are in its time; without "
        "kernels (CORPUSKIT_KERNELS=off), and with the extra `fast`, whose kernels are compiled "
        "beforehand and used from the first text (`on`)."
    )
    yield ""
    yield f"datatrove's side: {_versions(measured.peer_versions)}."
    yield f"Ours: {_versions(measured.versions)}."
    yield ""
    yield "## What flatters"
    yield ""
    for line in FLATTERS:
        yield f"- {line.format(**_count_templates())}"
    yield ""
    yield (
        "`make bench` runs this (`ROUNDS=3 SIZE=large`; `ROUNDS=1 SIZE=small` on a busy machine), "
        "`make bench-check` fails when a ratio fell by more than a quarter since the stored run, "
        "also when it is measured twice more."
    )


def _count_templates() -> dict[str, int]:
    """How many real pages the small and the large pages are made from."""
    data = Path(os.environ.get("CORPUSKIT_DATA", "../shared/data"))
    small = [mix.sizes for mix in MIXES.values() if not mix.crawled]
    widest = range(min(sizes.start for sizes in small), max(sizes.stop for sizes in small))
    large = next(mix for mix in MIXES.values() if mix.crawled)
    return {
        "small": len(templates(data, PageMix("", 1.0, widest))),
        "large": len(templates(data, large)),
    }


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
