from __future__ import annotations

import gzip
import io
import os
import random

import pytest
import zstandard

from corpuskit.connectors.containers.compression import (
    GZIP,
    OUTPUT,
    ZSTD,
    Damage,
    Member,
    codec_of,
    decompressed,
    find_member,
    open_binary,
)

TEXT = b"".join(b"line %d of some text\n" % number for number in range(20_000))
COMPRESS = {
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "plain": bytes,
}
CODEC = {"gzip": GZIP, "zstd": ZSTD, "plain": None}


def out(data: bytes, how: str) -> tuple[bytes, list[Damage]]:
    items = list(decompressed(io.BytesIO(data), CODEC[how]))
    content = b"".join(item for item in items if isinstance(item, bytes))
    return content, [item for item in items if isinstance(item, Damage)]


@pytest.mark.parametrize("how", COMPRESS)
def test_several_members_are_one_stream(how):
    parts = [TEXT[:1000], b"", TEXT[1000:]]
    data = b"".join(COMPRESS[how](part) for part in parts)
    assert codec_of(data) == CODEC[how]
    assert out(data, how) == (TEXT, [])


def test_skippable_zstd_frames_hold_no_content():
    skippable = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    data = skippable + COMPRESS["zstd"](TEXT)
    assert codec_of(data) == ZSTD
    assert out(data, "zstd") == (TEXT, [])


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_no_chunk_is_large_however_well_a_member_is_compressed(how):
    data = COMPRESS[how](bytes(300_000_000))
    sizes = [len(chunk) for chunk in Member(io.BytesIO(data), 0, CODEC[how])]
    assert sum(sizes) == 300_000_000
    assert max(sizes) <= (OUTPUT if how == "gzip" else 32 * OUTPUT)


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_a_damaged_member_is_told_and_the_next_one_is_read(how):
    first, second, third = (COMPRESS[how](b"%d" % number + TEXT) for number in range(3))
    broken = bytearray(second)
    broken[len(broken) // 2] ^= 0xFF
    content, damages = out(first + bytes(broken) + third, how)
    assert content.startswith(b"0" + TEXT)
    assert content.endswith(b"2" + TEXT)
    assert [damage.reason for damage in damages] == ["read/corrupt"]
    assert f"byte {len(first)}" in damages[0].detail


def test_the_start_of_a_damaged_member_is_saved():
    rng = random.Random(1)  # too little repetition to compress away
    content = b"head\r\n" + bytes(rng.choices(b"abcdefghijklmnop", k=100_000))
    data = bytearray(gzip.compress(content))
    data[-20_000:-10_000] = bytes(10_000)
    saved, _ = out(bytes(data), "gzip")
    assert saved.startswith(b"head\r\n")
    assert content.startswith(saved[:4096])


@pytest.mark.parametrize("how", ["gzip", "zstd"])
@pytest.mark.parametrize("kept", [0.2, 0.8, 0.999])
def test_a_cut_off_member_is_truncated(how, kept):
    data = COMPRESS[how](TEXT)
    _, damages = out(COMPRESS[how](b"whole") + data[: int(len(data) * kept)], how)
    assert [damage.reason for damage in damages] == ["read/truncated"]


def test_a_member_cut_off_before_another_one_is_corrupt():
    data = gzip.compress(os.urandom(5000))
    content, damages = out(data[:3000] + gzip.compress(TEXT), "gzip")
    assert content.endswith(TEXT)
    assert [damage.reason for damage in damages] == ["read/corrupt"]


def test_bytes_after_the_last_member_are_not_passed_over_in_silence():
    _, damages = out(gzip.compress(TEXT) + b"rubbish", "gzip")
    assert [damage.reason for damage in damages] == ["read/corrupt"]


def test_find_member_finds_one_across_the_windows_it_searches():
    for before in (0, 5, OUTPUT - 2, OUTPUT - 1, OUTPUT, 2 * OUTPUT - 3):
        data = b"\x1f" * before + gzip.compress(b"WARC/1.0")
        assert find_member(io.BytesIO(data), 0, GZIP) == before
        assert find_member(io.BytesIO(data), 0, GZIP, lambda first: first == b"no") is None


def test_pipes_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a file"):
        open_binary(str(tmp_path / "pipe"))
