"""How well languages are identified.

    python -m benchmarks.identification ../shared/data

Precision, recall and F1 of the embedded model (or `--model`, `--sha256`, `--labels`), and what the
texts of each language were called, on four levels:

- `line`: real labelled text, sentence by sentence, and paragraphs of the UDHR, none of which sea-2
  was trained on; `labelled`: of these the lines and paragraphs of text-labelled alone;
- `document`: neighbors of one language and source joined, of about 1,000 characters;
- `page`: the main text of the pages of html-* that are in one language.

Every text in any other language is a negative with one vote, most of them in languages that the
embedded model does not know: precision shows the effect of these, not the result of crawling a
particular site.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.lid import never_seen
from corpuskit.chain import run_chain
from corpuskit.identify import Identification
from corpuskit.identify.letters import written_chinese
from corpuskit.identify.model_spec import ModelSpec, model_options
from corpuskit.identify.training.seeds import NEGATIVE, describe, read_rows
from corpuskit.languages import language_codes, languages
from corpuskit.normalize import Normalize
from corpuskit.stage import Batch
from corpuskit.text import TextBatch, script_counts

DOCUMENT = 1000
"""Code points of a document that is made of sentences."""
LABELLED = "text-labelled/"
WIKI = ("mediawiki", "xtools")
SAME = {
    "bbc?_Latn": "bbc_Latn",  # NusaWrites says Batak; its sentences are Toba's
    "btk_Latn": "bbc_Latn",
    "cmn_Hani": "zho_Hans",
    "cmn_Hans": "zho_Hans",
    "cmn_Hant": "zho_Hant",
    "hnj_Latn": "hmn_Latn",
    "tdt_Latn": "tet_Latn",
    "zho_Hani": "zho_Hans",
    "zlm_Arab": "zsm_Arab",
    "zlm_Latn": "zsm_Latn",
}
"""Codes of the test data for languages with another code in the catalogue."""
MIXED = ("esperanto-course", "gflanguages")
"""Lessons of Esperanto in other languages; samples for fonts with codes of their own."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text whose language is known."""

    code: str
    source: str
    text: str


def sentences(data: Path) -> list[Labelled]:
    """Texts of text-labelled and of lid's evaluation and open sets, normalized; none that sea-2
    was trained on: nearly all of NusaX in text-labelled, a quarter of NusaWrites, Kadazandusun of
    Tatoeba."""
    seen = seed_texts(data)
    open_set = [
        Labelled(row.label.removeprefix(NEGATIVE), "unmodelled", row.text)
        for row in never_seen(data)
    ]
    rows = [*_text_labelled(data), *_lid(data, "eval"), *open_set]
    return _normalized(row for row in rows if row.text.strip() not in seen)


def seed_texts(data: Path) -> set[str]:
    """Every text of the test data that the embedded model was trained on."""
    from benchmarks.lid import SEEDS

    seeds = [seed for seed in describe(SEEDS).seed if not seed.without_marks]
    files = [(file, seed) for seed in seeds for file in sorted(data.glob(str(seed.path)))]
    return {row.text.strip() for file, seed in files for row in read_rows(file, seed)}


def labelled_texts(data: Path) -> list[Labelled]:
    """All texts of text-labelled, normalized; `source` is the collection."""
    rows = _normalized(_text_labelled(data))
    return [replace(row, source=row.source.removeprefix(LABELLED)) for row in rows]


def more_texts(data: Path) -> list[Labelled]:
    """All texts of text-more, normalized; MediaWiki and its extensions are one collection."""
    return _normalized(
        Labelled(
            _code(f"{row['lang']}_{row['script']}", row["script"]),
            "mediawiki" if row["source"].startswith(WIKI) else row["source"],
            row["text"],
        )
        for path in sorted((data / "text-more").glob("*.jsonl"))
        for row in map(json.loads, path.open(encoding="utf-8"))
    )


def evaluation_texts(data: Path) -> list[Labelled]:
    """The evaluation set of lid, normalized."""
    return _normalized(_lid(data, "eval"))


def pages(data: Path) -> list[Labelled]:
    """Main texts of the pages of html-* that are in one language, which is known; normalized."""
    return _normalized(_pages(data))


def _normalized(rows: Iterable[Labelled]) -> list[Labelled]:
    rows = list(rows)
    canonical = run_chain([Normalize()], Batch.of_texts([row.text for row in rows]))["text"]
    return [Labelled(r.code, r.source, text) for r, text in zip(rows, canonical, strict=True)]


