"""How many pages the screen skips: wanted ones (it must not) and others (it should).

Pages of the sets html-* with known language, the WARC made of them with wrong and missing
charsets, truncation and compression, and labelled text of about 400 characters as plain
pages. A page is wanted if it is in the language, or partly translated into it; a page that
only declares the language is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.identification import documents, sentences
from corpuskit.chain import run_chain
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.extract.decode import Decode
from corpuskit.identify.screen import Screen
from corpuskit.languages import language_codes
from corpuskit.stage import Batch

WANTED_KINDS = (None, "in-language", "partially-translated")
"""None in the set html-cc-legalcode, all of whose pages are in the declared language."""
TEXT_CHARS = 400
THREE = {"id": "ind", "vi": "vie", "th": "tha"}


@dataclass(frozen=True, slots=True)
class Page:
    """A decoded page and the language it is (partly) in: `khm`, or `khm_Khmr` where known."""

    lang: str | None
    markup: str
    content_type: str | None


def html_pages(data: Path) -> Iterator[Page]:
    """Pages of html-*."""
    for gold in sorted(data.glob("html-*/gold*.jsonl")):
        for row in map(json.loads, gold.open(encoding="utf-8")):
            lang = (row.get("lang") or "").removeprefix("mixed:").partition("+")[0]
            wanted = row.get("kind") in WANTED_KINDS
            markup = (gold.parent / row["html"]).read_text(encoding="utf-8", errors="replace")
            yield Page(THREE.get(lang, lang) if wanted else None, markup, "text/html")


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
                lang = langs.get(record.warc["record_id"]) if record.warc else None
                yield Page(lang, decoded["_markup"][row], record.content_type)


def text_pages(data: Path) -> Iterator[Page]:
    """Labelled sentences joined to short pages of plain text: hard, and many."""
    for row in documents(sentences(data), TEXT_CHARS):
        yield Page(row.code, row.text, "text/plain")


def skipped(languages: list[str], pages: list[Page]) -> list[bool]:
    """Whether the screen skips each page."""
    columns = {
        "_markup": [page.markup for page in pages],
        "content_type": [page.content_type for page in pages],
    }
    reasons = Screen(languages=languages).process(Batch(columns))["reason"]
    return [reason is not None for reason in reasons]


def is_main_script(code: str) -> bool:
    """Whether a page that is only said to be in this language is in this script: those of Javanese
    and Malay are in Latin letters."""
    return code.endswith("_Latn") or f"{code[:3]}_Latn" not in language_codes()


def rates(name: str, languages: list[str], pages: list[Page]) -> dict[str, Any]:
    """Pages wanted and others, and how many of each are skipped."""
    wanted = {*languages, *(code[:3] for code in languages if is_main_script(code))}
    seen = [
        (page.lang in wanted, gone)
        for page, gone in zip(pages, skipped(languages, pages), strict=True)
    ]
    others = [gone for is_wanted, gone in seen if not is_wanted]
    ours = [gone for is_wanted, gone in seen if is_wanted]
    return {
        "language": languages[0] if len(languages) == 1 else "all",
        "set": name,
        "wanted": len(ours),
        "wanted_skipped": sum(ours),
        "other": len(others),
        "other_skipped": sum(others),
        "skip_rate": sum(others) / len(others) if others else 0.0,
    }


def run(data: Path) -> list[dict[str, Any]]:
    """A row per set and wanted language, and one for all languages of the catalogue together."""
    sets = {
        "html": list(html_pages(data)),
        "warc-sea": list(warc_pages(data)),
        "text": list(text_pages(data)),
    }
    asked = [*([code] for code in language_codes()), language_codes()]
    return [rates(name, codes, pages) for name, pages in sets.items() for codes in asked]
