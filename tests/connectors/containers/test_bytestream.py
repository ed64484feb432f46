from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.containers.bytestream import ByteStream
from corpuskit.connectors.containers.compression import Damage

CHUNKS = st.lists(st.binary(min_size=1, max_size=8), max_size=8)
STEPS = st.lists(st.tuples(st.sampled_from(["peek", "read", "skip"]), st.integers(0, 12)))


@given(CHUNKS, STEPS)
def test_reads_what_a_file_would_however_the_chunks_fall(chunks, steps):
    data, at = b"".join(chunks), 0
    stream = ByteStream(iter(chunks))
    for step, size in steps:
        expected = data[at : at + size]
        if step == "peek":
            assert stream.peek(size) == expected
            continue
        if step == "read":
            assert stream.read(size) == expected
        else:
            assert stream.skip(size) == len(expected)
        at += len(expected)
        assert stream.position == at


def test_stops_at_damage_until_it_is_resumed():
    stream = ByteStream(iter([b"abc", Damage("read/corrupt", "here"), b"def"]))
    assert stream.read(10) == b"abc"
    assert stream.damage == Damage("read/corrupt", "here")
    assert stream.read(10) == b""
    stream.resume()
    assert stream.read(2) == b"de"
    assert stream.position == 5


def test_seek_passes_over_damage_and_stops_at_the_end():
    stream = ByteStream(iter([b"abc", Damage("read/corrupt", ""), b"def"]))
    stream.seek(4)
    assert stream.read(10) == b"ef"
    stream.seek(100)
    assert stream.position == 6
