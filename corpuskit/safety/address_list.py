"""A list of domains and URLs, looked up by the address of a page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

import numpy as np

from corpuskit.safety.list_files import address_of
from corpuskit.urls import canonical_url

_SIZE: Final = 8
"""Bytes of the digest that stands for an address: among 5 million, one in 10^12 strangers would be
taken for a listed one."""
_MOST_CUTS: Final = 40
"""Beginnings of a page's path that are looked up."""


class AddressList:
    """Domains, each with every host below it, and URLs, each with every address below it.

    As squidGuard reads UT1: schemes, ports and a first `www.` do not count. Eight bytes an entry.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        keys = {key for entry in entries if (key := _key_of_entry(entry))}
        digests = b"".join(sorted(map(_digest, keys)))
        self._digests = np.frombuffer(digests, dtype=f"S{_SIZE}")
        self._longest = max((key.count("/") for key in keys), default=0)

    def __len__(self) -> int:
        return len(self._digests)

    def holds(self, url: str | None) -> bool:
        """Whether the page's address, its host or a beginning of either is listed."""
        key = _key_of_url(url) if url else None
        return key is not None and any(map(self._has, self._beginnings(key)))

    def _has(self, key: str) -> bool:
        digest = np.frombuffer(_digest(key), dtype=f"S{_SIZE}")
        at = int(np.searchsorted(self._digests, digest)[0])
        return at < len(self._digests) and self._digests[at] == digest[0]

    def _beginnings(self, key: str) -> Iterator[str]:
        host, slash, path = key.partition("/")
        labels = host.split(".")
        yield from (".".join(labels[at:]) for at in range(len(labels)))
        if slash and self._longest:
            yield key
            address = f"{host}/{path.partition('?')[0]}"
            parts = address.rstrip("/").split("/")
            yield from ("/".join(parts[:end]) for end in range(2, min(len(parts), _MOST_CUTS) + 1))


def _digest(key: str) -> bytes:
    # numpy's S type drops zero bytes at the end: none may be there
    digest = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=_SIZE).digest()
    return digest[:-1] + bytes([digest[-1] | 1])


def _key_of_entry(entry: str) -> str | None:
    address = address_of(entry)
    if address is None:
        return None
    return _key_of_url(address if "://" in address else f"http://{address}")


def _key_of_url(url: str) -> str | None:
    """Host and path, `example.org/a/b?c`; `example.org` where there is no path."""
    canonical = canonical_url(url)
    if canonical is None:
        return None
    parts = urlsplit(canonical)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".").removeprefix("*.")
    path = parts.path if parts.path != "/" else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{path.rstrip('/') if not query else path}{query}" if host else None
