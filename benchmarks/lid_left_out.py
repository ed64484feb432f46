"""Identification of texts from collections that no seed of the embedded model comes from.

    python -m benchmarks.lid_left_out ../shared/data

Two kinds of figures, side by side, since the first flatters:

- `own collections`: test parts of collections that other parts of were trained on (lid/eval);
- `other collections`: lines and paragraphs of text-labelled and text-more whose collection is not
  among the seeds of their language. Most are short: sentences of Tatoeba, interface messages.

Each as single texts and as documents: neighbors joined to some 1,000 characters. **Documents are
joined from sentences**; real pages are in the table of `benchmarks/identification.py`.

And paragraphs of the UDHR in languages that no seed is in. Then recall per language and collection
left out, also of texts of at most 40 characters.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.identification import (
    Labelled,
    documents,
    evaluation_texts,
    identifier,
    labelled_texts,
    more_texts,
    seed_texts,
)
from benchmarks.lid import SEEDS, never_seen
from benchmarks.report import table
from corpuskit.identify.model_spec import ModelSpec
from corpuskit.identify.training.seeds import NEGATIVE, describe
from corpuskit.languages import language_codes

SHORT = 40
"""Characters of a short text."""
LEAST = 10
"""Texts of a language in a collection that are worth a row."""
SOURCES = {
    "bible": "bible", "esperanto-course": "esperanto", "nusawrites": "nusa", "nusax": "nusax",
    "tatoeba-laser": "tatoeba", "ud": "ud-", "udhr": "udhr",
}  # fmt: skip
"""Collections of text-labelled by the names of their seeds."""


@cache
def trained_sources() -> frozenset[str]:
    """Names of the sources of the seeds; `nusa` for both parts of NusaWrites."""
    names = {source.name for source in describe(SEEDS).source}
    return frozenset(names | {"nusa", "nusaparagraph", "nusatranslation"})


@cache
def other_collections(data: Path) -> list[Labelled]:
    """Texts whose collection is not among the seeds of any language, none of them trained on."""
    seen = seed_texts(data)
    rows = [*labelled_texts(data), *more_texts(data)]
    return [row for row in rows if row.text.strip() not in seen and not _is_trained(row)]


def _is_trained(row: Labelled) -> bool:
    name = SOURCES.get(row.source, row.source)
    if name in ("tatoeba", "ud-"):  # seeds of Kadazandusun alone; of other treebanks
        return row.code == "dtp_Latn"
    return any(name.startswith(trained) for trained in trained_sources())


def own_collections(data: Path) -> list[Labelled]:
    """Test parts of collections that were trained on."""
    return evaluation_texts(data)


Answers = list[tuple[Labelled, str]]


def summary(kind: str, level: str, answers: Answers) -> dict[str, Any]:
    """Macro-F1 and recall over the catalogue's languages, and unknown languages accepted."""
    codes = language_codes()
    known = frozenset(codes)
    pairs = Counter((row.code, answer) for row, answer in answers)
    texts = Counter(row.code for row, _ in answers)
    named = Counter(answer for _, answer in answers)
    counted = [code for code in codes if texts[code] >= LEAST]
    others = [answer for row, answer in answers if row.code not in known]
    f1 = [2 * pairs[code, code] / (texts[code] + named[code]) for code in counted]
    recall = [pairs[code, code] / texts[code] for code in counted]
    return {
        "kind": kind,
        "level": level,
        "texts": len(answers),
        "languages": len(counted),
        "macro_f1": sum(f1) / len(f1) if f1 else None,
        "recall": sum(recall) / len(recall) if recall else None,
        "others": len(others),
        "accepted": sum(answer in known for answer in others) / max(1, len(others)),
    }


def per_collection(answers: Answers) -> Iterator[dict[str, Any]]:
    """Recall per language and collection, also of short texts, and what the rest was called."""
    groups: dict[tuple[str, str], Answers] = defaultdict(list)
    for row, answer in answers:
        groups[row.code, row.source].append((row, answer))
    for (code, source), listed in sorted(groups.items()):
        if code in language_codes() and len(listed) >= LEAST:
            short = [(row, answer) for row, answer in listed if len(row.text) <= SHORT]
            wrong = Counter(answer for row, answer in listed if answer != code)
            yield {
                "language": code,
                "collection": source,
                "texts": len(listed),
                "recall": _recall(listed),
                "short": len(short),
                "short_recall": _recall(short) if short else None,
                "taken_for": dict(wrong.most_common(3)),
            }


def _recall(answers: Answers) -> float:
    return sum(row.code == answer for row, answer in answers) / len(answers)


def answered(rows: Sequence[Labelled], spec: ModelSpec) -> Answers:
    """Every text with the model's language."""
    found = identifier(spec)([row.text for row in rows])
    return [(row, answer.lang) for row, answer in zip(rows, found, strict=True)]


def summaries(data: Path, spec: ModelSpec | None = None) -> list[dict[str, Any]]:
    """Both kinds beside each other, as texts and as joined documents."""
    spec = spec or ModelSpec.of()
    rows = []
    for kind, texts in (
        ("own collections", own_collections(data)),
        ("other collections", other_collections(data)),
    ):
        lines = answered(texts, spec)
        rows.append(summary(kind, "line", lines))
        short = [line for line in lines if len(line[0].text) <= SHORT]
        rows.append(summary(kind, f"line, at most {SHORT} characters", short))
        rows.append(summary(kind, "document, joined", answered(documents(texts), spec)))
    strange = [
        Labelled(row.label.removeprefix(NEGATIVE), row.source, row.text) for row in never_seen(data)
    ]
    return [
        *rows,
        summary("languages never seen", "paragraph of the UDHR", answered(strange, spec)),
    ]


def run(data: Path, spec: ModelSpec | None = None) -> list[dict[str, Any]]:
    """A row per language and collection left out."""
    return list(per_collection(answered(other_collections(data), spec or ModelSpec.of())))


def main() -> None:
    data = Path(sys.argv[1])
    print(table(summaries(data)))
    print()
    print(table(run(data)))


if __name__ == "__main__":
    main()
