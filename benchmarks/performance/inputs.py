"""Inputs of the roads: texts and pages of a wanted kind and size, made from real ones.

Texts are sentences of the test data in new order and company. Pages are real pages whose sentences
are replaced: markup, scripts, navigation and their shares stay as they are on the web, and no two
pages say the same. Large pages come from crawls: the largest pages of documentation are nearly all
text. What flatters either side is in FLATTERS and is printed with the results.
"""

from __future__ import annotations

import gzip
import html
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from fastwarc.warc import ArchiveIterator, WarcRecordType

from benchmarks.performance.sentences import Sentences, sentences_of

SEED: Final = 20261130
TEXT_CHARACTERS: Final = 900
OTHER_LATIN: Final = ("ceb", "ilo", "hil", "vie", "jav", "bcl", "pag", "war", "eng")
"""Languages of the pages that are not wanted: those of which there are most sentences."""
_PAGE_SETS: Final = (
    "html-libreoffice-help",
    "html-debian-docs",
    "html-docusaurus-mt",
    "html-vuepress-styleguides",
    "html-cc-legalcode",
)
_CRAWLS: Final = ("aut", "dolma")
"""Folders with crawled pages; the others hold odd records, made to test readers."""
_TEXT_NODE: Final = re.compile(r">([^<>]{25,2000})<")
_LATITUDE: Final = 20
"""Characters by which a text may be shorter or longer than the one that it replaces."""
_BLOCKS: Final = re.compile(r"(?is)(<(script|style|pre|svg)\b.*?</\2>|<!--.*?-->)")
_LATIN_SETS: Final = re.compile(r"(km|dz|hi|th|lo|my|ru|el|ar|ja|zh|he|ko|bn|ta|te|fa|uk|bg)\b")

FLATTERS: Final = (
    "Sentences come back: the test data has some 9,000 Indonesian ones, so that each is in several "
    "documents. Caches of words and lines gain from it, on our side only.",
    "Pages are recomposed: the sentences of real pages are replaced by others, of which some come "
    "back. Those of up to 45 kB are {small} pages of help, documentation and licenses, which are "
    "cleaner than the web and need fewer second tries of an extractor; those of 100 kB (mean) "
    "are {large} pages of crawls, from few sites.",
    "One worker each, one file each: reading ahead and merging are not in these figures.",
    "datatrove identifies with the .ftz model of lid.176 here (FineWeb-2: GlotLID, 1.7 GB, slower) "
    "and with trafilatura 1.11, as its own extra pins it.",
)


@dataclass(frozen=True, slots=True)
class PageMix:
    """Pages of a benchmark: their size, and the share of them that is in the wanted language."""

    wanted: str
    share: float
    sizes: range
    """Bytes of the pages that are used as templates."""
    crawled: bool = False
    """Whether these are pages in WARC files of crawls, else files of documentation."""


MIXES: Final = {
    "pages-latin-5": PageMix("ind", 0.05, range(8_000, 45_000)),
    "pages-script-2": PageMix("khm", 0.02, range(8_000, 45_000)),
    "pages-20k": PageMix("ind", 1.0, range(12_000, 32_000)),
    "pages-100k": PageMix("ind", 1.0, range(55_000, 210_000), crawled=True),
}


class MissingDataError(Exception):
    """The test data that an input is made from is not there; the message says what."""


