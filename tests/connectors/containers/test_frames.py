from __future__ import annotations

import gzip
import io

import pytest
from connectors.archives import PAGE, http, record

from corpuskit.connectors.containers.compression import GZIP
from corpuskit.connectors.containers.frames import MAX_BLOCK, MemberSource, StreamSource, Walk
from corpuskit.connectors.containers.warc_format import ARC, WARC

ONE, TWO, THREE = (record(number) for number in (1, 2, 3))


def walk(data: bytes, kind=WARC, start=0):
    """(offset, length, record id or None, reason or None) of every frame."""
    frames = list(Walk(StreamSource(io.BytesIO(data), None), kind, start))
    assert all(frame.damage or frame.head for frame in frames)
    return [
        (
            frame.offset,
            frame.length,
            frame.head and frame.head.fields.get("warc-record-id", "").strip("<>"),
            frame.damage and frame.damage.reason,
        )
        for frame in frames
    ]


def summary(data: bytes, kind=WARC):
    """Record ids or, for lost records, (id, reason); every byte must be in one frame."""
    found = walk(data, kind)
    position = found[0][0] if found else 0
    for offset, length, *_ in found:
        assert offset == position
        position += length
    assert position == len(data)
    return [(name and name[-1], reason) if reason else name[-1] for *_, name, reason in found]


def test_records_follow_each_other():
    assert summary(ONE + TWO + THREE) == ["1", "2", "3"]


def test_blocks_are_whole():
    (frame,) = Walk(StreamSource(io.BytesIO(ONE), None), WARC)
    assert frame.block == http(PAGE)


def test_walking_may_start_at_any_frame():
    data = ONE + b"rubbish\r\n" + TWO[:-4] + b"more\r\n" + THREE[:-30]
    whole = walk(data)
    assert len(whole) > 3
    for index, (offset, *_) in enumerate(whole):
        assert walk(data, start=offset) == whole[index:]


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\n\n\n\n\n", b"\r\n" * 9000])
def test_blank_lines_between_records_do_not_matter(between):
    assert summary(ONE + between + TWO.rstrip() + b"\n" + THREE) == ["1", "2", "3"]


def test_rubbish_between_records_is_one_reason():
    assert summary(ONE + b"x" * 3_000_000 + b"\r\n" + TWO) == ["1", (None, "read/corrupt"), "2"]


def test_a_record_that_claims_too_much_does_not_swallow_the_next():
    long = record(2, Content_Length=str(len(http()) + 1000))
    assert summary(ONE + long + THREE * 4) == ["1", ("2", "read/truncated"), *"3333"]
    longest = record(2, Content_Length="999999999999")
    assert summary(ONE + longest + THREE) == ["1", ("2", "read/truncated"), "3"]


def test_a_record_that_claims_too_little_leaves_a_rest():
    short = record(2, Content_Length=str(len(http()) - 10))
    assert summary(ONE + short + THREE) == ["1", "2", (None, "read/corrupt"), "3"]


@pytest.mark.parametrize("length", ["", "-5", "many"])
def test_a_record_without_a_length_is_lost_alone(length):
    bad = record(2, Content_Length=length)
    assert summary(ONE + bad + THREE) == ["1", (None, "read/corrupt"), "3"]


def test_an_endless_head_is_lost_alone():
    bad = record(2, X_Long="x" * 100_000)
    assert summary(ONE + bad + THREE) == ["1", (None, "read/corrupt"), "3"]


@pytest.mark.parametrize("cut", [1, 3, 8, 60, 200, -200, -80, -30, -10])
def test_a_cut_off_tail_is_one_reason(cut):
    *sound, lost = summary(ONE + TWO + THREE[:cut])
    assert sound == ["1", "2"]
    assert lost[1] == "read/truncated"


def test_a_page_that_shows_a_warc_record_is_not_taken_apart():
    page = b"<pre>\n" + TWO + b"</pre>"
    assert summary(record(1, http(page)) + THREE) == ["1", "3"]


def test_a_block_too_large_is_passed_over():
    (large, small) = Walk(
        StreamSource(io.BytesIO(record(1, bytes(MAX_BLOCK + 5)) + TWO), None), WARC
    )
    assert large.head is not None
    assert (len(large.block), large.head.block) == (MAX_BLOCK, MAX_BLOCK + 5)
    assert small.block == http()


def test_arc_records_follow_each_other_and_damage_is_told():
    block = http()
    lines = [b"filedesc://x.arc 0.0.0.0 20080430204825 text/plain 5\nabcd\n\n"]
    lines += [
        b"http://example.org/%d 10.0.0.1 20080430204825 text/html %d\n%s\n"
        % (number, len(block), block)
        for number in range(3)
    ]
    assert [reason for *_, reason in walk(b"".join(lines), ARC)] == [None] * 4
    lines[2] = lines[2].replace(b" 10.0.0.1 ", b" nowhere ")
    assert [r for *_, r in walk(b"".join(lines), ARC)] == [None, None, "read/corrupt", None]


def test_a_members_checksum_speaks_for_its_last_record():
    data = bytearray(gzip.compress(ONE + TWO))
    data[-6] ^= 1
    source = MemberSource(io.BytesIO(bytes(data)), 0, GZIP)
    frames = list(Walk(source, WARC))
    assert [frame.damage and frame.damage.reason for frame in frames] == [None, "read/corrupt"]
