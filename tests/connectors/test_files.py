from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import zstandard

from corpuskit.connectors import pieces
from corpuskit.connectors.base import Piece
from corpuskit.connectors.files import FilesConnector, FilesOptions
from corpuskit.connectors.reasons import REASONS
from corpuskit.document import RawRecord
from corpuskit.errors import SourceError

PAGE = "<html><body>ព្រះរាជាណាចក្រកម្ពុជា</body></html>".encode()
zstd = zstandard.ZstdCompressor().compress


def connector(path: Path, **options: object) -> FilesConnector:
    return FilesConnector(FilesOptions.model_validate({"path": str(path), **options}), Path())


def read(path: Path, **options: object) -> list[RawRecord]:
    made = connector(path, **options)
    found = [
        one for item in made.inputs() for piece in made.scan(item) for one in made.read(item, piece)
    ]
    assert all((record.reason is None) == bool(record.content) for record in found)
    assert {record.reason for record in found} <= {None, *REASONS}
    return found


def read_bytes(folder: Path, name: str, data: bytes, **options: object) -> list[RawRecord]:
    (folder / name).write_bytes(data)
    return read(folder / name, **options)


def rows(*many: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in many)


@pytest.mark.parametrize(
    "name", ["a.html", "a.html.gz", "a.html.zst", "a.html.bz2", "wrongly-named.html.gz"]
)
def test_a_page(tmp_path, name):
    packers = {"gz": gzip.compress, "zst": zstd, "bz2": bz2.compress, "html": bytes}
    data = packers[name.rpartition(".")[2]](PAGE)
    if name.startswith("wrong"):
        data = PAGE
    (one,) = read_bytes(tmp_path, name, data, captured=date(2024, 5, 1))
    assert one == RawRecord(
        source_ref=f"{name}@sha256:{hashlib.sha256(data).hexdigest()}",
        content=PAGE,
        content_type="text/html",
        fetched_at=datetime(2024, 5, 1, tzinfo=UTC),
    )


def test_names_and_times_of_the_machine_do_not_show(tmp_path):
    found = []
    for folder in ("one", "two"):
        (tmp_path / folder / "sub").mkdir(parents=True)
        (tmp_path / folder / "sub" / "a.html").write_bytes(PAGE)
        (tmp_path / folder / "b.jsonl").write_bytes(rows({"text": "x"}))
        found.append(read(tmp_path / folder))
        os.utime(tmp_path / folder / "b.jsonl", (1, 1))
        assert read(tmp_path / folder) == found[-1]
    assert found[0] == found[1]
    assert found[0][0].fetched_at is None


def test_all_pages_of_the_data_come_out_as_they_are(data_dir):
    folder = data_dir / "html-libreoffice-help"
    found = read(folder / "**" / "*.html")
    pages = sorted(path.read_bytes() for path in folder.rglob("*.html"))
    assert len(pages) == 448
    assert sorted(record.content for record in found) == pages
    assert {one.content_type for one in found} <= {"text/html", "application/xhtml+xml"}


def test_a_known_digest_is_not_computed_again(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    made = connector(tmp_path)
    (item,) = made.inputs()
    told = type(item)(item.name, item.path, "abc")
    assert [record.source_ref for record in made.read(told, Piece(0, 1, 1, 1))] == [
        "a.html@sha256:abc"
    ]


def test_several_members_and_frames(tmp_path):
    for name, compress in (("a.html.gz", gzip.compress), ("a.html.zst", zstd)):
        (record,) = read_bytes(tmp_path, name, compress(PAGE[:20]) + compress(PAGE[20:]))
        assert record.content == PAGE


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.html", b"", "read/empty"),
        ("a.txt", b" \n ", "read/empty"),
        ("a.jsonl", b"", "read/empty"),
        ("a.jsonl.gz", gzip.compress(b""), "read/empty"),
        ("a.html.gz", gzip.compress(PAGE)[:-3], "read/truncated"),
        ("a.html.bz2", bz2.compress(PAGE)[:-3], "read/truncated"),
        ("a.html.gz", gzip.compress(PAGE)[:-8] + bytes(8), "read/corrupt"),
        ("a.html.zst", zstd(PAGE)[:-3], "read/truncated"),
        ("a.html", PAGE + b" " * 10_000_000, "read/too_large"),
        ("a.html.gz", gzip.compress(bytes(50_000_000)), "read/too_large"),
        ("a.pdf", b"%PDF-1.4 ...", "read/unsupported_type"),
        ("a.csv", b"a,b\n", "read/unsupported_type"),
        ("a.html", b"\x89PNG\r\n\x1a\n...", "read/unsupported_type"),
    ],
)
def test_files_that_are_lost(tmp_path, name, data, reason):
    (record,) = read_bytes(tmp_path, name, data)
    assert record.reason == reason
    assert record.source_ref == f"{name}@sha256:{hashlib.sha256(data).hexdigest()}"


