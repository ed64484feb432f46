from __future__ import annotations

import base64
import gzip
import hashlib
from datetime import UTC, datetime

import pytest
from connectors.archives import HTML, PAGE, http, read_block, read_bytes, record

from corpuskit.connectors.containers.warc_records import parse_date

GZIPPED = (HTML, "Content-Encoding: gzip")


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def outcome(record) -> tuple[str | None, str | None]:
    assert (record.reason is None) == bool(record.content)
    return record.reason, record.detail


def test_all_that_is_known_of_a_page(tmp_path):
    block = http(PAGE, HTML, "Set-Cookie: a", "set-cookie: b")
    size = len(record(0, block, WARC_Payload_Digest=sha1(PAGE)))
    one = read_block(tmp_path, block, WARC_Payload_Digest=sha1(PAGE))
    assert one.content == PAGE
    assert one.source_ref == "warc:<urn:uuid:0>"
    assert one.url == "http://example.org/0"
    assert one.fetched_at == datetime(2024, 5, 1, tzinfo=UTC)
    assert (one.http_status, one.content_type, one.charset) == (200, "text/html", "utf-8")
    assert one.headers["set-cookie"] == "a, b"
    assert one.payload_digest == sha1(PAGE)
    assert one.warc == {
        "file": "made.warc", "offset": 0, "length": size, "record_id": "<urn:uuid:0>"
    }  # fmt: skip


def test_a_record_without_an_id_is_named_by_its_place(tmp_path):
    data = record() + record(1, WARC_Record_ID="")
    _, second = read_bytes(tmp_path, data)
    assert second.source_ref == f"warc:made.warc@{len(record())}"
    member = gzip.compress(record(0)) + gzip.compress(record(1, WARC_Record_ID="") * 2)
    *_, third, fourth = read_bytes(tmp_path, member, "made.warc.gz")
    assert third.source_ref.endswith(f"@{len(gzip.compress(record(0)))}")
    assert fourth.source_ref.startswith(third.source_ref + "+")


@pytest.mark.parametrize("kind", ["warcinfo", "request", "metadata", "continuation", "odd", ""])
def test_records_that_are_no_pages(tmp_path, kind):
    assert outcome(read_block(tmp_path, b"x", kind)) == ("read/warc_record_type", kind or "none")


def test_a_crawlers_own_notes_are_no_pages(tmp_path):
    one = read_block(
        tmp_path, b"log", "resource", Content_Type="text/plain",
        WARC_Target_URI="<metadata://gnu.org/software/wget/warc/wget.log>",
    )  # fmt: skip
    assert one.reason == "read/warc_record_type"


def test_revisits_say_of_what(tmp_path):
    one = read_block(tmp_path, http(b""), "revisit", WARC_Refers_To="<urn:uuid:7>")
    assert outcome(one) == ("read/revisit", "<urn:uuid:7>")


@pytest.mark.parametrize("status", ["404 Not Found", "301 Moved", "206 Partial", "500", "304"])
def test_other_statuses(tmp_path, status):
    one = read_block(tmp_path, http(status=status))
    assert outcome(one) == ("read/http_status", status[:3])
    assert one.http_status == int(status[:3])


