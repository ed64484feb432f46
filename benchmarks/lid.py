"""How well sea-1 and lid176 identify the languages of South-East Asia.

    python -m benchmarks.lid ../shared/data [--train]

On the evaluation set of the test data: F1 per language and over all, and what is made of
paragraphs of the UDHR in languages that no seed of sea-1 has. `--train` repeats the training with
NusaX and with OLDI Seed left out, each judged on the test part of the source that was left out.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpuskit.identify.evaluate import Evaluation, evaluate, report_lines
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import Identifier
from corpuskit.identify.labels import read_reading
from corpuskit.identify.model_file import EMBEDDED_MODELS
from corpuskit.identify.model_spec import ModelSpec, model_options
from corpuskit.identify.seeds import Row, Seed, describe, read_rows, read_seeds
from corpuskit.identify.train import train_model

SEEDS = EMBEDDED_MODELS["sea-1"].file.with_name("sea-1.seeds.toml")
LEFT_OUT = ("nusax", "oldiseed")


def evaluation_rows(data: Path) -> list[Row]:
    """Test sentences; NusaWrites' Batak counts as Toba, as in the seeds."""
    path = data / "lid" / "eval.tsv.gz"
    return read_rows(path, Seed(path=path, rename={"bbc?": "bbc"}))


def never_seen(data: Path) -> list[Row]:
    """Paragraphs in languages that no seed has; `und` are those whose language is not known."""
    trained = {code for seed in describe(SEEDS).seed for code in seed.languages}
    path = data / "lid" / "unmodelled.tsv.gz"
    rows = read_rows(path, Seed(path=path, negative=True, source="udhr"))
    return [row for row in rows if row.label.split("_")[1] not in trained]


def embedded(name: str) -> Identifier:
    _, options, _ = model_options(name, sha256=None, labels=None, root=Path())
    return ModelSpec.of(**options).load()


def without(data: Path, sources: Sequence[str] = LEFT_OUT) -> Iterator[tuple[str, Evaluation]]:
    """Train without a source, judge on its test part in the languages others give as well."""
    rows, test = read_seeds(SEEDS, data).rows, evaluation_rows(data)
    for name in sources:
        fit = [row for row in rows if row.source != name]
        known = {row.label for row in fit}
        held = [row for row in test if row.source.startswith(name) and row.label in known]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.ftz"
            start = time.perf_counter()
            train_model(fit, path)
            print(f"trained without {name} in {time.perf_counter() - start:.0f} s")
            yield name, evaluate(FastTextModel(path, {}, read_reading("sea-1", Path())), held)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--train", action="store_true")
    given = parser.parse_args()
    rows, strange = evaluation_rows(given.data), never_seen(given.data)
    for name in EMBEDDED_MODELS:
        model = embedded(name)
        start = time.perf_counter()
        found = evaluate(model, rows)
        speed = len(rows) / (time.perf_counter() - start)
        print(f"\n# {name} ({speed:,.0f} texts/s)\n")
        print("\n".join(report_lines(found)))
        if name == "sea-1":
            print("\n## Languages never seen\n")
            print("\n".join(report_lines(evaluate(model, strange))))
            named = [row for row in strange if not row.label.startswith("und_und_")]
            print(f"\nof known name: {evaluate(model, named).open_acceptance:.3f}")
    for name, left in without(given.data) if given.train else ():
        print(f"\n# Without {name}\n")
        print("\n".join(report_lines(left)))


if __name__ == "__main__":
    main()
