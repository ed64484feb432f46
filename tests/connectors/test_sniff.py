from __future__ import annotations

import codecs

import pytest

from corpuskit.connectors.sniff import sniff

XHTML = b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">\n<html>'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<!DOCTYPE html><p>x", "text/html"),
        (b"\n\n  <!-- a comment -->\n<HTML LANG=km>", "text/html"),
        (codecs.BOM_UTF8 + b"<html>", "text/html"),
        ("\ufeff<html><body>ខ្មែរ".encode("utf-16"), "text/html"),
        (b"<p>one paragraph</p>", "text/html"),
        (XHTML, "application/xhtml+xml"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml">', "text/html"),
        (b'<?xml?><html xmlns="http://www.w3.org/1999/xhtml">', "application/xhtml+xml"),
        (b'<?xml version="1.0"?><rss version="2.0">', "application/xml"),
        ("ភាសាខ្មែរ គឺជាភាសា".encode(), "text/plain"),
        ("ภาษาไทย".encode("cp874"), "text/plain"),
        ("\ufeffខ្មែរ".encode("utf-16"), "text/plain"),
        (b"a < b and b > a", "text/plain"),
        (b"", "text/plain"),
        (b'{"text": "x"}', "application/json"),
        (b'[{"text": "x"}]', "application/json"),
        (b"some\x00binary\x01", "application/octet-stream"),
        (b"%PDF-1.7\n<html>", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"\x1f\x8b\x08\x00", "application/gzip"),
        (b"WARC/1.0\r\n", "application/warc"),
    ],
)  # fmt: skip
def test_sniff(content, kind):
    assert sniff(content) == kind


def test_every_page_of_the_data_is_html(data_dir):
    pages = sorted(data_dir.glob("html-*/**/*.html"))
    assert len(pages) > 900
    kinds = {sniff(page.read_bytes()) for page in pages}
    assert kinds <= {"text/html", "application/xhtml+xml"}
