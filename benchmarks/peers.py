"""Beside datatrove with FineWeb-2's settings: clean text and noise kept, near-duplicates found.

    pip install 'datatrove[processing]' spacy pythainlp laonlp khmer-nltk pyidaungsu-numpy2
    python -m benchmarks.peers [DATA]

datatrove 0.10.1 is run as FineWeb-2's pipeline does: word 5-grams, 14 buckets of 8 hashes of
xxhash64; its filters with the configuration of each language, of which
calibrate/data/fineweb2.toml has a copy. Ours is run as a build does. datatrove finds a pair if a
bucket of the two is the same, ours if it is verified. Both are given the text as it stands; the
language is taken as known.
"""

from __future__ import annotations

import os
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
from datatrove.pipeline.filters import (
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.utils.hashing import HashConfig
from datatrove.utils.word_tokenizers import load_word_tokenizer

from benchmarks import neardup
from benchmarks.clean_text import LESSONS, identification, labelled, noise, pages
from benchmarks.quality_pass import verdicts
from benchmarks.report import table

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "corpuskit" / "calibrate" / "data" / "fineweb2.toml"
UNSPACED = ("khm", "lao", "mnw", "mya", "shn", "tha")
"""Languages that put no spaces between words; Dzongkha's tokenizer was not installed."""

NAMES = {"tgl": "fil", "tgl_Latn": "fil_Latn", "zho_Hans": "cmn_Hani", "zho_Hant": "cmn_Hani"}
LEAST = 5
"""Documents for a language to be judged."""
WHO = ("corpuskit", "FineWeb-2")

Row = dict[str, Any]


def duplicates(data: Path) -> Iterator[Row]:
    """Pairs of `constructed` found, by what was done to the copy; unspaced scripts apart."""
    documents = neardup.constructed(data)
    pairs_found = neardup.find(documents).pairs
    pairs = [pair for pair in documents.pairs if _has_tokenizer(_name(pair.lang))]
    theirs = _buckets(documents, {row for pair in pairs for row in (pair.a, pair.b)}, pairs)
    groups: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for pair in pairs:
        ours = tuple(sorted((pair.a, pair.b))) in pairs_found
        same = not theirs[pair.a].isdisjoint(theirs[pair.b])
        alteration = documents.ids[pair.b].split("-", 2)[2] if pair.similar else "not similar"
        writing = "unspaced" if pair.lang in UNSPACED else "spaced"
        groups[alteration, writing].append((ours, same))
    for (alteration, writing), hits in sorted(groups.items()):
        ours, same = zip(*hits, strict=True)
        yield {"copies": alteration, "writing": writing, "pairs": len(hits),
               "corpuskit": sum(ours) / len(hits), "datatrove": sum(same) / len(hits)}  # fmt: skip


def _buckets(
    documents: neardup.Set, rows: set[int], pairs: Sequence[neardup.Pair]
) -> dict[int, set[tuple[int, ...]]]:
    """datatrove's signature of each document: the number of each bucket and its hashes."""
    config = MinhashConfig(hash_config=HashConfig(hash_fc="xxhash", precision=64))
    langs = {row: pair.lang for pair in pairs for row in (pair.a, pair.b)}
    steps = {
        lang: MinhashDedupSignature(tempfile.mkdtemp(), config, _name(lang))
        for lang in sorted(set(langs.values()))
    }
    return {row: _signature(steps[langs[row]], documents.texts[row]) for row in sorted(rows)}


def _signature(step: MinhashDedupSignature, text: str) -> set[tuple[int, ...]]:
    shingles = step.get_shingles(text)
    if not len(shingles):  # it leaves such documents out
        return set()
    return {(at, *hashes) for at, hashes in enumerate(step.get_signature(shingles))}


def _has_tokenizer(lang: str) -> bool:
    try:
        load_word_tokenizer(lang)
    except (ValueError, ImportError, OSError):
        return False
    return True


def filters(data: Path) -> Iterator[Row]:
    """Clean documents kept and noise kept, per language that FineWeb-2 has settings for; the last
    row has all documents of all languages.

    Our thresholds were set on the texts of `labelled` and on some of `pages`, on none of
    `held out`; the noise was looked at while rules were chosen.
    """
    rubbish = [text for _, lang, text in noise(data) if lang is None]
    rows = []
    for code, settings in tomllib.loads(SETTINGS.read_text(encoding="utf-8")).items():
        if not _has_tokenizer(_name(code)):
            continue
        keeps = _fineweb2(_name(code), settings)
        ours, theirs = _passed(code, rubbish), list(map(keeps, rubbish))
        rows.append(_row("noise", code, ours, theirs))
        for name, documents in _clean(data, code).items():
            if len(documents) >= LEAST:
                rows.append(_row(name, code, _passed(code, documents), list(map(keeps, documents))))
    yield from sorted(rows, key=itemgetter("set"))
    for name in sorted({row["set"] for row in rows}):
        of_set = [row for row in rows if row["set"] == name]
        total = sum(row["documents"] for row in of_set)
        kept = {who: sum(row[who] * row["documents"] for row in of_set) / total for who in WHO}
        yield {"set": name, "language": "all", "documents": total, **kept}


def _clean(data: Path, code: str) -> dict[str, list[str]]:
    """Documents of clean text in one language, by set."""
    sets = {
        "labelled": (document for document in labelled(data) if document.source != LESSONS),
        "held out": identification(data, "eval"),
        "pages": pages(data),
    }
    return {
        name: [document.text for document in some if document.lang == code]
        for name, some in sets.items()
    }


def _row(name: str, code: str, ours: Sequence[bool], theirs: Sequence[bool]) -> Row:
    shares = (sum(kept) / len(kept) for kept in (ours, theirs))
    return {"set": name, "language": code, "documents": len(ours),
            **dict(zip(WHO, shares, strict=True))}  # fmt: skip


def _passed(code: str, texts: Sequence[str]) -> list[bool]:
    return [verdict.passed for verdict in verdicts([(code, text) for text in texts])]


def _name(code: str) -> str:
    """The code of a language in datatrove."""
    return NAMES.get(code, code)


def _fineweb2(lang: str, settings: dict[str, Any]) -> Callable[[str], bool]:
    """Whether a text passes the three filters, as fineweb-2-pipeline.py (7ee60b3) sets them."""
    steps = (
        GopherRepetitionFilter(
            language=lang, dup_para_frac=0, dup_line_char_frac=0, dup_para_char_frac=0,
            dup_line_frac=settings["max_duplicate_line_fraction"],
            top_n_grams=[(n, settings[f"max_top_{n}gram_char_fraction"]) for n in (2, 3, 4)],
            dup_n_grams=[(n, settings[f"max_duplicate_{n}gram_char_fraction"])
                         for n in range(5, 11)],
        ),
        FineWebQualityFilter(
            language=lang, short_line_thr=999, char_duplicates_ratio=0.1,
            line_punct_thr=settings["min_terminal_line_fraction"],
            new_line_ratio=settings["max_lines_per_word"],
        ),
        GopherQualityFilter(
            language=lang, min_stop_words=2, stop_words=settings["stop_words"],
            min_avg_word_length=settings["min_mean_word_clusters"],
            max_avg_word_length=settings["max_mean_word_clusters"],
            max_non_alpha_words_ratio=settings["min_alphabetic_word_share"],
        ),
    )  # fmt: skip
    return partial(_passes, steps)


def _passes(steps: Sequence[Any], text: str) -> bool:
    return all(step.filter(Document(text, "0")) is True for step in steps)


def main() -> None:
    default = os.environ.get("CORPUSKIT_DATA", ROOT / ".." / "shared" / "data")
    data = Path(sys.argv[1] if len(sys.argv) > 1 else default)
    print(table(list(filters(data))))
    print(table(list(duplicates(data))))


if __name__ == "__main__":
    main()
