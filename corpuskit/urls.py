"""Canonical URLs, registrable domains, and URLs as pages and headers write them."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import idna

if TYPE_CHECKING:
    from tldextract import TLDExtract

_DEFAULT_PORT = {"http": 80, "https": 443}
_AROUND: Final = "".join(map(chr, range(0x21)))
"""C0 controls and the space, which the URL standard (4.4) strips from both ends,"""
_WITHIN: Final = dict.fromkeys(map(ord, "\t\n\r"))
"""and the characters that it removes everywhere."""
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x20\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that a terminal obeys or that turn the direction of a line; spaces."""
_WEB_SCHEME: Final = re.compile(r"\A(https?):(/*+)", re.IGNORECASE)
_SLASHES: Final = re.compile(r"\A/{3,}+")
_NOT_IN_HOSTS: Final = re.compile(r"[\x00-\x20\x7f#%/:<>?@\[\\\]^|]")
"""Forbidden domain code points (URL standard, 3.1)."""
_PATH: Final = "%/:@!$&'()*+,;=~-._[]\\^|"
_QUERY: Final = "%/:@!$&()*+,;=~-._?[]\\^|`{}"
"""Characters beside letters and digits that the URL standard (1.3) leaves as they are in a path and
in a query."""


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    """The public suffix list shipped with tldextract: no network, the same list everywhere."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)


def canonical_url(url: str | None) -> str | None:
    """Lower-case scheme and host (in ASCII form), no default port, no fragment, `/` for no path.

    Control characters and spaces are percent-encoded. None if it is not an absolute URL (RFC
    3986, section 6.2).
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip(_AROUND).strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    netloc = _ascii(host) if parts.scheme and host else None
    if netloc is None:
        return None
    if port and _DEFAULT_PORT.get(parts.scheme) != port:
        netloc = f"{netloc}:{port}"
    path, query = printable(parts.path or "/"), printable(parts.query)
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def printable(url: str) -> str:
    """A URL, or a part of one, with control characters and spaces percent-encoded."""
    return _UNPRINTABLE.sub(lambda match: quote(match[0], errors="replace"), url)


def absolute_url(reference: str, base: str, codec: str = "utf-8") -> str | None:
    """The URL that a document at `base` means by a reference; None if it is not a URL.

    As the URL standard has it: the path is encoded in UTF-8, the query in the document's own
    encoding (`codec`), whatever is percent-encoded already stays, and a backslash is a slash.
    The fragment is left out.
    """
    cleaned = reference.strip(_AROUND).strip().translate(_WITHIN)
    address, query_mark, rest = cleaned.partition("#")[0].partition("?")
    try:
        joined = urljoin(base, _with_host(address.replace("\\", "/"), base) + query_mark + rest)
        parts = urlsplit(joined)
        path = quote(parts.path, safe=_PATH, errors="replace")
        query = _encoded_query(parts.query, codec)
        return urlunsplit((parts.scheme, parts.netloc, path, query, ""))
    except ValueError:
        return None


def _with_host(address: str, base: str) -> str:
    """The address with two slashes before its host, where it has one: browsers take any number of
    them (URL standard, 4.4, "special authority ignore slashes")."""
    match = _WEB_SCHEME.match(address)
    if match is None:
        return _SLASHES.sub("//", address)
    scheme, slashes = match[1].lower(), len(match[2])
    if slashes < 2 and scheme == base.partition(":")[0].lower():
        return address  # `http:page` is a path
    return f"{scheme}://{address[match.end() :]}"


def header_url(value: str) -> str:
    """A URL reference in an HTTP header whose bytes were read as latin-1.

    Servers send raw UTF-8; bytes of other encodings are percent-encoded as they are.
    """
    raw = value.encode("latin-1", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw)


def _encoded_query(query: str, codec: str) -> str:
    """Characters that `codec` does not have become `&#...;` (URL standard, 1.3)."""
    try:
        return quote(query.encode(codec), safe=_QUERY)
    except UnicodeEncodeError:
        return "".join(_encoded_character(char, codec) for char in query)


def _encoded_character(char: str, codec: str) -> str:
    try:
        return quote(char.encode(codec), safe=_QUERY)
    except UnicodeEncodeError:
        return f"%26%23{ord(char)}%3B"


def domain(url: str | None) -> str | None:
    """Registrable domain (eTLD+1) by the public suffix list; the host if it has none."""
    host = host_of(url)
    return _domain_of_host(host) if host else None


@lru_cache(maxsize=1 << 16)
def _domain_of_host(host: str) -> str:
    """Remembered: a corpus has many pages of a host, and the list takes half of the time."""
    return _suffixes()(host).top_domain_under_public_suffix or host


def has_public_suffix(host: str) -> bool:
    """Whether a host in lower case is a name below a suffix of the public suffix list."""
    parts = _suffixes()(host)
    return bool(parts.domain and parts.suffix)


def host_of(url: str | None) -> str | None:
    """The URL's host, in lower case and ASCII form; None if it has none."""
    try:
        host = urlsplit(url.strip(_AROUND).strip()).hostname if url else None
    except ValueError:
        return None
    return _ascii(host) if host else None


def site_of(url: str | None) -> str | None:
    """The URL's host, with its port where that is not the scheme's own; None if it has none."""
    canonical = canonical_url(url)
    return urlsplit(canonical).netloc if canonical else None


def _ascii(host: str) -> str | None:
    """The host as it is asked (URL standard, 3.5); None if no host may be called so.

    By IDNA 2008 with UTS 46, not transitional: joiners that Sinhala and Persian need and the
    German sharp s name other hosts than without them. Labels that IDNA 2008 does not allow but
    browsers ask, such as emoji, are kept.
    """
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError:
            return None
    if host.isascii() and "%" not in host:
        return None if _NOT_IN_HOSTS.search(host) else host.lower()
    try:
        mapped = idna.uts46_remap(unquote(host, errors="strict"), std3_rules=False)
        labels = [
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
            for label in mapped.split(".")
        ]
    except (idna.IDNAError, UnicodeError):
        return None
    name = ".".join(labels)
    return name if name and not _NOT_IN_HOSTS.search(name) else None
