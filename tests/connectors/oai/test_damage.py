"""A harvest whose file was damaged on the disk is refused; it is not continued with wrong texts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from connectors.oai.repositories import Pyoai, serving, some
from connectors.oai.test_connector import connector, harvest

from corpuskit.connectors.base import Agent, FetchContext
from corpuskit.errors import SourceError

CONTEXT = FetchContext(Agent("corpuskit tests", "corpus@example.org"), lambda _: None)


def test_a_file_that_is_not_a_database_is_refused(tmp_path: Path) -> None:
    with serving(Pyoai(some(5))) as served:
        harvest(served, tmp_path)
        (path,) = tmp_path.rglob("harvest.sqlite")
        path.write_bytes(b"corpus" * 1000)
        with pytest.raises(SourceError, match=r"harvest.sqlite is damaged: .*not a database"):
            connector(served, tmp_path).fetch(CONTEXT)
        assert path.read_bytes() == b"corpus" * 1000


def test_a_changed_byte_of_a_record_is_noticed_before_it_is_written_out(tmp_path: Path) -> None:
    with serving(Pyoai(some(5))) as served:
        expected = [record.content for record in harvest(served, tmp_path)]
        (path,) = tmp_path.rglob("harvest.sqlite")
        (written,) = tmp_path.rglob("records-*.warc.gz")
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            ((packed,),) = base.execute("SELECT xml FROM records LIMIT 1").fetchall()
            flipped = packed[:20] + bytes([packed[20] ^ 1]) + packed[21:]
            base.execute("UPDATE records SET xml = ? WHERE xml = ?", (flipped, packed))
        written.unlink()  # so that it is written again from the file
        with pytest.raises(SourceError, match=r"harvest.sqlite is damaged: Error -\d"):
            connector(served, tmp_path).fetch(CONTEXT)
        path.parent.rename(tmp_path / "aside")
        assert [record.content for record in harvest(served, tmp_path)] == expected


def test_a_changed_byte_of_an_archive_loses_one_record(tmp_path: Path) -> None:
    with serving(Pyoai(some(5))) as served:
        whole = harvest(served, tmp_path)
        (written,) = tmp_path.rglob("records-*.warc.gz")
        data = bytearray(written.read_bytes())
        data[len(data) // 2] ^= 1
        written.write_bytes(data)
        source = connector(served, tmp_path)
        source.fetch(CONTEXT)
    records = [
        record
        for item in source.inputs()
        for piece in source.scan(item)
        for record in source.read(item, piece)
    ]
    intact = {record.content for record in whole}
    assert all(record.content in intact for record in records if record.reason is None)
    assert [record.reason for record in records].count("read/corrupt") == 1
