"""What pages name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.web.discover import MAX_LINKS, in_headers, in_page, refresh_target

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


@given(st.binary(max_size=300))
def test_no_bytes_are_an_exception(body: bytes) -> None:
    in_page(body, URL, None)


THAI = "ข่าวสารการศึกษาและวัฒนธรรมของประเทศไทย เด็กนักเรียนไปโรงเรียนทุกวัน "


def paths(*fragments: str, base: str = "") -> list[str]:
    page = f"<html><head>{base}</head><body>{''.join(fragments)}</body></html>"
    return [url.removeprefix("http://a.example") for url in in_page(page.encode(), URL, None).pages]


def test_whatever_leads_to_a_page_is_followed() -> None:
    assert in_page(
        b'<html><frameset cols="20%,80%"><frame src="menu.htm"><frame src=/main.htm>', URL, None
    ).pages == ["http://a.example/dir/menu.htm", "http://a.example/main.htm"]
    assert paths('<iframe src="/inner"></iframe>', '<svg><a xlink:href="/svg">x</a></svg>') == [
        "/inner", "/svg",
    ]  # fmt: skip
    heads = (
        "<link rel=next href=/2>", "<LINK REL='prev' HREF=/0>", "<link rel=stylesheet href=/s>",
        '<link rel="alternate" hreflang="km" href="/km/">', "<link rel='next nofollow' href=/no>",
        "<META HTTP-EQUIV=Refresh CONTENT='3;URL=/refreshed'>",
    )  # fmt: skip
    assert paths(base="".join(heads)) == ["/2", "/0", "/km/", "/refreshed"]


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("0; URL=/th/", "/th/"),
        ("5;url='/a b'", "/a b"),
        ('0 , URL = "/x"; more', "/x"),
        ("0;/x", "/x"),
        ("1.5 /x", "/x"),
        ("; url=/x", "/x"),
        ("30", None),
        ("", None),
        ("0;url=", None),
    ],
)
def test_refreshes(value: str, target: str | None) -> None:
    assert refresh_target(value) == target


def test_links_of_headers() -> None:
    link = (
        '</2>; rel="next", </s.css>; rel=preload; title="a, b", </km/>;rel=alternate;hreflang=km,'
        '</feed>; rel="alternate"; type="application/rss+xml", </1>;title="next";rel="prev start"'
    )
    thai = "0; url=/ข่าว".encode().decode("latin-1")
    assert list(in_headers({"link": link, "refresh": thai})) == ["/ข่าว", "/2", "/km/", "/1"]
    found = in_page(b"<p>x</p>", URL, None, {"refresh": "0;url=next"})
    assert found.pages == ["http://a.example/dir/next"]
    assert list(in_headers({"link": "<" * 50_000 + ",;" * 50_000 + '"' * 50_000})) == []


@pytest.mark.parametrize("href", ["http://[", "javascript:x()", "//[::1", ""])
def test_a_base_that_is_not_a_url_is_left_out(href: str) -> None:
    assert paths("<a href=x>x</a>", base=f'<base href="{href}">') == ["/dir/x"]


@pytest.mark.parametrize(
    ("declared", "meta", "codec", "query"),
    [
        ("tis-620", "", "cp874", "%A2%E8%D2%C7"),
        (None, "windows-874", "cp874", "%A2%E8%D2%C7"),
        (None, "", "utf-8", "%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7"),
        ("iso-8859-1", "", "utf-8", "%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7"),
        ("iso-8859-1", "utf-8", "utf-8", "%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7"),
        ("tis-620", "tis-620", "utf-8", "%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7"),
        ("nonsense", "", "utf-16-le", "%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7"),
    ],
)
def test_links_and_opt_outs_are_decoded_as_the_text_is(
    declared: str | None, meta: str, codec: str, query: str
) -> None:
    page = (
        f"<html><head><meta charset='{meta}'><meta name='robots' content='noai'></head>"
        f"<body><a href='/ข่าว/1?q=ข่าว'>ข่าว</a><p>{THAI * 5}</p></body></html>"
    )
    found = in_page(page.encode(codec), URL, declared)
    assert found.pages == [f"http://a.example/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7/1?q={query}"]
    assert ("robots", "noai") in found.metas
    assert found.notes[found.pages[0]].anchor == "ข่าว"


@pytest.mark.parametrize("depth", [300, 3_000, 100_000])
def test_links_below_any_depth_are_found(depth: int) -> None:
    page = "<html><head><meta name=robots content=noai></head><body>" + "<div>" * depth
    found = in_page((page + "<a href=/deep>x</a>").encode(), URL, None)
    assert found.pages == ["http://a.example/deep"]
    assert found.metas == [("robots", "noai")]


def test_a_tag_of_100_000_attributes_hides_nothing_else() -> None:
    attributes = " ".join(f"a{number}={number}" for number in range(100_000))
    page = f"<html><body><p {attributes}>x</p><a href=/after>x</a></body></html>"
    assert in_page(page.encode(), URL, None).pages == ["http://a.example/after"]


def test_an_escaped_quote_in_a_link_header_hides_no_link() -> None:
    value = r"""</x>; title="say \"<y>, z\""; rel=author, </2>; rel=next"""
    assert list(in_headers({"link": value})) == ["/2"]
    assert list(in_headers({"link": '</1>; rel=next; title="open \\'})) == ["/1"]


def test_links_of_templates_are_not_followed() -> None:
    inner = "<template><a href=/1></a><template><a href=/2></a></template></template>"
    page = f"{inner}<a href=/3></a><template shadowrootmode=open><a href=/4></a></template>"
    assert [url[-1] for url in in_page(page.encode(), URL, "utf-8").pages] == ["3", "4"]
