"""How well languages are identified.

    python -m benchmarks.identification ../shared/data

Identification: precision, recall and F1 of the embedded model (or `--model`, `--sha256`,
`--labels`) on real labelled text, sentence by sentence and joined to documents of about
1,000 characters. Every text of any other language is a negative, one vote each, most of them
in languages that the embedded model does not know: precision says what those do to it, not
what a crawl of a given site will give.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from corpuskit.identify import Identification
from corpuskit.identify.model_spec import ModelSpec, model_options
from corpuskit.languages import language_codes
from corpuskit.normalize import Normalize
from corpuskit.stage import Batch
from corpuskit.text import TextBatch, script_counts

DOCUMENT = 1000
"""Code points from which joined sentences are a document."""
MIXED = ("esperanto-course", "gflanguages")
"""Lessons of Esperanto in other languages; samples for fonts with codes of their own."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text whose language is known."""

    code: str
    source: str
    text: str


def sentences(data: Path) -> list[Labelled]:
    """Texts of text-labelled and of lid's evaluation and open sets, normalized."""
    rows = [*_text_labelled(data), *_lid(data, "eval"), *_lid(data, "unmodelled")]
    canonical = Normalize().process(Batch.of_texts([row.text for row in rows]))["text"]
    return [Labelled(r.code, r.source, text) for r, text in zip(rows, canonical, strict=True)]


def _text_labelled(data: Path) -> Iterator[Labelled]:
    for path in sorted((data / "text-labelled").glob("*.jsonl")):
        if path.stem not in MIXED:
            for row in map(json.loads, path.open(encoding="utf-8")):
                yield Labelled(f"{row['lang']}_{row['script']}", path.stem, row["text"])


def _lid(data: Path, part: str) -> Iterator[Labelled]:
    with gzip.open(data / "lid" / f"{part}.tsv.gz", "rt", encoding="utf-8") as file:
        next(file)
        for line in file:
            lang, text, source = [*line.rstrip("\n").split("\t"), part][:3]
            script = next(iter(script_counts(text)), "Zyyy")
            yield Labelled(f"{lang.removeprefix('other:')}_{script}", source, text)


def documents(rows: Sequence[Labelled], length: int = DOCUMENT) -> list[Labelled]:
    """Neighbors of one language and source joined by line breaks, none shorter than `length`."""
    found = []
    ordered = sorted(rows, key=lambda row: (row.code, row.source))
    for (code, source), group in groupby(ordered, key=lambda row: (row.code, row.source)):
        lines: list[str] = []
        for row in group:
            lines.append(row.text)
            if sum(map(len, lines)) >= length:
                found.append(Labelled(code, source, "\n".join(lines)))
                lines = []
    return found


Identifier = Callable[[Sequence[str]], list[Identification]]


def identifier(spec: ModelSpec) -> Identifier:
    """Identify texts with a model."""
    return lambda texts: spec.load().identify(TextBatch(texts))


def scores(rows: Sequence[Labelled], level: str, identify: Identifier) -> list[dict[str, Any]]:
    """Precision, recall and F1 per language of the catalogue, and over all known ones."""
    found = identify([row.text for row in rows])
    pairs = Counter((row.code, one.lang) for row, one in zip(rows, found, strict=True))
    return [_row(pairs, level, code) for code in language_codes()]


def _row(pairs: Counter[tuple[str, str]], level: str, code: str) -> dict[str, Any]:
    right = pairs[code, code]
    texts = sum(count for (true, _), count in pairs.items() if true == code)
    named = sum(count for (_, lang), count in pairs.items() if lang == code)
    taken_for = Counter({lang: n for (true, lang), n in pairs.items() if true == code != lang})
    taken = Counter({true: n for (true, lang), n in pairs.items() if lang == code != true})
    return {
        "language": code,
        "level": level,
        "texts": texts,
        "precision": right / named if named else 0.0,
        "recall": right / texts if texts else 0.0,
        "f1": 2 * right / (texts + named) if texts + named else 0.0,
        "taken_for": dict(taken_for.most_common(3)),
        "mistaken": dict(taken.most_common(3)),
    }


def run(data: Path, spec: ModelSpec | None = None) -> list[dict[str, Any]]:
    """A row per language of the catalogue and level (`line`, `document`)."""
    rows = sentences(data)
    identify = identifier(spec or ModelSpec.of())
    return [*scores(rows, "line", identify), *scores(documents(rows), "document", identify)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="lid176")
    parser.add_argument("--sha256")
    parser.add_argument("--labels")
    given = parser.parse_args()
    _, options, places = model_options(
        given.model, sha256=given.sha256, labels=given.labels, root=Path()
    )
    print(f"{'language':10} {'level':9} texts  prec  recall  F1    taken for; mistaken for it")
    for row in run(given.data, ModelSpec.of(**options, **places)):
        print(
            f"{row['language']:10} {row['level']:9} {row['texts']:5} {row['precision']:6.3f} "
            f"{row['recall']:6.3f} {row['f1']:6.3f}  {_counts(row['taken_for'])}; "
            f"{_counts(row['mistaken'])}"
        )


def _counts(counts: dict[str, int]) -> str:
    return " ".join(f"{code} {count}" for code, count in counts.items()) or "-"


if __name__ == "__main__":
    main()
