"""Write Betawi paragraphs of NusaWrites as seeds of an identification model.

    git clone https://github.com/IndoNLP/nusa-writes    # read at b337f511185c
    python tools/nusawrites_seeds.py nusa-writes ../shared/data FOLDER

Makes FOLDER/nusawrites-bew.tsv.gz (columns lang, text, source): 600 paragraphs of the training
parts (CC BY-SA 4.0), evenly spaced, and none that is in the evaluation sets of the test data.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from pathlib import Path

PARTS = ("emot", "topic")
TEXTS = 600


def evaluated(data: Path) -> set[str]:
    """Texts that are kept for evaluation."""
    with gzip.open(data / "lid" / "eval.tsv.gz", "rt", encoding="utf-8") as file:
        texts = {line.split("\t")[1] for line in file}
    with (data / "text-labelled" / "nusawrites.jsonl").open(encoding="utf-8") as file:
        texts |= {json.loads(line)["text"] for line in file}
    return {" ".join(text.split()) for text in texts}


def main() -> None:
    """Write the paragraphs."""
    repository, data, folder = map(Path, sys.argv[1:4])
    kept_aside, texts = evaluated(data), dict[str, None]()
    for part in PARTS:
        path = repository / "data" / f"nusa_alinea-{part}-bew-train.csv"
        with path.open(encoding="utf-8", newline="") as file:
            paragraphs = (" ".join(row["text"].split()) for row in csv.DictReader(file))
            texts |= dict.fromkeys(text for text in paragraphs if text not in kept_aside)
    listed = list(texts)
    chosen = [listed[at * len(listed) // TEXTS] for at in range(TEXTS)]
    rows = "".join(f"bew\t{text}\tnusaparagraph\n" for text in chosen)
    packed = gzip.compress(f"lang\ttext\tsource\n{rows}".encode(), mtime=0)
    (folder / "nusawrites-bew.tsv.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
