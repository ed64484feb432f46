"""Sitemaps and feeds: real ones, and hostile ones."""

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.web.history import Hint, moment
from corpuskit.connectors.web.lists import MAX_SITEMAP_URLS, in_feed, in_sitemap

URL = "http://a.example/dir/page"


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


def test_what_a_sitemap_says_of_its_pages() -> None:
    body = """<?xml version="1.0"?>
    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
            xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
            xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <url><lastmod>2026-11-02</lastmod><loc>/one</loc>
        <image:image><image:loc>http://a.example/one.jpg</image:loc></image:image></url>
      <url><loc>http://a.example/two</loc><news:news>
        <news:publication_date>2026-11-01T08:00:00+07:00</news:publication_date></news:news></url>
      <url><loc>http://a.example/three</loc><news:news>
        <news:publication_date>1970-01-01</news:publication_date></news:news></url>
      <url><loc>http://a.example/four</loc></url></urlset>"""
    found = in_sitemap(body.encode(), URL)
    assert found.pages[0] == "http://a.example/one"
    assert found.hints == {
        "http://a.example/one": Hint(modified="2026-11-02"),
        "http://a.example/two": Hint(datetime(2026, 11, 1, 1, tzinfo=UTC), "sitemap"),
    }


def test_lastmods_of_a_real_sitemap(data_dir: Path) -> None:
    found = in_sitemap((data_dir / "feeds" / "trafilatura" / "sitemap.xml").read_bytes(), URL)
    assert set(found.hints) <= set(found.pages)
    assert len(found.hints) >= 80
    assert all(moment(hint.modified or "") for hint in found.hints.values())


def test_a_feed_dates_what_it_says_was_published_not_what_was_updated() -> None:
    rss = b"""<rss><channel>
      <item><link>/a</link><pubDate>Wed, 02 Oct 2002 13:00:00 +0700</pubDate></item>
      <item><link>/b</link><pubDate>yesterday</pubDate></item>
      <item><link>/c</link><pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate></item>
      <item><link>/d</link></item></channel></rss>"""
    found = in_feed(rss, URL)
    assert len(found.pages) == 4
    at = datetime(2002, 10, 2, 6, tzinfo=UTC)
    assert found.hints == {"http://a.example/a": Hint(at, "feed")}
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom">
      <entry><link href="/a"/><updated>2020-01-02T00:00:00Z</updated></entry>
      <entry><link href="/b"/><published>2020-01-02T00:00:00Z</published></entry></feed>"""
    assert in_feed(atom, URL).hints == {
        "http://a.example/b": Hint(datetime(2020, 1, 2, tzinfo=UTC), "feed")
    }


def test_a_thousand_real_feeds(data_dir: Path) -> None:
    files = [path for path in sorted((data_dir / "feeds").rglob("*")) if path.is_file()]
    assert len(files) > 1_000
    with_links = 0
    for path in files:
        body = path.read_bytes()
        with_links += bool(in_feed(body, URL).pages)
        in_sitemap(body, URL)
    assert with_links >= 45  # few of these files have a link in an entry


def test_relative_links_of_a_feed() -> None:
    rss = b"<rss><channel><item><link>/a</link></item><item><link>ftp://x/</link></item></channel>"
    assert in_feed(rss, URL).pages == ["http://a.example/a"]


@given(st.binary(max_size=300))
def test_no_bytes_are_an_exception(body: bytes) -> None:
    in_feed(body, URL)
    in_sitemap(body, URL)
    in_sitemap(b"<urlset>" + body, URL)
