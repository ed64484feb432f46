"""Where a site says the same again and again: calendars, error pages sent as pages, shells.

Below a prefix of the path where page after page has the same text, nothing more is asked.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from lxml import html

MAX_SAME: Final = 10
"""Pages in a row with the same text after which a prefix is left alone. Of 956 real pages of five
sites two have the same text and no two in a row (benchmarks/crawl_traps.py), so that a run of
ten is far from chance; the price of the guard is ten requests."""

_UNTOLD: Final = frozenset({"script", "style", "template", "noscript"})
_COUNTED: Final = re.compile(r"[\d\s]+")


def text_key(text: str) -> bytes:
    """Stands for a text without its digits and white space: days of a calendar are the same."""
    told = _COUNTED.sub("", text).encode("utf-8", "surrogatepass")
    return hashlib.sha1(told, usedforsecurity=False).digest()


def page_key(root: html.HtmlElement) -> bytes:
    """`text_key` of what a page shows."""
    body = root.find("body")
    return text_key("".join(_shown(root if body is None else body)))


def _shown(body: html.HtmlElement) -> Iterator[str]:
    for element in body.iter():
        if isinstance(element.tag, str) and element.tag not in _UNTOLD:
            yield element.text or ""
        if element is not body:
            yield element.tail or ""


class Streaks:
    """Runs of the same text per prefix; any number of threads may use it."""

    def __init__(self, ended: Mapping[str, str]) -> None:
        """`ended`: prefixes that ended before, and why."""
        self._ended = dict(ended)
        self._runs: dict[str, tuple[bytes, int]] = {}
        self._lock = threading.Lock()

    def ended(self, url: str) -> str | None:
        """Why a URL is not to be asked, None if it may be."""
        if not self._ended:
            return None
        return next(
            (self._ended[prefix] for prefix in _prefixes(url) if prefix in self._ended), None
        )

    def note(self, url: str, key: bytes) -> tuple[str, str] | None:
        """A page was seen: the prefix that ends with it and why, if one does.

        The deepest prefix ends; runs of those above it begin anew.
        """
        with self._lock:
            ended = None
            for prefix in _prefixes(url):
                last, length = self._runs.get(prefix, (b"", 0))
                length = length + 1 if last == key else 1
                if ended is None and length >= MAX_SAME:
                    ended = prefix
                self._runs[prefix] = (key, 0 if ended else length)
            if ended is None:
                return None
            why = f"{MAX_SAME} pages in a row below {ended} had the same text"
            self._ended[ended] = why
            return ended, why


def _prefixes(url: str) -> list[str]:
    """The folders that a URL lies in, the deepest first: http://a/b/c/d gives http://a/b/c/,
    http://a/b/, http://a/."""
    parts = urlsplit(url)
    folders = parts.path.split("/")[1:-1]
    origin = f"{parts.scheme}://{parts.netloc}/"
    ends = range(len(folders), -1, -1)
    return [origin + "".join(f"{folder}/" for folder in folders[:end]) for end in ends]
