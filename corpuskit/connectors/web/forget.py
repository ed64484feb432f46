"""Taking out of a crawl's folder what was taken down.

Of a page nothing is left but the date of its record and a hash: in the archives a placeholder of
the same size stands in its place, and the frontier forgets its address. It is not asked again,
because a fetch obeys the tombstones (`FetchContext.excluded`). What hosts say in their robots.txt,
and how much folders of a host yielded, stays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from corpuskit.connectors.base import TakenDown
from corpuskit.connectors.containers.warc_replace import replace_records
from corpuskit.connectors.containers.warc_replace import taken_down as in_place
from corpuskit.connectors.databases import connect
from corpuskit.store import atomic_file
from corpuskit.tombstones import MARK, url_hash

_ADDRESSES: Final = ("urls", "captures", "hints", "withdrawn")
"""Tables of the frontier with a row for each address."""


def mark_of(url: str) -> str:
    """What stands in place of an address."""
    return MARK + url_hash(url)


def forget(folder: Path, lost_file: str, taken: TakenDown) -> list[str]:
    """Take out what was taken down; a line that says how much."""

    def placeholder(fields: Mapping[str, str]) -> tuple[dict[str, str], bytes] | None:
        url = fields.get("warc-target-uri", "")
        reference = f"warc:{fields.get('warc-record-id', '')}"
        if fields.get("warc-type") == "warcinfo" or url.startswith(MARK):
            return None
        return in_place(fields, mark_of(url)) if taken(source_ref=reference, url=url) else None

    archives = sorted(folder.glob("*.warc.gz"))
    count = sum(replace_records(path, folder / "tmp", placeholder) for path in archives)
    addresses = _forget_addresses(folder / "frontier.sqlite", taken)
    _forget_losses(folder / lost_file, taken)
    if not count and not addresses:
        return []
    return [f"took {count:,} records out of its archives, {addresses:,} addresses out of the crawl"]


def _forget_addresses(path: Path, taken: TakenDown) -> int:
    """Take addresses out of the frontier; how many."""
    if not path.exists():
        return 0
    with closing(connect(path)) as base:
        base.execute("PRAGMA secure_delete = ON")
        tables = {row[0] for row in base.execute("SELECT name FROM sqlite_master")}
        urls = {
            url
            for table in (*_ADDRESSES, "records")
            if table in tables
            for (url,) in base.execute(f"SELECT url FROM {table}")
        }
        gone = sorted(url for url in urls if not url.startswith(MARK) and taken(url=url))
        base.execute("BEGIN IMMEDIATE")
        for table in tables.intersection(_ADDRESSES):
            base.executemany(f"DELETE FROM {table} WHERE url = ?", [(url,) for url in gone])
        if "records" in tables:
            marks = [(mark_of(url), url) for url in gone]
            base.executemany("UPDATE records SET url = ? WHERE url = ?", marks)
        base.execute("COMMIT")
        if gone:  # leave nothing of what was deleted in the file or its log
            base.execute("VACUUM")
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return len(gone)


def _forget_losses(path: Path, taken: TakenDown) -> None:
    """Take pages out of the list of those that were lost."""
    if not path.exists():
        return
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not taken(url=json.loads(line)["url"])]
    if len(kept) < len(lines):
        with atomic_file(path, path.parent / "tmp") as file:
            file.write("".join(kept).encode())
