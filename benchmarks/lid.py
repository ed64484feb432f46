"""How well sea-2 and lid176 identify the languages of South-East Asia.

    python -m benchmarks.lid ../shared/data [--train FOLDER]

On the evaluation set of the test data: F1 per language and over all, confusions per pair and group
of similar languages, and the answers for paragraphs of the UDHR in languages that no seed of sea-2
has. `--train` evaluates like `corpuskit lid train --leave-out nusax --leave-out oldiseed`: it
trains without each source and evaluates on it. FOLDER has the files that sea-2.seeds.toml names,
including the word lists (tools/word_lists.py).
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpuskit.identify.identification import Identifier
from corpuskit.identify.labels import read_reading
from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.identify.model_spec import ModelSpec, model_options
from corpuskit.identify.training.evaluate import evaluate, report_lines
from corpuskit.identify.training.seeds import (
    NEGATIVE,
    Seed,
    SeedRow,
    describe,
    read_rows,
    read_seeds,
)
from corpuskit.identify.training.train import without
from corpuskit.text import TextBatch

SEEDS = EMBEDDED_MODELS["sea-2"].file.with_name("sea-2.seeds.toml")
LEFT_OUT = ("nusax", "oldiseed")
NAMELESS = f"{NEGATIVE}und_"


def evaluation_rows(data: Path) -> list[SeedRow]:
    """Test sentences; NusaWrites' Batak counts as Toba, as in the seeds."""
    path = data / "lid" / "eval.tsv.gz"
    return read_rows(path, Seed(path=path, rename={"bbc?": "bbc"}))


def never_seen(data: Path) -> list[SeedRow]:
    """Paragraphs in languages that no seed has; `und` marks an unknown language."""
    trained = {code for seed in describe(SEEDS).seed for code in seed.languages}
    path = data / "lid" / "unmodelled.tsv.gz"
    rows = read_rows(path, Seed(path=path, negative=True, source="udhr"))
    return [row for row in rows if row.label.split("_")[1] not in trained]


def embedded(name: str) -> Identifier:
    _, options, _ = model_options(name, sha256=None, labels=None, root=Path())
    return ModelSpec.of(**options).load()


def open_set_lines(model: Identifier, rows: Sequence[SeedRow]) -> Iterator[str]:
    """How many of these texts are taken for one in a language that sea-2 knows, and for which."""
    known = embedded("sea-2").codes
    answers = [answer.lang for answer in model.identify(TextBatch([row.text for row in rows]))]
    taken = [(row.label, lang) for row, lang in zip(rows, answers, strict=True) if lang in known]
    named = [label for label, _ in taken if not label.startswith(NAMELESS)]
    of_name = sum(not row.label.startswith(NAMELESS) for row in rows)
    yield f"Of {len(rows):,} texts {len(taken)} are taken for one in a language that sea-2 knows"
    yield f"({len(taken) / len(rows):.1%}); of {of_name:,} whose language has a name, {len(named)}"
    yield f"({len(named) / of_name:.1%}).\n"
    for (label, lang), texts in Counter(taken).most_common():
        yield f"- {label.removeprefix(NEGATIVE)} for {lang}: {texts}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--train", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    rows, strange = evaluation_rows(arguments.data), never_seen(arguments.data)
    for name in EMBEDDED_MODELS:
        model = embedded(name)
        start = time.perf_counter()
        evaluation = evaluate(model, rows)
        speed = len(rows) / (time.perf_counter() - start)
        print(f"\n# {name} ({speed:,.0f} texts/s)\n")
        print("\n".join(report_lines(evaluation)))
        if name != "lid176":
            print("\n## Languages never seen\n")
            print("\n".join(open_set_lines(model, strange)))
    if arguments.train:
        seeds, read = read_seeds(SEEDS, arguments.train), read_reading("sea-2", Path())
        for name in LEFT_OUT:
            print(f"\n# Without {name}\n")
            print("\n".join(report_lines(without(name, seeds, read))))


if __name__ == "__main__":
    main()
