"""Which URLs a crawl may ask: where it is to stay, and where sites never end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from corpuskit.connectors.base import never_excluded
from corpuskit.urls import canonical_url

MAX_URL: Final = 2_000
"""Characters; longer ones are sessions and loops (browsers and caches take about as many)."""
MAX_REPEATS: Final = 2
"""How often a path may hold one segment: /a/b/a/b/a/ is a relative link gone wrong."""
MAX_SEGMENTS: Final = 15

# Said to lead back to who sent a visitor, never to what is shown.
_TRACKING: Final = re.compile(r"utm_\w+|fbclid|gclid|yclid|msclkid|mc_[ce]id|igshid|_ga", re.I)
_SESSION: Final = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|sid", re.I)
# What cannot be a page, by its name: not worth a request.
_NOT_A_PAGE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|bmp|tiff?|mp[34]|avi|mov|wmv|webm|ogg|wav|flv|css|js|json"
    r"|woff2?|ttf|eot|zip|rar|7z|gz|bz2|xz|tar|exe|apk|dmg|iso|docx?|xlsx?|pptx?|pdf|epub)$",
    re.I,
)


def normal_url(url: str) -> str | None:
    """The one form of a URL that the frontier knows it by; None for anything but an http(s) URL.

    Sorted query without tracking and session parameters, no fragment, no `//` in the path.
    """
    canonical = canonical_url(url)
    if canonical is None:
        return None
    try:
        parts = urlsplit(canonicalize_url(canonical))
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    query = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(pair[0]) and not _SESSION.fullmatch(pair[0])
    ]
    path = re.sub(r"/{2,}", "/", parts.path) or "/"
    kept = parts.query if len(query) == len(parse_qsl(parts.query, True)) else urlencode(query)
    return urlunsplit((parts.scheme, parts.netloc, path, kept, ""))


class Scope:
    """Hosts, domains, top-level domains and paths that a crawl stays within, and what it must
    not enter."""

    def __init__(
        self,
        hosts: Sequence[str],
        domains: Sequence[str] = (),
        tlds: Sequence[str] = (),
        paths: Sequence[str] = (),
        exclude: Sequence[str] = (),
        excluded: Callable[[str], str | None] = never_excluded,
    ) -> None:
        """`paths` and `exclude` are beginnings of paths; no `paths` means all. A URL for which
        `excluded` gives a reason lies outside, whatever else is said."""
        self._excluded = excluded
        self._hosts = frozenset(host.lower() for host in hosts)
        ends = [*domains, *tlds]
        self._ends = tuple("." + end.lower().lstrip(".") for end in ends)
        self._paths, self._exclude = tuple(paths), tuple(exclude)

    def holds(self, url: str) -> bool:
        """Whether a URL (in its normal form) lies within."""
        return self.holds_site(url) and self._holds_path(urlsplit(url).path)

    def holds_site(self, url: str) -> bool:
        """Whether a URL lies within, whatever its path."""
        host = urlsplit(url).hostname or ""
        within = host in self._hosts or ("." + host).endswith(self._ends)
        return within and self._excluded(url) is None

    def _holds_path(self, path: str) -> bool:
        if self._exclude and path.startswith(self._exclude):
            return False
        return not self._paths or path.startswith(self._paths)


def is_trap(url: str) -> bool:
    """Whether a URL is of the endless kind, or by its name no page."""
    path = urlsplit(url).path
    segments = [segment for segment in path.split("/") if segment]
    repeats = max(Counter(segments).values(), default=0)
    return (
        len(url) > MAX_URL
        or len(segments) > MAX_SEGMENTS
        or repeats > MAX_REPEATS
        or (bool(segments) and _NOT_A_PAGE.search(segments[-1][-6:]) is not None)
    )
