"""What the rules on spam reject: gambling pages, listings of tags, and clean text.

    python -m benchmarks.spam ../shared/data

Gambling pages are those of web-noise: ten, all Indonesian. Thresholds were set on them and on the
clean documents of text-labelled. lid's evaluation texts were not looked at; text-more was: what
`listing_share` rejected there is why it leaves out Chinese and Japanese. Listings are constructed:
40 tags of one to three words of clean text of each language, between one of four separators, after
its first 60 characters. For gambling in scripts other than the Latin there is no
text to measure recall on.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.clean_text import identification, joined, labelled, pages, records
from benchmarks.report import table
from corpuskit.languages import language_codes
from corpuskit.quality.spam import spam_signals
from corpuskit.text import TextBatch
from corpuskit.thresholds import RULES

SIGNALS = ("gambling_share", "listing_share")
SEPARATORS = (", ", " | ", " / ", " #")
TAGS = 40


def rejected(texts: Sequence[str]) -> dict[str, Any]:
    """By signal, how many texts the default threshold rejects, and the highest value."""
    columns = spam_signals(TextBatch(texts))
    row: dict[str, Any] = {"documents": len(texts)}
    for name in SIGNALS:
        limit = RULES[f"max_{name}"].default
        row |= {
            name: int((columns[name] > limit).sum()),
            f"{name} most": float(columns[name].max()),
        }
    return row


def clean(data: Path) -> dict[str, list[str]]:
    """Clean documents by collection."""
    groups = {
        "text-labelled": [document.text for document in labelled(data)],
        "pages": [page.text for page in pages(data)],
        "held out: lid eval": [item.text for item in identification(data, "eval")],
    }
    more: list[str] = []
    for path in sorted((data / "text-more").glob("*.jsonl")):
        by_source: dict[str, list[str]] = defaultdict(list)
        for row in records(path):
            by_source[row["source"]].append(row["text"])
        for texts in by_source.values():
            more += joined(texts, sentences=True)
    return {**groups, "text-more": more}


def listings(data: Path) -> dict[str, list[str]]:
    """Constructed listings by script, of every language with a profile."""
    known = set(language_codes())
    source = random.Random(7)
    made: dict[str, list[str]] = defaultdict(list)
    documents = [item for item in labelled(data) if item.lang in known]
    words = TextBatch([item.text for item in documents]).words()
    for item, listed in zip(documents, words, strict=True):
        script = item.lang[4:]
        glue = "" if script in ("Khmr", "Laoo", "Mymr", "Thai") else " "
        tags = [glue.join(source.choices(listed, k=source.randint(1, 3))) for _ in range(TAGS)]
        made[script].append(f"{item.text[:60]}\n{source.choice(SEPARATORS).join(tags)}")
    return made


def main(data: Path) -> None:
    noise: dict[str, list[str]] = defaultdict(list)
    for row in records(data / "web-noise" / "gold.jsonl"):
        noise[row["kind"]].append(row["text"])
    rows = [{"texts": f"clean, {name}"} | rejected(texts) for name, texts in clean(data).items()]
    rows += [{"texts": f"noise, {kind}"} | rejected(noise[kind]) for kind in sorted(noise)]
    made = listings(data)
    rows += [{"texts": f"listings, {script}"} | rejected(made[script]) for script in sorted(made)]
    print(table(rows))
    for name, spam in (
        ("gambling_share", noise["gambling-seo"]),
        ("listing_share", [text for texts in made.values() for text in texts]),
    ):
        hits = rejected(spam)[name]
        wrong = sum(row[name] for row in rows if row["texts"].startswith("clean"))
        print(f"{name}: precision {hits / max(hits + wrong, 1):.3f} ({wrong} clean), "
              f"recall {hits / len(spam):.3f} of {len(spam)}")  # fmt: skip
    assert not np.isnan([row["documents"] for row in rows]).any()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
