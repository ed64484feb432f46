"""Evaluation items in texts: how many planted ones are found, how many clean texts are marked.

    python benchmarks/decontamination.py [DATA] [--units]

Items are planted in a host of clean text of their language: exact, normalized (lower case without
punctuation, NFD, ZWSP, wrapped), partly quoted, and with 10 % of the words or of the grapheme
clusters changed. False hits are counted in texts without items, among them the evaluation sentences
of `lid`, which no threshold was set on. `--units` compares code points, clusters and words.

The items and the clean texts but those sentences were looked at while thresholds were set. Planted
copies are made by a program; people who quote or translate items change more of them.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.decontamination_units import compare_units  # noqa: E402
from benchmarks.report import table  # noqa: E402
from corpuskit.chain import run_chain  # noqa: E402
from corpuskit.decontamination import (  # noqa: E402
    EvaluationItem,
    ItemIndex,
    build_index,
    find_items,
    open_index,
    write_index,
)
from corpuskit.decontamination.stage import Decontaminate  # noqa: E402
from corpuskit.identify import Identify  # noqa: E402
from corpuskit.identify.line_stage import Lines  # noqa: E402
from corpuskit.normalize import Normalize  # noqa: E402
from corpuskit.quality.signals import Signals  # noqa: E402
from corpuskit.stage import Batch  # noqa: E402
from corpuskit.text.clusters import clusters  # noqa: E402
from corpuskit.text.words import word_spans  # noqa: E402

LANGUAGES = ("khm", "tha", "ind", "vie")
HOST_ROWS = 8
JOINED_ROWS = 25
SPEED_BATCH = 256

Row = dict[str, Any]
Copy = Callable[[str, random.Random], str]


def exact(text: str, _: random.Random) -> str:
    return text


def normalized(text: str, rng: random.Random) -> str:
    """One of four ways in which a copy looks different and says the same."""
    way = rng.randrange(4)
    if way == 0:
        kept = (c for c in text.lower() if not unicodedata.category(c).startswith("P"))
        return "".join(kept)
    if way == 1:
        return unicodedata.normalize("NFD", text)
    if way == 2:
        return "".join(c + "\u200b" * (rng.random() < 0.2) for c in text)
    return "\n".join(text[at : at + 40] for at in range(0, len(text), 40))


def half(text: str, rng: random.Random) -> str:
    """Half of the item, from a place that is drawn by lot."""
    start = rng.randrange(len(text) - len(text) // 2 + 1)
    return text[start : start + len(text) // 2]


def words_changed(text: str, rng: random.Random, share: float = 0.1) -> str:
    """Each word replaced by another of the item with that probability."""
    words = word_spans([text]).cut([text])[0]
    pieces, end = [], 0
    for word in words:
        start = text.find(word, end)
        pieces += [text[end:start], rng.choice(words) if rng.random() < share else word]
        end = start + len(word)
    return "".join([*pieces, text[end:]])


def clusters_changed(text: str, rng: random.Random, share: float = 0.1) -> str:
    """Each grapheme cluster replaced, doubled by another or left out with that probability."""
    parts = clusters(text)
    others = [part for part in parts if part.strip()]
    pieces = []
    for part in parts:
        if rng.random() >= share:
            pieces.append(part)
        else:
            pieces.append(rng.choice(["", rng.choice(others), part + rng.choice(others)]))
    return "".join(pieces)


KINDS: dict[str, Copy] = {
    "exact": exact,
    "normalized": normalized,
    "half quoted": half,
    "10 % of words changed": words_changed,
    "10 % of clusters changed": clusters_changed,
}


def read_jsonl(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def clean_rows(data: Path) -> list[Row]:
    files = [*(data / "text-labelled").glob("*.jsonl"), *(data / "text-more").glob("*.jsonl")]
    return [row for path in sorted(files) for row in read_jsonl(path)]


def lid_texts(data: Path, part: str = "train") -> list[str]:
    with gzip.open(data / f"lid/{part}.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row["text"] for row in rows]


def joined(rows: Iterable[Row]) -> list[str]:
    """Long documents: rows of one language and source after each other."""
    groups = defaultdict(list)
    for row in rows:
        groups[row["lang"], row["source"]].append(row["text"])
    return [
        "\n".join(texts[at : at + JOINED_ROWS])
        for texts in groups.values()
        for at in range(0, len(texts), JOINED_ROWS)
    ]


def planted(item: Row, copy: Copy, hosts: Sequence[str], rng: random.Random) -> str:
    rows = rng.sample(hosts, min(len(hosts), HOST_ROWS))
    rows.insert(rng.randrange(len(rows) + 1), copy(item["text"], rng))
    return "\n\n".join(rows)


def recall(index: ItemIndex, items: Sequence[Row], clean: Sequence[Row]) -> Iterable[Row]:
    """Planted items that are found, by kind of copy and language."""
    hosts = defaultdict(list)
    for row in clean:
        hosts[row["lang"]].append(row["text"])
    everywhere = [row["text"] for row in clean]
    for kind, copy in KINDS.items():
        rng = random.Random(1)
        texts = [planted(i, copy, hosts[i["lang"]] or everywhere, rng) for i in items]
        answers = find_items(index, texts)
        found = [
            any(answer.name == item["id"] for answer in answer_list)
            for item, answer_list in zip(items, answers, strict=True)
        ]
        row: Row = {"copies": kind, "items": len(items), "all": share(found)}
        for code in LANGUAGES:
            here = [hit for item, hit in zip(items, found, strict=True) if item["lang"] == code]
            row[code] = share(here)
        short = [hit for i, hit in zip(items, found, strict=True) if len(i["text"]) < 60]
        yield {**row, "under 60 characters": share(short)}


def share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits)


def gold(index: ItemIndex, documents: Sequence[Row]) -> Iterable[Row]:
    """Contaminated documents of the gold in which the item was found, by kind."""
    found = find_items(index, [row["text"] for row in documents])
    by_kind = defaultdict(list)
    for row, items in zip(documents, found, strict=True):
        if row["contaminated"]:
            by_kind[row["how"]].append(any(item.name == row["item"] for item in items))
    for how, hits in by_kind.items():
        yield {"gold": how, "documents": len(hits), "found": share(hits)}


def false_hits(index: ItemIndex, sets: dict[str, Sequence[str]]) -> Iterable[Row]:
    for name, texts in sets.items():
        start = time.perf_counter()
        found = find_items(index, texts)
        seconds = time.perf_counter() - start
        for text, items in zip(texts, found, strict=True):
            if items:
                print("false hit:", " ".join(text.split())[:100], items[:2], file=sys.stderr)
        characters = sum(map(len, texts))
        yield {
            "clean texts": name,
            "texts": len(texts),
            "characters each": characters / len(texts),
            "marked": sum(map(bool, found)),
            "ns a character": 1e9 * seconds / characters,
        }


def speed(path: Path, documents: Sequence[Row]) -> Iterable[Row]:
    """Microseconds a document on the clean documents of the gold, beside the rest of `annotate`."""
    texts = [row["text"] for row in documents if not row["contaminated"]]
    spent: dict[str, float] = {}
    searching = Decontaminate(digest="", path=str(path), benchmarks={})
    lines = Lines(languages={"ind_Latn": []}, foreign_lines="keep")
    for _ in range(2):  # the first round loads models
        batches = [
            Batch.of_texts(texts[at : at + SPEED_BATCH]) for at in range(0, len(texts), SPEED_BATCH)
        ]
        for stage in (Normalize(), Identify(), lines, searching, Signals()):
            start = time.perf_counter()
            batches = [run_chain([stage], batch) for batch in batches]
            spent[stage.name] = 1e6 * (time.perf_counter() - start) / len(texts)
    yield {"microseconds a document": len(texts), **spent}


def run(data: Path, folder: Path) -> None:
    source = data / "decontamination"
    items, documents = (
        read_jsonl(source / "items.jsonl"),
        read_jsonl(source / "documents.gold.jsonl"),
    )
    clean = clean_rows(data)
    start = time.perf_counter()
    index = build_index([EvaluationItem(i["benchmark"], i["id"], (i["text"],)) for i in items])
    built = time.perf_counter() - start
    path = folder / "index.table"
    write_index(index, path)
    start = time.perf_counter()
    index = open_index(path)
    opened = time.perf_counter() - start
    print(
        f"index of {len(items):,} items: built in {built:.1f} s, "
        f"{path.stat().st_size / 1e6:.0f} MB, opened in {1000 * opened:.0f} ms\n"
    )
    print(table(list(recall(index, items, clean))))
    print(table(list(gold(index, documents))))
    sets: dict[str, Sequence[str]] = {
        "text-labelled and text-more": [row["text"] for row in clean],
        f"the same, {JOINED_ROWS} rows joined": joined(clean),
        "clean half of the gold": [r["text"] for r in documents if not r["contaminated"]],
        "lid, training": lid_texts(data),
        "lid, evaluation, not looked at": lid_texts(data, "eval"),
    }
    print(table(list(false_hits(index, sets))))
    print(table(list(speed(path, documents))))


def main() -> None:
    import tempfile

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    default = os.environ.get("CORPUSKIT_DATA", ROOT / ".." / "shared" / "data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--units", action="store_true", help="compare units of n-grams")
    arguments = parser.parse_args()
    if arguments.units:
        data = arguments.data
        items = read_jsonl(data / "decontamination" / "items.jsonl")
        copies = {kind: KINDS[kind] for kind in list(KINDS)[3:]}
        print(table(list(compare_units(items, clean_rows(data), copies, LANGUAGES))))
        return
    with tempfile.TemporaryDirectory() as folder:
        run(arguments.data, Path(folder))


if __name__ == "__main__":
    main()