@pytest.mark.parametrize(
    ("declared", "content", "kind", "reason"),
    [
        ("text/html", PAGE, "text/html", None),
        ("TEXT/HTML ; charset=x", PAGE, "text/html", None),
        ("application/xhtml+xml", PAGE, "application/xhtml+xml", None),
        ("text/plain", b"text", "text/plain", None),
        ("", PAGE, "text/html", None),
        ("application/octet-stream", b"text", "text/plain", None),
        ("application/xml", b"<?xml?><html xmlns='x'>", "application/xhtml+xml", None),
        ("text/xml", b"<?xml?><rss>", "application/rss+xml", "read/content_type"),
        ("text/html", b"<rss><channel><title>t</title>", "text/html", "read/content_type"),
        ("text/plain", b"<?xml?><feed><link/>", "text/plain", "read/content_type"),
        ("text/html", b'{"title": "t", "body": "<p>x"}', "text/html", "read/content_type"),
        (
            "text/xml",
            b"<?xml?><svg><style></style><title>x</title>",
            "image/svg+xml",
            "read/content_type",
        ),
        ("text/html utf-8", PAGE, "text/html", None),
        ("text/html: utf-8", PAGE, "text/html", None),
        ("'text/html'", PAGE, "text/html", None),
        ("htm", PAGE, "text/html", None),
        ("text/html//", PAGE, "text/html", None),
        ("charset=tis-620", PAGE, "text/html", None),
        ("/", b"text", "text/plain", None),
        ("pdf", b"%PDF-1.5 ...", "application/pdf", "read/content_type"),
        ("text/plain", b"ID3 is an algorithm", "text/plain", None),
        ("text/xml", b"text", "text/plain", "read/content_type"),
        ("text/css", b"text", "text/css", "read/content_type"),
        ("image/png", PAGE, "image/png", "read/content_type"),
        ("", b"\x89PNG\r\n\x1a\n", "image/png", "read/content_type"),
        ("text/html", b"%PDF-1.5 ...", "text/html", "read/content_type"),
        ("text/html", PAGE + b"\x00" * 9, "text/html", None),
    ],
)
def test_media_types(tmp_path, declared, content, kind, reason):
    headers = [f"Content-Type: {declared}"] if declared else ["Server: none"]
    one = read_block(tmp_path, http(content, *headers))
    assert (one.content_type, one.reason) == (kind, reason)
    assert one.content == (b"" if reason else content)


def test_resources_and_conversions_have_the_type_of_their_record(tmp_path):
    one = read_block(tmp_path, PAGE, "resource", Content_Type="text/html; charset=utf-8")
    assert (one.content, one.charset, one.http_status) == (PAGE, "utf-8", None)
    two = read_block(tmp_path, b"text", "conversion", Content_Type="text/plain")
    assert (two.content, two.content_type, two.payload_digest) == (b"text", "text/plain", sha1(b"text"))  # fmt: skip  # noqa: E501


def test_codings_are_undone_and_their_damage_told(tmp_path):
    coded = gzip.compress(PAGE)
    assert read_block(tmp_path, http(coded, *GZIPPED)).content == PAGE
    chunks = b"5\r\n" + coded[:5] + b"\r\n%x\r\n" % (len(coded) - 5) + coded[5:] + b"\r\n0\r\n\r\n"
    both = read_block(tmp_path, http(chunks, *GZIPPED, "Transfer-Encoding: chunked"))
    assert both.content == PAGE
    assert both.payload_digest == sha1(coded)
    cut = read_block(tmp_path, http(coded[:-12], *GZIPPED))
    assert outcome(cut) == ("read/truncated", "content coding gzip")


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ((HTML, f"Content-Length: {len(PAGE) + 1}"), {}),
        ((HTML, "Transfer-Encoding: chunked"), {}),
        ((HTML,), {"WARC_Truncated": "length"}),
        ((HTML,), {"WARC_Segment_Number": "1"}),
    ],
)
def test_what_is_not_whole_is_truncated(tmp_path, headers, fields):
    body = b"FFF\r\n" + PAGE if "chunked" in headers[-1] else PAGE
    assert read_block(tmp_path, http(body, *headers), **fields).reason == "read/truncated"


def test_a_content_length_that_is_too_small_does_not_cut(tmp_path):
    assert read_block(tmp_path, http(PAGE, HTML, "Content-Length: 3")).content == PAGE


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_empty_pages(tmp_path, body):
    assert outcome(read_block(tmp_path, http(body))) == ("read/empty", f"{len(body)} bytes")


@pytest.mark.parametrize(
    "block",
    [
        http(b"x" * 10_000_001),
        http(b"x" * 20_000_000),
        http(gzip.compress(b"x" * 20_000_000), *GZIPPED),
    ],
)
def test_pages_too_large(tmp_path, block):
    one = read_block(tmp_path, block)
    assert one.reason == "read/too_large"
    assert (one.url, one.http_status) == ("http://example.org/0", 200)


def test_a_page_as_large_as_may_be(tmp_path):
    assert len(read_block(tmp_path, http(b"x" * 10_000_000)).content) == 10_000_000


