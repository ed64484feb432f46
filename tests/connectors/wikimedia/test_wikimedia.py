"""Dumps of real wikis, whole and damaged, in every form they are stored in."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from connectors.wikimedia.dumps import (
    FOOT,
    HEAD,
    connector,
    dump,
    multistream,
    page,
    pieces,
    read,
    read_whole,
)

from corpuskit.connectors.base import Piece
from corpuskit.connectors.wikimedia import stream
from corpuskit.document import RawRecord

WIKIS = ("ban", "id", "jv", "km", "mad", "my", "tl", "war")


def refs(records: list[RawRecord]) -> list[tuple[str, str | None]]:
    return [(record.source_ref, record.reason) for record in records]


@pytest.fixture
def km(data_dir: Path) -> bytes:
    """The Khmer wiki's export in XML, 42 pages."""
    return bz2.decompress((data_dir / "mediawiki-sea/km/kmwiki-current.xml.bz2").read_bytes())


@pytest.mark.parametrize("wiki", WIKIS)
def test_what_is_to_stay_stays_and_what_is_to_go_goes(data_dir: Path, wiki: str) -> None:
    folder = data_dir / "mediawiki-sea" / wiki
    records = {record.title: record for record in read(folder / f"{wiki}wiki-current.xml.bz2")}
    paragraphs = strings = 0
    lines = (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    for gold in map(json.loads, lines):
        if gold["kind"] == "talk page":  # its title in the gold is the English one
            continue
        record = records[gold["title"]]
        assert (record.reason == "read/redirect") == (gold["kind"] == "redirect")
        text = record.content.decode()
        for one in gold.get("gold_paragraphs", ()):
            paragraphs += 1
            assert " ".join(one.split()) in text
        for one in gold.get("must_not_contain", ()):
            strings += 1
            assert one not in text
    assert paragraphs >= 60
    assert strings == 210
    talk = [
        record
        for record in records.values()
        if record.reason == "read/namespace" and record.detail == "1"
    ]
    assert talk


@pytest.mark.parametrize(
    ("name", "stats"),
    [
        ("viwiki-20230501-part1.xml.bz2", "viwiki-part1"),
        ("mrwiki-20230501-truncated.xml.bz2", "mrwiki-truncated"),
        ("bnwiki-20230501-truncated.xml.bz2", "bnwiki-truncated"),
        ("fowiki-fixture.xml.bz2", "fowiki-fixture"),
    ],
)
def test_real_dumps_are_counted_right(data_dir: Path, name: str, stats: str) -> None:
    folder = data_dir / "mediawiki"
    expected = json.loads((folder / "stats.json").read_text())[stats]
    records = read(folder / name)
    reasons = Counter(record.reason for record in records)
    assert len(records) == expected["pages"]
    assert reasons["read/truncated"] == expected["pages"] - expected["closed"]
    elsewhere = reasons["read/namespace"]
    # of a page that is cut off the namespace is not known
    assert len(records) - elsewhere - expected["ns0"] in (0, reasons["read/truncated"])
    assert set(reasons) <= {
        None, "read/namespace", "read/redirect", "read/empty", "read/truncated"
    }  # fmt: skip
    assert all(record.source_ref.startswith(f"{expected['dbname']}:") for record in records)
    kept = [record for record in records if record.reason is None]
    residue = ("[[", "]]", "{{", "}}", "'''", "<ref", "{|", "|}", "|-\n", "__NOTOC__", "style=")
    leaking = [
        record for record in kept if any(each in record.content.decode() for each in residue)
    ]
    assert len(leaking) <= len(kept) * 0.01


def test_a_record_says_all_that_the_dump_does(data_dir: Path) -> None:
    records = read(data_dir / "mediawiki" / "fowiki-fixture.xml.bz2")
    (record,) = (record for record in records if record.reason is None)
    assert record.source_ref == "fowiki:2201@341301"
    assert record.title == "Klaksvíkar kommuna"
    assert record.url == "https://fo.wikipedia.org/wiki/Klaksv%C3%ADkar_kommuna"
    assert record.published_at == datetime(2016, 11, 9, 13, 0, 10, tzinfo=UTC)
    assert record.published_at_source == "revision"
    assert record.fetched_at is None
    assert record.lang_declared == "fo"
    assert (record.content_type, record.charset) == ("text/plain", "utf-8")
    wanted = int("nde3ufxtycpq8776kxvt1lcmr4cgdyi", 36).to_bytes(20, "big")
    assert record.payload_digest == "sha1:" + base64.b32encode(wanted).decode()
    assert record.detail is None  # the text has the digest that the dump says


def test_utf16(data_dir: Path) -> None:
    path = data_dir / "mediawiki" / "bgwiki-latest-pages-articles-shortened.xml.bz2"
    records = read(path)
    xml = bz2.decompress(path.read_bytes()).decode("utf-16")
    assert len(records) == xml.count("<page>") > 1
    assert [record.reason for record in records].count(None) == 1
    assert all(record.source_ref.startswith("bgwiki:") for record in records)
    assert all("\ufffd" not in record.content.decode() for record in records)


@pytest.mark.parametrize(
    "store",
    [
        bytes, bz2.compress, gzip.compress, zstandard.ZstdCompressor().compress,
        lambda xml: xml.decode().encode("utf-16"), lambda xml: b"\xef\xbb\xbf" + xml,
        lambda xml: multistream(xml, 5),
        lambda xml: b"".join(bz2.compress(xml[at : at + 999]) for at in range(0, len(xml), 999)),
        lambda xml: gzip.compress(xml[:5000]) + gzip.compress(xml[5000:]),
    ],
    ids=["plain", "bz2", "gz", "zst", "utf16", "mark", "multistream", "pbzip2", "members"],
)  # fmt: skip
def test_every_form_of_storage_gives_the_same(km: bytes, tmp_path: Path, store) -> None:
    plain = tmp_path / "plain.xml"
    plain.write_bytes(km)
    stored = tmp_path / "stored.bin"
    stored.write_bytes(store(km))
    expected = read(plain)
    assert len(expected) == km.count(b"<page>")
    assert read(stored) == expected
    assert read_whole(stored) == expected


@pytest.mark.parametrize("per_stream", [1, 3, 100])
def test_streams_are_read_on_their_own(
    km: bytes, tmp_path: Path, per_stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpuskit.connectors.wikimedia.dump._STREAMS", 2)
    path = tmp_path / "kmwiki-multistream.xml.bz2"
    path.write_bytes(multistream(km, per_stream))
    _, cut = pieces(path)
    assert len(cut) >= 2
    starts = set(stream.stream_starts(str(path)))
    assert {one.start for one in cut} <= starts
    assert [one.stop for one in cut[:-1]] == [one.start for one in cut[1:]]
    assert read(path) == read_whole(path)


def test_a_large_plain_dump_is_cut_between_pages(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(dump(*(page(number) for number in range(2_500))))
    _, cut = pieces(path)
    assert [one.records for one in cut] == [1000, 1000, 500]
    for compress in (bytes, gzip.compress, bz2.compress):
        stored = tmp_path / "y.xml"
        stored.write_bytes(compress(path.read_bytes()))
        records = read(stored)
        assert [record.source_ref for record in records] == [
            f"kmwiki:{number}@{number + 1000}" for number in range(2_500)
        ]
        assert read_whole(stored) == records


@pytest.mark.parametrize("compress", [bytes, bz2.compress, gzip.compress], ids=["xml", "bz2", "gz"])
def test_a_dump_cut_off_at_any_byte_keeps_all_before(tmp_path: Path, compress) -> None:
    whole = dump(*(page(number) for number in range(1, 8)))
    path = tmp_path / "x.xml"
    first = len(HEAD.encode())
    for size in range(first, len(whole) - len(FOOT), 97):
        path.write_bytes(compress(whole[:size]))
        records = read(path)
        closed = whole[:size].count(b"</page>")
        assert [record.reason for record in records[:closed]] == [None] * closed
        assert [record.reason for record in records[closed:]] == ["read/truncated"]


def test_a_bz2_file_cut_off_keeps_all_before(km: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.xml.bz2"
    stored = multistream(km, 5)
    path.write_bytes(stored)
    expected = read(path)
    starts = list(stream.stream_starts(str(path)))
    path.write_bytes(stored[: starts[4] + 20])
    records = read(path)
    assert records[:15] == expected[:15]
    assert {record.reason for record in records[15:]} == {"read/truncated"}
    assert read_whole(path) == records


def test_a_damaged_stream_costs_only_its_own_pages(km: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.xml.bz2"
    stored = bytearray(multistream(km, 5))
    path.write_bytes(stored)
    expected = read(path)
    starts = list(stream.stream_starts(str(path)))
    stored[starts[3] + 200] ^= 0xFF
    path.write_bytes(stored)
    records = read(path)
    assert records[:10] == expected[:10]
    assert records[-27:] == expected[15:]
    lost = records[10:-27]
    assert {record.reason for record in lost} == {"read/corrupt"}
    assert any("bzip2 stream at byte" in (record.detail or "") for record in lost)
    assert read_whole(path) == records


@pytest.mark.parametrize(
    ("one", "reason", "detail"),
    [
        (page(1, ns=4), "read/namespace", "4"),
        (page(1, more='<redirect title="A &amp; B" />'), "read/redirect", "A & B"),
        (page(1, ns=4, more='<redirect title="A" />'), "read/namespace", "4"),
        (page(1, model="Scribunto"), "read/content_model", "Scribunto"),
        (page(1, attributes=' deleted="deleted"'), "read/empty", "the text is hidden"),
        (page(1, ""), "read/empty", "no text in 0 characters"),
        (page(1, "{{Infobox|a=b}}"), "read/empty", "no text in 15 characters"),
        (page(1, "&nbsp;"), "read/corrupt", "XML: "),
        (page(1, "a\x01"), "read/corrupt", "XML: "),
        (page(1).replace("<id>1001</id>", "<id>x</id>"), "read/corrupt", "<id> is 'x'"),
        (page(1).replace("</page>", ""), "read/corrupt", "another page starts"),
        ("<page><title>x</title></page>", "read/corrupt", "a page without a revision"),
    ],
)
def test_a_page_without_text_is_a_reason(
    tmp_path: Path, one: str, reason: str, detail: str
) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(dump(one, page(2)))
    first, second = read(path)
    assert (first.reason, first.content) == (reason, b"")
    assert detail in (first.detail or "")
    assert (second.reason, second.content.decode()) == (None, "អក្សរ")


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    bomb = '<!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    path.write_bytes(bomb.encode() + dump(page(1, "&b;"), page(2)))
    assert refs(read(path)) == [("kmwiki:1", "read/corrupt"), ("kmwiki:2@1002", None)]


def test_a_page_too_large_is_a_reason_in_bounded_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpuskit.connectors.wikimedia.pages.MAX_PAGE_BYTES", 100_000)
    path = tmp_path / "x.xml"
    path.write_bytes(dump(page(1), page(2, "ក" * 1_000_000), page(3)))
    assert refs(read(path)) == [
        ("kmwiki:1@1001", None), ("kmwiki:2", "read/too_large"), ("kmwiki:3@1003", None)
    ]  # fmt: skip


def test_a_wrong_digest_is_told_of_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(dump(page(1).replace("</revision>", "<sha1>abc</sha1></revision>")))
    (record,) = read(path)
    digest = hashlib.sha1("អក្សរ".encode()).digest()
    assert record.payload_digest == "sha1:" + base64.b32encode(digest).decode()
    assert record.detail == "declared sha1 abc does not fit"


def test_other_namespaces_when_asked_for(data_dir: Path) -> None:
    path = data_dir / "mediawiki-sea/km/kmwiki-current.xml.bz2"
    kept = [record for record in read(path, namespaces=(1, 4)) if record.reason != "read/namespace"]
    assert 0 < len(kept) < 10


@pytest.mark.parametrize("wiki", ["km", "my"])
def test_of_a_whole_history_the_latest_revision_counts(data_dir: Path, wiki: str) -> None:
    folder = data_dir / "mediawiki-sea" / wiki
    current, full = (
        read(folder / f"{wiki}wiki-{name}.xml.bz2") for name in ("current", "full-history")
    )
    assert full == current


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "read/empty"),
        (b"<html><body>404</body></html>", "read/unsupported_type"),
        (b"BZh91AY&SYrubbish", "read/unsupported_type"),
        (b"7z\xbc\xaf\x27\x1c", "read/unsupported_type"),
    ],
)
def test_what_is_no_dump_is_a_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(content)
    assert refs(read(path)) == [("wiki:x.xml", reason)]


def test_what_cannot_be_opened_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "x.xml").symlink_to(tmp_path / "nowhere")
    assert refs(read(tmp_path / "x.xml")) == [("wiki:x.xml", "read/unreadable")]


def test_an_empty_wiki_has_no_pages(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_bytes(dump())
    assert read(tmp_path / "x.xml") == []


def test_an_early_piece_after_a_late_one(tmp_path: Path) -> None:
    path = tmp_path / "x.xml.gz"
    path.write_bytes(gzip.compress(dump(*(page(number) for number in range(2_500)))))
    item, cut = pieces(path)
    source = connector(path)

    def numbers(piece: Piece) -> list[str]:
        return [record.source_ref for record in source.read(item, piece)]

    late, early = numbers(cut[2]), numbers(cut[0])
    assert (early[0], late[0]) == ("kmwiki:0@1000", "kmwiki:2000@3000")
    assert numbers(cut[1])[0] == "kmwiki:1000@2000"


def test_a_redirect_that_is_not_marked_is_told_by_its_words(tmp_path: Path) -> None:
    """Exports of MediaWiki before 1.13 have no <redirect>."""
    path = tmp_path / "a.xml"
    path.write_bytes(dump(page(1, "#ប្តូរទីតាំង [[ទំព័រ 2]]"), page(2, "# [[ទំព័រ 1]] ក"), page(3)))
    first, second, third = read_whole(path)
    assert (first.reason, first.detail) == ("read/redirect", "ទំព័រ 2")
    assert (second.reason, second.content.decode()) == (None, "ទំព័រ 1 ក")
    assert third.reason is None
