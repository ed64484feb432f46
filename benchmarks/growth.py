"""How finding near-duplicates grows with the number of documents: time, and memory by process.

    python -m benchmarks.growth [--documents N ...] [--memory 1GB] [--workers 2] [--template N]

Outputs of the steps before it are made up: random signatures, a share of which agrees with another
in 90 % of the values (as in benchmarks/clustering.py), in tasks of 1,000 documents. The steps from
`leaders` to `dedup` then run as a build runs them, with an engine of local processes. What
flatters: texts are a few characters long; the store is a local folder whose files are in memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from benchmarks.performance.measuring import adopt_orphans, run  # noqa: E402
from benchmarks.report import table  # noqa: E402
from corpuskit.engines import LocalEngine  # noqa: E402
from corpuskit.minhash_objects import NUM_PERM  # noqa: E402
from corpuskit.pipeline.plan import make_plan  # noqa: E402
from corpuskit.pipeline.run import Run  # noqa: E402
from corpuskit.pipeline.step import State, Task  # noqa: E402
from corpuskit.pipeline.steps import build_steps  # noqa: E402
from corpuskit.pipeline.steps.gather import FIELDS  # noqa: E402
from corpuskit.progress import Silent  # noqa: E402
from corpuskit.recipe import parse_recipe  # noqa: E402
from corpuskit.workspace import Workspace, output_name  # noqa: E402

TASK = 1000
AGREEMENT = 0.9
PLANTED = 0.15
POOL = 20  # one document in so many is copied from: families are as large in every corpus
STEPS = ("leaders", "signatures", "bands", "candidates", "pairs", "stars", "dedup")


@dataclass(frozen=True)
class MadeTask(Task):
    """A task whose output was made up."""


def measure(
    count: int, memory: str, workers: int, folder: Path, template: int = 0
) -> dict[str, Any]:
    """Run the steps over `count` documents; what this process knows of it."""
    state = _state(folder, memory)
    with state.workspace.open("growth"):
        _make(state, count, template)
        steps = [step for step in build_steps() if step.name in STEPS]
        state.results["gather"] = [min(TASK, count - first) for first in range(0, count, TASK)]
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        with LocalEngine(workers) as engine:
            Run(state, engine).run(steps)
        seconds = time.perf_counter() - began
        (task,) = state.tasks["dedup"]
        reasons = state.workspace.store.table(task.output, ["reason"])["reason"]
    return {
        "documents": count,
        "partitions": len(state.tasks["candidates"]) or 1,
        "duplicates": count - reasons.null_count,
        "wall s": round(seconds, 1),
        "CPU s": before.ru_utime + before.ru_stime,
        "parent GB": _peak(resource.RUSAGE_SELF),
    }


def _peak(who: int) -> float:
    return round(resource.getrusage(who).ru_maxrss * 1024 / 1e9, 2)


def _state(folder: Path, memory: str) -> State:
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text("ក")
    recipe = parse_recipe(
        {
            "name": "growth",
            "languages": ["khm_Khmr"],
            "operator": {"name": "benchmark", "contact": "https://corpuskit.test/"},
            "source": [
                {"name": "texts", "connector": "files", "path": "texts", "license": "NOASSERTION"}
            ],
            "dedup": {"memory": memory},
        },
        folder / "recipe.toml",
    )
    return State(make_plan(recipe), Workspace(folder / "build"), Silent(), TASK, 10**9)


def _make(state: State, count: int, template: int = 0) -> None:
    """The outputs of `gather`, `annotate` and `sign`; the first `template` documents agree in two
    bands."""
    draw = np.random.default_rng(3)
    names = ("gather", "annotate", "sign")
    store = state.workspace.store
    originals = np.zeros((0, NUM_PERM), dtype=np.uint32)
    families = np.zeros(0, dtype=np.int64)
    for number, first in enumerate(range(0, count, TASK)):
        size = min(TASK, count - first)
        matrix = draw.integers(0, 1 << 32, (size, NUM_PERM), dtype=np.uint32)
        family = np.arange(first, first + size)
        if len(originals):  # of an earlier task, at random
            copies = draw.permutation(size)[: int(size * PLANTED)]
            of = draw.integers(0, len(originals), len(copies))
            agree = draw.random((len(copies), NUM_PERM)) < AGREEMENT
            matrix[copies] = np.where(agree, originals[of], matrix[copies])
            family[copies] = families[of]
        picked = draw.permutation(size)[:200]
        if len(originals) < count // POOL:
            originals = np.concatenate((originals, matrix[picked]))
            families = np.concatenate((families, family[picked]))
        else:
            at = draw.integers(0, len(originals), len(picked))
            originals[at], families[at] = matrix[picked], family[picked]
        matrix[: max(0, template - first), :12] = 7
        outputs = [output_name(step, f"{number:064d}") for step in names]
        for output, made in zip(outputs, _tables(first, matrix, family), strict=True):
            store.put_table(output, made)
    keys = [f"{number:064d}" for number in range(-(-count // TASK))]
    for step in names:
        state.tasks[step] = [MadeTask(step, key) for key in keys]


def _tables(first: int, matrix: np.ndarray, family: np.ndarray) -> tuple[pa.Table, ...]:
    size = len(matrix)
    ids = [f"{number * 2654435761 % 2**128:032x}" for number in range(first, first + size)]
    columns = {
        "row": pa.array(range(size), pa.int32()),
        "id": pa.array(ids),
        "text_sha256": pa.array([name * 2 for name in ids]),
        "lang": pa.array(["khm_Khmr"] * size),
        "lang_score": pa.array([0.9] * size, pa.float32()),
        "text_bytes": pa.array([3000] * size, pa.int64()),
        "licensed": pa.array([True] * size),
        "place": pa.array([f"https://www.example.com.kh/news/{name}" for name in ids]),
        "shingle_count": pa.array([6] * size, pa.int32()),
    }
    texts = pa.table({"text": pa.array([f"{number:09d}" for number in family.tolist()])})
    signed = pa.table({"signature": pa.array([row.tobytes() for row in matrix], pa.binary())})
    return pa.table(columns, FIELDS), texts, signed


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table of sizes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--template", type=int, default=0, help="pages that share a template")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where to work, with space for 2 kB a document")
    options = parser.parse_args(arguments)
    if options.result:
        (count,) = options.documents
        result = measure(count, options.memory, options.workers, options.folder, options.template)
        options.result.write_text(json.dumps(result))
        return
    adopt_orphans()
    rows = []
    for count in sorted(options.documents):  # in rising order: the peak is that of all so far
        with tempfile.TemporaryDirectory(dir=options.folder) as name:
            rows.append(_alone(count, options, Path(name)))
    print(table(rows))


def _alone(count: int, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Measure one size in a process of its own, with the CPU time and peak of all its workers."""
    result = folder / "result.json"
    command = [sys.executable, "-m", "benchmarks.growth", "--documents", str(count)]
    command += ["--memory", options.memory, "--workers", str(options.workers)]
    command += ["--template", str(options.template)]
    cost = run(
        [*command, "--folder", str(folder), "--result", str(result)],
        folder,
        {"PYTHONPATH": str(ROOT)},
    )
    row: dict[str, Any] = json.loads(result.read_text())
    row["CPU s"] = round(cost.cpu - row["CPU s"], 1)
    return {**row, "worker GB": _peak(resource.RUSAGE_CHILDREN)}


if __name__ == "__main__":
    main()
