"""Addresses of pages on lists of domains and URLs."""

from __future__ import annotations

import pytest

from corpuskit.safety import AddressList

ENTRIES = (
    "slot.example.net", "www.bet.id", "0.0.0.0 ads.example.org", "10bet.com # since 2020",
    "news.id/casino", "http://shop.id/a?cat=3", "bücher.example", "not a domain", "192.0.2.7",
)  # fmt: skip


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://slot.example.net/", True),
        ("http://a.b.slot.example.net:8080/x?y", True),
        ("https://example.net/", False),
        ("https://myslot.example.net.org/", False),
        ("https://bet.id/x", True),
        ("https://www.bet.id/x", True),
        ("https://ads.example.org/", True),
        ("https://10BET.com/", True),
        ("https://www.news.id/casino/a/b.html", True),
        ("https://news.id/casino?x=1", True),
        ("https://news.id/casinos", False),
        ("https://news.id/", False),
        ("https://shop.id/a?cat=3", True),
        ("https://shop.id/a?cat=4", False),
        ("https://bücher.example/x", True),
        ("http://192.0.2.7/x", True),
        (None, False),
        ("not a url", False),
    ],
)
def test_what_is_on_the_list(url: str | None, expected: bool) -> None:
    assert AddressList(ENTRIES).holds(url) is expected


def test_lines_that_are_no_address_are_left_out() -> None:
    assert len(AddressList(ENTRIES)) == len(ENTRIES) - 1
    assert not AddressList([]).holds("https://a.id/")


def test_digests_that_end_in_zero_bytes_are_told_apart() -> None:
    domains = [f"d{number}.id" for number in range(20_000)]
    listing = AddressList(domains)
    assert len(listing) == 20_000
    assert all(listing.holds(f"https://{domain}/") for domain in domains)
    assert not any(listing.holds(f"https://x{number}.id/") for number in range(2_000))
