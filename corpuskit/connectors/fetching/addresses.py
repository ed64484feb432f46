"""Where a request may go: public addresses over http(s) only.

A page can link or redirect anywhere, also to what only this machine can reach. So a host is
resolved here, every address it has must be public, and the request goes to the very
address that was checked (a name that resolves differently a moment later gains nothing).
"""

from __future__ import annotations

import ipaddress
import re
import socket
import string
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from corpuskit.urls import host_of, printable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str], list[str]]

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""The only block of IPv6 from which public addresses are allocated: outside it lie fc00::/7,
fec0::/10, 5f00::/16, 100::/64 and what is not assigned."""
_SPECIAL: Final = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20",
    )
)  # fmt: skip
"""IANA's special-purpose registries of IPv4 and IPv6 (iana.org/assignments, 2026), and multicast
and reserved blocks. Anycast services of the registries (AS112, AMT, 6to4 relays) hold no pages
either. The module `ipaddress` has these tables as they were when Python was released."""

# What a URL parser takes for an IPv4 address: its last label is a number (URL standard, 3.5).
_NUMBER: Final = re.compile(r"(?:.*\.)?(?:\d+|0[xX][0-9a-fA-F]*)\.?")
_LOCAL_NAMES: Final = ("localhost", "local", "internal", "home.arpa", "localdomain", "onion")
"""Names that never mean a public host (RFC 6761, 6762, 8375, 7686, ICANN's `internal`)."""


_NOT_BARE: Final = re.compile(r"[/?#@:%\s]")

_NOT_ALLOWED: Final = "and allow_private does not name it"


class RefusedError(Exception):
    """A URL that is not to be asked, and why."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a URL is asked."""

    scheme: str
    host: str
    port: int
    target: str
    """Path and query."""
    addresses: tuple[str, ...]
    """Checked addresses, IPv4 first."""

    @property
    def authority(self) -> str:
        """Value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        standard = self.port == (443 if self.scheme == "https" else 80)
        return host if standard else f"{host}:{self.port}"


def resolve(host: str) -> list[str]:
    """Addresses of a host by the system's resolver; OSError if it has none."""
    entries = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


def locate(
    url: str, allow_private: Collection[str] = (), resolver: Resolve = resolve
) -> Destination:
    """Where a URL may be asked; RefusedError if nowhere, OSError if its host has no address.

    Hosts in `allow_private` may have any address.
    """
    try:
        parts = urlsplit(url)
        host, port = (host_of(url) or "").strip("[]").rstrip("."), parts.port
    except ValueError as error:
        raise RefusedError(f"not a URL: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise RefusedError(f"scheme {parts.scheme!r}")
    if not host or parts.username is not None or parts.password is not None:
        raise RefusedError("no host, or a user name before it")
    addresses = _addresses(host, allow_private, resolver)
    target = printable((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    target = quote(target, safe=string.printable)
    default = 443 if parts.scheme == "https" else 80
    return Destination(parts.scheme, host, port or default, target, addresses)


def host_name(text: str) -> str | None:
    """A bare host name or IP address in the form that `locate` compares; None for what is neither,
    such as a URL or a host with a port or a path."""
    bare = text.strip()
    literal = _literal(bare.removeprefix("[").removesuffix("]"))
    if literal is not None:
        return str(literal)
    return None if _NOT_BARE.search(bare) else host_of(f"//{bare}")


def refusal(url: str, allow_private: Collection[str] = ()) -> str | None:
    """Why a URL that a user names will be refused for its address; None if it may be asked, or if
    its host cannot be resolved at present."""
    try:
        locate(url, allow_private)
    except RefusedError as error:
        return str(error).removesuffix(f", {_NOT_ALLOWED}")
    except (OSError, UnicodeError):
        pass
    return None


def _addresses(host: str, allow_private: Collection[str], resolver: Resolve) -> tuple[str, ...]:
    trusted = host in allow_private
    literal = _literal(host)
    if literal is None and not trusted:
        if _NUMBER.fullmatch(host):
            raise RefusedError(f"{host} is an address in disguise")
        if any(host == name or host.endswith("." + name) for name in _LOCAL_NAMES):
            raise RefusedError(f"{host} is a local name, {_NOT_ALLOWED}")
    addresses = [str(literal)] if literal else resolver(host)
    for address in addresses:
        if not trusted and not is_public(ipaddress.ip_address(address.partition("%")[0])):
            what = "is not a public address"
            if literal is None:
                what = f"has the address {address}, which is not public"
            raise RefusedError(f"{host} {what}, {_NOT_ALLOWED}")
    if not addresses:
        raise OSError(f"{host} has no address")
    return tuple(sorted(addresses, key=lambda address: ":" in address))


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, seen through every embedding."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in _UNICAST:
            return False
    return not any(address in block for block in _SPECIAL if block.version == address.version)
