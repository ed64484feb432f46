"""Canonical URLs and registrable domains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpuskit.urls import canonical_url, domain


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://Example.GOV.kh:80/News?b=2&a=1#top", "http://example.gov.kh/News?b=2&a=1"),
        ("https://example.org:8443", "https://example.org:8443/"),
        ("https://ខ្មែរ.example/ទំព័រ", "https://xn--j2e0cg3n2c.example/ទំព័រ"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
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
