"""The command line: kill builds at random, and say what came of them.

python -m kills --runs 200                     in tests/, or `make kills`
python -m kills --runs 40 --first 80 --kinds worker parent
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from kills.runner import Outcome, Targets, killed, on_cluster, without_store

SHARES = {"worker": 70, "parent": 60, "flip": 30, "store": 20, "node": 20}
"""Of 200 runs."""


def kind_of(number: int) -> str:
    """What is done in a run: mixed in an order that the number alone decides."""
    kinds = [kind for kind, count in SHARES.items() for _ in range(count)]
    random.Random(12).shuffle(kinds)
    return kinds[number % len(kinds)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 if every corpus is the same."""
    options = _parser().parse_args(arguments)
    numbers = [
        number
        for number in range(options.first, options.first + options.runs)
        if kind_of(number) in options.kinds
    ]
    outcomes: list[Outcome] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kills-")))
        targets = Targets.of(folder, options.data)
        print(f"steps: {', '.join(targets.large.seconds)}", flush=True)
        doing = _ways(targets, folder, stack, {kind_of(number) for number in numbers})
        begin = time.monotonic()
        for number in numbers:
            if options.seconds and time.monotonic() - begin > options.seconds:
                print(f"stopped before run {number}", flush=True)
                break
            chance = random.Random(f"{options.seed}-{number}")
            outcome = doing[kind_of(number)](chance, f"run-{number}")
            outcomes.append(outcome)
            print(
                f"{number:4} {outcome.kind:6} {outcome.step:14} commands {outcome.commands} "
                f"{'same' if outcome.same else 'DIFFERENT: ' + outcome.detail}",
                flush=True,
            )
    same = sum(outcome.same for outcome in outcomes)
    by_kind = Counter(outcome.kind for outcome in outcomes)
    again = sum(outcome.commands > 1 for outcome in outcomes)
    print(f"{same} of {len(outcomes)} the same bytes and a closed ledger; {dict(by_kind)}; "
          f"{again} needed the command again")  # fmt: skip
    return 0 if same == len(outcomes) else 1


def _ways(
    targets: Targets, folder: Path, stack: ExitStack, kinds: set[str]
) -> dict[str, Callable[[random.Random, str], Outcome]]:
    """How each kind is done; servers are started for those that are asked for."""
    ways: dict[str, Callable[[random.Random, str], Outcome]] = {
        kind: lambda chance, name, kind=kind: killed(targets, kind, chance, name)  # type: ignore[misc]
        for kind in ("worker", "parent", "flip")
    }
    if "store" in kinds:
        from services.s3 import faulty_proxy, moto

        server = stack.enter_context(moto(folder))
        proxy = stack.enter_context(faulty_proxy(server))
        stack.enter_context(server.environment())
        bucket = server.bucket("kills")
        ways["store"] = lambda chance, name: without_store(
            targets, chance, name, str(bucket / name), proxy
        )
    if "node" in kinds:
        from engines.ray_cluster import RayCluster

        cluster = stack.enter_context(RayCluster(folder))
        ways["node"] = lambda chance, name: on_cluster(targets, chance, name, cluster)
    return ways


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kills", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first run")
    parser.add_argument("--seed", type=int, default=12)
    parser.add_argument("--seconds", type=float, help="begin no further run after these")
    parser.add_argument("--kinds", nargs="+", default=list(SHARES), choices=list(SHARES))
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CORPUSKIT_DATA", "../shared/data"))
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