@pytest.mark.parametrize("how", ["body", "stored", "decoded", "hex", "md5", "unknown"])
def test_digests_that_fit_are_kept(tmp_path, how):
    coded = gzip.compress(PAGE)
    stored = b"%x\r\n" % len(coded) + coded + b"\r\n0\r\n\r\n"
    digest = {
        "body": sha1(coded),
        "stored": sha1(stored),
        "decoded": sha1(PAGE).lower(),
        "hex": "sha256:" + hashlib.sha256(PAGE).hexdigest().upper(),
        "md5": "md5:" + hashlib.md5(coded).hexdigest(),
        "unknown": "blake9:abc",
    }[how]
    block = http(stored, *GZIPPED, "Transfer-Encoding: chunked")
    one = read_block(tmp_path, block, WARC_Payload_Digest=digest)
    assert (one.payload_digest, one.content, one.detail) == (digest, PAGE, None)


def test_a_digest_that_does_not_fit_is_replaced_and_noted(tmp_path):
    one = read_block(tmp_path, http(), WARC_Payload_Digest=sha1(b"other"))
    assert (one.payload_digest, one.content, one.reason) == (sha1(PAGE), PAGE, None)
    assert one.detail == f"declared payload digest {sha1(b'other')} does not fit"


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2024-05-01T12:30:59Z", datetime(2024, 5, 1, 12, 30, 59, tzinfo=UTC)),
        ("2024-05-01T12:30:59.123456789Z", datetime(2024, 5, 1, 12, 30, 59, 123456, tzinfo=UTC)),
        ("2024-05-01T12:30Z", datetime(2024, 5, 1, 12, 30, tzinfo=UTC)),
        ("2024-05", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("20140216050221", datetime(2014, 2, 16, 5, 2, 21, tzinfo=UTC)),
        ("2024-13-01T00:00:00Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates(value, date):
    assert parse_date(value) == date


@pytest.mark.parametrize(
    ("url", "lost"),
    [
        ("urn:text:https://a.example/1", True),
        ("<urn:pageinfo:https://a.example/1>", True),
        ("urn:rendered:http://a.example/1", True),
        ("URN:X-wpull:log", True),
        ("metadata://gnu.org/software/wget/warc/wget.log", True),
        ("screenshot:http://a.example/1", True),
        ("urn:isbn:9789990000000", False),
        ("urn:nbn:id:unud-1", False),
        ("http://a.example/urn:text:http:", False),
        ("file:///home/texts/1.txt", False),
    ],
)
def test_what_a_crawler_keeps_beside_the_pages_is_not_a_page(tmp_path, url, lost):
    page = read_block(
        tmp_path, b"text of a page", "resource", Content_Type="text/plain", WARC_Target_URI=url
    )
    assert page.reason == ("read/warc_record_type" if lost else None)


@pytest.mark.parametrize(
    "before",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" * 2,
        b"HTTP/1.0 200 Connection established\r\nProxy-Agent: x\r\n\r\n",
        b"HTTP/1.1 100 Continue\n\n\r\n",
        b"\r\n",
    ],
)
def test_the_last_response_of_a_record_is_the_page(tmp_path, before):
    page = read_block(tmp_path, before + http(PAGE))
    assert (page.reason, page.content, page.http_status) == (None, PAGE, 200)


def test_a_text_about_http_is_a_text(tmp_path):
    text = b"HTTP/1.1 200 OK\r\n\r\nis the start of an answer"
    page = read_block(tmp_path, http(text, "Content-Type: text/plain"))
    assert page.content == text


def test_an_interim_response_alone_has_its_status(tmp_path):
    page = read_block(tmp_path, b"HTTP/1.1 100 Continue\r\n\r\n")
    assert outcome(page) == ("read/http_status", "100")


@pytest.mark.parametrize("digits", [16, 5_000])
def test_a_content_length_that_cannot_be_one_is_ignored(tmp_path, digits):
    page = read_block(tmp_path, http(PAGE, HTML, f"Content-Length: {'9' * digits}"))
    assert page.content == PAGE


@pytest.mark.parametrize(
    "text",
    [
        b"2025\r\nadalah tahun yang baik.",
        b"0\r\nadalah angka nol: benar.",
        b"10\nlangkah untuk belajar bahasa dengan baik.",
        b"Bad\r\nadalah sebuah kata.",
        b"12",
    ],
)
def test_a_text_that_starts_with_a_number_is_not_chunked(tmp_path, text):
    headers = ("Content-Type: text/plain", "Transfer-Encoding: chunked")
    page = read_block(tmp_path, http(text, *headers))
    assert (page.reason, page.content) == (None, text)
