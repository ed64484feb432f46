from __future__ import annotations

import gzip

import pytest
from connectors.archives import record, stored

from corpuskit.connectors import pieces
from corpuskit.connectors.containers import warc_scan
from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.containers.warc_layout import layout_of
from corpuskit.connectors.containers.warc_scan import cut


def both(path, monkeypatch):
    """The starts of the pieces found with fastwarc, if it can, and without it."""
    with open_binary(str(path)) as file:
        layout = layout_of(file, path.name)
        assert layout is not None
        quick = cut(file, layout)
        monkeypatch.setattr(warc_scan, "_cut_sound", lambda file: None)
        slow = cut(file, layout)
    monkeypatch.undo()
    return quick, slow


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_fastwarc_finds_the_same_cuts(data_dir, monkeypatch, size):
    archives = sorted(data_dir.glob("warc*/**/*.warc*.gz"))
    assert len(archives) > 8
    for path in archives:
        monkeypatch.setattr(pieces, "RECORDS", size)
        quick, slow = both(path, monkeypatch)
        assert [one.start for one in quick] == [one.start for one in slow]
        assert quick[-1].stop >= slow[-1].stop


def test_a_tail_that_fastwarc_does_not_see_is_in_the_last_piece(tmp_path):
    parts = stored([record(number) for number in range(3)], "gzip")
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(parts)[:-100])
    with open_binary(str(path)) as file:
        layout = layout_of(file, path.name)
        assert layout is not None
        (piece,) = cut(file, layout)
    assert (piece.start, piece.stop) == (0, path.stat().st_size)
    assert piece.stop > sum(map(len, parts[:2]))


def test_members_that_hold_several_records_are_not_cut(tmp_path, monkeypatch):
    members = [record(0), *(record(n) + record(n + 1) for n in range(1, 9, 2))]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(gzip.compress(member) for member in members))
    monkeypatch.setattr(pieces, "RECORDS", 1)
    with open_binary(str(path)) as file:
        layout = layout_of(file, path.name)
        assert layout is not None
        assert layout.per_record
        assert [piece.records for piece in cut(file, layout)] == [1, 2, 2, 2, 2]
