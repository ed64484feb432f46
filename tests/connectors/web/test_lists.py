"""Sitemaps and feeds: real ones, and hostile ones."""

import gzip
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
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


def sitemap(*locations: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    urls = "".join(f"<url><loc>{location}</loc></url>\n" for location in locations)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'{head}<urlset xmlns="{namespace}">{urls}</urlset>'


WHOLE = ("http://a.example/?a=1&amp;b=2", "http://a.example/?c=3&amp;d=4")


@pytest.mark.parametrize(
    ("bad", "url"),
    [
        ("http://a.example/?a=1&b=2", "http://a.example/?a=1&b=2"),
        ("http://a.example/a & b", "http://a.example/a%20&%20b"),
        ("http://a.example/?q=&Acirc;", "http://a.example/?q=%C3%82"),
        ("http://a.example/&nosuch;x", "http://a.example/&nosuch;x"),
        ("http://a.example/1<2", "http://a.example/1%3C2"),
        ("http://a.example/\x0bx", "http://a.example/x"),
        ("http://a.example/&#2;x", None),
        ("http://a.example/</lok>", None),
    ],
)
def test_one_bad_entry_does_not_spoil_the_others(bad: str, url: str | None) -> None:
    pages = in_sitemap(sitemap(WHOLE[0], bad, WHOLE[1]).encode(), URL).pages
    assert pages[0] == "http://a.example/?a=1&b=2"
    assert pages[-1] == "http://a.example/?c=3&d=4"
    assert url is None or url in pages


def test_a_damaged_index_and_names_in_bad_utf8() -> None:
    index = (
        b"<sitemapindex><sitemap><loc>http://a.example/1.xml?a&b</loc></sitemap>"
        b"<sitemap><loc>http://a.example/2.xml?a&amp;b</loc></sitemap></sitemapindex>"
    )
    assert in_sitemap(index, URL).sitemaps == [
        "http://a.example/1.xml?a&b", "http://a.example/2.xml?a&b",
    ]  # fmt: skip
    names = sitemap("http://a.example/1").encode().replace(b"<url>", b"<url><n\xff\xfe/>")
    assert in_sitemap(names, URL).pages == ["http://a.example/1"]
    stray = sitemap("http://a.example/1", "http://a.example/ข").encode().replace(b"/1", b"/1\xff")
    assert in_sitemap(stray, URL).pages[-1] == "http://a.example/%E0%B8%82"


def test_what_stands_before_a_sitemap_and_its_charset() -> None:
    body = sitemap("http://a.example/1", "http://a.example/2")
    for before in ("Warning: mysql_connect() in /x.php on line 3<br />\n", "\n\n", "\ufeff\ufeff"):
        assert len(in_sitemap((before + body).encode(), URL).pages) == 2
    wide = sitemap("http://a.example/ข", head="").encode("utf-16")
    assert in_sitemap(wide, URL).pages == ["http://a.example/%E0%B8%82"]


def test_other_forms_of_sitemaps() -> None:
    lines = "  http://a.example/1\n\tHTTP://a.example/2\r\nftp://a.example/3\n"
    for codec in ("utf-8", "utf-16", "utf-8-sig"):
        pages = in_sitemap(lines.encode(codec), URL).pages
        assert [page.lower() for page in pages] == ["http://a.example/1", "http://a.example/2"]
    feed = b"<?xml version='1.0'?><rss><channel><item><link>/item</link></item></channel></rss>"
    assert in_sitemap(feed, URL).pages == ["http://a.example/item"]


def test_pages_in_other_languages_of_a_sitemap() -> None:
    body = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
            xmlns:xhtml="http://www.w3.org/1999/xhtml"><url><loc>http://a.example/en/</loc>
        <xhtml:link rel="alternate" hreflang="km" href="http://a.example/km/"/>
        <xhtml:link rel="stylesheet" href="http://a.example/s.css"/>
        <lastmod>2026-11-02</lastmod></url></urlset>"""
    found = in_sitemap(body.encode(), URL)
    assert found.pages == ["http://a.example/en/", "http://a.example/km/"]
    assert found.hints["http://a.example/en/"].modified == "2026-11-02"


@pytest.mark.parametrize("label", ["windows-874", "tis-620", "TIS620"])
@pytest.mark.parametrize("over_http", [False, True])
def test_feeds_are_decoded_as_pages_are(label: str, over_http: bool) -> None:
    declaration = "" if over_http else f'<?xml version="1.0" encoding="{label}"?>'
    title = "<title>ข่าวการศึกษาและวัฒนธรรมของประเทศไทย</title>"
    rss = f"{declaration}<rss><channel>{title}<item><link>/ข่าว</link></item></channel></rss>"
    found = in_feed(rss.encode("cp874"), URL, label if over_http else None)
    assert found.pages == ["http://a.example/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7"]


def test_the_next_page_of_a_feed() -> None:
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/feed?page=2"/>
      <link rel="self" href="/feed"/><entry><link href="/a"/></entry></feed>"""
    assert in_feed(atom, URL).feeds == ["http://a.example/feed?page=2"]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Fri, 01 Mar 2567 08:00:00 +0700", datetime(2024, 3, 1, 1, tzinfo=UTC)),
        ("Mon, 29 Feb 2568 08:00:00 +0700", None),
        ("Fri, 12 Mar 1403 08:00:00 +0330", None),
        ("Fri, 12 Mar 1445 08:00:00 +0700", None),
        ("Fri, 12 Mar 3024 08:00:00 +0700", None),
        ("Fri, 12 Mar 2200 08:00:00 +0700", None),
    ],
)
def test_dates_in_other_calendars(date: str, expected: datetime | None) -> None:
    rss = f"<rss><channel><item><link>/a</link><pubDate>{date}</pubDate></item></channel></rss>"
    hint = in_feed(rss.encode(), URL).hints.get("http://a.example/a", Hint())
    assert hint.published == expected


