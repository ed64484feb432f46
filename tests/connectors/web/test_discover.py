"""What pages, sitemaps and feeds name: real ones, and hostile ones."""

import gzip
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.web.discover import (
    MAX_LINKS,
    MAX_SITEMAP_URLS,
    in_feed,
    in_page,
    in_sitemap,
)

URL = "http://a.example/dir/page"


def test_links_of_a_page() -> None:
    page = (
        '<html><head><base href="/base/"><meta name="Robots" content="nofollow">'
        '<link rel="alternate" type="application/atom+xml" href="feed.xml"></head><body>'
        '<a href="one">1</a><a href="//b.example/two">2</a><a href="mailto:x@y">3</a>'
        '<a href="javascript:x()">4</a><a rel="UGC NoFollow" href="five">5</a>'
        '<a href=" ./six ">6</a><a href="one">7</a><a href="http://[bad">8</a><a>9</a>'
    )
    found = in_page(page.encode(), URL, "utf-8")
    assert found.pages == [
        "http://a.example/base/one", "http://b.example/two", "http://a.example/base/six"
    ]  # fmt: skip
    assert found.feeds == ["http://a.example/base/feed.xml"]
    assert found.metas == [("robots", "nofollow")]


def test_a_page_of_endless_links_and_one_in_an_unknown_charset() -> None:
    many = "".join(f'<a href="/{number}">x</a>' for number in range(MAX_LINKS * 2))
    assert len(in_page(many.encode(), URL, None).pages) == MAX_LINKS
    found = in_page('<a href="/ក">ក</a>'.encode(), URL, "x-nobody-knows")
    assert len(found.pages) == 1
    assert in_page(b"", URL, "utf-8").pages == []


def test_real_sitemaps(data_dir: Path) -> None:
    folder = data_dir / "feeds" / "trafilatura"
    plain = in_sitemap((folder / "sitemap.xml").read_bytes(), URL)
    assert len(plain.pages) == 84
    assert in_sitemap((folder / "sitemap.xml.gz").read_bytes(), URL).pages == plain.pages
    index = in_sitemap((folder / "sitemap2.xml").read_bytes(), URL)
    assert (len(index.pages), len(index.sitemaps)) == (0, 2)


def test_a_sitemap_of_lines_and_a_cut_one() -> None:
    lines = b"\xef\xbb\xbfhttp://a.example/1\r\nhttp://a.example/2\nnonsense\n"
    assert in_sitemap(lines, URL).pages == ["http://a.example/1", "http://a.example/2"]
    cut = b"<urlset><url><loc> http://a.example/1 </loc></url><url><loc>http://a.example/2</lo"
    assert in_sitemap(cut, URL).pages[0] == "http://a.example/1"
    assert in_sitemap(gzip.compress(lines)[:20], URL).pages == []


def test_entities_are_neither_expanded_nor_loaded() -> None:
    layers = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 100}">' for n in range(12)
    )
    bomb = (
        f"<?xml version='1.0'?><!DOCTYPE u [{layers}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
        "<urlset><url><loc>http://a.example/&e11;</loc></url>"
        "<url><loc>http://a.example/&f;</loc></url>"
        "<url><loc>http://a.example/fine</loc></url></urlset>"
    )
    began = time.process_time()
    pages = in_sitemap(bomb.encode(), URL).pages
    assert time.process_time() - began < 10
    assert all(len(page) < 100 and "root:" not in page for page in pages)


def test_a_sitemap_beyond_the_limits_of_sitemaps() -> None:
    one = "<url><loc>http://a.example/{}</loc></url>"
    body = "<urlset>" + "".join(one.format(n) for n in range(MAX_SITEMAP_URLS + 500)) + "</urlset>"
    assert len(in_sitemap(body.encode(), URL).pages) == MAX_SITEMAP_URLS
    assert len(in_sitemap(gzip.compress(b"<urlset>" + b" " * 60_000_000), URL).pages) == 0


def test_a_thousand_real_feeds(data_dir: Path) -> None:
    files = [path for path in sorted((data_dir / "feeds").rglob("*")) if path.is_file()]
    assert len(files) > 1_000
    with_links = 0
    for path in files:
        body = path.read_bytes()
        with_links += bool(in_feed(body, URL).pages)
        in_sitemap(body, URL)
        in_page(body, URL, None)
    assert with_links >= 45  # few of these files have a link in an entry


def test_relative_links_of_a_feed() -> None:
    rss = b"<rss><channel><item><link>/a</link></item><item><link>ftp://x/</link></item></channel>"
    assert in_feed(rss, URL).pages == ["http://a.example/a"]


@given(st.binary(max_size=300))
def test_no_bytes_are_an_exception(body: bytes) -> None:
    in_feed(body, URL)
    in_sitemap(body, URL)
    in_page(body, URL, None)
    in_sitemap(b"<urlset>" + body, URL)
