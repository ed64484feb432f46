"""What a [[source]] says to the connector `commoncrawl`."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from corpuskit.connectors.base import ConnectorOptions

MIN_DELAY: Final = 1.0
"""Seconds between two requests. The index is a single server that is not to be overloaded (its
operators in the group common-crawl, 2018-02-05); cdx_toolkit keeps one second to it, too."""

_CRAWL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LANGUAGE = re.compile(r"[a-z]{3}")


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _hosts(names: list[str]) -> list[str]:
    return [_host(name) for name in names]


def _host(name: str) -> str:
    """A host's name as indexes spell it: lower case, without dots at its ends, in Punycode."""
    try:
        host = name.strip().removeprefix("*").strip(".").lower().encode("idna").decode()
    except UnicodeError as error:
        raise ValueError(f"{name!r} is not a host name") from error
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host):
        raise ValueError(f"{name!r} is not a host name; write it like 'example.org.kh'")
    return host


def _crawls(names: list[str]) -> list[str]:
    for name in names:
        if not _CRAWL.fullmatch(name):
            raise ValueError(
                f"{name!r} is not the name of a crawl; write it like 'CC-MAIN-2026-43'"
            )
    return names


def _languages(codes: list[str]) -> list[str]:
    for code in codes:
        if not _LANGUAGE.fullmatch(code):
            raise ValueError(f"{code!r}: Common Crawl has ISO 639-3 codes such as 'khm'")
    return codes


def _server(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise ValueError(f"{url!r} is not an http(s) URL")
    return url.rstrip("/")


Strings = Annotated[list[str], BeforeValidator(_many)]
Server = Annotated[str, AfterValidator(_server)]


class CommonCrawlOptions(ConnectorOptions):
    """What a [[source]] says to the connector `commoncrawl`."""

    crawl: Annotated[Strings, AfterValidator(_crawls)] = Field(
        [], description="A crawl, such as CC-MAIN-2026-43, or a list; asked of the index server."
    )
    tld: Annotated[Strings, AfterValidator(_hosts)] = Field(
        [], description="A top-level domain such as kh, or a list."
    )
    domains: Annotated[Strings, AfterValidator(_hosts)] = Field(
        [], description="Domains, each with all hosts below it."
    )
    index: Strings = Field(
        [],
        description="The columnar index instead of the index server: a Parquet file, a folder or "
        "glob of them, a URL of one, a list of paths (…paths.gz), or several of these.",
    )
    languages: Annotated[Strings, AfterValidator(_languages)] = Field(
        [],
        description="ISO 639-3 codes; only captures of which the index names one of them among "
        "the page's languages.",
    )
    max_records: int | None = Field(
        None, ge=1, description="How many captures to take at most, in the index's order."
    )
    one_per_digest: bool = Field(
        True, description="Whether only the first capture of the same content is taken."
    )
    page_size: int = Field(
        1, ge=1, le=50, description="Blocks (of 3,000 lines) a page of the index server has."
    )
    delay: float = Field(
        MIN_DELAY,
        ge=0,
        description="Seconds between two requests; less than 1 only for servers of one's own.",
    )
    index_url: Server = Field("https://index.commoncrawl.org", description="The index server.")
    data_url: Server = Field(
        "https://data.commoncrawl.org", description="Where the crawls' files are."
    )

    @model_validator(mode="after")
    def _asks_for_something(self) -> CommonCrawlOptions:
        if self.index:
            if not (self.languages or self.tld or self.domains):
                raise ValueError("needs languages, tld or domains beside index")
        elif not (self.tld or self.domains):
            raise ValueError(
                "needs tld or domains; languages alone need the columnar index (index)"
            )
        elif not self.crawl:
            raise ValueError("needs crawl, such as 'CC-MAIN-2026-43'")
        return self

    @model_validator(mode="after")
    def _is_polite(self) -> CommonCrawlOptions:
        indexes = (
            [place for place in self.index if is_url(place)] if self.index else [self.index_url]
        )
        places = [self.data_url, *indexes]
        if self.delay < MIN_DELAY and not all(map(_own, places)):
            raise ValueError(f"delay: at least {MIN_DELAY:g} second for public servers")
        return self


def is_url(place: str) -> bool:
    """Whether a place is an HTTP URL."""
    return place.lower().startswith(("http://", "https://"))


def _own(url: str) -> bool:
    """Whether a URL names this machine or a private network by its address."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