def test_dates_in_other_calendars_in_a_sitemap() -> None:
    body = """<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
      <loc>/a</loc><news:publication_date>2567-03-01</news:publication_date></url></urlset>"""
    hint = in_sitemap(body.encode(), URL).hints["http://a.example/a"]
    assert hint.published == datetime(2024, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "bad",
    [
        "<item><link>http://a.example/&#xD83D;</link></item>",
        "<item><link>http://a.example/&#56320;x</link></item>",
        "<item><pubDate>&#xdfff; Mon</pubDate><link>http://a.example/2</link></item>",
        "<item><title>&amp;#xd801;</title><link>http://a.example/2</link></item>",
        "<item><title>&#99999999999999999999; &#x110000; &#0;</title></item>",
    ],
)
def test_characters_that_do_not_exist_spoil_no_other_entry(bad: str) -> None:
    feed = f"<rss><channel>{bad}<item><link>http://a.example/1</link></item></channel></rss>"
    assert "http://a.example/1" in in_feed(feed.encode(), URL).pages


def test_a_list_of_few_letters_is_read_in_the_charset_that_it_declares() -> None:
    declared = '<?xml version="1.0" encoding="{}"?>'
    items = "<rss><channel><item><link>http://a.example/{}</link></item></channel></rss>"
    thai = declared.format("tis-620") + items.format("ก")
    assert in_feed(thai.encode("cp874"), URL).pages == ["http://a.example/%E0%B8%81"]
    chinese = declared.format("gbk") + items.format("文")
    assert in_feed(chinese.encode("gbk"), URL).pages == ["http://a.example/%E6%96%87"]
    over_http = items.format("ข").encode("cp874")
    assert in_feed(over_http, URL, "windows-874").pages == ["http://a.example/%E0%B8%82"]


def test_json_feeds() -> None:
    feed = """{"version": "https://jsonfeed.org/version/1.1", "next_url": "/feed?page=2",
        "items": [{"url": "/a", "date_published": "2024-05-01T10:00:00Z"}, 5, {"url": 7},
        {"id": "x", "url": "http://a.example/\\ud800"}, {"url": "http://a.example/b"}]}"""
    listed = in_feed(feed.encode(), URL)
    assert listed.pages[0] == "http://a.example/a"
    assert listed.pages[-1] == "http://a.example/b"
    assert listed.feeds == ["http://a.example/feed?page=2"]
    assert listed.hints == {
        "http://a.example/a": Hint(datetime(2024, 5, 1, 10, tzinfo=UTC), "feed")
    }
    for damaged in (b"{", b'{"items": 5}', b'{"items": {"url": "/a"}}', b"{}"):
        assert in_feed(damaged, URL).pages == []


def test_a_sitemap_in_upper_case() -> None:
    text = (
        "<URLSET><URL><LOC>http://a.example/1</LOC><LASTMOD>2024-05-01</LASTMOD></URL>"
        "<URL><LOC>http://a.example/?a=1&b=2</LOC></URL></URLSET>"
    )
    listed = in_sitemap(text.encode(), URL)
    assert listed.pages == ["http://a.example/1", "http://a.example/?a=1&b=2"]
    assert listed.hints["http://a.example/1"].modified == "2024-05-01"
