from __future__ import annotations

import bz2
import codecs

import pytest

from corpuskit.connectors.sniff import not_a_page, signature, sniff
from corpuskit.magic import MAGIC_NUMBERS
from corpuskit.markup.byte_kinds import binary_kind

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
        (b'<?xml version="1.0"?><rss version="2.0">', "application/rss+xml"),
        (b"<!-- made by x --><rss><channel><title>t</title>", "application/rss+xml"),
        (b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss>", "application/rss+xml"),
        (codecs.BOM_UTF8 + b"<feed xmlns='http://www.w3.org/2005/Atom'>", "application/atom+xml"),
        (b"<?xml version='1.0'?><atom:feed xmlns:atom='x'><link/>", "application/atom+xml"),
        (b"<rdf:RDF><title>t</title>", "application/rdf+xml"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><style>", "image/svg+xml"),
        (b"<?xml version='1.0'?><urlset><url>", "application/xml"),
        (b"<?xml version='1.0'?><wiki><p>text", "text/html"),
        (b"<feedback>is welcome", "text/plain"),
        (b"<!--" + b"-" * 9_000 + b"--><rss>", "application/rss+xml"),
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


@pytest.mark.parametrize(
    "text",
    [
        "CWS adalah singkatan dari sebuah organisasi.",
        "CWS",
        "RIFF adalah format berkas.",
        "RIFF1234WAR",
        "ID3 adalah singkatan dari Iterative Dichotomiser 3.",
        "BZh9 dan BZh1 adalah nama.",
        "GIF89a adalah format gambar.",
        "OggS dan PAR1 adalah nama.",
        "PAR1 dan seterusnya",
        "WARC/1.0 adalah versi pertama.",
        "wOFF dan wOF2 adalah nama.",
        "ZWS berarti spasi nol.",
        "FWS berarti lipatan.",
    ],
)
def test_a_text_may_start_with_the_letters_of_a_format(text):
    assert signature(text.encode()) is None
    assert sniff(text.encode()) == "text/plain"
    assert binary_kind(text.encode()) is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"RIFF\x24\x08\x00\x00WAVEfmt ", "application/x-riff"),
        (bz2.compress(b"text"), "application/x-bzip2"),
        (bz2.compress(b""), "application/x-bzip2"),
        (b"ID3\x04\x00\x00\x00\x00\x02\x01TIT2", "audio/mpeg"),
        (b"ID3\x02\x00\x00\x00\x00\x02\x01TT2", "audio/mpeg"),
        (b"GIF89a\x10\x02\xe0\x01\xf7\x00\x00", "image/gif"),
        (b"OggS\x00\x02\x00\x00", "application/ogg"),
        (b"PAR1\x15\x04", "application/vnd.apache.parquet"),
        (b"WARC/1.1\r\nWARC-Type: warcinfo", "application/warc"),
    ],
)
def test_real_headers_are_known(content, kind):
    assert sniff(content) == kind
    assert binary_kind(content) is not None or kind in (
        "application/vnd.apache.parquet", "application/warc",
    )  # fmt: skip


def test_flash_is_known_by_its_header():
    assert binary_kind(b"CWS\x0a\x39\x30\x00\x00x\x9c") == "flash"


def test_every_signature_is_matched_by_its_own_start():
    for row in MAGIC_NUMBERS:
        assert row.header is None or not row.matches(row.magic)  # the rest of the header decides
        assert row.header is not None or row.matches(row.magic)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"text": "<p>x</p>"}', "application/json"),
        (b' [{"a": 1}, {"a": 2}]\n', "application/json"),
        (b'{"text": "cut o', None),
        (b'{"name"} is a variable of this template {"x"}', None),
        (b"[1] A footnote. [2]", None),
        (b"[" * 100_000 + b'"a"' + b"]" * 100_000, None),
    ],
)
def test_a_whole_document_of_json_is_not_a_page(content, kind):
    assert not_a_page(content) == kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("/* (c) 2024 */\nvar pesan = 'Setiap orang <b>lahir</b> merdeka';", "text/javascript"),
        ("'use strict';\nrun();", "text/javascript"),
        ("(function ($) { $('p').text('ក'); })(jQuery);", "text/javascript"),
        ("// menu\nfunction buka(menu) {\n  menu.show();\n}\n", "text/javascript"),
        ("$(document).ready(function () { alert('ok'); });", "text/javascript"),
        ("window.dataLayer = window.dataLayer || [];", "text/javascript"),
        ("import { a } from './a.js';\na();", "text/javascript"),
        ('/**/jsonp_1({"text": "មនុស្ស"});', "text/javascript"),
        ("@charset 'utf-8';\n/* ខ្មែរ */\np, .menu > a:hover { color: red; }", "text/css"),
        ("@media (max-width: 9em) { body { font-family: 'Khmer OS' } }", "text/css"),
        (":root { --warna: #fff }\na{color:red}", "text/css"),
        ("From: <Saved by a browser>\nSubject: =?utf-8?B?eA==?=\nMIME-Version: 1.0\n"
         "Content-Type: multipart/related;\n\tboundary=x\n\n--x\n\n<html><p>x", "message/rfc822"),
        ("From: a@b.example\r\nMIME-Version: 1.0\r\n\r\nSelamat pagi", "message/rfc822"),
        ("var x = 1; <html><body><p>A page after a script</p>", None),
        ("<script>var x = 1;</script>", None),
        ("Function follows form.", None),
        ("Import duties are due (see below);", None),
        ("Catatan: harga naik {10 persen}.", None),
        ("window seats are sold out;", None),
        ("Penulis: Budi\nJudul: Desa\n\nPada suatu hari", None),
    ],
)  # fmt: skip
def test_code_and_mail_are_no_pages(content: str, kind: str | None) -> None:
    assert not_a_page(content.encode()) == kind


def test_hostile_code_takes_linear_time() -> None:
    """The time limit of each test would end one that does not."""
    for pump in (b"/* */", b"a:b\n", b"x{", b"@a b{", b"f(", b"@import x;", b"import x", b"$(a"):
        assert not_a_page(pump * 1_000_000) is None
