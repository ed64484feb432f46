"""CommonLID's South-East Asian languages: ours beside GlotLID's, or any other model's.

    python -m benchmarks.commonlid commonlid_20251209.tsv.gz
    python -m benchmarks.commonlid commonlid_20251209.tsv.gz --beside glotlid-v3.bin

CommonLID (P. Ortiz Suarez and others, 2026) has lines of the web in 109 languages, annotated by
native speakers. It is for evaluation only, under Common Crawl's terms of use, behind a form on the
hub (https://huggingface.co/datasets/commoncrawl/CommonLID): ask for it, download the file and give
its path. It is a table with the columns `text` and `tag` (ISO 639-3); `--text` and `--tag` name
other columns. `--beside` is a fastText model, by default with GlotLID's labels (`--labels`).

Printed are precision, recall and F1 for every language of the catalogue that has lines, and how
many lines in other languages were taken for one of these. Lines are judged as they are: they are
not normalized, so that both models read the same.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpuskit.identify.letters import written_chinese
from corpuskit.identify.model_spec import ModelSpec, model_options
from corpuskit.languages import language_codes
from corpuskit.names import DEFAULT_MODEL
from corpuskit.text import TextBatch, script_counts

SAME = {"msa": "zsm", "zlm": "zsm", "fil": "tgl", "bik": "bcl", "cmn": "zho", "bjn": "bjn"}
"""CommonLID's codes for languages that the catalogue calls otherwise."""
CHINESE = "zho"
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the code of its language."""

    code: str
    text: str


def read_lines(path: Path, text: str, tag: str) -> list[Line]:
    """The lines of a .tsv or .tsv.gz; ValueError if it lacks a column or has no line."""
    raw = path.read_bytes()
    data = gzip.decompress(raw) if path.suffix == ".gz" else raw
    csv.field_size_limit(1 << 30)
    table = csv.DictReader(io.StringIO(data.decode()), delimiter="\t", quoting=csv.QUOTE_NONE)
    if missing := [name for name in (text, tag) if name not in (table.fieldnames or ())]:
        raise ValueError(f"{path}: no column {missing[0]!r}; there are {table.fieldnames}")
    lines = [Line(code_of(row[tag], row[text]), row[text]) for row in table if row[text]]
    if not lines:
        raise ValueError(f"{path}: no lines")
    return lines


def code_of(tag: str, text: str) -> str:
    """`ind_Latn` for `ind`; Chinese by its characters."""
    name = SAME.get(tag, tag)
    if name == CHINESE:
        return written_chinese(text) or f"{CHINESE}_Hans"
    return f"{name}_{next(iter(script_counts(text)), 'Zyyy')}"


def answers(spec: ModelSpec, lines: Sequence[Line]) -> list[str]:
    """The model's language for every line."""
    model = spec.load()
    texts = [line.text for line in lines]
    batches = (TextBatch(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH))
    return [answer.lang for batch in batches for answer in model.identify(batch)]


@dataclass(frozen=True, slots=True)
class Result:
    """A model's answers, counted."""

    pairs: Counter[tuple[str, str]]

    def cells(self, code: str) -> str:
        """Precision, recall and F1 of a language, as cells of a table."""
        right = self.pairs[code, code]
        texts = sum(count for (true, _), count in self.pairs.items() if true == code)
        named = sum(count for (_, answer), count in self.pairs.items() if answer == code)
        shares = (right / max(1, named), right / texts, 2 * right / (texts + named))
        return " | ".join(f"{share:.3f}" for share in shares)

    def macro_f1(self, codes: Sequence[str]) -> float:
        """Mean F1 over languages."""
        return sum(float(self.cells(code).split(" | ")[2]) for code in codes) / len(codes)

    def accepted(self, codes: Sequence[str]) -> int:
        """Lines in other languages that were taken for one of these."""
        return sum(
            count
            for (true, answer), count in self.pairs.items()
            if answer in codes and true not in codes
        )


def report(lines: Sequence[Line], results: dict[str, Result]) -> Iterator[str]:
    """The table as Markdown."""
    counts = Counter(line.code for line in lines)
    codes = [code for code in language_codes() if counts[code]]
    if not codes:
        yield "No line is in a language of the catalogue."
        return
    yield "| language | lines | " + " | ".join(f"{name}: P | R | F1" for name in results) + " |"
    yield "|---|--:|" + "--:|--:|--:|" * len(results)
    for code in codes:
        cells = " | ".join(result.cells(code) for result in results.values())
        yield f"| {code} | {counts[code]:,} | {cells} |"
    others = len(lines) - sum(counts[code] for code in codes)
    for name, result in results.items():
        yield (
            f"\n{name}: macro-F1 {result.macro_f1(codes):.3f} over {len(codes)} languages; of "
            f"{others:,} lines in other languages {result.accepted(codes):,} taken for one of them"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, identify with each model, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--beside", type=Path, metavar="MODEL")
    parser.add_argument("--labels", default="glotlid")
    parser.add_argument("--text", default="text")
    parser.add_argument("--tag", default="tag")
    options = parser.parse_args(arguments)
    try:
        lines = read_lines(options.file, options.text, options.tag)
    except (OSError, EOFError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    models: dict[str, tuple[str, str | None, str | None]] = {
        options.model: (options.model, None, None)
    }
    if options.beside:
        digest = hashlib.sha256(options.beside.read_bytes()).hexdigest()
        models[options.beside.stem] = (str(options.beside.absolute()), digest, options.labels)
    results = {}
    for name, (model, sha256, labels) in models.items():
        _, stage, places = model_options(model, sha256=sha256, labels=labels, root=Path())
        pairs = zip((line.code for line in lines),
                    answers(ModelSpec.of(**stage, **places), lines), strict=True)  # fmt: skip
        results[name] = Result(Counter(pairs))
    print("\n".join(report(lines, results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
