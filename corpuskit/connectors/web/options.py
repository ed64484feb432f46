"""What a [[source]] says to the connector `web`."""

from __future__ import annotations

from pydantic import Field, field_validator

from corpuskit.connectors.base import ConnectorOptions
from corpuskit.connectors.fetching.addresses import host_name
from corpuskit.connectors.fetching.opt_outs import AI_BOTS
from corpuskit.connectors.fetching.policy import MIN_DELAY
from corpuskit.urls import canonical_url

MAX_CRAWL_DELAY = 30.0
"""Longest Crawl-delay in seconds that a crawl goes along with. Bing takes 1 to 30 s for valid
("To crawl or not to crawl", 2012), Apache Nutch leaves hosts that ask for more than 30 s
(`fetcher.max.crawl.delay`). Of 55 real files that ask for a delay 54 ask for at most 30 s and
one for 120 s."""

FOCUS_PAGES = 60
"""Of a host of which one page in 20 is wanted, 60 at random are all unwanted once in 22 times
(0.95^60): the "rule of three" for 95 %."""

_BARE_NAMES = "expected bare names without scheme, port or path, such as example.gov.kh"
_BARE_HOSTS = "expected bare host names without scheme, port or path, such as localhost"


class WebOptions(ConnectorOptions):
    """What a [[source]] says to the connector `web`."""

    seeds: list[str] = Field(
        min_length=1, description="URLs to begin with. Without a scope their hosts are the scope."
    )
    hosts: list[str] = Field(default=[], description="Hosts to stay within, exactly as named.")
    domains: list[str] = Field(default=[], description="Domains to stay within, with all below.")
    tlds: list[str] = Field(
        default=[], description='Top-level domains to stay within, such as "kh".'
    )
    paths: list[str] = Field(default=[], description="Beginnings of paths to stay within.")
    exclude: list[str] = Field(default=[], description="Beginnings of paths to leave out.")
    max_pages: int = Field(default=10_000, ge=1, description="Pages to keep, at most.")
    max_bytes: int = Field(
        default=10_000_000_000, ge=1, description="Bytes of bodies to fetch, about at most."
    )
    max_pages_per_host: int = Field(
        default=5_000, ge=1, description="Pages to keep of one host, at most."
    )
    max_depth: int = Field(default=20, ge=0, description="Links to follow away from a seed.")
    max_queries: int = Field(
        default=100, ge=0, description="Different queries (`?…`) to ask of one address, at most."
    )
    focus: bool = Field(
        default=True,
        description="Ask first for what promises most text in the wanted languages per byte, by "
        "what hosts and paths have given so far. Off: breadth-first.",
    )
    focus_pages: int = Field(
        default=FOCUS_PAGES,
        ge=1,
        description="With focus: pages without wanted text after which a host is dropped. Every "
        "page that had some adds as many again.",
    )
    sitemaps: bool = Field(default=True, description="Read the sitemaps of every host.")
    feeds: bool = Field(default=True, description="Read the RSS and Atom feeds that pages name.")
    delay: float = Field(
        default=MIN_DELAY,
        ge=0,
        le=3600,
        description="Seconds between two requests to a host. Public hosts get 1 at least, and "
        "the Crawl-delay of their robots.txt where that is longer.",
    )
    max_crawl_delay: float = Field(
        default=MAX_CRAWL_DELAY,
        ge=0,
        description="Hosts whose Crawl-delay is longer than these seconds are left alone.",
    )
    deadline: float = Field(
        default=60.0, gt=0, le=600, description="Seconds that one request may take in all."
    )
    threads: int = Field(default=16, ge=1, le=256, description="Hosts to ask at the same time.")
    ai_bots: list[str] = Field(
        default=list(AI_BOTS),
        description="Crawlers whose shutting out by robots.txt counts as an opt-out.",
    )
    recrawl: int = Field(
        default=0,
        ge=0,
        description="How often the crawl has been repeated. One more than before asks for every "
        "known page again, and keeps those that have changed as well as their earlier text.",
    )
    allow_private: list[str] = Field(
        default=[],
        description="Hosts of one's own network or machine that may be asked all the same.",
    )

    @field_validator("seeds")
    @classmethod
    def _absolute(cls, seeds: list[str]) -> list[str]:
        for seed in seeds:
            if not (canonical_url(seed) or "").startswith(("http://", "https://")):
                raise ValueError("expected http:// or https:// URLs")
        return seeds

    @field_validator("hosts", "domains", "tlds")
    @classmethod
    def _bare(cls, names: list[str]) -> list[str]:
        for name in names:
            if host_name(name.strip().lstrip(".")) is None:
                raise ValueError(_BARE_NAMES)
        return names

    @field_validator("allow_private")
    @classmethod
    def _hosts(cls, names: list[str]) -> list[str]:
        hosts = [host_name(name) for name in names]
        if None in hosts:
            raise ValueError(_BARE_HOSTS)
        return [host for host in hosts if host is not None]

    @field_validator("paths", "exclude")
    @classmethod
    def _rooted(cls, paths: list[str]) -> list[str]:
        for path in paths:
            if not path.startswith("/"):
                raise ValueError("expected beginnings of paths, such as /km/")
        return paths
