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
    ],
)
def test_file_type(name, start, kind):
    found, seems = file_type(name, start)
    assert found == kind
    assert seems
