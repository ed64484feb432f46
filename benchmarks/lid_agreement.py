"""What sea-2 and lid176 know together, for step 5 of docs/identification.md.

    python -m benchmarks.lid_agreement ../shared/data

On sentences of the test data that sea-2 was not trained on. First, per language that both know:
texts that sea-2 calls `und` although the language is its likeliest, and lid176's too; how many are
in it, in another language that sea-2 knows, in none. Second, per language that sea-2 names: texts
for which lid176 gives a majority to a language that sea-2 has seen little of; which one is right.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.identification import Labelled, sentences
from corpuskit.identify.fasttext_model import FastTextModel
from corpuskit.identify.identification import MAJORITY, Identification
from corpuskit.identify.labels import is_negative
from corpuskit.identify.model_spec import embedded_file
from corpuskit.text import TextBatch

Answer = tuple[Labelled, Identification, Identification]


def answers(rows: Sequence[Labelled], *models: FastTextModel) -> list[Answer]:
    """Every text with the answers of both models."""
    batch = TextBatch([row.text for row in rows])
    first, second = (model.identify(batch) for model in models)
    return list(zip(rows, first, second, strict=True))


def agreements(rows: Sequence[Answer], known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Language on which both agree, though the first says `und`, and what the text is."""
    for text, first, second in rows:
        best = next((code for code, _ in first.top if not is_negative(code)), None)
        if not first.score and second.score and second.lang == best:
            yield best, "right" if text.code == best else _kind(text.code, known)


def swaps(
    rows: Sequence[Answer], known: frozenset[str], thin: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Language that the first names, where the second has a majority for a thin one."""
    for text, first, second in rows:
        if first.score and second.lang in thin - {first.lang} and second.score >= MAJORITY:
            sides = {first.lang: "first", second.lang: "second"}
            yield first.lang, sides.get(text.code, _kind(text.code, known))


def _kind(code: str, known: frozenset[str]) -> str:
    return "other" if code in known else "stranger"


def _table(title: str, columns: Sequence[str], pairs: Counter[tuple[str, str]]) -> Iterator[str]:
    yield f"\n{title}\n\n| | {' | '.join(columns)} |\n|---|{'--:|' * len(columns)}"
    for code in sorted({code for code, _ in pairs}):
        yield f"| {code} | {' | '.join(str(pairs[code, column]) for column in columns)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    region, world = embedded_file("sea-2"), embedded_file("lid176")
    rows = answers(sentences(parser.parse_args().data), region, world)
    both = Counter(agreements(rows, region.codes))
    other = Counter(swaps(rows, region.codes, region.thin & world.codes))
    print("\n".join(_table("Both agree, sea-2 says und", ("right", "other", "stranger"), both)))
    columns = ("second", "first", "other", "stranger")
    print("\n".join(_table("lid176 has a majority for a thin one", columns, other)))


if __name__ == "__main__":
    main()
