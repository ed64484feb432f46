"""Canonical URLs and registrable domains."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract

_DEFAULT_PORT = {"http": 80, "https": 443}


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    """The public suffix list shipped with tldextract: no network, the same list everywhere."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)


def canonical_url(url: str | None) -> str | None:
    """Lower-case scheme and host (in ASCII form), no default port, no fragment, `/` for no path.

    None if it is not an absolute URL (RFC 3986, section 6.2).
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not parts.scheme or not host:
        return None
    netloc = _ascii(host)
    if port and _DEFAULT_PORT.get(parts.scheme) != port:
        netloc = f"{netloc}:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))


def domain(url: str | None) -> str | None:
    """Registrable domain (eTLD+1) by the public suffix list; the host if it has none."""
    host = host_of(url)
    return (_suffixes()(host).top_domain_under_public_suffix or host) if host else None


def host_of(url: str | None) -> str | None:
    """The URL's host, in lower case and ASCII form; None if it has none."""
    try:
        host = urlsplit(url.strip()).hostname if url else None
    except ValueError:
        return None
    return _ascii(host) if host else None


def _ascii(host: str) -> str:
    if ":" in host:  # IPv6
        return f"[{host}]"
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return host.lower()
