"""Documents of clean text, made of the labelled test data, for measuring quality rules.

Texts of one source are joined in their order to documents of about 1,500 characters:
sentences by a space, five to a paragraph; paragraphs by a line break. Longer texts
(stories, lessons, pages) stay as they are.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from corpuskit.text import script_counts

LENGTH = 1500
"""Code points that a document is filled up to."""
SHORTEST = 500
"""A rest of a source with fewer code points is not a document."""
SENTENCES = {"tatoeba-laser", "ud", "mtrss-rakhine", "mynews", "wisesight", "bible"}
"""Sources whose rows are single sentences."""
LESSONS = "esperanto-course"
"""Lessons of Esperanto in other languages: tables and lists of words with Markdown in them."""
PAGES = {"html-docusaurus-mt": "docusaurus", "html-libreoffice-help": "libreoffice",
         "html-debian-docs": "debian"}  # fmt: skip
SPECIMENS = "gflanguages"
"""Samples for fonts, which repeat the same text: only their new sentences are used."""

SAME = {"cmn_Hans": "zho_Hans", "zho_Hani": "zho_Hans", "cmn_Hant": "zho_Hant",
        "other:zho_Hani": "zho_Hans"}  # fmt: skip
"""Codes of the test data for languages with another code in the catalogue. Chinese among the
negative languages of lid (NTREX-128) is in simplified characters."""


@dataclass(frozen=True, slots=True)
class Clean:
    """A document of clean text."""

    lang: str
    """As in `khm_Khmr`."""
    source: str
    text: str


def records(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def normalized(text: str) -> str:
    """The part of normalization that matters here: NFC, no zero-width space."""
    return unicodedata.normalize("NFC", text).replace("\u200b", "")


def joined(texts: Iterable[str], sentences: bool) -> Iterator[str]:
    """Documents of about LENGTH code points."""
    rows: list[str] = []
    size = 0
    for text in texts:
        rows.append(normalized(text))
        size += len(rows[-1])
        if size >= LENGTH:
            yield _paragraphs(rows) if sentences else "\n".join(rows)
            rows, size = [], 0
    if size >= SHORTEST:
        yield _paragraphs(rows) if sentences else "\n".join(rows)


def _paragraphs(rows: list[str]) -> str:
    return "\n".join(" ".join(rows[start : start + 5]) for start in range(0, len(rows), 5))


def labelled(data: Path) -> Iterator[Clean]:
    """Documents of text-labelled, in every language and script that has enough text."""
    for path in sorted((data / "text-labelled").glob("*.jsonl")):
        rows = records(path)
        rows.sort(key=_work)
        for (lang, script, _), group in groupby(rows, key=_work):
            texts = [row["text"] for row in group]
            if path.stem == SPECIMENS:
                texts = [text for text in map(distinct, texts) if not repeats(text)]
            for text in joined(texts, path.stem in SENTENCES):
                yield Clean(f"{lang}_{script}", path.stem, text)


def _work(row: dict[str, str]) -> tuple[str, str, str]:
    """The group in which rows are joined: a language; for the UDHR a translation."""
    translation = row["id"].rpartition(":")[0] if row["source"] == "udhr" else ""
    return row["lang"], row["script"], translation


def distinct(text: str) -> str:
    """The text's sentences, each once, without those that are part of another."""
    pieces = (piece.strip() for piece in re.split(r"(?<=[.!?։።।])\s+|\n", text))
    sentences = list(dict.fromkeys(filter(None, pieces)))
    return "\n".join(
        sentence
        for sentence in sentences
        if not any(sentence in other != sentence for other in sentences)
    )


def repeats(text: str, window: int = 40) -> bool:
    """Whether more than a tenth of a text's stretches of `window` characters are repeated."""
    stretches = [text[at : at + window] for at in range(len(text) - window)]
    return len(set(stretches)) < 0.9 * len(stretches)


def coded(lang: str, text: str) -> str:
    """`khm_Khmr` for `khm`: with the script that most of the text is in."""
    return lang if "_" in lang else f"{lang}_{next(iter(script_counts(text)), 'Zyyy')}"


def identification(data: Path, part: str) -> Iterator[Clean]:
    """Documents of the sentences of lid, `part` being train or eval."""
    with gzip.open(data / "lid" / f"{part}.tsv.gz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    rows.sort(key=lambda row: (row[0], row[2]))
    for (lang, source), group in groupby(rows, key=lambda row: (row[0], row[2])):
        for text in joined((row[1] for row in group), sentences=True):
            yield Clean(coded(lang, text), f"lid-{source}", text)


def pages(data: Path) -> Iterator[Clean]:
    """Main text of web pages: manuals and help, with headings, lists and commands in them."""
    for folder, source in PAGES.items():
        for path in sorted((data / folder).glob("gold.*.jsonl")):
            for row in records(path):
                text = normalized(row["gold_text"])
                if row["kind"] == "in-language" and len(text) >= SHORTEST:
                    yield Clean(coded(row["lang"], text), source, text)


def noise(data: Path) -> Iterator[tuple[str, str | None, str]]:
    """Kind, language tag and text of noise documents: code, menus, base64, ..."""
    path = data / "encodings-noise" / "noise-documents.jsonl"
    for row in records(path):
        yield row["kind"], row.get("lang"), normalized(row["text"])


def collections(data: Path) -> dict[str, dict[str, list[str]]]:
    """Clean texts by language and collection; profiles are calibrated on them.

    Rows of text-labelled and of lid's training part, and web pages; the held-out part of lid is
    not among them, nor are lessons and samples for fonts.
    """
    texts: dict[str, dict[str, list[str]]] = {}
    for path in sorted((data / "text-labelled").glob("*.jsonl")):
        if path.stem not in (LESSONS, SPECIMENS):
            for row in records(path):
                _put(texts, f"{row['lang']}_{row['script']}", path.stem, row["text"])
    with gzip.open(data / "lid" / "train.tsv.gz", "rt", encoding="utf-8") as file:
        for line in list(file)[1:]:
            lang, text, source = line.rstrip("\n").split("\t")[:3]
            _put(texts, coded(lang, text), f"lid-{source}", text)
    for page in pages(data):
        _put(texts, page.lang, page.source, page.text)
    return texts


def _put(texts: dict[str, dict[str, list[str]]], lang: str, collection: str, text: str) -> None:
    code = SAME.get(lang, lang)
    texts.setdefault(code, {}).setdefault(collection, []).append(normalized(text))
