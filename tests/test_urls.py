"""Canonical URLs and registrable domains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.urls import absolute_url, canonical_url, domain, header_url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.GOV.kh:80/News?b=2&a=1#top", "http://example.gov.kh/News?b=2&a=1"),
        ("https://example.org:8443", "https://example.org:8443/"),
        ("https://ខ្មែរ.example/ទំព័រ", "https://xn--j2e0cg3n2c.example/ទំព័រ"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
        ("http://[2001:db8:0:0::1]/", "http://[2001:db8::1]/"),
        ("http://[1:2]/", None),
        ("https://ක්‍ෂණ.example/", "https://xn--3zc8a0d5a763s.example/"),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://XN--STRAE-OQA.example/", "https://xn--strae-oqa.example/"),
        ("https://نامه‌ای.example/", "https://xn--mgba3gch31f060k.example/"),
        ("https://ข่าว。example/", "https://xn--22c8e6a1f.example/"),
        ("https://%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7.example/", "https://xn--22c8e6a1f.example/"),
        ("https://i❤.example/", "https://xn--i-7iq.example/"),
        ("https://my_host.example/", "https://my_host.example/"),
        ("http://a.example/\x1b[31mred?q=\x07x", "http://a.example/%1B[31mred?q=%07x"),
        ("http://a.example/\u202efdp.exe", "http://a.example/%E2%80%AEfdp.exe"),
        ("http://a.example/a b", "http://a.example/a%20b"),
        ("http://two words.example/", None),
        ("http://bad|host.example/", None),
        ("/relative", None),
        ("not a url", None),
        ("http://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_canonical(url: str | None, canonical: str | None) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("url", "registrable"),
    [
        ("https://www.moeys.gov.kh/a", "moeys.gov.kh"),
        ("https://news.example.co.th/", "example.co.th"),
        ("https://bitranox.github.io/km/", "github.io"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://localhost/x", "localhost"),
        (None, None),
        ("nothing", None),
    ],
)
def test_domain(url: str | None, registrable: str | None) -> None:
    assert domain(url) == registrable


@given(st.text())
def test_any_text_is_no_error_and_canonical_is_a_fixed_point(url: str) -> None:
    domain(url)
    once = canonical_url(url)
    assert once is None or canonical_url(once) == once


BASE = "http://a.example/dir/page?x"


@pytest.mark.parametrize(
    ("reference", "codec", "absolute"),
    [
        ("/ข่าว?q=ข่าว", "cp874", "/%E0%B8%82%E0%B9%88%E0%B8%B2%E0%B8%A7?q=%A2%E8%D2%C7"),
        ("?q=ខ&b=1", "cp874", "/dir/page?q=%26%236017%3B&b=1"),
        ("?q=%A2%E8", "utf-8", "/dir/page?q=%A2%E8"),
        ("\\a\\b?c\\d", "utf-8", "/a/b?c\\d"),
        (" \x01./six\n/x\t ", "utf-8", "/dir/six/x"),
        ("/a b#c", "utf-8", "/a%20b"),
        ("/\x1b[2J", "utf-8", "/%1B[2J"),
    ],
)
def test_references_are_read_as_browsers_do(reference: str, codec: str, absolute: str) -> None:
    assert absolute_url(reference, BASE, codec) == "http://a.example" + absolute


@pytest.mark.parametrize(
    ("reference", "absolute"),
    [
        ("///b.example/x", "http://b.example/x"),
        ("/\\//b.example/x", "http://b.example/x"),
        ("http:///b.example/x", "http://b.example/x"),
        ("https:b.example/x", "https://b.example/x"),
        ("HTTPS:/b.example/x", "https://b.example/x"),
        ("https:\\\\\\b.example/x", "https://b.example/x"),
        ("http:/x", "http://a.example/x"),
        ("http:x", "http://a.example/dir/x"),
        ("/x///y", "http://a.example/x///y"),
    ],
)
def test_a_host_behind_any_number_of_slashes(reference: str, absolute: str) -> None:
    """URL standard, 4.4: special authority ignore slashes state."""
    assert absolute_url(reference, BASE) == absolute


def test_what_is_not_a_reference() -> None:
    assert absolute_url("http://[", BASE) is None
    assert absolute_url("//[::1", BASE) is None
    assert absolute_url("mailto:a@a.example", BASE) == "mailto:a@a.example"


@pytest.mark.parametrize(
    ("raw", "reference"),
    [
        ("/ข่าว".encode(), "/ข่าว"),
        ("/ข่าว".encode("cp874"), "/%A2%E8%D2%C7"),
        (b"/caf\xe9?q=\xe9", "/caf%E9?q=%E9"),
        (b"/plain?x#y", "/plain?x#y"),
    ],
)
def test_a_url_in_a_header_keeps_its_bytes(raw: bytes, reference: str) -> None:
    assert header_url(raw.decode("latin-1")) == reference


@given(st.text(), st.sampled_from(["utf-8", "cp874", "gb18030", "iso2022_jp"]))
def test_any_reference_is_a_url_in_ascii_or_none(reference: str, codec: str) -> None:
    url = absolute_url(reference, BASE, codec)
    parts = (url or "").partition("://")[2].partition("/")[2]
    assert url is None or parts.isascii()
