"""Repeated lines and passages: what is taken out of planted boilerplate, and lost of clean text.

    CORPUSKIT_DATA=... python benchmarks/repeated_text.py [--show] [--documents 20] [--hosts 1]

Planted: in each language real sentences make pages of four lines on five hosts. Every page has the
five lines of its host's menu and a cookie notice of all hosts; every second page has its host's
notice of at least 450 characters within a paragraph. Copies differ by case, white space and
zero-width spaces. The sentences are real, the pages and their menus are not; menus with counters
or dates in them are not planted and would stay.

Clean: collections without boilerplate, each as a site of its own; whatever leaves them is lost.
`--show` prints the lines that leave, the most frequent first.
"""

from __future__ import annotations

import argparse
import os
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from clean_text import collections
from report import table

from corpuskit.dedup.repeat_keys import Bounds, digest_of, distinct_rows, repeated_keys, units_of
from corpuskit.dedup.repeated_text import Span, repeated_spans

LANGUAGES: Final = (
    "khm_Khmr", "lao_Laoo", "mya_Mymr", "tha_Thai", "ind_Latn", "jav_Latn", "vie_Latn",
)  # fmt: skip
HOSTS: Final = 5
CHARACTERS: Final = 400
Page = tuple[str, str]
"""Host and text."""


def spans_of(pages: Sequence[Page], lang: str, bounds: Bounds) -> list[list[Span]]:
    """What leaves each page, by the functions that the steps of a build run."""
    units = units_of([text for _, text in pages], [lang] * len(pages), pieces=True)
    rows = [
        (key, of_page.document(), digest_of(host.encode()))
        for of_page, (host, _) in zip(units, pages, strict=True)
        for key in sorted(of_page.keys())
    ]
    records = distinct_rows(list(np.array(rows, dtype=np.uint64).T))
    repeated = frozenset(repeated_keys(records, (bounds, bounds))[0].tolist())
    return [repeated_spans(of_page, repeated, CHARACTERS) for of_page in units]


def sentences_of(texts: Sequence[str]) -> list[str]:
    """The distinct sentences of some texts, in an order that a seed gives."""
    parts = (part.strip() for text in texts for part in re.split(r"(?<=[.!?។။])\s+|\n", text))
    chosen = list(dict.fromkeys(part for part in parts if 30 <= len(part) <= 400))
    random.Random(7).shuffle(chosen)
    return chosen


class PlantedPages:
    """Pages of one language with boilerplate; for each character it is known which it is."""

    def __init__(self, sentences: Sequence[str], most: int = 400) -> None:
        self._random = random.Random(8)
        held, self._pool = list(sentences[:120]), sentences[120:]
        self.cookie = held.pop()
        self.menus = [[held.pop()[:24].strip() for _ in range(5)] for _ in range(HOSTS)]
        self.notices = []
        for _ in range(HOSTS):
            notice = ""
            while len(notice) < 450:
                notice = f"{notice} {held.pop()}".strip()
            self.notices.append(notice)
        self.pages = [self._page(number) for number in range(min(most, len(self._pool) // 4))]

    def _page(self, number: int) -> tuple[Page, list[tuple[str, str]]]:
        """A page, and its parts in order: each `own`, `line` or `passage` with its text."""
        host = number % HOSTS
        own = list(self._pool[4 * number : 4 * number + 4])
        parts = [("line", f"{self._varied(line)}\n") for line in self.menus[host]]
        parts += [("own", f"{own[0]}\n{own[1]}")]
        if number // HOSTS % 2:
            parts += [("own", " "), ("passage", self._varied(self.notices[host])), ("own", " ")]
        parts += [("own", f"{own[2]}\n{own[3]}\n"), ("line", self._varied(self.cookie))]
        return (f"host{host}.example", "".join(text for _, text in parts)), parts

    def _varied(self, text: str) -> str:
        """A copy as another template writes it."""
        kind = self._random.randrange(4)
        if kind == 1:
            return text.upper()
        if kind == 2:
            return text.replace(" ", "  ")
        return text.replace(" ", " \u200b") if kind == 3 else text


def planted(data: dict[str, dict[str, list[str]]], bounds: Bounds) -> Iterator[dict[str, Any]]:
    """Recall of planted lines and passages by characters, and what is lost of the rest."""
    for lang in LANGUAGES:
        sentences = sentences_of([text for texts in data[lang].values() for text in texts])
        made = PlantedPages(sentences).pages
        found = spans_of([page for page, _ in made], lang, bounds)
        total: Counter[str] = Counter()
        gone: Counter[str] = Counter()
        for (_, parts), spans in zip(made, found, strict=True):
            start = 0
            for kind, text in parts:
                total[kind] += len(text.strip())
                last = start + len(text.rstrip())
                gone[kind] += sum(
                    max(0, min(end, last) - max(begin, start)) for _, begin, end in spans
                )
                start += len(text)
        row = {"language": lang, "pages": len(made)}
        yield row | {
            f"{kind} {'lost' if kind == 'own' else 'recall'}": round(gone[kind] / total[kind], 4)
            for kind in ("line", "passage", "own")
        }


def clean(
    data: dict[str, dict[str, list[str]]], bounds: Bounds, show: bool
) -> Iterator[dict[str, Any]]:
    """Share of clean text that leaves, by collection; all languages together."""
    size: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    lines: dict[str, Counter[str]] = {}
    documents: Counter[str] = Counter()
    for lang, by_name in data.items():
        pages = [(name, text) for name, texts in by_name.items() for text in texts]
        if not pages:
            continue
        for (name, text), spans in zip(pages, spans_of(pages, lang, bounds), strict=True):
            documents[name] += 1
            size[name] += len(text)
            lost[name] += sum(end - start for _, start, end in spans)
            shown = lines.setdefault(name, Counter())
            shown.update(f"{lang} {kind}: {text[start:end][:90]}" for kind, start, end in spans)
    for name in sorted(size):
        yield {
            "collection": name, "documents": documents[name], "characters": size[name],
            "lost": round(lost[name] / size[name], 5),
        }  # fmt: skip
        if show:
            print("".join(f"{n:6} {line}\n" for line, n in lines[name].most_common(12)))
    yield {
        "collection": "all", "documents": documents.total(), "characters": size.total(),
        "lost": round(lost.total() / size.total(), 5),
    }  # fmt: skip


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--hosts", type=int, default=1)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    bounds = Bounds(arguments.documents, arguments.hosts)
    data = collections(Path(os.environ.get("CORPUSKIT_DATA", "../shared/data")))
    print(table(list(planted(data, bounds))), "\n")
    print(table(list(clean(data, bounds, arguments.show))))


if __name__ == "__main__":
    main()
