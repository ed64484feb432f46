from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import zstandard
from connectors.archives import connector, http, pieces, read, record, stored

from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.containers.warc_layout import frames, layout_of
from corpuskit.connectors.containers.warc_records import to_record
from corpuskit.connectors.reasons import REASONS
from corpuskit.connectors.warc import WarcConnector, WarcOptions
from corpuskit.errors import SourceError

PASSED_OVER = {
    "read/warc_record_type", "read/content_type", "read/http_status", "read/revisit", "read/empty",
}  # fmt: skip


def records_and_heads(path: Path, name: str):
    """Every frame of an archive with a head: its offset, type and record."""
    with open_binary(str(path)) as file:
        layout = layout_of(file, name)
    assert layout is not None
    return {
        frame.offset: (frame.head.fields["warc-type"], to_record(frame, name))
        for frame in frames(str(path), layout, 0)
        if frame.head is not None
    }


def test_agrees_with_warcio_record_by_record(data_dir):
    """Type, URL, status, and content where there is one, at the offsets that warcio gives."""
    gold = defaultdict(list)
    lines = (data_dir / "warc" / "records-per-warcio.jsonl").read_text(encoding="utf-8")
    for row in map(json.loads, lines.splitlines()):
        gold[row["file"]].append(row)
    seen: Counter[str] = Counter()
    for name, rows in gold.items():
        ours = records_and_heads(data_dir / "warc" / name, name)
        for row in rows:
            if "offset" not in row:  # where warcio gives up; the next test reads on
                seen["warcio gave up"] += 1
                continue
            if row["offset"] not in ours:
                seen[f"only warcio: {name}"] += 1
                continue
            kind, one = ours[row["offset"]]
            assert kind == row["type"]
            assert one.url == row["url"] or kind == "warcinfo"
            seen["records"] += 1
            if one.reason is None:
                digest = hashlib.sha1(one.content).hexdigest()
                assert (len(one.content), digest) == (row["decoded_len"], row["decoded_sha1"])
                assert str(one.http_status) == str(row["status"])
                seen["contents"] += 1
            elif one.reason not in PASSED_OVER:
                seen[f"lost: {name} {one.reason}"] += 1
    assert seen == {
        "records": 1236,
        "contents": 291,  # 18 more are feeds (RSS) served as text/xml
        "warcio gave up": 3,
        # Three of its four heads have no length: they say -1 or abc.
        "only warcio: warcio/bad.arc": 3,
        # Cut on purpose: 12 bytes of the block, 2 and 1 bytes of what Content-Length says.
        "lost: warcio/example-space-in-url.arc read/truncated": 1,
        "lost: warcio/example-trunc.warc read/truncated": 1,
        "lost: warcio/example-wrong-chunks.warc.gz read/truncated": 1,
    }


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("example-bad-non-chunked.warc.gz", 6),
        ("example-bad.warc.gz.bad", 6),
        ("example-wrong-chunks.warc.gz", 2),
    ],
)
def test_reads_on_where_warcio_gives_up(data_dir, name, count):
    found = read(data_dir / "warc" / "warcio" / name)
    assert len(found) == count
    assert {one.reason for one in found} <= PASSED_OVER | {None, "read/truncated"}


def test_agrees_with_the_gold_of_the_asian_archive(data_dir):
    folder = data_dir / "warc-sea"
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {row["offset"]: row for row in map(json.loads, lines)}
    expected = {
        "truncated body (WARC-Truncated: length)": "read/truncated",
        "revisit record": "read/revisit",
        "404": "read/http_status",
        "redirect": "read/http_status",
        "pdf": "read/content_type",
        "image": "read/content_type",
        "empty body": "read/empty",
    }
    found = read(folder / "sea-dev.warc.gz")
    assert len(found) == len(gold) + 1
    for one in found[1:]:
        assert one.warc is not None
        row = gold[one.warc["offset"]]
        assert one.warc["length"] == row["length"]
        if "record_id" in row:  # the URLs of the others are not written out in the gold
            assert (one.url, one.warc["record_id"]) == (row["url"], row["record_id"])
        assert one.reason == expected.get(row["variant"])
        coded = row["variant"] in ("gzip content-encoding", "chunked")
        if one.reason is None and not coded and "body_sha1" in row:
            assert hashlib.sha1(one.content).hexdigest() == row["body_sha1"]
        if one.reason is None:
            assert b"<html" in one.content or one.content_type == "text/plain"


