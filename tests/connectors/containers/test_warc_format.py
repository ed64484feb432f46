from __future__ import annotations

import pytest

from corpuskit.connectors.containers.warc_format import ARC, WARC, format_of

HEAD = b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 12\r\n\r\n"


@pytest.mark.parametrize("head", [HEAD, HEAD.replace(b"\r\n", b"\n"), HEAD.lower().replace(b"warc/", b"WARC/")])  # fmt: skip  # noqa: E501
def test_a_warc_head(head):
    found = WARC.parse(head + b"block")
    assert found is not None
    assert (found.size, found.block) == (len(head), 12)
    assert found.fields["warc-type"] == "response"
    assert format_of(head) is WARC


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n",
        HEAD[:-2],
        HEAD.replace(b"12", b"-1"),
        HEAD.replace(b"12", b"abc"),
        HEAD.replace(b"12", b"9" * 30),
        HEAD.replace(b"Content-Length: 12\r\n", b""),
    ],
)
def test_no_warc_head(head):
    assert WARC.parse(head) is None


@pytest.mark.parametrize("version_2", [b"", b" 200 c - 0 x.arc"])
def test_an_arc_head(version_2):
    line = b"http://example.org/a b 10.0.0.1 20140216050221 text/html%s 1591\n" % version_2
    found = ARC.parse(line + b"HTTP/1.0 200 OK")
    assert found is not None
    assert (found.size, found.block) == (len(line), 1591)
    assert found.fields["warc-target-uri"] == "http://example.org/a b"
    assert found.fields["warc-date"] == "20140216050221"
    assert format_of(line) is ARC


@pytest.mark.parametrize("start", [b"", b"<html>", b"WARC/1.0 is a format", b"http://a b c 1\n"])
def test_no_archive(start):
    assert format_of(start) is None


def test_the_next_record_is_found_in_a_line_of_its_own():
    found = WARC.inside.search(b"xWARC/1.0\r\nA: b\r\n\nWARC/1.0\r\n\r\nWARC/1.0 \r\nWARC-Type: x")
    assert found is not None
    assert found.start() == 30