def _text_labelled(data: Path) -> Iterator[Labelled]:
    for path in sorted((data / "text-labelled").glob("*.jsonl")):
        if path.stem not in MIXED:
            for row in map(json.loads, path.open(encoding="utf-8")):
                code = _code(row["lang"], row["script"])
                if code == "zho_Hans":  # Tatoeba has both kinds as one language
                    code = written_chinese(row["text"]) or code
                yield Labelled(code, LABELLED + path.stem, row["text"])


def _lid(data: Path, part: str) -> Iterator[Labelled]:
    with gzip.open(data / "lid" / f"{part}.tsv.gz", "rt", encoding="utf-8") as file:
        next(file)
        for line in file:
            lang, text, source = [*line.rstrip("\n").split("\t"), part][:3]
            yield Labelled(_code(lang.removeprefix("other:"), _script(text)), source, text)


def _pages(data: Path) -> Iterator[Labelled]:
    for gold in sorted(data.glob("html-*/gold*.jsonl")):
        for row in map(json.loads, gold.open(encoding="utf-8")):
            kind = row.get("kind") or "in-language"
            english = kind.startswith("declared-language-wrong")
            tag = "eng" if english else row.get("lang") or row.get("locale")
            if tag and (english or kind == "in-language"):
                text = row["gold_text"]
                yield Labelled(_code(tag, _script(text)), gold.parent.name, text)


def _script(text: str) -> str:
    return next(iter(script_counts(text)), "Zyyy")


def _code(lang: str, script: str) -> str:
    """The code of a language as the test data name it: `ban`, `ace_Arab`, `ms`, `es-MX`."""
    name = _TAGS.get(lang.partition("-")[0], lang)
    code = name if "_" in name else f"{name}_{script}"
    return SAME.get(code, code)


_TAGS = {tag: profile.code[:3] for profile in languages() for tag in profile.bcp47}


def documents(rows: Sequence[Labelled], length: int = DOCUMENT) -> list[Labelled]:
    """Neighbors of one language and source joined by line breaks, none shorter than `length`."""
    joined = []
    ordered = sorted(rows, key=lambda row: (row.code, row.source))
    for (code, source), group in groupby(ordered, key=lambda row: (row.code, row.source)):
        lines: list[str] = []
        for row in group:
            lines.append(row.text)
            if sum(map(len, lines)) >= length:
                joined.append(Labelled(code, source, "\n".join(lines)))
                lines = []
    return joined


Identifier = Callable[[Sequence[str]], list[Identification]]


def identifier(spec: ModelSpec) -> Identifier:
    """Identify texts with a model."""
    return lambda texts: spec.load().identify(TextBatch(texts))


Answered = list[tuple[Labelled, str]]


def scores(answered: Answered, level: str) -> list[dict[str, Any]]:
    """Precision, recall and F1 per language of the catalogue that has texts."""
    pairs = Counter((row.code, answer) for row, answer in answered)
    texts = {row.code for row, _ in answered}
    return [_row(pairs, level, code) for code in language_codes() if code in texts]


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
    """A row per level and language of the catalogue that has texts there."""
    identify = identifier(spec or ModelSpec.of())

    def answered(rows: Sequence[Labelled]) -> Answered:
        answers = identify([row.text for row in rows])
        return [(row, answer.lang) for row, answer in zip(rows, answers, strict=True)]

    rows = sentences(data)
    lines = answered(rows)
    return [
        *scores(lines, "line"),
        *scores([line for line in lines if line[0].source.startswith(LABELLED)], "labelled"),
        *scores(answered(documents(rows)), "document"),
        *scores(answered(pages(data)), "page"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="lid176")
    parser.add_argument("--sha256")
    parser.add_argument("--labels")
    arguments = parser.parse_args()
    _, options, places = model_options(
        arguments.model, sha256=arguments.sha256, labels=arguments.labels, root=Path()
    )
    print(f"{'language':10} {'level':9} texts  prec  recall  F1    taken for; mistaken for it")
    for row in run(arguments.data, ModelSpec.of(**options, **places)):
        print(
            f"{row['language']:10} {row['level']:9} {row['texts']:5} {row['precision']:6.3f} "
            f"{row['recall']:6.3f} {row['f1']:6.3f}  {_counts(row['taken_for'])}; "
            f"{_counts(row['mistaken'])}"
        )


def _counts(counts: dict[str, int]) -> str:
    return " ".join(f"{code} {count}" for code, count in counts.items()) or "-"


if __name__ == "__main__":
    main()
