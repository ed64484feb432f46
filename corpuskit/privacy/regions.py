"""Countries whose telephone numbers a text has without a country code."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from corpuskit.urls import host_of


def regions_of(regions: Iterable[str], url: str | None) -> tuple[str, ...]:
    """The regions of a text's language, that of its page's host first.

    The host of `https://www.gov.kh/` is in `KH`; one below `.com` says nothing.
    """
    suffix = (host_of(url) or "").rpartition(".")[2].upper() if url else ""
    first = (suffix,) if is_region(suffix) else ()
    return tuple(dict.fromkeys((*first, *regions)))


@lru_cache(maxsize=1024)
def is_region(code: str) -> bool:
    """Whether a code of two letters is a country with a numbering plan."""
    if len(code) != 2:
        return False
    from phonenumbers import SUPPORTED_REGIONS

    return code in SUPPORTED_REGIONS
