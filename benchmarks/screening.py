"""How many pages the screen skips: wanted ones (it must not) and others (it should).

    python -m benchmarks.screening [DATA]

Pages of the sets html-* with known language, the WARC made of them with wrong and missing
charsets, truncation and compression, pages that state a license, pages of wikis, and labelled
text of about 400 characters as short pages. A page is wanted if it is in the language, or partly
translated into it; a page that only declares the language is not. The screen's constants were set
on the sets CHOSEN_ON; those of `licenses` showed that short pages need a bound of their own. As a
program it lists every wanted page that is skipped, and why.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.identification import documents, sentences
from benchmarks.report import table
from corpuskit.chain import run_chain
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.extract.decode import Decode
from corpuskit.identify.screen import Screen
from corpuskit.languages import language_codes
from corpuskit.stage import Batch

CHOSEN_ON = ("html-debian-docs", "html-libreoffice-help")
WANTED_KINDS = (None, "in-language", "partially-translated")
"""None in the set html-cc-legalcode, all of whose pages are in the declared language."""
TEXT_CHARS = 400
THREE = {
    "id": "ind", "jv": "jav", "km": "khm", "my": "mya", "th": "tha", "tl": "tgl", "vi": "vie",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Page:
    """A decoded page and the language it is (partly) in: `khm`, or `khm_Khmr` where known."""

    name: str
    lang: str | None
    markup: str
    content_type: str | None = "text/html"


def html_pages(data: Path, *, chosen_on: bool) -> Iterator[Page]:
    """Pages of html-*: of the sets that constants were set on, or of the others."""
    for gold in sorted(data.glob("html-*/gold*.jsonl")):
        if (gold.parent.name in CHOSEN_ON) == chosen_on:
            for row in map(json.loads, gold.open(encoding="utf-8")):
                lang = (row.get("lang") or "").removeprefix("mixed:").partition("+")[0]
                wanted = row.get("kind") in WANTED_KINDS
                yield _page(gold, row["html"], THREE.get(lang, lang) if wanted else None)


def license_pages(data: Path) -> Iterator[Page]:
    """Pages that state a license, most of them short stories and constructed ones."""
    gold = data / "licenses" / "gold.jsonl"
    for row in map(json.loads, gold.open(encoding="utf-8")):
        yield _page(gold, row["html"], row["lang"])


def wiki_pages(data: Path) -> Iterator[Page]:
    """Pages of wikis in eight languages, with menus in the same language."""
    for path in sorted(data.glob("mediawiki-sea/*/html/*.html")):
        code = path.parent.parent.name
        markup = path.read_text(encoding="utf-8", errors="replace")
        yield Page(str(path.relative_to(data)), THREE.get(code, code), markup)


def _page(gold: Path, name: str, lang: str | None) -> Page:
    markup = (gold.parent / name).read_text(encoding="utf-8", errors="replace")
    return Page(f"{gold.parent.name}/{name}", lang, markup)


def warc_pages(data: Path) -> Iterator[Page]:
    """Pages of warc-sea, read and decoded as a build does."""
    folder = data / "warc-sea"
    gold = [json.loads(line) for line in (folder / "gold.jsonl").open(encoding="utf-8")]
    langs = {row["record_id"]: row.get("lang") for row in gold if "record_id" in row}
    connector = WarcConnector(WarcOptions(path="sea-dev.warc.gz"), folder)
    for item in connector.inputs():
        records = [
            record for piece in connector.scan(item) for record in connector.read(item, piece)
        ]
        batch = Batch(
            {
                "_content": [record.content for record in records],
                "content_type": [record.content_type for record in records],
                "_charset": [record.charset for record in records],
                "_headers": [record.headers for record in records],
                "reason": [record.reason for record in records],
            }
        )
        decoded = run_chain([Decode()], batch)
        for row, record in enumerate(records):
            if decoded["reason"][row] is None:
                number = record.warc["record_id"] if record.warc else ""
                markup = decoded["_markup"][row]
                yield Page(f"warc-sea {number}", langs.get(number), markup, record.content_type)


def text_pages(data: Path) -> Iterator[Page]:
    """Labelled sentences joined to short pages: hard, and many."""
    for number, row in enumerate(documents(sentences(data), TEXT_CHARS)):
        yield Page(f"text {number} in {row.code}", row.code, f"<p>{escape(row.text)}</p>")


def details(languages: Sequence[str], pages: Sequence[Page]) -> list[str | None]:
    """Why the screen skips each page; None for those that stay."""
    columns = {
        "_markup": [page.markup for page in pages],
        "content_type": [page.content_type for page in pages],
    }
    screened = Screen(languages=languages).process(Batch(columns))
    pairs = zip(screened["reason"], screened["detail"], strict=True)
    return [f"{reason}: {detail}" if reason else None for reason, detail in pairs]


def is_main_script(code: str) -> bool:
    """Whether a page that is only said to be in this language is in this script: those of Javanese
    and Malay are in Latin letters."""
    return code.endswith("_Latn") or f"{code[:3]}_Latn" not in language_codes()


@dataclass(frozen=True, slots=True)
class Screening:
    """What the screen does to a set of pages when some languages are wanted."""

    name: str
    languages: Sequence[str]
    pages: Sequence[Page]
    details: Sequence[str | None]

    @classmethod
    def of(cls, name: str, languages: Sequence[str], pages: Sequence[Page]) -> Screening:
        """Screen the pages."""
        return cls(name, languages, pages, details(languages, pages))

    def row(self) -> dict[str, Any]:
        """Pages wanted and others, and how many of each are skipped."""
        wanted = [detail for page, detail in self._pairs() if self._is_wanted(page)]
        others = [detail for page, detail in self._pairs() if not self._is_wanted(page)]
        return {
            "language": self.languages[0] if len(self.languages) == 1 else "all",
            "set": self.name,
            "wanted": len(wanted),
            "wanted_skipped": sum(map(bool, wanted)),
            "other": len(others),
            "other_skipped": sum(map(bool, others)),
            "skip_rate": sum(map(bool, others)) / len(others) if others else 0.0,
        }

    def lost(self) -> Iterator[str]:
        """A line for each wanted page that is skipped."""
        for page, detail in self._pairs():
            if detail and self._is_wanted(page):
                yield f"{self.name}, {' '.join(self.languages)}: {page.name}: {detail}"

    def _pairs(self) -> Iterator[tuple[Page, str | None]]:
        return zip(self.pages, self.details, strict=True)

    def _is_wanted(self, page: Page) -> bool:
        main = {code[:3] for code in self.languages if is_main_script(code)}
        return page.lang in {*self.languages, *main}


def screenings(data: Path) -> Iterator[Screening]:
    """Every set, for each language of the catalogue and for all of them together."""
    sets = {
        "html, chosen on": list(html_pages(data, chosen_on=True)),
        "html, held out": list(html_pages(data, chosen_on=False)),
        "warc-sea": list(warc_pages(data)),
        "licenses": list(license_pages(data)),
        "mediawiki-sea": list(wiki_pages(data)),
        "text": list(text_pages(data)),
    }
    asked = [*([code] for code in language_codes()), language_codes()]
    for name, pages in sets.items():
        for codes in asked:
            yield Screening.of(name, codes, pages)


def run(data: Path) -> list[dict[str, Any]]:
    """A row per set and wanted language, and one for all languages of the catalogue together."""
    return [screening.row() for screening in screenings(data)]


def totals(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of single languages of each set added up; a page counts once for each language."""
    summed = []
    for name in dict.fromkeys(row["set"] for row in rows):
        parts = [row for row in rows if row["set"] == name and row["language"] != "all"]
        counts = ("wanted", "wanted_skipped", "other", "other_skipped")
        added = {count: sum(row[count] for row in parts) for count in counts}
        false_negatives = added["wanted_skipped"] / max(added["wanted"], 1)
        skip_rate = added["other_skipped"] / max(added["other"], 1)
        summed.append({"set": name, **added, "wanted_rate": false_negatives,
                       "skip_rate": skip_rate})  # fmt: skip
    return summed


def main() -> None:
    default = os.environ.get("CORPUSKIT_DATA", "../shared/data")
    results = list(screenings(Path(sys.argv[1] if len(sys.argv) > 1 else default)))
    rows = [screening.row() for screening in results]
    print(table([row for row in rows if row["wanted"]]))
    print(f"\n{table(totals(rows))}\n")
    for screening in results:
        for line in screening.lost():
            print(line)


if __name__ == "__main__":
    main()
