"""What the connector `wikimedia` keeps and lets through, on eight wikis with known text.

    python benchmarks/wikimedia.py [DATA]          dumps, and pages as a browser gets them
    python benchmarks/wikimedia.py --api [DATA]    and by the API of a MediaWiki of each

The wikis are those of the set mediawiki-sea: for each page the paragraphs that are to stay and
strings of markup and apparatus that are to go. For --api the wikis are set up anew, in the
MediaWiki that `make services` installs (the variable CORPUSKIT_SERVICES names its folder).
"""

from __future__ import annotations

import argparse
import bz2
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.report import table
from corpuskit.connectors.base import Agent, Connector, FetchContext
from corpuskit.connectors.wikimedia import WikimediaConnector, WikimediaOptions
from corpuskit.document import RawRecord
from corpuskit.extract import extract_html

WIKIS: Final = ("ban", "id", "jv", "km", "mad", "my", "tl", "war")
_AGENT: Final = Agent("corpuskit benchmarks", "corpus@example.org")


def gold(data: Path, wiki: str) -> list[dict[str, Any]]:
    """The pages of a wiki that have text or strings to look for."""
    lines = (data / "mediawiki-sea" / wiki / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row.get("gold_paragraphs")]


def judge(wiki: str, way: str, pages: Iterator[tuple[dict[str, Any], str]]) -> dict[str, Any]:
    """How much of the gold is in the texts, given with it: paragraphs kept, strings left."""
    row = {"wiki": wiki, "way": way, "paragraphs": 0, "kept": 0, "strings": 0, "left": 0}
    for wanted, text in pages:
        flat = " ".join(text.split())
        paragraphs, strings = wanted["gold_paragraphs"], wanted.get("must_not_contain", [])
        row["paragraphs"] += len(paragraphs)
        row["kept"] += sum(" ".join(paragraph.split()) in flat for paragraph in paragraphs)
        row["strings"] += len(strings)
        row["left"] += sum(string in text for string in strings)
    return row


def records(connector: Connector) -> list[RawRecord]:
    """All that a connector gives."""
    return [
        record
        for item in connector.inputs()
        for piece in connector.scan(item)
        for record in connector.read(item, piece)
    ]


def by_title(wanted: list[dict[str, Any]], records: list[RawRecord]) -> Iterator[tuple[Any, str]]:
    """The gold of each page with the text it got."""
    texts = {record.title: record.content.decode() for record in records}
    yield from ((page, texts.get(page["title"], "")) for page in wanted)


def dump(data: Path, wiki: str) -> dict[str, Any]:
    """The wiki's dump in XML."""
    path = data / "mediawiki-sea" / wiki / f"{wiki}wiki-current.xml.bz2"
    connector = WikimediaConnector(WikimediaOptions(path=str(path)), path.parent)
    return judge(wiki, "dump", by_title(gold(data, wiki), records(connector)))


def skin(data: Path, wiki: str) -> dict[str, Any]:
    """Pages with the skin Vector around them, through the extraction of any web page."""
    folder = data / "mediawiki-sea" / wiki
    pages = [page for page in gold(data, wiki) if "html" in page]
    texts = ((page, extract_html((folder / page["html"]).read_bytes()).text) for page in pages)
    return judge(wiki, "skin", texts)


def api(data: Path, wiki: str) -> dict[str, Any]:
    """A MediaWiki that holds the dump's pages, by its API."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from services.mediawiki import mediawiki

    xml = bz2.decompress(
        (data / "mediawiki-sea" / wiki / f"{wiki}wiki-current.xml.bz2").read_bytes()
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with mediawiki(place, wiki) as made:
            made.load(xml)
            options = WikimediaOptions(api=made.api, delay=0)
            connector = WikimediaConnector(options, place, place / "store")
            connector.fetch(FetchContext(_AGENT, lambda line: None))
        return judge(wiki, "api", by_title(gold(data, wiki), records(connector)))


def run(data: Path, ways: list[Callable[[Path, str], dict[str, Any]]]) -> list[dict[str, Any]]:
    """A row for each wiki and way, and the sum of each way."""
    rows = []
    for way in ways:
        of_wikis = [way(data, wiki) for wiki in WIKIS]
        sums = {
            key: sum(row[key] for row in of_wikis)
            for key in of_wikis[0]
            if key not in ("wiki", "way")
        }
        rows += [*of_wikis, {"wiki": "all", "way": of_wikis[0]["way"], **sums}]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "data", nargs="?", default=os.environ.get("CORPUSKIT_DATA", "../shared/data")
    )
    parser.add_argument("--api", action="store_true")
    asked = parser.parse_args()
    ways = [dump, skin, *([api] if asked.api else [])]
    print(table(run(Path(asked.data).resolve(), ways)))


if __name__ == "__main__":
    main()
