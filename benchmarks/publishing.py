"""What publishing costs for one shard and for many, on the same documents.

    python -m benchmarks.publishing [--documents N] [--tasks N] [--rounds N]

Documents are made of sentences of the demo's Khmer pages, drawn anew for each document, so that no
two are near-duplicates; that flatters nothing here, because publishing reads no text. One build
does all the steps before publishing; then only `output.shard_size` changes, and the steps from
`assign` on run again. Printed: seconds of these steps, the median over rounds that alternate
between one shard and many, and the ratio of many to one. With more than one worker the CPU time is
the parent's alone; many shards are then written side by side, one shard is not.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.report import table  # noqa: E402
from corpuskit.build import build  # noqa: E402
from corpuskit.engines import LocalEngine  # noqa: E402
from corpuskit.identity import installed_versions  # noqa: E402
from corpuskit.pipeline import make_plan  # noqa: E402
from corpuskit.pipeline.run import Run  # noqa: E402
from corpuskit.pipeline.step import State, Step  # noqa: E402
from corpuskit.pipeline.steps import build_steps  # noqa: E402
from corpuskit.progress import Silent  # noqa: E402
from corpuskit.recipe import Recipe, parse_recipe  # noqa: E402
from corpuskit.workspace import Workspace  # noqa: E402

SEED = 7
MEASURED = ("assign", "route", "publish", "tally", "rejects", "describe")


class Cost(NamedTuple):
    """Seconds of one round of publishing."""

    wall: float
    cpu: float


class TimedRun(Run):
    """A run that keeps the seconds of every step."""

    def __init__(self, state: State, engine: LocalEngine) -> None:
        super().__init__(state, engine)
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}

    def _run(self, step: Step) -> None:
        started = time.perf_counter(), time.process_time()
        super()._run(step)
        self.seconds[step.name] = time.perf_counter() - started[0]
        self.cpu[step.name] = time.process_time() - started[1]


def sentences() -> list[str]:
    """Sentences of the demo's Khmer pages."""
    import corpuskit as ck
    from corpuskit.connectors.base import Input
    from corpuskit.connectors.warc import WarcConnector, WarcOptions

    folder = ROOT / "examples" / "demo"
    connector = WarcConnector(WarcOptions(path="pages.warc.gz"), folder)
    item = Input("pages.warc.gz", str(folder / "pages.warc.gz"))
    found: dict[str, None] = {}
    for piece in connector.scan(item):
        for record in connector.read(item, piece):
            if record.reason is None and (record.content_type or "").startswith("text/html"):
                text = ck.extract_html(record.content).text
                if "ក" in text:
                    found |= dict.fromkeys(ck.sentences(text))
    return [sentence.strip() for sentence in found if len(sentence.strip()) > 40]


def write_documents(folder: Path, documents: int, tasks: int) -> None:
    """JSONL files of documents of about 3 kB, one file per task."""
    draw, pool = random.Random(SEED), sentences()
    each = -(-documents // tasks)
    for number in range(tasks):
        with (folder / f"{number:03}.jsonl").open("w", encoding="utf-8") as file:
            for row in range(each):
                text = "\n".join(draw.sample(pool, 8))
                url = f"https://example.org/{number}/{row}"
                file.write(json.dumps({"text": text, "url": url}, ensure_ascii=False) + "\n")


def recipe(folder: Path, shard_size: int) -> Recipe:
    """A recipe over the documents, without rules that would reject them."""
    source = {"name": "made", "connector": "files", "path": "*.jsonl", "license": "CC0-1.0",
              "license_verified_by": "made here"}  # fmt: skip
    off = dict.fromkeys(("min_stop_words", "min_stop_word_share", "max_fragment_share"), False)
    return parse_recipe(
        {
            "name": "publishing", "languages": ["khm_Khmr"], "source": [source],
            "operator": {"name": "corpuskit benchmarks", "contact": "corpus@example.org"},
            "quality": {"khm_Khmr": off},
            "output": {"shard_size": shard_size},
        },
        folder / "recipe.toml",
    )  # fmt: skip


def publish(
    folder: Path, out: Path, shard_size: int, task_records: int, engine: LocalEngine
) -> tuple[Cost, int, int]:
    """The cost of publishing when all earlier steps are done, the shards, the bytes of text."""
    chosen = recipe(folder, shard_size)
    with Workspace(out).open(chosen.name) as workspace:
        for step in ("assign", "route", "tally", "published"):
            shutil.rmtree(workspace.work / step, ignore_errors=True)
        plan = make_plan(chosen).placed(workspace.work / "raw")
        state = State(plan, workspace, Silent(), task_records, 1 << 30)
        run = TimedRun(state, engine)
        run.run(build_steps())
    shards = state.results["assign"]
    cost = Cost(
        sum(run.seconds[step] for step in MEASURED), sum(run.cpu[step] for step in MEASURED)
    )
    return cost, len(shards), sum(shard.text_bytes for shard in shards)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=12_000)
    parser.add_argument("--tasks", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shards", type=int, default=73)
    parser.add_argument("--workers", type=int, default=2, help="1: CPU time is that of all work")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "texts", Path(name) / "build"
        folder.mkdir()
        write_documents(folder, options.documents, options.tasks)
        records = -(-options.documents // options.tasks)
        first = build(recipe(folder, 1 << 40), out, task_records=records)
        size = -(-first.manifest["text_bytes"] // options.shards)
        taken: dict[int, list[Cost]] = {}
        total = 0
        with LocalEngine(options.workers) as engine:
            for turn in range(options.rounds + 1):
                for shard_size in (1 << 40, size):
                    cost, shards, total = publish(folder, out, shard_size, records, engine)
                    if turn:  # workers start in the first one
                        taken.setdefault(shards, []).append(cost)
    rows = [
        {
            "shards": shards,
            "tasks": options.tasks,
            "MB of text": round(total / 1e6, 1),
            "wall s": round(statistics.median(cost.wall for cost in costs), 2),
            "least": round(min(cost.wall for cost in costs), 2),
            "most": round(max(cost.wall for cost in costs), 2),
            "CPU s": round(statistics.median(cost.cpu for cost in costs), 2),
        }
        for shards, costs in sorted(taken.items())
    ]
    print("versions:", ", ".join(f"{name} {v}" for name, v in installed_versions().items()))
    print(table(rows))
    one, many = rows
    for figure in ("wall s", "CPU s"):
        print(f"{figure}: many shards cost {many[figure] / one[figure]:.2f} times one")


if __name__ == "__main__":
    main()