def make_texts(data: Path, path: Path, count: int) -> None:
    """Write `count` Indonesian texts of .9 kB as JSON lines."""
    draw = _sentences(data, "ind", SEED)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            row = {"id": f"text-{number}", "text": draw.text(TEXT_CHARACTERS)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def make_pages(data: Path, path: Path, mix: PageMix, count: int) -> None:
    """Write `count` pages as a WARC file with a gzip member for each record."""
    draw = random.Random(SEED)
    pages = templates(data, mix)
    wanted = _sentences(data, mix.wanted, SEED)
    others = [_sentences(data, lang, SEED) for lang in OTHER_LATIN] if mix.share < 1 else []
    chosen = set(draw.sample(range(count), max(1, round(count * mix.share))))
    with path.open("wb") as file:
        for number in range(count):
            sentences = wanted if number in chosen else others[number % len(others)]
            page = recomposed(draw.choice(pages), sentences)
            file.write(_record(f"https://www.example.org/{number}.html", page.encode()))


def templates(data: Path, mix: PageMix) -> list[str]:
    """Real pages of the mix's sizes in Latin script; MissingDataError if there are under ten."""
    pages = [
        page
        for page in (_crawled(data, mix.sizes) if mix.crawled else _documentation(data, mix.sizes))
        if sum(map(len, _TEXT_NODE.findall(page))) > 1500
    ]
    if len(pages) < 10:
        raise MissingDataError(
            f"fewer than ten pages of {mix.sizes.start:,} bytes or more in {data}"
        )
    return pages


def _documentation(data: Path, sizes: range) -> Iterator[str]:
    for name in _PAGE_SETS:
        for path in sorted((data / name).rglob("*.html")):
            is_other = _LATIN_SETS.search(path.parent.name + path.stem)
            if path.stat().st_size in sizes and not is_other:
                yield path.read_text(encoding="utf-8", errors="ignore")


def _crawled(data: Path, sizes: range) -> Iterator[str]:
    """Different HTML pages in WARC files of crawls."""
    seen: set[bytes] = set()
    for path in sorted((data / "warc").rglob("*.warc.gz")):
        if path.parent.name not in _CRAWLS:
            continue
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response):
                page = record.reader.read() if "html" in (record.http_content_type or "") else b""
                if len(page) in sizes and page not in seen:
                    seen.add(page)
                    yield page.decode("utf-8", "ignore")


def recomposed(page: str, sentences: Sentences) -> str:
    """The page with every sentence in it replaced by others of about the same length."""

    def other(match: re.Match[str]) -> str:
        text = sentences.text(len(match[1]) - _LATITUDE)
        if len(text) > len(match[1]) + _LATITUDE:
            text = text[: len(match[1])].rpartition(" ")[0]
        return f">{html.escape(text, quote=False)}<"

    parts = _BLOCKS.split(page)  # text, block, name of its tag, text, ...
    kept = [part for place, part in enumerate(parts) if place % 3 != 2]
    return "".join(
        _TEXT_NODE.sub(other, part) if place % 2 == 0 else part for place, part in enumerate(kept)
    )


def _sentences(data: Path, lang: str, seed: int) -> Sentences:
    sentences = sentences_of(data, lang, seed)
    if sentences.distinct < 200:
        raise MissingDataError(f"fewer than 200 sentences in {lang} in {data}")
    return sentences


def _record(url: str, page: bytes) -> bytes:
    date = datetime(2026, 1, 1, tzinfo=UTC).isoformat().replace("+00:00", "Z")
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    body = http + b"Content-Length: %d\r\n\r\n" % len(page) + page
    name = f"00000000-0000-4000-8000-{abs(hash_of(url)):012d}"
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{name}>\r\n"
        f"WARC-Date: {date}\r\nWARC-Target-URI: {url}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + body + b"\r\n\r\n", compresslevel=6, mtime=0)


def hash_of(url: str) -> int:
    """The number in a URL of these inputs."""
    return int("".join(filter(str.isdigit, url)) or 0)


Maker = Callable[[Path, Path, int], None]


def makers() -> Iterator[tuple[str, str, Maker]]:
    """(name, suffix, function that writes it) of every input."""
    yield "texts", "jsonl", make_texts
    for name, mix in MIXES.items():
        yield name, "warc.gz", _maker(mix)


def _maker(mix: PageMix) -> Maker:
    def make(data: Path, path: Path, count: int) -> None:
        make_pages(data, path, mix, count)

    return make
