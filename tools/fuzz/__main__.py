"""The command line: fuzz every target for a while, or repeat one input.

python -m tools.fuzz --seconds 60 --processes 2
python -m tools.fuzz --target epub --seconds 600 --seed 7
python -m tools.fuzz --repeat fuzz-failures/epub-7-1234
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.fuzz import runner
from tools.fuzz.mutations import mutated


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 if nothing failed."""
    options = _parser().parse_args(arguments)
    if options.repeat:
        return _repeat(options.repeat)
    names = options.target or [target.name for target in runner.all_targets()]
    seed = random.SystemRandom().randrange(10**6) if options.seed is None else options.seed
    print(f"fuzz: seed {seed}, {len(names)} targets, {options.seconds:g} s")
    outcome = _run(names, seed, options.seconds, options.processes)
    for name in names:
        print(f"  {name:24} {outcome.inputs[name]:8,} inputs")
    for failure in outcome.failures:
        _report(failure, options.folder, outcome.repeats[failure.place])
    print(f"{sum(outcome.inputs.values()):,} inputs, {len(outcome.failures)} failures")
    return 1 if outcome.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="wall time of the whole run")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, help="repeats a run; without it a random one")
    parser.add_argument("--target", action="append", help="only this one; may be repeated")
    parser.add_argument("--folder", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--repeat", type=Path, metavar="FILE", help="run one written input again")
    return parser


def _run(names: Sequence[str], seed: int, seconds: float, processes: int) -> runner.Outcome:
    shares = [names[at::processes] for at in range(min(processes, len(names)))]
    whole = runner.Outcome()
    with ThreadPoolExecutor(len(shares)) as pool:
        for outcome in pool.map(lambda share: runner.run(share, seed, seconds), shares):
            whole.inputs += outcome.inputs
            whole.failures += outcome.failures
            whole.repeats += outcome.repeats
    return whole


def _report(failure: runner.Failure, folder: Path, repeats: int) -> None:
    """Write a failing input, and say how to repeat it."""
    target = runner.find_target(failure.target)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{failure.target}-{failure.seed}-{failure.number}"
    path.write_bytes(mutated(target.seeds(), failure.seed, failure.number))
    print(
        f"\n{failure.target}, seed {failure.seed}, input {failure.number}: {failure.what.strip()}"
    )
    if repeats:
        print(f"and {repeats} more like it")
    print(f"repeat it: python -m tools.fuzz --repeat {path}")


def _repeat(path: Path) -> int:
    target = runner.find_target(path.name.rsplit("-", 2)[0])
    runner.limit_memory()
    what = runner.try_input(target, path.read_bytes())
    print(what or "no failure")
    return 1 if what else 0


if __name__ == "__main__":
    sys.exit(main())
