"""No page of a dump is lost without a reason, whatever its tags look like."""

from __future__ import annotations

import bz2
import re
from pathlib import Path

import pytest
from connectors.wikimedia.dumps import FOOT, HEAD, dump, page, read, read_whole
from connectors.wikimedia.dumps import pieces as scanned

from corpuskit.connectors import pieces
from corpuskit.connectors.wikimedia import dump as wiki_dump


def outcomes(content: bytes, path: Path) -> list[tuple[str | None, str | None]]:
    path.write_bytes(content)
    return [(record.title or record.detail, record.reason) for record in read(path)]


def titles(*numbers: int) -> list[tuple[str, None]]:
    return [(f"ទំព័រ {number}", None) for number in numbers]


@pytest.mark.parametrize(
    ("tag", "other"),
    [
        (b"<page>", b"<page >"),
        (b"<page>", b"<page\n>"),
        (b"<page>", b'<page xml:space="preserve">'),
        (b"</page>", b"</page >"),
        (b"</mediawiki>", b"</mediawiki >"),
        (b"<siteinfo>", b'<siteinfo lang="km" >'),
    ],
)
def test_other_spellings_of_a_tag(tmp_path: Path, tag: bytes, other: bytes) -> None:
    content = dump(*(page(number) for number in range(3))).replace(tag, other)
    assert outcomes(content, tmp_path / "a.xml") == titles(0, 1, 2)


def test_a_dump_with_a_prefix(tmp_path: Path) -> None:
    plain = dump(*(page(number) for number in range(3)))
    path = tmp_path / "a.xml"
    path.write_bytes(plain)
    expected = read(path)
    prefixed = re.sub(rb"<(/?)(?=[a-z])", rb"<\1mw:", plain).replace(b"xmlns=", b"xmlns:mw=")
    path.write_bytes(prefixed)
    assert read(path) == expected
    assert [record.source_ref for record in expected][:1] == ["kmwiki:0@1000"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<page>", b"<pagX>"),
        (b"<page>", b"\x00page>"),
        (b"<page>", b""),
        (b"<page>", b"<pa"),
    ],
)
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_page_without_its_start_tag_has_a_reason(
    tmp_path: Path, before: bytes, after: bytes, number: int
) -> None:
    pages = [page(index).encode() for index in range(3)]
    pages[number] = pages[number].replace(before, after)
    content = HEAD.encode() + b"".join(pages) + FOOT.encode()
    expected: list[tuple[str | None, str | None]] = [*titles(0, 1, 2)]
    expected[number] = (f"a page without its tags (ទំព័រ {number})", "read/corrupt")
    assert outcomes(content, tmp_path / "a.xml") == expected


def test_a_page_without_both_tags_has_a_reason(tmp_path: Path) -> None:
    content = dump(page(0), page(1).replace("page>", "pagX>"), page(2))
    assert outcomes(content, tmp_path / "a.xml") == [
        *titles(0),
        ("a page without its tags (ទំព័រ 1)", "read/corrupt"),
        *titles(2),
    ]


def test_a_page_without_tags_and_title_has_a_reason(tmp_path: Path) -> None:
    damaged = re.sub("<title>.*</title>", "", page(1)).replace("<page>", "")
    assert outcomes(dump(page(0), damaged, page(2)), tmp_path / "a.xml") == [
        *titles(0), ("a page without its tags", "read/corrupt"), *titles(2),
    ]  # fmt: skip


def test_an_empty_page_has_a_reason(tmp_path: Path) -> None:
    content = dump(page(0), "<page/>", page(1))
    assert outcomes(content, tmp_path / "a.xml") == [
        *titles(0), ("a page without a revision", "read/corrupt"), *titles(1),
    ]  # fmt: skip


@pytest.mark.parametrize("streams", [False, True])
def test_damaged_pages_are_told_of_once_in_whatever_pieces(
    tmp_path: Path, streams: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [page(number, f"{'អក្សរ ' * 200}{number}") for number in range(60)]
    for number in (0, 8, 30, 59):
        pages[number] = pages[number].replace("<page>", "<pige>")
    parts = [HEAD, *("".join(pages[at : at + 7]) for at in range(0, 60, 7)), FOOT]
    path = tmp_path / "a.xml"
    store = bz2.compress if streams else bytes
    path.write_bytes(b"".join(store(part.encode()) for part in parts))
    monkeypatch.setattr(pieces, "BYTES", 30_000)
    monkeypatch.setattr(wiki_dump, "_STREAMS", 2)
    assert len(scanned(path)[1]) > 3
    records = read(path)
    assert [record.detail for record in records if record.reason] == [
        f"a page without its tags (ទំព័រ {number})" for number in (0, 8, 30, 59)
    ]
    assert len(records) == 60
    assert read_whole(path) == records


@pytest.mark.parametrize("key", ["--5", "-", "²", "9" * 5_000, "", "1.5"])
def test_a_namespace_whose_number_is_not_one_is_passed_over(tmp_path: Path, key: str) -> None:
    content = dump(page(0)).replace(b'key="6"', f'key="{key}"'.encode())
    assert outcomes(content, tmp_path / "a.xml") == titles(0)


@pytest.mark.parametrize("value", ["--5", "9" * 5_000, "x", "1 2"])
def test_a_number_that_is_not_one_is_a_reason(tmp_path: Path, value: str) -> None:
    content = dump(page(0), page(1)).replace(b"<ns>0<", f"<ns>{value}<".encode(), 1)
    assert [reason for _, reason in outcomes(content, tmp_path / "a.xml")] == ["read/corrupt", None]


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x"])
def test_a_time_beyond_the_calendar_is_dropped(tmp_path: Path, time: str) -> None:
    content = dump(page(0)).replace(b"2024-01-01T01:01:00Z", time.encode())
    path = tmp_path / "a.xml"
    path.write_bytes(content)
    assert [(record.reason, record.published_at) for record in read(path)] == [(None, None)]


@pytest.mark.parametrize("pump", [b"<siteinfo>", b"<mediawiki ", b"<page ", b"<mw:", b"</page "])
def test_a_hostile_head_takes_linear_time(tmp_path: Path, pump: bytes) -> None:
    """The time limit of each test would end one that does not."""
    outcomes(b"<mediawiki>" + pump * 100_000, tmp_path / "a.xml")
