"""What pages name."""

from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.web.discover import MAX_LINKS, in_page

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
