"""The demo WARC holds what examples/demo/README.md says, read with warcio."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import tomllib
import zlib
from base64 import b32encode
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from corpuskit.text.scripts import script_share

DAMAGED = ("damaged-gzip", "truncated-gzip")


@dataclass(frozen=True)
class Demo:
    folder: Path
    data: bytes
    rows: list[dict[str, Any]]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self.rows if row["kind"] == kind]

    def member(self, row: dict[str, Any]) -> bytes:
        return self.data[row["offset"] : row["offset"] + row["length"]]

    def record(self, row: dict[str, Any]) -> tuple[ArcWarcRecord, bytes]:
        """The record and its body as stored (warcio undoes no content coding here)."""
        record = next(iter(ArchiveIterator(BytesIO(self.member(row)))))
        return record, record.raw_stream.read()

    def body(self, row: dict[str, Any]) -> bytes:
        return self.record(row)[1]

    def only(self, kind: str) -> tuple[ArcWarcRecord, bytes]:
        (row,) = self.of(kind)
        return self.record(row)

    def original(self, row: dict[str, Any]) -> bytes:
        """Body of the untouched capture of the same page of the package."""
        (page,) = (one for one in self.of("page") if one["from"] == row["from"])
        return self.body(page)


@pytest.fixture(scope="module")
def demo(repository: Path) -> Demo:
    folder = repository / "examples" / "demo"
    lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
    data = (folder / "pages.warc.gz").read_bytes()
    return Demo(folder, data, [json.loads(line) for line in lines])


def content(body: bytes, encoding: str = "utf-8") -> str:
    return str(
        html.fromstring(body.decode(encoding)).get_element_by_id("DisplayArea").text_content()
    )


def http_type(record: ArcWarcRecord) -> str:
    return str(record.http_headers.get_header("Content-Type"))


def test_size_and_license(demo: Demo) -> None:
    assert 500_000 < len(demo.data) < 1_500_000
    text = (demo.folder / "LICENSE.md").read_text(encoding="utf-8")
    assert "MPL/2.0" in text
    assert "libreoffice-help-km" in text


def test_recipe_reads_the_warc_under_its_license(demo: Demo) -> None:
    recipe = tomllib.loads((demo.folder / "khmer.toml").read_text(encoding="utf-8"))
    (source,) = recipe["source"]
    assert (demo.folder / source["path"]).is_file()
    assert source["license"] == "MPL-2.0"
    assert recipe["languages"] == ["khm_Khmr"]


def test_index_covers_every_byte(demo: Demo) -> None:
    end = demo.rows[0]["offset"]
    for row in demo.rows:
        assert row["offset"] == end
        end += row["length"]
    assert end == len(demo.data)


def test_readme_counts_every_kind(demo: Demo) -> None:
    readme = (demo.folder / "README.md").read_text(encoding="utf-8")
    listed: Counter[str] = Counter()
    for kinds, count in re.findall(r"^\| (`[^|]*`) \| (\d+) \|", readme, re.MULTILINE):
        names = re.findall(r"`([^`]+)`", kinds)
        listed.update({name: int(count) // len(names) for name in names})
    assert listed == Counter(row["kind"] for row in demo.rows)
    assert f"{len(demo.rows) - 1} responses" in readme


def test_warcinfo_says_nothing_was_fetched(demo: Demo) -> None:
    first = next(iter(ArchiveIterator(BytesIO(demo.data))))
    assert first.rec_type == "warcinfo"
    assert first.rec_headers.protocol == "WARC/1.1"
    assert b"not fetched from there" in first.raw_stream.read()


def test_every_whole_record_is_what_the_index_says(demo: Demo) -> None:
    ids = set()
    for row in demo.rows:
        if row["kind"] in DAMAGED:
            continue
        record, body = demo.record(row)
        assert record.rec_headers.get_header("WARC-Target-URI") == row["url"]
        ids.add(record.rec_headers.get_header("WARC-Record-ID"))
        if record.rec_type == "response":
            digest = "sha1:" + b32encode(hashlib.sha1(body).digest()).decode()
            assert record.rec_headers.get_header("WARC-Payload-Digest") == digest
            assert record.http_headers.get_header("Content-Length") == str(len(body))
    assert len(ids) == len(demo.rows) - len(DAMAGED)


def test_pages_are_khmer(demo: Demo) -> None:
    pages = demo.of("page")
    assert len(pages) >= 60
    for row in pages:
        text = content(demo.body(row))
        assert script_share(text, "Khmr") > 0.85, row["url"]  # the script chose by blocks alone
        assert len(text) > 500
    assert len({row["url"].split("/")[6] for row in pages}) >= 7, "few modules"


@pytest.mark.parametrize(
    ("language", "script"),
    [("ind_Latn", "Latn"), ("vie_Latn", "Latn"), ("dzo_Tibt", "Tibt"), ("eng_Latn", "Latn")],
)
def test_foreign_pages_are_in_their_script(demo: Demo, language: str, script: str) -> None:
    rows = [row for row in demo.of("foreign") if row["language"] == language]
    assert len(rows) >= 10
    assert all(script_share(content(demo.body(row)), script) > 0.7 for row in rows)


def test_lang_lies(demo: Demo) -> None:
    for row in demo.of("lang-lies"):
        body = demo.body(row)
        assert b'<html lang="km"' in body
        assert script_share(content(body), "Latn") > 0.95


def test_partial_pages_mix_scripts(demo: Demo) -> None:
    shares = [script_share(content(demo.body(row)), "Khmr") for row in demo.of("partial")]
    assert all(0.3 < share < 0.65 for share in shares)


def test_short_and_hollow_pages(demo: Demo) -> None:
    assert all(0 < len(content(demo.body(row)).strip()) < 40 for row in demo.of("short"))
    assert all(not content(demo.body(row)).strip() for row in demo.of("hollow"))
    assert demo.only("empty-body")[1] == b""


def test_wrong_http_charset(demo: Demo) -> None:
    record, body = demo.only("wrong-http-charset")
    assert http_type(record) == "text/html; charset=iso-8859-1"
    assert script_share(content(body), "Khmr") > 0.85


def test_no_charset(demo: Demo) -> None:
    record, body = demo.only("no-charset")
    assert http_type(record) == "text/html"
    assert b"charset" not in body
    assert script_share(content(body), "Khmr") > 0.85


def test_utf_16(demo: Demo) -> None:
    record, body = demo.only("utf-16")
    assert http_type(record) == "text/html"
    assert body.startswith(b"\xff\xfe")
    text = body.decode("utf-16")
    assert "charset=utf-8" in text
    assert script_share(content(body, "utf-16"), "Khmr") > 0.85


def test_content_encoding(demo: Demo) -> None:
    record, body = demo.only("content-encoding-gzip")
    assert record.http_headers.get_header("Content-Encoding") == "gzip"
    assert script_share(content(gzip.decompress(body)), "Khmr") > 0.85


def test_non_html(demo: Demo) -> None:
    record, body = demo.only("png")
    assert http_type(record) == "image/png"
    assert body.startswith(b"\x89PNG")
    assert http_type(demo.only("css")[0]) == "text/css"


def test_not_found(demo: Demo) -> None:
    assert demo.only("not-found")[0].http_headers.get_statuscode() == "404"


def test_exact_duplicate(demo: Demo) -> None:
    (row,) = demo.of("exact-duplicate")
    assert demo.body(row) == demo.original(row)
    assert row["url"] not in {other["url"] for other in demo.rows if other is not row}


def test_near_duplicate_lacks_zwsp_and_has_another_menu(demo: Demo) -> None:
    (row,) = demo.of("near-duplicate")
    copy, original = demo.body(row), demo.original(row)
    assert content(original).count("\u200b") > 100
    assert content(copy) == content(original).replace("\u200b", "")
    menus = [
        str(html.fromstring(page).get_element_by_id("modules-nav").text_content())
        for page in (copy.decode(), original.decode())
    ]
    assert script_share(menus[0], "Khmr") > 0.9
    assert menus[1] == ""


def test_family_is_near_duplicate(demo: Demo) -> None:
    """Exact Jaccard of 5-character shingles, ZWSP removed: at least .8 for every pair."""
    sets = []
    for row in demo.of("family"):
        text = re.sub(r"[\s\u200b]+", "", content(demo.body(row)))
        sets.append({text[start : start + 5] for start in range(len(text) - 4)})
    pairs = [(one, other) for at, one in enumerate(sets) for other in sets[:at]]
    assert len(pairs) == 6
    assert all(len(one & other) / len(one | other) >= 0.8 for one, other in pairs)


def test_revisit_refers_to_a_capture_before_it(demo: Demo) -> None:
    record, body = demo.only("revisit")
    assert record.rec_type == "revisit"
    assert body == b""
    headers = record.rec_headers
    (row,) = demo.of("revisit")
    (page,) = (one for one in demo.of("page") if one["url"] == row["url"])
    original, _ = demo.record(page)
    assert headers.get_header("WARC-Refers-To-Target-URI") == page["url"]
    assert headers.get_header("WARC-Refers-To-Date") == original.rec_headers.get_header("WARC-Date")
    digest = original.rec_headers.get_header("WARC-Payload-Digest")
    assert headers.get_header("WARC-Payload-Digest") == digest


def test_damaged_member_stands_between_whole_ones(demo: Demo) -> None:
    (row,) = demo.of("damaged-gzip")
    with pytest.raises(zlib.error):
        gzip.decompress(demo.member(row))
    position = demo.rows.index(row)
    assert 0.4 < position / len(demo.rows) < 0.6
    for neighbor in (demo.rows[position - 1], demo.rows[position + 1]):
        assert gzip.decompress(demo.member(neighbor)).startswith(b"WARC/1.1")


def test_last_member_breaks_off(demo: Demo) -> None:
    row = demo.rows[-1]
    assert row["kind"] == "truncated-gzip"
    with pytest.raises(EOFError):
        gzip.decompress(demo.member(row))
