"""The list of captures: what is taken of an index's pages, and how it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from connectors.excluding import below

from corpuskit.connectors.commoncrawl.captures import CaptureRange, IndexPage
from corpuskit.connectors.commoncrawl.listing import ListingStore, choose, request_of, summary
from corpuskit.connectors.commoncrawl.options import CommonCrawlOptions


def capture(
    offset: int, digest: str = "", url: str = "http://a.kh/", cut: str = ""
) -> CaptureRange:
    return CaptureRange(url, "20260101000000", "200", "text/html", digest, "khm", cut, "a.warc.gz",
                   offset, 10)  # fmt: skip


def options(**more: object) -> CommonCrawlOptions:
    return CommonCrawlOptions(crawl="CC-MAIN-2026-43", tld="kh", **more)


def offsets(pages: list[IndexPage], **more: object) -> list[int]:
    return [one.offset for one in choose(pages, options(**more)).captures]


PAGES = [
    IndexPage([capture(1, "A"), capture(2, "A"), capture(3, "")]),
    IndexPage([capture(1, "A"), capture(4, ""), capture(5, "B")]),
]


def test_none_twice_and_no_content_twice() -> None:
    assert offsets(PAGES) == [1, 3, 4, 5]
    assert offsets(PAGES, one_per_digest=False) == [1, 2, 3, 4, 5]
    assert choose(PAGES, options()).skipped == {"duplicate": 2}


def test_no_page_is_asked_for_when_there_are_enough() -> None:
    def pages():
        yield PAGES[0]
        pytest.fail("asked for a page that is not needed")

    assert [one.offset for one in choose(pages(), options(max_records=2)).captures] == [1, 3]


def test_what_is_lost_already_is_named() -> None:
    page = IndexPage([capture(1, cut="length"), capture(2)], invalid=["page 0 line 7"])
    choice = choose([page], options())
    assert [(record.reason, record.detail) for record in choice.lost] == [
        ("read/corrupt", "page 0 line 7"),
        ("read/truncated", "the index says: length"),
    ]
    assert summary(choice) == "1 captures · 2 lost"


def test_pages_of_domains_to_avoid_are_not_fetched() -> None:
    page = IndexPage([capture(1, "A", "https://wol.b.org/km/"), capture(2, "A"), capture(3, "B")])
    choice = choose([page], options(max_records=2), below("b.org"))
    assert [one.offset for one in choice.captures] == [2, 3]
    lost = choice.lost[0]
    assert (lost.url, lost.reason, lost.detail) == (
        "https://wol.b.org/km/", "read/excluded", "wol.b.org",
    )  # fmt: skip


def test_a_list_made_with_other_exclusions_does_not_stand(tmp_path: Path) -> None:
    page = IndexPage([capture(1, "A", "https://wol.b.org/km/"), capture(2, "B", "https://c.org/")])
    store = ListingStore(tmp_path)
    store.save("x", choose([page], options(), below("b.org")))
    assert store.stands("x", below("b.org"))
    assert store.stands("x", below("b.org", "not-met.org"))
    assert not store.stands("x")
    assert not store.stands("x", below("b.org", "c.org"))


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    store = ListingStore(tmp_path)
    urls = ["http://a.kh/\u2028x", "http://a.kh/\x85", 'http://a.kh/"\r\n', "http://ខ្មែរ.kh/"]
    choice = choose([IndexPage([capture(n, url=url) for n, url in enumerate(urls)])], options())
    assert not store.stands("x")
    store.save("x", choice)
    assert store.stands("x")
    assert not store.stands("y")
    assert store.load() == (choice.captures, [])


def test_a_page_is_asked_for_once(tmp_path: Path) -> None:
    store = ListingStore(tmp_path)
    asked: list[int] = []

    def ask() -> IndexPage:
        asked.append(1)
        return PAGES[0]

    assert store.page("x/0", ask) == store.page("x/0", ask) == PAGES[0]
    assert asked == [1]


def test_what_a_request_depends_on() -> None:
    pages, request = request_of(options())
    assert request_of(options(delay=9))[1] == request
    more = request_of(options(max_records=7))
    assert more[0] == pages  # the same pages serve
    assert more[1] != request
    assert request_of(options(languages="khm"))[0] != pages
    assert request_of(options(), [["a.parquet", 1, 2]])[0] != pages
