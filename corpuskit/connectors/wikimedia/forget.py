"""Taking out of what was fetched of a wiki what was taken down.

Pages of a wiki that was asked: the record goes, a placeholder of the same size stands in its place,
and the batch says that the page was taken out. The wiki's list of pages stays: it decides how the
batches are called. A dump is one file, which stays as it is; people are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from corpuskit.connectors.base import Input, Piece, TakenDown
from corpuskit.connectors.containers.warc_replace import replace_records
from corpuskit.connectors.containers.warc_replace import taken_down as in_place
from corpuskit.connectors.reasons import WITHDRAWN
from corpuskit.connectors.wikimedia.api import site
from corpuskit.connectors.wikimedia.api.parts import WikiPageOutcome
from corpuskit.connectors.wikimedia.api.reader import Reader
from corpuskit.store import atomic_file
from corpuskit.tombstones import MARK, url_hash

_BASE: Final = "https://wiki.invalid/"
"""What a wiki's own address is relative to; wikis give it whole, or without its scheme."""


def forget(folder: Path, taken: TakenDown) -> list[str]:
    """Take out what was taken down; lines that say how much, and which dumps still hold it."""
    lines = []
    for wiki in sorted(folder.glob("wiki-*")):
        if (wiki / "site.json").exists():
            reader = Reader(site.load(wiki / "site.json", _BASE))
            batches = sorted((wiki / "pages").glob("*.jsonl"))
            count = sum(_forget_pages(path, reader, taken) for path in batches)
            if count:
                lines.append(f"took {count:,} pages out; the wiki's list of pages still names them")
    others = (path for path in sorted(folder.glob("*/*")) if path.is_file())
    dumps = [
        path
        for path in others
        if path.parent.name != "tmp" and not path.parent.name.startswith("wiki-")
    ]
    if dumps:
        names = ", ".join(path.name for path in dumps)
        lines.append(
            f"the dump {names} may still hold what was taken down; later builds reject it. Delete "
            "the file where it must go from there as well"
        )
    return lines


def _forget_pages(path: Path, reader: Reader, taken: TakenDown) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    item, piece = Input(path.name, str(path)), Piece(0, len(lines), len(lines), 0)
    outcomes = [WikiPageOutcome.load(line) for line in lines]
    gone = [
        number
        for number, record in enumerate(reader.read(item, piece))
        if outcomes[number].reason != WITHDRAWN
        and taken(source_ref=record.source_ref, url=record.url)
    ]
    if not gone:
        return 0
    _replace_records(path, [outcomes[number] for number in gone])
    for number in gone:
        page = outcomes[number].page
        outcomes[number] = WikiPageOutcome(
            replace(page, title=MARK + url_hash(page.title)), reason=WITHDRAWN, detail="taken down"
        )
    with atomic_file(path, path.parent / "tmp") as file:
        file.write("".join(outcome.line() for outcome in outcomes).encode())
    return len(gone)


def _replace_records(path: Path, outcomes: list[WikiPageOutcome]) -> None:
    """Replace the records of some pages, found by the digests of their HTML."""
    digests = {outcome.digest for outcome in outcomes if outcome.digest}

    def placeholder(fields: Mapping[str, str]) -> tuple[dict[str, str], bytes] | None:
        url, digest = fields.get("warc-target-uri", ""), fields.get("warc-payload-digest")
        return in_place(fields, MARK + url_hash(url)) if digest in digests else None

    replace_records(path.with_name(f"{path.stem}.warc.gz"), path.parent / "tmp", placeholder)
