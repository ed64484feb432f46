"""How long a takedown of many documents takes, the writing of the shards apart.

    python benchmarks/takedown.py [--documents 200000] [--shards 4] [--taken 500]

The corpus is made up: documents of some 2.5 kB of random Khmer letters, which compress worse than
real texts do, so that writing the shards again takes longer than it would. No `.work`.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pyarrow as pa

import corpuskit.takedown as package
from corpuskit.document import text_sha256
from corpuskit.identity import key_of
from corpuskit.ledger import Ledger
from corpuskit.publish import Build, verify
from corpuskit.publish.manifest import FORMAT, totals
from corpuskit.publish.published import digest_of
from corpuskit.publish.rejects import rejects_name, write_rejects
from corpuskit.publish.shards import shard_name, write_shard
from corpuskit.schema import REJECTS, document_schema
from corpuskit.store import LocalStore, as_json
from corpuskit.takedown import execution, planning

LANG = "khm_Khmr"
CHARS = 850


def documents(start: int, stop: int, letters: str, chars: int = CHARS) -> pa.Table:
    """Made-up documents; the same row has the same id and text wherever it is."""
    schema = document_schema()
    rows = sorted(range(start, stop), key=key_of)
    places = (row * 7919 % (len(letters) - chars) for row in rows)
    texts = [letters[at : at + chars] for at in places]
    count = len(rows)
    urls = [f"https://site{row % 997}.example.org/page/{row}" for row in rows]
    columns: dict[str, Any] = {
        "id": [key_of(row) for row in rows], "text": texts,
        "text_sha256": [text_sha256(text) for text in texts],
        "raw_sha256": [text_sha256(text + " ") for text in texts],
        "url": urls, "url_canonical": urls, "domain": ["example.org"] * count,
        "source": ["site"] * count, "source_type": ["web"] * count,
        "source_ref": [f"warc:<urn:uuid:{row}>" for row in rows],
        "extractor": [{"name": "trafilatura"}] * count, "normalizer": [{"name": "n"}] * count,
        "edits": [[]] * count, "lang": [LANG] * count, "license": ["CC0-1.0"] * count,
        "license_confidence": ["declared"] * count, "robots": [{"verdict": "allowed"}] * count,
        "tdm": [{"verdict": "unknown", "signals": []}] * count,
        "duplicates": [{"count": 0, "examples": None}] * count, "split": ["train"] * count,
    }  # fmt: skip
    arrays = [pa.array(columns.get(field.name, [None] * count), field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def make(
    folder: Path, count: int, shards: int, rejected: int, *, first: int = 0, chars: int = CHARS
) -> None:
    store = LocalStore(folder)
    letters = "".join(map(chr, random.Random(1).choices(range(0x1780, 0x17D3), k=1_000_000)))
    entries = []
    for number in range(shards):
        bounds = (first + at * count // shards for at in (number, number + 1))
        table = documents(*bounds, letters, chars)
        name = shard_name(LANG, "train", number, shards)
        with store.writing(name) as file:
            write_shard(file, table, table.schema, {"lang": LANG})
        size = sum(len(text.encode()) for text in table["text"].to_pylist())
        entries.append({"path": name, "kind": "data", "lang": LANG, "split": "train",
                        "rows": table.num_rows, "text_bytes": size})  # fmt: skip
    lost = pa.table(
        {
            field.name: pa.array(
                {
                    "id": [key_of("lost", row) for row in range(rejected)],
                    "url": [f"https://lost.example.org/{row}" for row in range(rejected)],
                    "source": ["site"] * rejected, "stage": ["quality"] * rejected,
                    "source_ref": [f"warc:lost{row}" for row in range(rejected)],
                    "reason": ["quality/too_short"] * rejected,
                }.get(field.name, [None] * rejected), field.type)
            for field in REJECTS
        }, schema=REJECTS)  # fmt: skip
    with store.writing(rejects_name(0, 1)) as file:
        write_rejects(file, [lost])
    entries.append({"path": rejects_name(0, 1), "kind": "rejects", "rows": rejected})
    ledger = Ledger()
    ledger.add("policy", [None] * (count + rejected), "site")
    ledger.add("quality", [None] * count + ["quality/too_short"] * rejected, "site")
    ledger.add("publish", [None] * count, "site")
    store.put("ledger.json", as_json(ledger.to_json()))
    entries.append({"path": "ledger.json", "kind": "ledger"})
    for entry in entries:
        entry |= {"bytes": store.size(entry["path"]), "sha256": digest_of(store, entry["path"])}
    source = {"name": "site", "connector": "files", "license": "CC0-1.0",
              "license_verified_by": "the benchmark"}  # fmt: skip
    recipe = {"name": "bench", "languages": [LANG], "source": [source],
              "operator": {"name": "benchmark", "contact": "a@corpuskit.dev"}}  # fmt: skip
    manifest = {
        "format": FORMAT, "name": "bench", "build_id": "0" * 12, "recipe_sha256": "0" * 64,
        **totals(entries), "files": entries, "inputs": [], "policies": {}, "stages": [],
        "versions": {}, "recipe": recipe, "sources": [source],
    }  # fmt: skip
    store.put("manifest.json", json.dumps(manifest).encode())


class Timer:
    """Seconds spent in functions, by what they do."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def around(self, module: Any, name: str, what: str) -> None:
        function: Callable[..., Any] = getattr(module, name)

        @wraps(function)
        def timed(*values: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*values, **named)
            finally:
                spent = time.perf_counter() - start
                self.seconds[what] = self.seconds.get(what, 0.0) + spent

        setattr(module, name, timed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--rejected", type=int, default=100_000)
    parser.add_argument("--taken", type=int, default=500)
    options = parser.parse_args()
    timer = Timer()
    timer.around(execution, "rewrite_shard", "shards read, filtered and written")
    timer.around(execution, "data_entry", "new files digested and counted")
    timer.around(planning, "digest_of", "old files digested")
    timer.around(package, "select", "finding what is named")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "b"
        make(folder, options.documents, options.shards, options.rejected)
        rows = random.Random(2).sample(range(options.documents), options.taken)
        urls = [f"https://site{row % 997}.example.org/page/{row}" for row in rows]
        start = time.perf_counter()
        result = package.takedown(folder, urls=urls, reason="benchmark")
        total = time.perf_counter() - start
        assert len(result.documents) == options.taken, len(result.documents)
        assert verify(Build(folder)) == []
    print(f"{options.taken:,} of {options.documents:,} documents in {options.shards} shards")
    for what, seconds in timer.seconds.items():
        print(f"  {what:40} {seconds:6.2f} s")
    files = sum(seconds for what, seconds in timer.seconds.items() if "finding" not in what)
    print(f"  {'everything':40} {total:6.2f} s")
    print(f"  {'everything but the files themselves':40} {total - files:6.2f} s")


if __name__ == "__main__":
    main()
