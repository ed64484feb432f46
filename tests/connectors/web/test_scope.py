"""One form per URL, where a crawl stays, and what never ends."""

import pytest
from connectors.excluding import below
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.connectors.web.scope import Scope, is_trap, normal_url


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://A.Example:80", "http://a.example/"),
        ("https://a.example:443/x#y", "https://a.example/x"),
        ("http://a.example//x///y", "http://a.example/x/y"),
        ("http://a.example/?utm_source=q&b=2&a=1", "http://a.example/?a=1&b=2"),
        ("http://a.example/?fbclid=x", "http://a.example/"),
        ("http://a.example/?PHPSESSID=x&p=1", "http://a.example/?p=1"),
        ("http://a.example/2020/01/02/?p=44", "http://a.example/2020/01/02/?p=44"),
        ("http://a.example/news/၁", "http://a.example/news/%E1%81%81"),
        ("http://ខ្មែរ.example/", "http://xn--j2e7beiw1lb2hqg.example/"),
        (
            "http://a.example/?PHPSESSID=x&sid=&s=0123456789abcdef0123456789abcdef",
            "http://a.example/",
        ),
        ("http://a.example/m.php?name=News&sid=41", "http://a.example/m.php?name=News&sid=41"),
        ("http://a.example/m.php?s=economy", "http://a.example/m.php?s=economy"),
        ("http://a.example/a;jsessionid=0A1B.n2?x=1", "http://a.example/a?x=1"),
        ("http://a.example/a;v=1", "http://a.example/a;v=1"),
        ("http://a.example/f?cat=%a2%e8&utm_source=fb", "http://a.example/f?cat=%A2%E8"),
        ("http://a.example/f?q=a+b%20c&fbclid=1", "http://a.example/f?q=a+b%20c"),
        ("http://a.example/f?topic,12.0&utm_id=1", "http://a.example/f?topic,12.0"),
        ("http://a.example/f?b&a", "http://a.example/f?b&a"),
        ("http://a.example/f?x=2&x=1&a=3", "http://a.example/f?a=3&x=2&x=1"),
        (
            "http://a.example/web/2020/http://b.example/",
            "http://a.example/web/2020/http://b.example/",
        ),
        ("http://a.example/a/../b/./c", "http://a.example/b/c"),
        ("http://a.example/../a/b/..", "http://a.example/a/"),
        ("http://a.example/a/%2e", "http://a.example/a/"),
        ("http://a.example/%7ekm/C%2b%2B/a%26b", "http://a.example/~km/C%2B%2B/a%26b"),
        ("http://a.example/C++/a&b=c;d", "http://a.example/C++/a&b=c;d"),
        ("http://a.example/100%/%zz?50%", "http://a.example/100%/%zz?50%"),
        ("http://a.example/\x1b[31m?\x07=\x071", "http://a.example/%1B%5B31m?%07=%071"),
        ("ftp://a.example/", None),
        ("mailto:a@a.example", None),
        ("/relative", None),
        ("http://[bad/", None),
    ],
)
def test_one_form(url: str, normal: str | None) -> None:
    if normal and "xn--" in normal:
        assert (normal_url(url) or "").startswith("http://xn--")
    else:
        assert normal_url(url) == normal


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_normal_form_is_its_own(path: str, query: str) -> None:
    first = normal_url(f"http://a.example/{path}?{query}")
    if first is not None:
        assert normal_url(first) == first


def test_scope() -> None:
    scope = Scope(["a.example"], ["b.org"], ["kh"], ["/km/"], ["/km/login"])
    for inside in ("http://a.example/km/x", "https://www.b.org/km/", "http://x.gov.kh/km/1"):
        assert scope.holds(inside)
    for outside in (
        "http://sub.a.example/km/x", "http://notb.org/km/", "http://kh.example/km/",
        "http://a.example/en/", "http://a.example/km/login?x", "http://akh/km/",
    ):  # fmt: skip
        assert not scope.holds(outside)
    assert Scope(["a.example"]).holds("http://a.example/any")
    assert not Scope([]).holds("http://a.example/")
    closed = Scope(["x.b.org"], ["b.org"], ["kh"], excluded=below("b.org", "no.gov.kh"))
    for outside in ("http://x.b.org/", "http://b.org/", "http://a.no.gov.kh/"):
        assert not closed.holds(outside)
    assert closed.holds("http://gov.kh/")


def test_traps() -> None:
    base = "http://a.example"
    for endless in (
        "/a/b/a/b/a/b", "/" + "x" * 2_000, "/".join(map(str, range(30))), "/photo.JPG", "/x.pdf"
    ):  # fmt: skip
        assert is_trap(base + ("" if endless.startswith("/") else "/") + endless), endless
    for fine in (
        "/", "/2020/2020/a", "/page.html", "/jpg", "/a.php?f=x.jpg", "/tag/x", "/11/11/11/11",
        "/wiki/Node.js", "/wiki/File:Angkor.jpg", "/wiki/%E0%B9%84:x.png",
    ):  # fmt: skip
        assert not is_trap(base + fine), fine


def test_a_scope_in_other_letters() -> None:
    scope = Scope(["ខ្មែរ.example"], [".ไทย"], paths=["/ข่าว/"], exclude=["/ข่าว/%e0%b9%80"])
    for inside in ("http://ខ្មែរ.example/ข่าว/1", "http://www.กขค.ไทย/ข่าว/"):
        assert scope.holds(normal_url(inside) or "")
    for outside in ("http://ខ្មែរ.example/", "http://ខ្មែរ.example/ข่าว/เด็ก"):
        assert not scope.holds(normal_url(outside) or "")
