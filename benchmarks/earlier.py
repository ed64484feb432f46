"""What comparing new documents with an index of earlier ones costs.

    python -m benchmarks.earlier [--new 10000] [--earlier 100000 1000000] [--workers 2]

New texts are sentences of the test data, drawn anew for each document. The index is made up: random
signatures, and those of a share of the new texts. The same recipe is built without and with it;
beside that stands what it takes to read the index once. What flatters: the index is in memory, as
files that were just written are, and it has no template that fills a bucket.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.performance.measuring import adopt_orphans, run  # noqa: E402
from benchmarks.report import table  # noqa: E402
from corpuskit.dedup.signatures import sign_texts  # noqa: E402
from corpuskit.earlier.export import commit_index  # noqa: E402
from corpuskit.earlier.index import EarlierCorpus, IndexPart, open_earlier  # noqa: E402
from corpuskit.earlier.parts import SCHEMA, part_key  # noqa: E402
from corpuskit.minhash_objects import NUM_PERM  # noqa: E402
from corpuskit.store import LocalStore  # noqa: E402

PART, GROUP = 100_000, 2_000
COPIES = 0.05
DATA = Path(os.environ.get("CORPUSKIT_DATA", ROOT.parent / "shared" / "data"))


def texts(count: int) -> list[str]:
    """Texts of about .9 kB, of sentences of the test data in random order."""
    lines = (DATA / "neardup/constructed/docs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    sentences = sorted(
        {
            sentence.strip()
            for row in rows
            if row["lang"] == "ind"
            for sentence in row["text"].replace("\n", " ").split(".")
            if len(sentence) > 30
        }
    )
    draw = np.random.default_rng(5)
    words = sorted({word for sentence in sentences for word in sentence.split()})
    made = []
    for _ in range(count):
        picked = draw.choice(sentences, 3).tolist()
        drawn = draw.choice(words, 60).tolist()
        groups = [" ".join(drawn[at : at + 12]) for at in range(0, 60, 12)]
        made.append(". ".join([*picked, *groups]) + ".")
    return made


def write_recipe(folder: Path, new: list[str]) -> Path:
    """A recipe over the new texts."""
    rows = (json.dumps({"text": text}) for text in new)
    (folder / "new.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    path = folder / "new.toml"
    path.write_text(
        'name = "new"\nlanguages = ["ind_Latn"]\n'
        'operator = { name = "benchmark", contact = "https://corpuskit.test/" }\n'
        '[[source]]\nname = "texts"\nconnector = "files"\npath = "new.jsonl"\n'
        'license = "NOASSERTION"\n'
    )
    return path


def write_made_up_index(folder: Path, count: int, new: list[str]) -> int:
    """Write an index of `count` documents, some of which are new; return its size in bytes."""
    store = LocalStore(folder)
    draw = np.random.default_rng(9)
    known = draw.permutation(len(new))[: int(len(new) * COPIES)]
    signatures, counts = sign_texts([new[row] for row in known.tolist()])
    parts = []
    for number, first in enumerate(range(0, count, PART)):
        rows = min(PART, count - first)
        digest = f"{number:064x}"
        name = f"parts/{part_key(digest)}.table"
        store.put_batches(name, SCHEMA, _batches(draw, rows, first, signatures, counts))
        parts.append(IndexPart(f"data/{number}.parquet", digest, rows, "ind_Latn", name))
    commit_index(folder, store, [EarlierCorpus(folder, "made-up", "0" * 12, tuple(parts), False)])
    return sum(store.size(part.name) or 0 for part in parts)


def _batches(
    draw: np.random.Generator, rows: int, first: int, signatures: np.ndarray, counts: np.ndarray
) -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, GROUP):
        size = min(GROUP, rows - start)
        matrix = draw.integers(0, 1 << 32, (size, NUM_PERM), dtype=np.uint32)
        shingles = np.full(size, 700, dtype=np.int32)
        if first == 0 and start * 2 < len(signatures) * GROUP:  # copies, some in each batch
            chosen = slice(start // GROUP * 10, start // GROUP * 10 + 10)
            copied = signatures[chosen]
            matrix[: len(copied)], shingles[: len(copied)] = copied, counts[chosen]
        ids = [f"{number * 2654435761 % 2**128:032x}" for number in
               range(first + start, first + start + size)]  # fmt: skip
        columns = [
            pa.array(ids),
            pa.array([f"https://www.example.co.id/news/{name}" for name in ids]),
            pa.array(["ind_Latn"] * size),
            pa.array([draw.bytes(32) for _ in range(size)], pa.binary()),
            pa.array(shingles),
            pa.array([row.tobytes() for row in matrix], pa.binary()),
        ]
        yield pa.record_batch(columns, schema=SCHEMA)


def _read(folder: Path) -> float:
    """CPU seconds to read every column of the index, checksums compared."""
    began = time.process_time()
    for corpus in open_earlier(folder):
        for part in corpus.parts:
            for batch in corpus.batches(part):
                assert len(batch.signatures) == batch.table.num_rows
    return time.process_time() - began


def _build(folder: Path, recipe: Path, name: str, workers: int, *more: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "corpuskit", "build", str(recipe), "--out", str(folder / name)]
    began = time.perf_counter()
    cost = run([*command, "--workers", str(workers), *more], folder, {"PYTHONPATH": str(ROOT)})
    seconds = time.perf_counter() - began
    ledger = json.loads((folder / name / "ledger.json").read_text())
    stages = {row["stage"]: row for row in ledger["stages"]}
    return {
        "compared": f"{stages['dedup']['read']:,}",
        "rejected": stages["dedup"]["reasons"].get("dedup/earlier", 0),
        "CPU s": round(cost.cpu, 1),
        "wall s": round(seconds, 1),
    }


def main() -> None:
    """Print a row without an index, and one for each size of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--new", type=int, default=10_000)
    parser.add_argument("--earlier", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    adopt_orphans()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        new = texts(options.new)
        recipe = write_recipe(folder, new)
        rows = [{"earlier": "0", **_build(folder, recipe, "alone", options.workers)}]
        for count in options.earlier:
            index = folder / f"index-{count}"
            size = write_made_up_index(index, count, new)
            setting = f'dedup.against=["{index}"]'
            row = _build(folder, recipe, f"with-{count}", options.workers, "--set", setting)
            about = {"index MB": round(size / 1e6), "read CPU s": round(_read(index), 2)}
            rows.append({"earlier": f"{count:,}", **row, **about})
    print(table([{**dict.fromkeys(rows[-1], ""), **row} for row in rows]))


if __name__ == "__main__":
    main()
