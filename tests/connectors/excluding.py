"""Exclusions of domains, as a build hands them to connectors."""

from collections.abc import Callable

from corpuskit.exclusions import is_below
from corpuskit.urls import host_of


def below(*domains: str) -> Callable[[str], str | None]:
    """Gives the host of a URL that is one of the domains or below one."""

    def excluded(url: str) -> str | None:
        host = host_of(url)
        return host if host and is_below(host, domains) else None

    return excluded