def test_coded_pages_are_the_pages_that_were_packed(data_dir):
    """The variants "gzip content-encoding" and "chunked" against the pages they were made of."""
    folder = data_dir / "warc-sea"
    pages = {
        hashlib.sha1(page.read_bytes()).digest() for page in data_dir.glob("*html*/**/*.html")
    } | {hashlib.sha1(p.read_bytes()).digest() for p in data_dir.glob("mediawiki-sea/**/*.html")}
    coded = [
        one
        for one in read(folder / "sea-dev.warc.gz")
        if {"transfer-encoding", "content-encoding"} & set(one.headers) and one.reason is None
    ]
    assert len(coded) == 25
    assert all(hashlib.sha1(one.content).digest() in pages for one in coded)


def test_text_of_wet_files(data_dir):
    lines = (data_dir / "warc-sea" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    texts = {row.get("gold_text") for row in map(json.loads, lines)}
    found = read(data_dir / "warc-sea" / "sea-dev.warc.wet.gz")
    assert len(found) == 112
    assert {(one.content_type, one.reason) for one in found} == {("text/plain", None)}
    assert sum(one.content.decode() in texts for one in found) > 100


@pytest.mark.parametrize("how", ["plain", "gzip", "zstd"])
def test_a_cut_anywhere_costs_one_record(tmp_path, how):
    parts = stored([record(number) for number in range(4)], how)
    path = tmp_path / "cut.warc"
    before = b"".join(parts[:3])
    for part in range(20):
        size = 1 + part * (len(parts[3]) - 2) // 19
        path.write_bytes(before + parts[3][:size])
        *sound, last = read(path)
        if how == "plain" and size >= len(parts[3]) - 4:  # only blank lines are missing
            assert last.reason is None
            continue
        assert [one.reason for one in sound] == [None] * 3
        assert last.reason == "read/truncated"
    path.write_bytes(before)
    assert [one.reason for one in read(path)] == [None] * 3


def test_a_damaged_member_costs_one_record_and_names_its_place(data_dir, tmp_path):
    data = bytearray((data_dir / "warc-sea" / "sea-dev.warc.gz").read_bytes())
    path = tmp_path / "damaged.warc.gz"
    path.write_bytes(data)
    whole = read(path)
    middle = whole[60].warc
    assert middle is not None
    data[middle["offset"] + 700] ^= 0xFF
    path.write_bytes(data)
    found = read(path)
    assert [one.source_ref for one in found] == [one.source_ref for one in whole]
    assert found[:60] + found[61:] == whole[:60] + whole[61:]
    lost = found[60]
    assert lost.reason == "read/corrupt"
    assert str(middle["offset"]) in str(lost.detail)
    assert (lost.url, lost.warc) == (whole[60].url, middle)


def test_scan_packs_a_thousand_records_or_64_megabytes(tmp_path):
    path = tmp_path / "many.warc.gz"
    path.write_bytes(b"".join(stored([record(number) for number in range(2500)], "gzip")))
    assert [piece.records for piece in pieces(path)] == [1000, 1000, 500]
    path.write_bytes(gzip.compress(record(0, bytes(40_000_000))) * 3)
    assert [piece.records for piece in pieces(path)] == [1, 1, 1]


MEASURE = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from connectors.archives import connector
from corpuskit.connectors.base import Piece
def used(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
made = connector(Path(sys.argv[1]))
list(made.read(made.inputs()[0], Piece(0, 1, 1, 1)))
before = used()
(item,) = made.inputs()
for piece in made.scan(item):
    for record in made.read(item, piece):
        print(record.source_ref, record.reason)
print(used() - before)
"""


@pytest.mark.parametrize("how", ["gzip", "plain", "whole gzip", "zstd", "bomb"])
def test_a_page_of_200_megabytes_costs_no_memory(tmp_path, how):
    page = b"<html>" + b"<p>paragraph</p>\n" * 12_000_000
    block = http(page)
    if how == "bomb":
        coded = gzip.compress(page, compresslevel=1)
        block = http(coded, "Content-Type: text/html", "Content-Encoding: gzip")
    large = record(1, block)
    del page, block
    path = tmp_path / "large.warc"
    path.write_bytes(b"".join(stored([record(0), large, record(2)], how)))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(Path(__file__).parents[1])],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    *lines, megabytes = done.stdout.splitlines()
    assert lines == [
        "warc:<urn:uuid:0> None",
        "warc:<urn:uuid:1> read/too_large",
        "warc:<urn:uuid:2> None",
    ]
    assert int(megabytes) < 70  # 10 MB of content a few times over, and a 32 MB chunk of zstd


def test_whole_folders(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.warc").write_bytes(record(1))
    (tmp_path / "sub" / "a.warc.gz").write_bytes(gzip.compress(record(2)))
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    (tmp_path / "gone.warc").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.warc")
    made = connector(tmp_path)
    found = {
        one.source_ref: one.reason
        for item in made.inputs()
        for piece in made.scan(item)
        for one in made.read(item, piece)
    }
    assert found == {
        "warc:<urn:uuid:1>": None,
        "warc:<urn:uuid:2>": None,
        "warc:notes.txt": "read/unsupported_type",
        "warc:empty.warc.gz": "read/empty",
        "warc:gone.warc": "read/unreadable",
        "warc:pipe.warc": "read/unreadable",
    }
    assert set(filter(None, found.values())) <= set(REASONS)


def test_the_source_type_is_what_the_recipe_says(tmp_path):
    assert WarcConnector(WarcOptions(path="x"), tmp_path).source_type == "web"
    options = WarcOptions(path="x", source_type="commoncrawl")
    assert WarcConnector(options, tmp_path).source_type == "commoncrawl"
    assert WarcConnector.source_type == "web"


def test_nothing_to_read_is_a_source_error(tmp_path):
    with pytest.raises(SourceError, match="holds no files"):
        connector(tmp_path).inputs()


def dictionary_of(pages: list[bytes]) -> zstandard.ZstdCompressionDict:
    return zstandard.train_dictionary(4_000, pages * 40)


def skippable(content: bytes) -> bytes:
    """A skippable frame as the draft "Use of zstandard in WARC files" has it."""
    return b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content


@pytest.mark.parametrize("compressed", [False, True])
def test_a_zstd_dictionary_at_the_start_of_the_archive_is_used(tmp_path, compressed):
    records = [record(number, http(f"<p>number {number}".encode() * 9)) for number in range(30)]
    dictionary = dictionary_of(records)
    head = dictionary.as_bytes()
    head = skippable(zstandard.compress(head) if compressed else head)
    compress = zstandard.ZstdCompressor(dict_data=dictionary).compress
    path = tmp_path / "a.warc.zst"
    path.write_bytes(head + b"".join(map(compress, records)))
    pages = read(path)
    assert [page.reason for page in pages] == [None] * 30
    assert [page.content[:11] for page in pages[:2]] == [b"<p>number 0", b"<p>number 1"]
    assert sum(piece.records for piece in pieces(path)) >= 30


@pytest.mark.parametrize(
    "content", [b"\x37\xa4\x30\xec but no dictionary", zstandard.compress(bytes(5_000))[:12]]
)
def test_a_damaged_zstd_dictionary_is_named(tmp_path, content):
    path = tmp_path / "a.warc.zst"
    path.write_bytes(skippable(content) + zstandard.compress(record()))
    (lost,) = read(path)
    assert lost.reason == "read/corrupt"
    assert "zstd dictionary" in (lost.detail or "")


def test_a_dictionary_that_ends_with_the_file_is_named(tmp_path):
    path = tmp_path / "a.warc.zst"
    path.write_bytes(skippable(bytes(900))[:500])
    (lost,) = read(path)
    assert (lost.reason, lost.detail) == (
        "read/corrupt", "a zstd dictionary of 900 bytes; 492 can be read",
    )  # fmt: skip
