from __future__ import annotations

import gzip
import random
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.containers.http_message import (
    charset,
    dechunk,
    decode_content,
    media_type,
    parse_headers,
    parse_message,
)

PAGE = "<html>ភាសាខ្មែរ ".encode() * 500
LIMIT = 10_000_000


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


def chunked(parts: list[bytes], extension: bytes = b"", end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%X%s\r\n%s\r\n" % (len(p), extension, p) for p in parts if p) + end


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_a_message_is_split(newline):
    lines = [
        b"HTTP/1.1 404 Not Found",
        b"Content-Type: Text/HTML; Charset='UTF-8'",
        b"A: 1",
        b"a: 2",
    ]
    message = parse_message(newline.join([*lines, b"", b"<p>"]))
    assert (message.status, message.media_type, message.charset) == (404, "text/html", "UTF-8")
    assert message.headers["a"] == "1, 2"
    assert message.body == b"<p>"


@pytest.mark.parametrize(
    ("block", "status", "body"),
    [
        (b"HTTP/2 200\r\n\r\nx", 200, b"x"),
        (b"HTTP/1.1\r\n\r\nx", None, b"x"),
        (b"HTTP/3 200\r\n\r\nx", 200, b"x"),
        (b"HTTP/1.1  200\r\n\r\nx", 200, b"x"),
        (b"HTTP 200 OK\r\n\r\nx", 200, b"x"),
        (b"HTTP/1.1 2000 OK\r\n\r\nx", None, b"x"),
        (b"HTTP/1.0 200 OK", 200, b""),
        (b"<html>no head</html>", None, b"<html>no head</html>"),
        (b"", None, b""),
    ],
)
def test_odd_messages(block, status, body):
    message = parse_message(block)
    assert (message.status, message.body) == (status, body)


def test_odd_headers():
    lines = [b"A: one", b"\ttwo", b"no colon", b" goes on", b": nameless", b"B:", b"X: \xe9\x85x"]
    head = b"\r\n".join([b"HTTP/1.1 200 OK", *lines])
    assert parse_headers(head) == {"a": "one two", "b": "", "x": "é\x85x"}


def test_content_type_values():
    assert media_type("text/html;charset=x, text/plain") == "text/html"
    assert media_type("") == ""
    assert media_type(" Text/HTML ;; charset") == "text/html"
    assert media_type("html, text/plain") == "text/plain"
    assert [media_type(value) for value in ("html", "text/html utf-8", "text/html/", '"a/b"')] == [
        "", "", "", "",
    ]  # fmt: skip
    assert charset('text/html; charset="tis-620"') == "tis-620"
    assert charset("text/html") is None


@given(st.lists(st.binary(max_size=50), max_size=5), st.sampled_from([b"", b";a=b", b" "]))
def test_chunks_are_joined(parts, extension):
    whole = b"".join(parts)
    assert dechunk(chunked(parts, extension)) == (whole, True)
    assert dechunk(chunked(parts, extension, end=b"")) == ((whole, True) if whole else None)


def test_a_short_or_broken_chunk_is_not_whole():
    body = chunked([b"first", b"second"])
    assert dechunk(body[:15]) == (b"firstse", False)
    assert dechunk(chunked([b"first"], end=b"rubbish")) == (b"first", False)


def test_a_body_that_is_not_chunked_is_left_alone():
    assert dechunk(b"<html>") is None
    assert dechunk(b"2024\r\nwas a leap year") is None
    assert dechunk(b"0\r\nis nothing") is None
    assert dechunk("1975\r\nមនុស្ស <p>ទាំងអស់</p> <!doctype html>".encode()) is None
    assert dechunk(b"1\r\n\r\nThe first chapter") is None
    assert dechunk(b"1\r\n\n\r\n3\r\nabc\r\n0\r\n\r\n") == (b"\nabc", True)


def test_a_body_cut_in_its_first_chunk_is_not_whole():
    assert dechunk(b"2024\r\n<html><p>x") == (b"<html><p>x", False)
    assert dechunk(b"1f40\r\nplain text") == (b"plain text", False)
    assert dechunk(b"40\r\n" + gzip.compress(b"x" * 99)[:20]) == (gzip.compress(b"x" * 99)[:20], False)  # fmt: skip  # noqa: E501


def test_trailers_may_follow_the_last_chunk():
    assert dechunk(b"0\r\nExpires: never\r\n\r\n") == (b"", True)
    assert dechunk(b"1\r\na\r\n0\r\nExpires: never\r\n\r\n") == (b"a", True)


@pytest.mark.parametrize("coding", CODINGS)
def test_codings_are_undone(coding):
    assert decode_content(CODINGS[coding](PAGE), coding.upper(), LIMIT) == (PAGE, None)


def test_bare_deflate_and_several_codings_and_unknown_ones():
    assert decode_content(raw_deflate(PAGE), "deflate", LIMIT) == (PAGE, None)
    twice = brotli.compress(gzip.compress(PAGE))
    assert decode_content(twice, "gzip, identity, br", LIMIT) == (PAGE, None)
    assert decode_content(PAGE, "utf-8", LIMIT) == (PAGE, None)
    assert decode_content(gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:]) + b"rest", "gzip", LIMIT) == (PAGE, None)  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("coding", CODINGS)
def test_a_header_that_lies_is_not_believed(coding):
    assert decode_content(PAGE, coding, LIMIT) == (PAGE, None)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_cut_or_damaged_body_is_told(coding):
    noise = bytes(random.Random(1).choices(range(256), k=200_000))
    coded = CODINGS[coding](noise)
    _, cut = decode_content(coded[:100_000], coding, LIMIT)
    expected = {"read/corrupt"} if coding == "br" else {"read/truncated"}
    assert cut is not None
    assert {cut.reason} == expected


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_is_stopped_at_the_limit(coding):
    content, damage = decode_content(CODINGS[coding](bytes(50_000_000)), coding, LIMIT)
    assert content == b""
    assert damage is not None
    assert damage.reason == "read/too_large"


@pytest.mark.parametrize("coding", ["deflate", "gzip", "br", "zstd"])
@given(data=st.binary(max_size=300), size=st.integers(1, 200_000))
def test_any_content_survives(coding, data, size):
    content = (data * (size // (len(data) or 1) + 1))[:size]
    assert decode_content(CODINGS[coding](content), coding, LIMIT) == (content, None)


@given(size=st.integers(0, 1 << 18))
def test_bare_deflate_gives_its_last_bytes(size):
    assert decode_content(raw_deflate(b"a" * size), "deflate", LIMIT) == (b"a" * size, None)
