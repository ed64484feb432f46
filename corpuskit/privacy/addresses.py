"""E-mail and IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from corpuskit.privacy.findings import PersonalDatum, TextView
from corpuskit.urls import has_public_suffix

_LOCAL_CHARACTERS: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+'-"
)
_LONGEST_LOCAL: Final = 64
"""Characters before the `@` (RFC 5321, 4.5.3.1.1)."""
HIDDEN_SIGNS: Final = ("\uff20", "at)", "at]", "at}", "at>", "cong)", "còng)", " dot ", "_dot_")
"""A text without `@` that has an address has at least one of them, in lower case."""
_AT: Final = re.compile(
    r"(?P<spaced> @ ?|@ )|(?P<sign>[@\uff20])|(?P<word>[ _]at[ _])"
    r"| ?[\[({<](?:at|@|a[ -]?c[oò]ng)[\])}>] ?",
    re.IGNORECASE,
)
_BRACKETED_DOT: Final = r" ?[\[({<](?i:dot|titik|ch[aấ]m|จุด|\.)[\])}>] ?"
_WORD_DOT: Final = r"[ _](?:dot|DOT)[ _]"
_DOT: Final = rf"(?:[.\uff0e]|{_BRACKETED_DOT}|{_WORD_DOT})"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = re.compile(rf"(?:{_LABEL}{_DOT}){{1,8}}[A-Za-z]{{2,24}}")
_DOTS: Final = re.compile(_DOT)
_DOT_BEFORE: Final = re.compile(rf"(?:{_BRACKETED_DOT}|{_WORD_DOT})$")
_LONGEST_DOT: Final = 9
_LOCAL_PARTS: Final = 4
_MAIL_HOSTS: Final = re.compile(
    r"(?:gmail|googlemail|yahoo|ymail|rocketmail|hotmail|outlook|icloud|proton|protonmail)"
    r"(?:\.[a-z]{2,4}){1,2}"
)
"""Domains of mailboxes: `budi at gmail dot com` is an address, `is at github dot com` is not."""
_RESERVED: Final = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local)$", re.IGNORECASE
)
"""Domains for examples and for networks at home (RFC 2606, RFC 6762)."""


def emails_in(view: TextView) -> Iterator[PersonalDatum]:
    """E-mail addresses in ASCII, with a domain below a public suffix; none overlap.

    Also those that are hidden from machines: `budi [at] gmail [dot] com`. Users in the addresses of
    servers (`ssh://git@host`, `git@host:path`) are left alone.
    """
    text = view.original
    if "@" not in text and not hides_an_address(view.folded):
        return
    behind = 0
    for match in _AT.finditer(text):
        host = _HOST.match(text, match.end())
        if host is None or match.start() < behind or not _is_domain_of_mail(match, host[0]):
            continue
        start = _start_of_local(text, match, behind)
        if start == match.start() or text[match.start() - 1] in ".'":
            continue
        if _is_user_of_server(text, start, host.end(), view):
            continue
        behind = host.end()
        yield PersonalDatum(start, host.end(), "email")


def hides_an_address(folded: str) -> bool:
    """Whether a text in lower case can have an address that is written without `@`."""
    return any(sign in folded for sign in HIDDEN_SIGNS)


def plain_address(written: str) -> str:
    """An address as mail is sent to it, in lower case: `budi@gmail.com` for `budi [at] gmail [dot]
    com`."""
    match = _AT.search(written)
    if match is None:
        return written.lower()
    local, host = written[: match.start()], written[match.end() :]
    return f"{_DOTS.sub('.', local)}@{_DOTS.sub('.', host)}".lower()


def _start_of_local(text: str, at: re.Match[str], first: int) -> int:
    """Where the local part before an at sign starts, without marks; that of the sign if none."""
    lowest = max(first, at.start() - _LONGEST_LOCAL)
    best = end = at.start()
    for _ in range(1 if at["sign"] else _LOCAL_PARTS):
        start = end
        while start > lowest and text[start - 1] in _LOCAL_CHARACTERS:
            start -= 1
        if start == end:
            break
        best = start
        dot = _DOT_BEFORE.search(text[max(lowest, start - _LONGEST_DOT) : start])
        if dot is None:
            break
        end = start - len(dot[0])
    if at.start() - best >= _LONGEST_LOCAL:
        return at.start()
    while best < at.start() and text[best] in ".%+'-_":
        best += 1
    return best


def _is_domain_of_mail(at: re.Match[str], host: str) -> bool:
    """Whether what follows an at sign of its form is a domain.

    Where only words or spaces hide an address (`budi at gmail dot com`, `budi @ gmail.com`), the
    words are in capitals or the domain is one of mailboxes.
    """
    plain = _DOTS.sub(".", host).lower()
    if _RESERVED.search(plain) or not _is_domain(plain):
        return False
    dot = re.search(_WORD_DOT, host)
    if at["word"]:
        is_shouted = at[0].isupper() and dot is not None and dot[0].isupper()
        return is_shouted or (dot is not None and _MAIL_HOSTS.fullmatch(plain) is not None)
    if at["spaced"]:
        return dot is None and _MAIL_HOSTS.fullmatch(plain) is not None
    return dot is None or at["sign"] is None


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
_LARGEST_OF_VERSION: Final = 31
"""Numbers of versions and of object identifiers (`kernel 5.10.0.18`, `1.3.6.1`) are small; one of
4,096 addresses has no larger number."""
_IP_NAME: Final = re.compile(
    r"(?<![a-z])(?:ipv?4?|ip address|dns|server|host|gateway|proxy) ?[:=]? ?$"
)
_VERSION: Final = re.compile(r"(?:\bv|version|versi|ver\.?|rev\.?|release|phiên bản|เวอร์ชัน|រុំ) ?:?$")


def ips_in(view: TextView) -> Iterator[PersonalDatum]:
    """Public IP addresses. Those of local and of documentation networks say nothing of anybody."""
    patterns = [_IPV4] if view.text.count(".") >= 3 else []
    patterns += [_IPV6] if view.text.count(":") >= 2 else []
    for pattern in patterns:
        for match in pattern.finditer(view.text):
            before = view.folded[max(0, match.start() - 16) : match.start()]
            in_url = any(start <= match.start() < end for start, end in view.urls)
            if in_url or not _is_public(match[0]) or _VERSION.search(before):
                continue
            if not _may_be_version(match[0]) or _IP_NAME.search(before):
                yield PersonalDatum(*match.span(), "ip")


def _may_be_version(written: str) -> bool:
    return ":" not in written and all(
        int(number) <= _LARGEST_OF_VERSION for number in written.split(".")
    )


def _is_public(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    is_short = address.version == 6 and sum(map(bool, written.split(":"))) < _FEWEST_GROUPS
    return address.is_global and not address.is_multicast and not is_short
