"""E-mail and IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from corpuskit.privacy.findings import PersonalDatum, TextView
from corpuskit.urls import has_public_suffix

_LOCAL: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}+")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}")
_LOCAL_CHARACTERS: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+'-"
)
_LONGEST_LOCAL: Final = 64
"""Characters before the `@` (RFC 5321, 4.5.3.1.1)."""
AT_SIGNS: Final = ("@", "(at)", "[at]")
"""What stands before the domain, also where the address is hidden from machines."""
_AT: Final = re.compile(r"@| ?[\[(]at[\])] ?")
_RESERVED: Final = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local)$", re.IGNORECASE
)
"""Domains for examples and for networks at home (RFC 2606, RFC 6762)."""


def emails_in(view: TextView) -> Iterator[PersonalDatum]:
    """E-mail addresses in ASCII, with a domain below a public suffix; none overlap.

    Users in the addresses of servers (`ssh://git@host`, `git@host:path`) are left alone.
    """
    text = view.original
    if not any(sign in text for sign in AT_SIGNS):
        return
    behind = 0
    for match in _AT.finditer(text):
        local = _local_before(text, match.start(), behind)
        host = _HOST.match(text, match.end())
        if not local or host is None or not _is_address(local, host[0]):
            continue
        start = match.start() - len(local)
        if _is_user_of_server(text, start, host.end(), view):
            continue
        behind = host.end()
        yield PersonalDatum(start, host.end(), "email")


def _local_before(text: str, at: int, first: int) -> str:
    """The local part that ends at a place, without marks at its start."""
    start = at
    lowest = max(first, at - _LONGEST_LOCAL)
    while start > lowest and text[start - 1] in _LOCAL_CHARACTERS:
        start -= 1
    return text[start:at].lstrip(".%+'-_") if at - start < _LONGEST_LOCAL else ""


def _is_address(local: str, host: str) -> bool:
    return local[-1] not in ".'" and not _RESERVED.search(host) and _is_domain(host.lower())


@lru_cache(maxsize=4096)
def _is_domain(host: str) -> bool:
    return has_public_suffix(host)


def _is_user_of_server(text: str, start: int, end: int, view: TextView) -> bool:
    """Whether what looks like an address is a user and a host of a web or shell address."""
    if text[end : end + 1] == ":" and text[end + 1 : end + 2] not in ("", " ", "\n"):
        return True  # git@host:path, user@host:~$
    for first, last in view.urls:
        if first <= start < last:
            authority = text[first:start].partition("://")[2]
            return "/" not in authority and "?" not in authority
    return False


_IPV4: Final = re.compile(
    r"(?<![A-Za-z0-9_.+-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![A-Za-z0-9_-]|\.[0-9])"
)
_IPV6: Final = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?![\w:.])")
_FEWEST_GROUPS: Final = 4
"""Of an IPv6 address of somebody; `::1`, and slices such as `[::2]`, have fewer."""
_VERSION: Final = re.compile(r"(?:\bv|version|versi|ver\.?|rev\.?|release|phiên bản|เวอร์ชัน|រុំ) ?:?$")


def ips_in(view: TextView) -> Iterator[PersonalDatum]:
    """Public IP addresses. Those of local and of documentation networks say nothing of anybody."""
    patterns = [_IPV4] if view.text.count(".") >= 3 else []
    patterns += [_IPV6] if view.text.count(":") >= 2 else []
    for pattern in patterns:
        for match in pattern.finditer(view.text):
            before = view.folded[max(0, match.start() - 16) : match.start()]
            in_url = any(start <= match.start() < end for start, end in view.urls)
            if not in_url and _is_public(match[0]) and not _VERSION.search(before):
                yield PersonalDatum(*match.span(), "ip")


def _is_public(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    is_short = address.version == 6 and sum(map(bool, written.split(":"))) < _FEWEST_GROUPS
    return address.is_global and not address.is_multicast and not is_short