def test_nul_bytes_are_content(tmp_path):
    (record,) = read_bytes(tmp_path, "a.txt", b"a\x00b")
    assert record.content == b"a\x00b"


def test_what_cannot_be_read_is_a_reason_and_does_not_wait(tmp_path):
    (tmp_path / "a.html").symlink_to("nowhere")
    os.mkfifo(tmp_path / "b.html")
    (tmp_path / "c.html").symlink_to("c.html")
    (tmp_path / "d.html").write_bytes(PAGE)
    found = read(tmp_path)
    assert [record.reason for record in found] == [*["read/unreadable"] * 3, None]
    assert [record.source_ref for record in found[:3]] == ["a.html", "b.html", "c.html"]
    assert all(record.detail for record in found[:3])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_files_and_folders_without_permission(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    (tmp_path / "a.html").chmod(0)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub").chmod(0)
    found = read(tmp_path)
    (tmp_path / "sub").chmod(0o700)
    assert [record.reason for record in found] == ["read/unreadable"] * 2


def test_a_file_that_goes_away_after_it_was_listed(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    made = connector(tmp_path)
    (item,) = made.inputs()
    (tmp_path / "a.html").unlink()
    assert made.scan(item) == [Piece(0, 1, 1, 0)]
    assert [record.reason for record in made.read(item, Piece(0, 1, 1, 0))] == ["read/unreadable"]


def test_nothing_to_read_is_a_source_error(tmp_path):
    with pytest.raises(SourceError, match="holds no files"):
        connector(tmp_path).inputs()


def test_lines_of_json(tmp_path):
    data = b"\n" + rows({"text": "មួយ", "url": "http://a", "title": "T"}, {"text": "ពីរ"}) + b"  \n"
    first, second = read_bytes(tmp_path, "a.jsonl", data)
    ref = f"a.jsonl@sha256:{hashlib.sha256(data).hexdigest()}"
    assert first == RawRecord(
        source_ref=f"{ref}#L2", content="មួយ".encode(), url="http://a", title="T",
        content_type="text/plain", charset="utf-8",
    )  # fmt: skip
    assert (second.source_ref, second.content, second.url) == (f"{ref}#L3", "ពីរ".encode(), None)


def test_every_column_that_may_be_named(tmp_path):
    row = {
        "body": "x", "u": "http://a", "t": "T", "n": 7, "d": "2024-05-01",
        "f": "2024-06-01T00:00:00", "lang": "khm", "rights": "CC-BY-4.0",
    }  # fmt: skip
    (record,) = read_bytes(
        tmp_path, "a.jsonl", rows(row), text_column="body", url_column="u", title_column="t",
        id_column="n", published_column="d", captured_column="f", language_column="lang",
        license_column="rights", captured="2020-01-01",
    )  # fmt: skip
    assert record.source_ref.endswith("#7")
    assert (record.content, record.url, record.title, record.lang_declared) == (
        b"x",
        "http://a",
        "T",
        "khm",
    )
    assert (record.published_at, record.published_at_source) == (
        datetime(2024, 5, 1, tzinfo=UTC),
        "meta",
    )
    assert record.fetched_at == datetime(2024, 6, 1, tzinfo=UTC)
    assert (record.license, record.license_confidence) == ("CC-BY-4.0", "declared")
    assert record.license_evidence == [{"kind": "column", "value": "CC-BY-4.0", "where": "rights"}]


def test_free_text_of_the_license_column_is_evidence_only(tmp_path):
    text = "Free for research. Ask the ministry (ក្រសួង)! " + "x" * 600
    terms, unknown = read_bytes(
        tmp_path, "a.jsonl", rows({"text": "a", "l": text}, {"text": "b", "l": "unknown"}),
        license_column="l",
    )  # fmt: skip
    assert terms.license.startswith("LicenseRef-Free-for-research.-Ask-the-ministry")
    assert terms.license_evidence == [{"kind": "column", "value": text[:500], "where": "l"}]
    assert (unknown.license, unknown.license_confidence) == (None, None)
    assert [evidence["value"] for evidence in unknown.license_evidence] == ["unknown"]


@pytest.mark.parametrize(
    "text",
    ["All rights reserved", "© 2020 Sok Dara", "(C) 2020", "Copyright 2020 X.", "สงวนลิขสิทธิ์ 2563",
     "Hak Cipta Dilindungi", "រក្សាសិទ្ធិគ្រប់យ៉ាង"],
)  # fmt: skip
def test_rights_that_are_reserved_are_no_license(tmp_path, text):
    licensed = f"{text}, CC BY 4.0"
    reserved, named = read_bytes(
        tmp_path, "a.jsonl", rows({"text": "a", "l": text}, {"text": "b", "l": licensed}),
        license_column="l",
    )  # fmt: skip
    assert (reserved.license, reserved.license_confidence) == (None, None)
    assert reserved.license_evidence == [{"kind": "rights reserved", "value": text, "where": "l"}]
    assert (named.license, named.license_evidence[0]["kind"]) == ("CC-BY-4.0", "column")


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson.gz"])
def test_a_column_that_is_missing_is_told_before_the_run(tmp_path, name):
    content = rows({"text": "a", "source_url": "u"}, {"texts": "b"})
    data = gzip.compress(content) if name.endswith(".gz") else content
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError) as caught:
        connector(tmp_path, text_column="txt").inputs()
    assert str(caught.value) == (
        f"{name}: there is no column 'txt' for text; there are 'source_url', 'text', 'texts'; "
        'did you mean text_column = "text"?'
    )
    with pytest.raises(SourceError, match=r"no column 'url' for url; there are .*'source_url'"):
        connector(tmp_path, url_column="url").inputs()
    assert len(connector(tmp_path).inputs()) == 1  # nobody named `url`, `title`


def test_bad_lines_are_lost_one_by_one(tmp_path):
    bad = [b"{", b'{"text": "\xff"}', b'{"text": 1}', b'{"text": ""}', b'{"text": "\\ud800"}']
    found = read_bytes(tmp_path, "a.jsonl", b"\n".join([b'{"text": "a"}', *bad, b'{"text": "z"}']))
    assert [record.reason for record in found] == [
        None, "read/invalid_json", "read/invalid_utf8", "read/no_text", "read/empty", None, None,
    ]  # fmt: skip
    assert found[5].content == "\ufffd".encode()
    assert [record.source_ref.rpartition("#")[2] for record in found] == [
        f"L{n}" for n in range(1, 8)
    ]


def test_a_damaged_member_costs_its_lines_and_the_next_is_read(tmp_path):
    parts = [gzip.compress(rows(*({"text": f"{n} {i}"} for i in range(50)))) for n in range(3)]
    broken = bytearray(parts[1])
    broken[-6] ^= 1
    found = read_bytes(tmp_path, "a.jsonl.gz", parts[0] + bytes(broken) + parts[2])
    texts = [record.content.decode() for record in found if record.reason is None]
    assert {f"{n} {i}" for n in (0, 2) for i in range(50)} <= set(texts)
    assert [record.reason for record in found if record.reason] == ["read/corrupt"]
    cut = read_bytes(tmp_path, "b.jsonl.gz", parts[0] + parts[1][:-20])
    assert [record.reason for record in cut if record.reason] == ["read/truncated"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_pieces_are_the_whole_however_large_they_are(tmp_path, monkeypatch, name):
    data = rows(*({"text": f"row {number} " * (number % 50)} for number in range(300)))
    data += b"\n\nnot json\n" + rows({"text": "last"})[:-1]
    path = tmp_path / name
    path.write_bytes({"l": bytes, "z": gzip.compress, "t": zstd}[name[-1]](data))
    whole = read(path)
    assert len(whole) == 302
    for size in (1, 7, 100):
        monkeypatch.setattr(pieces, "RECORDS", size)
        made = connector(path)
        (item,) = made.inputs()
        cut = made.scan(item)
        assert len(cut) == -(-304 // size)
        assert [one for piece in cut for one in made.read(item, piece)] == whole
        backwards = [list(made.read(item, piece)) for piece in reversed(cut)]
        assert [one for found in reversed(backwards) for one in found] == whole


MEASURE = """
import resource, sys
from pathlib import Path
from corpuskit.connectors.base import Piece
from corpuskit.connectors.files import FilesConnector, FilesOptions
def used(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
made = FilesConnector(FilesOptions(path=sys.argv[1]), Path())
items = made.inputs()
list(made.read(items[0], Piece(0, 1, 1, 1)))
before = used()
for item in items:
    for piece in made.scan(item):
        print(item.name, [record.reason for record in made.read(item, piece)])
print(used() - before)
"""


def test_200_megabytes_cost_no_memory(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(b"<p>" * 70_000_000, compresslevel=1))
    line = b'{"text": "' + b"x" * 200_000_000 + b'"}\n'
    (tmp_path / "c.jsonl.gz").write_bytes(
        gzip.compress(line + rows({"text": "x"}), compresslevel=1)
    )
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    *found, megabytes = done.stdout.splitlines()
    assert found == [
        "a.html [None]",
        "b.html.gz ['read/too_large']",
        "c.jsonl.gz ['read/too_large', None]",
    ]
    assert int(megabytes) < 90  # at most 30 MB of a line are held, in parts and joined


def test_a_text_that_begins_like_bzip2_is_a_text(tmp_path):
    (record,) = read_bytes(tmp_path, "a.txt", b"BZh is how a stream begins")
    assert record.content == b"BZh is how a stream begins"
