"""Addresses of a column compared with those that a request names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.exclusions import is_below
from corpuskit.urls import canonical_url, host_of

Mask = npt.NDArray[np.bool_]
"""Shape (rows,)."""

_PLAIN: Final = r"^[a-z]{1,20}://[a-z0-9.-]{1,253}/[!-~]*$"
"""Addresses whose canonical form is the address without its fragment (see `canonical_url`)."""


def at_urls(addresses: pa.Array, urls: Collection[str]) -> Mask:
    """Which addresses have one of these canonical forms; false for null."""
    if not urls:
        return np.zeros(len(addresses), dtype=bool)
    bare = pc.replace_substring_regex(addresses, "#.*$", "")
    equal = as_mask(pc.is_in(bare, pa.array(sorted(urls), pa.string())))
    uncommon = _uncommon(addresses)
    others = _tested(addresses, uncommon, lambda url: canonical_url(url) in urls)
    return (equal & ~uncommon) | others


def at_domains(addresses: pa.Array, domains: Collection[str]) -> Mask:
    """Which addresses are of one of these hosts, or of one below; false for null."""
    likely = np.zeros(len(addresses), dtype=bool)
    if not domains:
        return likely
    for domain in sorted(domains):
        likely |= as_mask(pc.match_substring(addresses, domain))

    def is_named(url: str) -> bool:
        host = host_of(url)
        return host is not None and is_below(host, domains)

    return _tested(addresses, likely | _uncommon(addresses), is_named)


def as_mask(column: pa.Array | pa.ChunkedArray) -> Mask:
    """A column of truth values; false for null."""
    mask: Mask = np.asarray(pc.fill_null(column, False)).astype(bool)
    return mask


def _uncommon(addresses: pa.Array) -> Mask:
    """Addresses that Python has to look at."""
    return as_mask(pc.invert(pc.match_substring_regex(addresses, _PLAIN)))


def _tested(addresses: pa.Array, candidates: Mask, test: Callable[[str], bool]) -> Mask:
    """The candidates for which a test is true."""
    rows = np.flatnonzero(candidates)
    values = addresses.take(pa.array(rows)).to_pylist()
    mask = np.zeros(len(addresses), dtype=bool)
    mask[[row for row, value in zip(rows.tolist(), values, strict=True) if test(value)]] = True
    return mask
