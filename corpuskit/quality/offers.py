"""Signals of link farms and of product listings: addresses and prices, one after the other.

A page of links has a web address, a shop a price, at the end of every few words; articles that
cite addresses or prices have sentences between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from corpuskit.quality.shares import Columns
from corpuskit.text import TextBatch

LINK_CHARS: Final = 100
"""Code points from the end of an address to that of the next which belong to a page of links."""
FEWEST_HOSTS: Final = 8
"""Different servers that a page of links names; manuals name one many times."""
OFFER_CHARS: Final = 120
"""Code points from the end of a price to that of the next which belong to an offer."""
FEWEST_OFFERS: Final = 6
"""Offers that make a listing."""

_TLD: Final = (
    "com|net|org|info|biz|xyz|top|club|online|site|store|shop|live|vip|pro|link|asia|id|vn|th|my|"
    "ph|sg|kh|la|mm|bn|tl|cn|tw|hk|io|me|cc|tv"
)
_ADDRESS: Final = re.compile(
    r"(?:https?://(?:www\.)?|www\.)(?P<host>[a-z0-9.-]{3,80})[!-~]{0,300}"
    rf"|(?<![a-z0-9@.:/_-])(?P<domain>[a-z0-9][a-z0-9-]{{1,40}}(?:\.[a-z]{{2,4}})?\.(?:{_TLD}))"
    r"(?![a-z0-9(=_-]|\.[a-z0-9])(?:/[!-~]{0,300})?"
)
_NUMBER: Final = r"(?<![\d.,])\d[\d.,]{0,15}"
_PRICE: Final = re.compile(
    r"(?:[$€£¥₫₭₱฿៛]|(?<![a-z])(?:rp|rm|idr|myr|vnd|thb|php|usd|us\$|sgd|khr|lak|mmk|ks))[.:]? ?\d"
    r"[\d.,]{0,15}"
    rf"|{_NUMBER} ?(?:[$€£¥₫₭₱฿៛]|đồng|vnđ|บาท|ກີບ|រៀល|ដុល្លារ|ကျပ်|元|"
    r"(?:đ|vnd|idr|thb|php|usd|rupiah|ringgit|pesos?|baht|riels?|kip|kyats?)"
    r"(?![a-z\u00c0-\u024f\u1e00-\u1eff]))"
)
_PRICE_SIGNS: Final = frozenset("$€£¥₫₭₱฿៛")


def offer_signals(texts: TextBatch) -> Columns:
    """`link_share` and `offer_share` of each text, arrays of shape (n,)."""
    shares = np.zeros((len(texts), 2), dtype=np.float64)
    for row, text in enumerate(texts.texts):
        if text:
            lower = text.lower()
            shares[row] = _link_share(lower), _offer_share(lower)
    return {"link_share": shares[:, 0], "offer_share": shares[:, 1]}


def _link_share(lower: str) -> float:
    """Share of a text in stretches of at most LINK_CHARS that end with a web address; 0 with fewer
    than FEWEST_HOSTS servers."""
    if lower.count(".") < FEWEST_HOSTS:
        return 0.0
    hosts: set[str] = set()
    listed = 0
    for size, match in _stretches(_ADDRESS, lower):
        if size <= LINK_CHARS + len(match[0]):
            hosts.add(match["host"] or match["domain"])
            listed += size
    return min(1.0, listed / len(lower)) if len(hosts) >= FEWEST_HOSTS else 0.0


def _offer_share(lower: str) -> float:
    """Share of a text in stretches of at most OFFER_CHARS that end with a price; 0 with fewer than
    FEWEST_OFFERS."""
    sizes = [size for size, _ in _stretches(_PRICE, lower) if size <= OFFER_CHARS]
    return min(1.0, sum(sizes) / len(lower)) if len(sizes) >= FEWEST_OFFERS else 0.0


def _stretches(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Each match, with the code points from the end of the one before it to its own end."""
    end = 0
    for match in pattern.finditer(text):
        yield match.end() - end, match
        end = match.end()
