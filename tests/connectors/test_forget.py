"""Of what connectors fetched, what was taken down is gone, and the rest is there."""

from __future__ import annotations

import gzip
import sqlite3
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from connectors.commoncrawl.servers import archive
from connectors.commoncrawl.test_connector import made, records
from connectors.oai.repositories import Pyoai, Record, serving
from connectors.oai.test_connector import connector as oai_connector
from connectors.oai.test_connector import read
from fastwarc.warc import ArchiveIterator as FastIterator
from takedown.corpora import everything
from warcio.archiveiterator import ArchiveIterator

from corpuskit.connectors.base import Agent, FetchContext, TakenDown
from corpuskit.connectors.containers.warc_replace import (
    padded_member,
    replace_records,
    taken_down,
)
from corpuskit.connectors.containers.warc_write import member
from corpuskit.connectors.files import FilesConnector
from corpuskit.connectors.oai.connector import OaiConnector
from corpuskit.connectors.reasons import DELETED, EXCLUDED, WITHDRAWN
from corpuskit.connectors.wikimedia import WikimediaConnector
from corpuskit.document import RawRecord
from corpuskit.tombstones import TakedownEvent, Tombstones, record_hash, url_hash

AGENT = Agent("Corpus Laboratory", "corpus@example.org")


def taken(**hashes: list[str]) -> TakenDown:
    event = TakedownEvent(
        "2026-11-30T12:00:00Z", "x", 1, 0, {kind: tuple(values) for kind, values in hashes.items()}
    )
    return TakenDown("pages", Tombstones((event,)))


def contents(found: list[RawRecord]) -> dict[str, tuple[bytes, str | None]]:
    return {record.source_ref: (record.content, record.reason) for record in found}


@pytest.fixture
def sea(data_dir: Path) -> Path:
    return data_dir / "warc-sea"


def test_a_placeholder_has_the_size_of_the_record_and_every_reader_passes_over_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.warc.gz"
    bodies = [b"first " * 9, bytes(range(256)) * 4_000, b"third " * 99]
    head = {"WARC-Type": "resource", "WARC-Date": "2026-11-30T12:00:00Z",
            "Content-Type": "text/plain"}  # fmt: skip
    members = [
        member(f"<urn:uuid:{n}>", {**head, "WARC-Target-URI": f"http://a.example/{n}"}, body)
        for n, body in enumerate(bodies)
    ]
    path.write_bytes(b"".join(members))

    def second(fields: dict[str, str]) -> tuple[dict[str, str], bytes] | None:
        return taken_down(fields, "tombstone:1") if fields["warc-target-uri"][-1] == "1" else None

    assert replace_records(path, tmp_path / "tmp", second) == 1
    data = path.read_bytes()
    assert len(data) == sum(map(len, members))
    assert data.startswith(members[0]) and data.endswith(members[2])
    assert bodies[1][:100] not in gzip.decompress(data)
    with path.open("rb") as file:
        types = [record.rec_type for record in ArchiveIterator(file)]
    assert types == ["resource", "metadata", "resource"]
    with path.open("rb") as file:
        urls = [record.headers["WARC-Target-URI"] for record in FastIterator(file)]
    assert urls == ["http://a.example/0", "tombstone:1", "http://a.example/2"]
    assert replace_records(path, tmp_path / "tmp", lambda fields: None) == 0
    with pytest.raises(ValueError, match="too small"):
        padded_member(head, b"", size=100)


def test_records_of_common_crawl(sea: Path, tmp_path: Path) -> None:
    with archive(sea) as server:
        connector = made(server, tmp_path, tld="org")
        connector.fetch(FetchContext(AGENT, lambda line: None))
        before = records(connector)
        gone = before[3]
        assert gone.url
        named = taken(url=[url_hash(gone.url)])
        (line,) = connector.forget(tmp_path, named)
        assert line.startswith("took 1 records out")
        assert connector.forget(tmp_path, named) == []
        after = records(connector)
        assert [record.reason for record in after if record.url != gone.url].count(WITHDRAWN) == 1
        assert after[3].reason == WITHDRAWN and after[3].content == b""
        assert contents(after[:3] + after[4:]) == contents(before[:3] + before[4:])
        # Nothing is asked again; in another store, the page is not asked for.
        asked = len(server.asked)
        context = FetchContext(
            AGENT, lambda line: None, excluded=named.tombstones.why_not_fetch,
            taken_down=named.tombstones.why_not_fetch,
        )  # fmt: skip
        connector.fetch(context)
        assert len(server.asked) == asked
        other = made(server, tmp_path / "other", tld="org")
        other.fetch(context)
    lost = [record for record in records(other) if record.reason == EXCLUDED]
    assert [record.url for record in lost] == [gone.url]
    assert "taken down" in (lost[0].detail or "")


def harvest() -> list[Record]:
    return [
        Record(number, datetime(2020, 1, 1 + number), dc={"description": [f"text {number} " * 40]})
        for number in range(4)
    ]


def test_records_of_a_repository(tmp_path: Path) -> None:
    with serving(Pyoai(harvest())) as served:
        source = oai_connector(served, tmp_path)
        source.fetch(FetchContext(AGENT, lambda _: None))
        before = read(source)
        gone = before[1]
        store = tmp_path / "store"
        assert b"text 1 text 1" in database(store)
        named = taken(record=[record_hash("pages", gone.source_ref)])
        assert OaiConnector.forget(store, named) == [
            "took 1 records out of the harvest, but for their headers"
        ]
        assert OaiConnector.forget(store, named) == []
        after = read(source)
        assert [record.reason for record in after] == [None, DELETED, None, None]
        assert after[1].source_ref == gone.source_ref
        assert contents(after[:1] + after[2:]) == contents(before[:1] + before[2:])
        source.fetch(FetchContext(AGENT, lambda _: None))
        assert contents(read(source)) == contents(after)
    assert b"text 1 text 1" not in database(store)
    assert "text 1 text 1" not in everything(store)


def database(store: Path) -> bytes:
    """What the records of a harvest hold, unpacked."""
    (path,) = store.glob("*/harvest.sqlite")
    with sqlite3.connect(path) as base:
        rows = base.execute("SELECT xml FROM records").fetchall()
    base.close()
    return b"\n".join(zlib.decompress(row[0]) for row in rows)


def test_a_dump_and_tables_stay_and_people_are_told(tmp_path: Path) -> None:
    (tmp_path / "0a1b2c3d").mkdir()
    dump = tmp_path / "0a1b2c3d" / "kmwiki.xml.bz2"
    dump.write_bytes(b"a dump")
    named = taken(source=[url_hash("x")])
    (line,) = WikimediaConnector.forget(tmp_path, named)
    assert "the dump kmwiki.xml.bz2 may still hold" in line
    (line,) = FilesConnector.forget(tmp_path, named)
    assert "fetched files still hold what was taken down (0a1b2c3d/kmwiki.xml.bz2)" in line
    assert dump.read_bytes() == b"a dump"
    assert FilesConnector.forget(tmp_path / "none", named) == []
