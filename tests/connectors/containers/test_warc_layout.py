from __future__ import annotations

import random

import pytest
from connectors.archives import PAGE, http, read, record, stored

from corpuskit.connectors import pieces
from corpuskit.connectors.containers.compression import open_binary
from corpuskit.connectors.containers.warc_layout import layout_of

WAYS = ["plain", "gzip", "zstd", "whole gzip", "whole zstd", "blocks gzip"]
SEPARATE = ["plain", "gzip", "zstd"]


def made(rng: random.Random, count: int) -> list[bytes]:
    """Records with pages of random size and content."""
    pages = [
        PAGE + bytes(rng.choices(b"abcdefgh <>/\n", k=rng.choice([5, 50, 3000, 20_000])))
        for _ in range(count)
    ]
    return [record(number, http(page)) for number, page in enumerate(pages)]


@pytest.mark.parametrize("how", WAYS)
def test_layout_and_content(tmp_path, how):
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(stored(made(random.Random(1), 8), how)))
    with open_binary(str(path)) as file:
        layout = layout_of(file, path.name)
    assert layout is not None
    assert layout.per_record == (how in ("gzip", "zstd"))
    found = read(path)
    assert [one.source_ref for one in found] == [f"warc:<urn:uuid:{n}>" for n in range(8)]
    assert all(one.content.startswith(PAGE) for one in found)


@pytest.mark.parametrize("how", SEPARATE)
def test_pointers_lead_to_the_record(tmp_path, how):
    path = tmp_path / "a.warc"
    parts = stored(made(random.Random(2), 5), how)
    path.write_bytes(b"".join(parts))
    data = path.read_bytes()
    for part, one in zip(parts, read(path), strict=True):
        assert one.warc is not None
        assert data[one.warc["offset"] : one.warc["offset"] + one.warc["length"]] == part


def damage(data: bytearray, rng: random.Random) -> tuple[int, int]:
    """Damage some bytes; the stretch of the former data that is hit."""
    start = rng.randrange(len(data))
    size = rng.choice([1, 10, 1000, 10_000])
    kind = rng.choice(["flip", "cut", "zero", "insert", "delete"])
    if kind == "flip":
        data[start] ^= 1 << rng.randrange(8)
        return start, start + 1
    if kind == "cut":
        size = len(data)
        del data[start:]
        return start, size
    if kind == "insert":
        data[start:start] = rng.randbytes(size)
        return start, start + 1
    stop = min(len(data), start + size)
    data[start:stop] = bytes(stop - start) if kind == "zero" else b""
    return start, stop


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("seed", range(25))
def test_damage_costs_only_what_it_hits_however_the_archive_is_cut(
    tmp_path, monkeypatch, how, seed
):
    rng = random.Random(f"{how} {seed}")
    records = made(rng, 10)
    parts = stored(records, how)
    data = bytearray(b"".join(parts))
    start, stop = damage(data, rng)
    path = tmp_path / ("a.warc.gz" if "gzip" in how else "a.warc")
    path.write_bytes(data)
    monkeypatch.setattr(pieces, "RECORDS", 10**9)
    whole = read(path)
    for size in (1, 3):
        monkeypatch.setattr(pieces, "RECORDS", size)
        assert read(path) == whole
    if how in SEPARATE:
        sound, position = set(), 0
        for number, part in enumerate(parts):
            if position + len(part) <= start or position >= stop:
                sound.add(f"warc:<urn:uuid:{number}>")
            position += len(part)
        assert sound <= {one.source_ref for one in whole if one.reason is None}
    reasons = [one.reason for one in whole if one.reason is not None]
    assert set(reasons) <= {"read/corrupt", "read/truncated"}
    if how != "plain":  # a change within a plain page cannot be seen
        assert reasons or len(whole) == len(records)


@pytest.mark.parametrize("name", ["damaged.warc.gz", "damaged.arc.gz"])
def test_an_archive_whose_start_is_damaged_is_known_by_its_name(tmp_path, name):
    path = tmp_path / name
    first, *others = stored(made(random.Random(3), 4), "gzip")
    path.write_bytes(bytes(50) + first[50:] + b"".join(others))
    lost, *sound = read(path)
    assert (lost.reason, lost.source_ref) == ("read/corrupt", f"warc:{name}@0")
    assert [one.reason for one in sound] == [None] * 3
