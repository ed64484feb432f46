"""Extraction quality and speed on the HTML sets of the test data, beside plain trafilatura.

    python benchmarks/extraction.py [DATA]            F1 per set and per language
    python benchmarks/extraction.py --speed [DATA]    CPU time of a page, interleaved

Token F1: a page's text is a bag of tokens, grapheme clusters in Khmer, Lao, Burmese and Thai
(without spaces between words), elsewhere runs of letters, marks and digits; zero-width
characters are left out, everything is NFC. Precision and recall count common tokens, F1 is
their harmonic mean, all three are averaged over pages. A wiki page's gold is its title and
paragraphs. With this definition trafilatura 2.3.1 scores .862, .978, .998, .993, .994 and .443
on the six sets; the data's own index, whose definition is not written down, says .868, .977,
.997, .990, .994 and .448. The floors of tests/extract/test_floors.py are above both.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean, median
from typing import Any, Final

from corpuskit.extract import extract_html
from corpuskit.languages import languages

SETS: Final = (
    "html-libreoffice-help",
    "html-debian-docs",
    "html-docusaurus-mt",
    "html-vuepress-styleguides",
    "html-cc-legalcode",
    "mediawiki-sea",
)

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\uaa60-\uaa7f"  # Thai to Khmer
_MARKS = "".join(
    char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.category(char)[0] == "M"
)
_TOKEN: Final = re.compile(rf"[{_UNSPACED}][{_MARKS}]*|(?:(?![{_UNSPACED}])[\w{_MARKS}])+")
_ZERO_WIDTH: Final = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page, the text it should give, and its language by the data's own label."""

    path: Path
    gold: str
    lang: str


def gold_pages(data: Path, name: str) -> list[GoldPage]:
    """The pages of a set that have a gold text, in the order of the gold files."""
    pages = []
    for file in sorted((data / name).rglob("gold*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "html" not in row:
                continue
            gold = row.get("gold_text") or "\n".join([row["title"], *row["gold_paragraphs"]])
            lang = row.get("lang") or file.name.split(".")[1].partition("-")[0]
            pages.append(GoldPage(file.parent / row["html"], gold, lang))
    return pages


def tokens(text: str) -> Counter[str]:
    """The bag of tokens of a text."""
    return Counter(_TOKEN.findall(unicodedata.normalize("NFC", _ZERO_WIDTH.sub("", text))))


def score(text: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the tokens of `text` against those of `gold`."""
    got, wanted = tokens(text), tokens(gold)
    common = (got & wanted).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / got.total(), common / wanted.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


def ours(content: bytes) -> str:
    """The text that corpuskit takes from a page."""
    return extract_html(content).text


def plain_trafilatura(content: bytes) -> str:
    """The text that trafilatura takes from a page with default options."""
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    return trafilatura.extract(content) or ""


_LABELS: Final = {
    tag: profile.code[:3] for profile in languages() for tag in (*profile.bcp47, profile.code[:3])
}
"""Label in the gold files -> language code, for languages in the catalogue."""


def run(data: Path, step: int = 1) -> list[dict[str, Any]]:
    """One row per set and one for its pages in each language of the catalogue: pages, F1 of both
    extractors, and our precision and recall. `step` takes every n-th page only."""
    rows = []
    for name in SETS:
        scored = []
        for page in gold_pages(data, name)[::step]:
            content = page.path.read_bytes()
            baseline = score(plain_trafilatura(content), page.gold)[2]
            scored.append((page.lang, baseline, *score(ours(content), page.gold)))
        rows.append(_row(name, scored))
        known = (row for row in scored if row[0] in _LABELS)
        by_language = sorted(known, key=lambda row: _LABELS[row[0]])
        for lang, group in groupby(by_language, key=lambda row: _LABELS[row[0]]):
            rows.append(_row(f"{name} {lang}", list(group)))
    return rows


def _row(name: str, scored: list[tuple[str, float, float, float, float]]) -> dict[str, Any]:
    baseline, precision, recall, f1 = map(mean, list(zip(*scored, strict=True))[1:])
    return {
        "set": name,
        "pages": len(scored),
        "baseline_f1": round(baseline, 4),
        "f1": round(f1, 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
    }


def speed(data: Path, step: int = 4, rounds: int = 3) -> Iterator[dict[str, Any]]:
    """CPU milliseconds of a page for both on every n-th page, in interleaved rounds (medians)."""
    for name in SETS:
        contents = [page.path.read_bytes() for page in gold_pages(data, name)[::step]]
        times: dict[str, list[float]] = {"ours": [], "trafilatura": []}
        for _ in range(rounds):
            times["trafilatura"].append(_seconds(plain_trafilatura, contents))
            times["ours"].append(_seconds(ours, contents))
        costs = {key: 1000 * median(values) / len(contents) for key, values in times.items()}
        yield {
            "set": name,
            "pages": len(contents),
            "kB": round(sum(map(len, contents)) / len(contents) / 1000, 1),
            "trafilatura": round(costs["trafilatura"], 2),
            "ours": round(costs["ours"], 2),
            "ratio": round(costs["trafilatura"] / costs["ours"], 2),
        }


def _seconds(extract: Callable[[bytes], str], contents: list[bytes]) -> float:
    start = time.process_time()
    for content in contents:
        extract(content)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    default = os.environ.get("CORPUSKIT_DATA", Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("data", nargs="?", type=Path, default=Path(default))
    parser.add_argument("--speed", action="store_true", help="time both instead of scoring them")
    options = parser.parse_args()
    rows = list(speed(options.data)) if options.speed else run(options.data)
    print("  ".join(f"{key:>11}" if key != "set" else f"{key:<30}" for key in rows[0]))
    for row in rows:
        print("  ".join(f"{v:>11}" if k != "set" else f"{v:<30}" for k, v in row.items()))


if __name__ == "__main__":
    main()
