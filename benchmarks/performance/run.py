"""Measure every row and write docs/performance.md, or compare with the stored run.

    python -m benchmarks.performance.run --peers FOLDER [--size small|large] [--rounds N] [--check]

Roads take turns (A B A B) at each of two sizes. Of the medians, the slope is the cost of a document
and the intercept the fixed cost of a run.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.performance import report
from benchmarks.performance.inputs import MissingDataError, makers
from benchmarks.performance.measuring import CommandError, Cost, adopt_orphans, run
from benchmarks.performance.roads import ROWS, Road, Row, our_road, peer_road, peer_versions

STORED: Final = Path(__file__).with_name("stored.json")
OURS: Final = "corpuskit"
FAST: Final = "fast"
"""Ours with the kernels of the extra `fast`, used from the first text."""
PEER: Final = "datatrove"
RETRIES: Final = 2
"""How often rows that seem to have fallen are measured again: other work on the machine passes."""
WORKERS: Final = (1, 2, 4)
PART: Final = 15
"""Texts of a task in the row of workers: enough tasks for each of them."""
CLUSTERED: Final = {"small": 100_000, "large": 1_000_000}

Result = dict[str, Any]

log = logging.getLogger("bench")


class Bench:
    """One run of the bench in a folder of its own."""

    def __init__(self, data: Path, folder: Path, peers: Path, size: str, rounds: int) -> None:
        self.data, self.folder, self.size, self.rounds = data, folder, size, rounds
        self.python = peers / "peers" / "bin" / "python"
        self.versions = peer_versions(self.python)
        self.has_kernels = importlib.util.find_spec("numba") is not None
        self._is_warm = False
        self._makers = {name: (suffix, make) for name, suffix, make in makers()}

    def results(self, names: Sequence[str]) -> Iterator[Result]:
        """One result for each row; a row that cannot be measured has a `reason`."""
        for row in ROWS:
            if not names or row.name in names:
                log.info("%s", row.label)
                yield self._road(row)
        for name, part in (("workers", self._workers), ("signatures", self._signatures),
                           ("clustering", self._clustering)):  # fmt: skip
            if not names or name in names:
                log.info("%s", name)
                yield self._guarded(name, part)

    def _guarded(self, name: str, part: Any) -> Result:
        try:
            return {"name": name, **part()}
        except (MissingDataError, CommandError, subprocess.CalledProcessError) as error:
            return {"name": name, "reason": str(error)[:400]}

    def _input(self, name: str, count: int) -> Path:
        suffix, make = self._makers[name]
        path = self.folder / f"{name}-{count}.{suffix}"
        if not path.exists():
            make(self.data, path, count)
        return path

    def _road(self, row: Row) -> Result:
        try:
            return {"name": row.name, **self._compared(row)}
        except (MissingDataError, CommandError) as error:
            return {"name": row.name, "reason": str(error)[-400:]}

    def _compared(self, row: Row) -> Result:
        counts = row.sizes[self.size]
        sources = {count: self._input(row.name, count) for count in counts}
        roads = [OURS]
        roads += [FAST] if self.has_kernels else []
        roads += [PEER] if self.versions is not None else []
        costs: dict[tuple[str, int], list[Cost]] = defaultdict(list)
        self._warm_up(row, sources[counts[0]])
        for _ in range(self.rounds):
            for count in counts:
                for road in roads:
                    costs[road, count].append(self._cost(self._made(road, row, sources[count])))
        return {"counts": counts, **{road: _line(costs, road, counts) for road in roads}}

    def _warm_up(self, row: Row, source: Path) -> None:
        """Our first runs have Python compile its modules and numba the kernels; pip has compiled
        those of the peer."""
        if not self._is_warm:
            for road in (OURS, FAST) if self.has_kernels else (OURS,):
                self._cost(self._made(road, row, source))
            self._is_warm = True

    def _made(self, road: str, row: Row, source: Path) -> Road:
        if road != PEER:
            kernels = "on" if road == FAST else "off"
            return our_road(row, source, self.folder, kernels=kernels)
        return peer_road(self.python, row, source, self.folder)

    def _cost(self, road: Road) -> Cost:
        cost = run(road.command, self.folder, road.environment)
        log.info("  %s: %.2f s CPU", Path(road.command[0]).parts[-3], cost.cpu)
        return cost

    def _workers(self) -> Result:
        """CPU seconds of one build by its number of workers; enough tasks for all of them."""
        row = ROWS[0]
        count = row.sizes["small"][0]
        lines = self._input(row.name, count).read_text(encoding="utf-8").splitlines(keepends=True)
        parts = self.folder / "parts"
        parts.mkdir(exist_ok=True)
        for start in range(0, count, PART):
            text = "".join(lines[start : start + PART])
            (parts / f"{start:05}.jsonl").write_text(text, encoding="utf-8")
        source = parts / "*.jsonl"
        costs: dict[int, list[float]] = defaultdict(list)
        self._warm_up(row, source)
        for _ in range(self.rounds):
            for workers in WORKERS:
                options = ("--task-records", str(PART))
                road = our_road(row, source, self.folder, *options, workers=workers)
                costs[workers].append(self._cost(road).cpu)
        medians = {workers: median(values) for workers, values in costs.items()}
        return {
            "cpu": medians,
            "server": max(0.0, medians[2] - medians[1]),
            "worker": (medians[4] - medians[2]) / 2,
        }

    def _signatures(self) -> Result:
        texts = self._input("texts", ROWS[0].sizes[self.size][1])
        arguments = ("signatures", str(texts), str(max(3, self.rounds)))
        result = _part(*arguments, kernels="off")
        if self.has_kernels:
            result["fast"] = _part(*arguments, kernels="on")["ours"]
        return result

    def _clustering(self) -> Result:
        return _part("clustering", str(CLUSTERED[self.size]))


def _line(costs: dict[tuple[str, int], list[Cost]], road: str, counts: Sequence[int]) -> Result:
    """Cost of a document (seconds), fixed cost, and the medians they come from."""
    cpu = [median(cost.cpu for cost in costs[road, count]) for count in counts]
    wall = [median(cost.wall for cost in costs[road, count]) for count in counts]
    each = (cpu[1] - cpu[0]) / (counts[1] - counts[0])
    return {"each": each, "fixed": cpu[0] - each * counts[0], "cpu": cpu, "wall": wall}


def _part(*arguments: str, kernels: str = "auto") -> Result:
    command = [sys.executable, "-m", "benchmarks.performance.parts", *arguments]
    environment = {**os.environ, "CORPUSKIT_KERNELS": kernels}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Measure, then write or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--peers", type=Path, required=True, help="what tools/peers.sh made")
    parser.add_argument("--size", choices=("small", "large"), default="small")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", nargs="*", default=[], help="only these; others as stored")
    parser.add_argument("--check", action="store_true", help="compare with the stored run")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    data = Path(os.environ.get("CORPUSKIT_DATA", "../shared/data")).resolve()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(data, Path(folder), options.peers, options.size, options.rounds)
        stored = report.load(STORED)
        if options.check:
            sys.exit(_check(bench, options.rows, stored))
        results: dict[str, Result] = {}
        for result in bench.results(options.rows):
            results[result["name"]] = result
            # after each row: a run takes long and may be ended
            measured = report.Measured.now(results, options.size, options.rounds, bench.versions)
            measured = measured.over(stored if options.rows else None)
            report.store(measured, STORED)
            report.write(measured)


def _check(bench: Bench, rows: Sequence[str], stored: report.Measured | None) -> int:
    """Measure rows that the stored run has and compare; those that fell are measured again."""
    if stored is None:
        print("no stored run to compare with: run `make bench` first")
        return 1
    before = report.ratios(stored)
    names = [name for name in report.rows_of(before) if not rows or name in rows]
    if bench.versions is None:
        print("datatrove is not installed: only signatures are compared")
        names = [name for name in names if name == "signatures"]
    asked = {name: ratio for name, ratio in before.items() if report.row_of(name) in names}
    best: dict[str, float] = {}
    for _ in range(1 + RETRIES):
        results = {result["name"]: result for result in bench.results(names)}
        measured = report.Measured.now(results, bench.size, bench.rounds, bench.versions)
        for name, ratio in report.ratios(measured).items():
            best[name] = max(ratio, best.get(name, 0.0))
        for name, result in results.items():
            if "reason" in result:
                print(f"{name}: not measured: {result['reason'].splitlines()[-1]}")
        names = report.rows_of(report.fallen(asked, best))
        if not names:
            break
    return report.check(before, best)


if __name__ == "__main__":
    main()
