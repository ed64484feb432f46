from __future__ import annotations

import pytest

from corpuskit.connectors.file_types import file_type


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("a/b.html", b"", "text/html"),
        ("B.HTM.GZ", b"<p>", "text/html"),
        ("b.xhtml", b"", "application/xhtml+xml"),
        ("b.txt", b"<html>", "text/plain"),
        ("b.md.zst", b"# x", "text/plain"),
        ("b.jsonl.gz", b"{", "application/jsonl"),
        ("b.ndjson", b"", "application/jsonl"),
        ("README", b"words", "text/plain"),
        ("index", b"<!doctype html>", "text/html"),
        ("index.html@lang=km", b"<!doctype html>", "text/html"),
        ("view.php?id=3", b"<!doctype html>", "text/html"),
        ("page.gz", b"<!doctype html>", "text/html"),
        ("v1.5", b"words", None),
        ("table.csv", b"a,b", None),
        ("b.html", b"%PDF-1.4", None),
        ("b.txt", b"\x1f\x8b\x08", None),
        ("data.json", b'{"text": "x"}', None),
        ("archive.tar.gz", b"a.html\x00\x00\x00", None),
        ("crawl.warc.gz", b"WARC/1.0\r\n", None),
        ("crawl.warc", b"WARC/1.0\r\n\r\n<html><p>page</p>", None),
        ("crawl", b"WARC/1.1\r\n", None),
        ("cells.tsv.gz", b"<p>one</p>\t<p>two</p>\n", None),
    ],
)
def test_file_type(name, start, kind):
    found, seems = file_type(name, start)
    assert found == kind
    assert seems


@pytest.mark.parametrize(
    ("name", "start", "connector"),
    [
        ("crawl.warc.gz", b"WARC/1.0\r\n", "warc"),
        ("crawl", b"WARC/1.0\r\n", "warc"),
        ("A.CSV", b"text\n", "tables"),
        ("a.tsv.zst", b"text\n", "tables"),
        ("a.bin", b"PAR1....", "tables"),
        ("a.pdf", b"%PDF-1.7", "documents"),
        ("a.txt", b"%PDF-1.7", "documents"),
        ("a.docx", b"PK\x03\x04", "documents"),
        ("a.epub", b"PK\x03\x04", "documents"),
        ("a.odt", b"PK\x03\x04", "documents"),
    ],
)
def test_a_file_of_another_connector_names_it(name: str, start: bytes, connector: str) -> None:
    kind, seems = file_type(name, start)
    assert kind is None
    assert seems.endswith(f"; the connector `{connector}` reads it")
    assert seems.partition(";")[0]


def test_a_file_that_no_connector_reads_names_none() -> None:
    assert file_type("a.png", b"\x89PNG\r\n\x1a\n") == (None, "image/png")
