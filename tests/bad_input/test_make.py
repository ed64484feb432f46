"""The bad input is bad in the way it says, and only there."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from bad_input import make
from warcio.archiveiterator import ArchiveIterator


def members(path: Path) -> list[bytes | None]:
    """What each gzip member of `good_members()[:5]`'s layout inflates to; None where damaged."""
    data = path.read_bytes()
    found: list[bytes | None] = []
    for good in make.good_members()[:5]:
        member, data = data[: len(good)], data[len(good) :]
        try:
            found.append(gzip.decompress(member))
        except (zlib.error, EOFError, gzip.BadGzipFile):
            found.append(None)
    return found


def test_good_pages_are_whole_khmer_pages() -> None:
    pages = [make.good_html(number) for number in range(20)]
    assert len(set(pages)) == 20
    for page in pages:
        assert page.startswith(b"<!DOCTYPE html>")
        assert page.rstrip().endswith(b"</html>")
        before, content, after = make.split_at_content(page)
        assert before + content + after == page
        assert content.decode().count("\u200b") > 50


@pytest.mark.parametrize(
    ("function", "position"),
    [
        (make.corrupt_gzip_member, 2),
        (make.corrupt_gzip_header, 2),
        (make.truncated_warc_gz, 4),
    ],
)
def test_one_member_is_damaged(
    tmp_path: Path, function: Callable[[Path], Path], position: int
) -> None:
    found = members(function(tmp_path))
    assert [content is None for content in found] == [at == position for at in range(5)]


def test_checksum_is_wrong_but_data_inflate(tmp_path: Path) -> None:
    data = make.corrupt_gzip_checksum(tmp_path).read_bytes()
    good = make.good_members()
    start = len(good[0]) + len(good[1])
    third = data[start : len(data) - len(good[3]) - len(good[4])]
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(third)
    inflated = zlib.decompress(third[10:-8], -zlib.MAX_WBITS)
    original = gzip.decompress(good[2])
    assert sum(one != other for one, other in zip(inflated, original, strict=True)) == 1


def test_plain_warc_breaks_off(tmp_path: Path) -> None:
    data = make.truncated_warc(tmp_path).read_bytes()
    assert data.startswith(b"WARC/1.1\r\n")
    assert not data.endswith(b"\r\n\r\n")
    assert data.count(b"WARC/1.1\r\n") == 5


def test_huge_page_is_small_on_disk(tmp_path: Path) -> None:
    path = make.huge_page_warc(tmp_path)
    assert path.stat().st_size < 5_000_000
    lengths = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            stream, length = record.raw_stream, 0
            while chunk := stream.read(1 << 20):
                length += len(chunk)
            assert record.http_headers.get_header("Content-Length") == str(length)
            lengths.append(length)
    assert len(lengths) == 3
    assert lengths[1] == make.HUGE


def test_huge_file(tmp_path: Path) -> None:
    size = 30_000_000
    folder = make.huge_page_files(tmp_path, size)
    assert len(gzip.decompress((folder / "huge.html.gz").read_bytes())) == size


def test_nested_tags(tmp_path: Path) -> None:
    page = (make.nested_tags(tmp_path) / "nested.html").read_bytes()
    assert b"<div>" * make.DEPTH in page
    assert make.split_at_content(make.good_html(2))[1] in page


def test_nul_bytes_only_add(tmp_path: Path) -> None:
    folder = make.nul_bytes(tmp_path)
    spoiled = (folder / "between.html").read_bytes()
    assert spoiled.count(0) > 20
    assert spoiled.replace(b"\x00", b"") == make.good_html(2)
    assert set((folder / "only.html").read_bytes()) == {0}


def test_surrogates(tmp_path: Path) -> None:
    folder = make.surrogate_bytes(tmp_path)
    for name in ("wtf8.html", "cesu8.html"):
        data = (folder / name).read_bytes()
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
        text = data.decode("utf-8", "surrogatepass")
        assert sum("\ud800" <= one <= "\udfff" for one in text) in (2, 4)
        replaced = data.decode("utf-8", "replace")
        assert 0 < replaced.count("\ufffd") < len(replaced) / 1000
    file = make.surrogate_json(tmp_path) / "lines.jsonl"
    texts = [json.loads(line)["text"] for line in file.read_text(encoding="ascii").splitlines()]
    assert ["\ud800" in text for text in texts] == [False, True, False]


def test_invalid_utf8(tmp_path: Path) -> None:
    folder = make.invalid_utf8(tmp_path)
    single = (folder / "single.html").read_bytes()
    assert single.count(b"\xff") == 1
    assert single.replace(b"\xff", b"") == make.good_html(2)
    at = single.index(b"\xff")
    assert single.index(b'id="DisplayArea"') < at < single.index(b'id="SearchFrame"')
    many = (folder / "many.html").read_bytes().decode("utf-8", "replace")
    assert many.count("\ufffd") > len(many) / 1000
    assert (folder / "image.html").read_bytes().startswith(b"\x89PNG")


def test_broken_jsonl(tmp_path: Path) -> None:
    file = make.broken_jsonl(tmp_path) / "lines.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 6
    assert len(json.loads(lines[0])["text"]) > 2_000
    with pytest.raises(json.JSONDecodeError):
        json.loads(lines[1])


def test_nothing_at_all(tmp_path: Path) -> None:
    assert not any(make.empty_folder(tmp_path).iterdir())
    assert make.zero_byte_warc(tmp_path).stat().st_size == 0
    sizes = {path.name: path.stat().st_size for path in make.zero_byte_files(tmp_path).iterdir()}
    assert sorted(name for name, size in sizes.items() if not size) == [
        "lines.jsonl",
        "packed.gz",
        "page.html",
        "text.txt",
    ]


def test_corrupt_files(tmp_path: Path) -> None:
    folder = make.corrupt_files(tmp_path)
    for path in folder.glob("*.gz"):
        with pytest.raises((zlib.error, EOFError, gzip.BadGzipFile)):
            gzip.decompress(path.read_bytes())
    assert len(list(folder.glob("*.gz"))) == 3
    assert not make.not_a_warc(tmp_path).read_bytes().startswith((b"\x1f\x8b", b"WARC"))


def test_recipes(tmp_path: Path) -> None:
    wrong = make.recipe_with_three_mistakes(tmp_path).read_text(encoding="utf-8")
    right = (make.DEMO / "khmer.toml").read_text(encoding="utf-8")
    differing = set(right.splitlines()) - set(wrong.splitlines())
    assert len(differing) == 4  # three mistakes, and the path made absolute
    recipe = make.write_recipe(tmp_path, "warc", make.truncated_warc(tmp_path))
    assert 'path = "' + str(tmp_path) in recipe.read_text(encoding="utf-8")
