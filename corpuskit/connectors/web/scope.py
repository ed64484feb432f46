"""Which URLs a crawl may ask: where it is to stay, and where sites never end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from corpuskit.connectors.base import never_excluded
from corpuskit.urls import canonical_url, host_of

MAX_URL: Final = 2_000
"""Characters; longer ones are sessions and loops (browsers and caches take about as many)."""
MAX_REPEATS: Final = 2
"""How often a path may hold one segment: /a/b/a/b/a/ is a relative link gone wrong."""
MAX_NUMBER_REPEATS: Final = 4
"""The same for a number: dates and their times repeat one, as /2011/11/11/11/11."""
MAX_SEGMENTS: Final = 15

_TRACKING: Final = re.compile(r"utm_\w+|fbclid|gclid|yclid|msclkid|mc_[ce]id|igshid|_ga", re.I)
"""Parameters that tell who sent a visitor and change nothing of what is shown."""
_SESSION: Final = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|oscsid", re.I)
_MAYBE_SESSION: Final = re.compile(r"sid|s|session_?id", re.I)
_SESSION_KEY: Final = re.compile(r"|[0-9a-f]{32}|[0-9a-f]{40}|(?=.*\d)[0-9a-z]{26}", re.I)
"""What a session's key looks like, empty or digest or PHP's 26 letters and digits: `sid=41` is the
number of a story (PHP-Nuke)."""
_PATH_SESSION: Final = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.I)
_ESCAPE: Final = re.compile(r"%[0-9a-fA-F]{2}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
# What cannot be a page, by its name: not worth a request. Names of programs, such as `Node.js`,
# are titles in wikis.
_NOT_A_PAGE: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|ico|bmp|tiff?|mp[34]|avi|mov|wmv|webm|ogg|wav|flv"
    r"|woff2?|ttf|eot|zip|rar|7z|gz|bz2|xz|tar|exe|apk|dmg|iso|docx?|xlsx?|pptx?|pdf|epub)$",
    re.I,
)
_NAMESPACE: Final = re.compile(r":|%3a", re.I)
"""In a last segment: `File:Angkor.jpg` is a wiki's page about a picture."""


def normal_url(url: str) -> str | None:
    """The one form of a URL that the frontier knows it by, in ASCII; None for anything but an
    http(s) URL.

    No fragment, no `//` in the path (but for that of an address in it), and in the query no
    tracking and session parameters. What is left of the query keeps its bytes; its parameters are
    sorted by name if each has a value.
    """
    canonical = canonical_url(url)
    if canonical is None:
        return None
    parts = urlsplit(safe_url_string(canonical.encode("utf-8", "replace").decode()))
    if parts.scheme not in ("http", "https"):
        return None
    path, query = _normal_path(parts.path), _normal_query(parts.query)
    normal = urlunsplit((parts.scheme, urlsplit(canonical).netloc, path, query, ""))
    return normal if normal.isascii() else None


def _normal_path(path: str) -> str:
    """Without sessions, dot segments and empty ones (RFC 3986, 6.2.2); reserved characters stay
    encoded or not, as they are written."""
    path = re.sub(r"(?<!:)/{2,}", "/", _PATH_SESSION.sub("", _ESCAPE.sub(_normal_escape, path)))
    segments: list[str] = []
    names = path.removeprefix("/").split("/")
    for name in names:
        if name == "..":
            del segments[-1:]
        elif name != ".":
            segments.append(name)
    ending = "/" if names[-1] in (".", "..") and segments else ""
    return "/" + "/".join(segments) + ending


def _normal_escape(match: re.Match[str]) -> str:
    character = chr(int(match[0][1:], 16))
    return character if _UNRESERVED.fullmatch(character) else match[0].upper()


def _normal_query(query: str) -> str:
    quoted = _ESCAPE.sub(lambda match: match[0].upper(), query)
    pairs = [pair for pair in quoted.split("&") if pair and not _is_dropped(pair)]
    if all("=" in pair for pair in pairs):
        pairs.sort(key=lambda pair: pair.partition("=")[0])
    return "&".join(pairs)


def _is_dropped(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote_plus(name)
    if _TRACKING.fullmatch(name) or _SESSION.fullmatch(name):
        return True
    return bool(_MAYBE_SESSION.fullmatch(name) and "=" in pair and _SESSION_KEY.fullmatch(value))


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
        self._hosts = frozenset(map(_host_name, hosts))
        self._ends = tuple("." + _host_name(end) for end in (*domains, *tlds))
        self._paths, self._exclude = tuple(map(_path, paths)), tuple(map(_path, exclude))

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


def _host_name(name: str) -> str:
    """A host or domain as URLs in their normal form have it."""
    bare = name.lower().lstrip(".")
    return host_of(f"//{bare}") or bare


def _path(path: str) -> str:
    """The beginning of a path as URLs in their normal form have it."""
    quoted = quote(path, safe="%/:@!$&'()*+,;=~-._[]")
    return _ESCAPE.sub(lambda match: match[0].upper(), quoted)


def is_trap(url: str) -> bool:
    """Whether a URL is of the endless kind, or by its name no page."""
    path = urlsplit(url).path
    segments = [segment for segment in path.split("/") if segment]
    counts = Counter(segments)
    return (
        len(url) > MAX_URL
        or len(segments) > MAX_SEGMENTS
        or any(
            count > (MAX_NUMBER_REPEATS if segment.isdigit() else MAX_REPEATS)
            for segment, count in counts.items()
        )
        or (bool(segments) and _is_file(segments[-1]))
    )


def _is_file(name: str) -> bool:
    return _NOT_A_PAGE.search(name[-6:]) is not None and not _NAMESPACE.search(name)
