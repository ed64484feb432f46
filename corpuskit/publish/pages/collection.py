"""How the texts were collected: kinds of sources, crawlers, dates and opt-out protocols.

The categories are those of the European Commission's template for the public summary of training
content (C(2025) 8311, section 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from corpuskit.connectors.fetching.opt_out_protocols import (
    PROTOCOLS,
    VOCABULARIES,
    OptOutProtocol,
)
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.facts import PublishedFacts

CATEGORIES: Final[dict[str, str]] = {
    "crawled": "crawled and scraped from online sources",
    "public": "publicly available dataset",
    "licensed": "licensed by rightsholders",
    "private": "private dataset of a third party",
    "users": "from users of a service",
    "synthetic": "synthetic",
    "other": "other",
}
"""Values of a source's key `obtained`, in words."""

_BY_CONNECTOR: Final[dict[str, str]] = {
    "web": "crawled",
    "commoncrawl": "public",
    "wikimedia": "public",
    "oai": "crawled",
}
"""What is known of sources that do not say how they were obtained: Common Crawl and Wikimedia are
public datasets. A file may come from anywhere."""

_LIVE: Final = PROTOCOLS
_ARCHIVED: Final = tuple(name for name in PROTOCOLS if name != "ai-crawlers")
READ_BY: Final[dict[str, tuple[OptOutProtocol, ...]]] = {
    "web": _LIVE,
    "oai": _LIVE,
    "commoncrawl": _ARCHIVED,
    "warc": _LIVE,
}
"""Opt-out protocols that each connector reads; pages from Common Crawl come without robots.txt, web
archives may hold it as a record."""
_IN_WORDS: Final[dict[OptOutProtocol, str]] = {
    "ai-crawlers": "robots.txt, also its groups for crawlers that collect for training",
    "robots-tag": "X-Robots-Tag headers and robots meta tags",
    "tdmrep": "TDM Reservation Protocol",
    "aipref": "Content-Usage of IETF's aipref",
    "cc-signals": "CC signals",
    "content-signals": "Content-Signal",
    "rsl": "Really Simple Licensing",
}

METHODS: Final[dict[str, tuple[str, str]]] = {
    "web": ("Web Scraping", "Web scraping/Crawling"),
    "commoncrawl": ("Secondary Data analysis", "Web scraping/Crawling"),
    "wikimedia": ("Secondary Data analysis", "Feeds"),
    "oai": ("Web API", "Feeds"),
    "warc": ("Secondary Data analysis", "Web scraping/Crawling"),
    "tables": ("Secondary Data analysis", "Feeds"),
    "documents": ("Document analysis", "Other"),
    "files": ("Document analysis", "Other"),
}
"""By connector: the collection type of Croissant RAI, the method of the Data Provenance
Standards."""
_OTHER_METHOD: Final = ("Others", "Other")


def category_of(source: Mapping[str, Any]) -> str | None:
    """How a source was obtained: as the recipe says, else as its connector tells; else None."""
    return source.get("obtained") or _BY_CONNECTOR.get(str(source["connector"]))


def methods_of(source: Mapping[str, Any]) -> tuple[str, str]:
    """The methods of collection of a source, see METHODS."""
    return METHODS.get(str(source["connector"]), _OTHER_METHOD)


def protocols(facts: PublishedFacts) -> list[str]:
    """Opt-out protocols that were honored, each with the version of its vocabulary.

    They are those that the connectors of the sources read and that bind by the recipe's
    `[policy] opt_outs`; of sources whose `opt_outs` only notes them, none.
    """
    honoring = [source for source in facts.sources if source.get("opt_outs") != "note"]
    read = {name for source in honoring for name in READ_BY.get(source["connector"], ())}
    policy = facts.manifest["recipe"].get("policy") or {}
    binding = policy.get("opt_outs", PROTOCOLS)
    return [
        f"{_IN_WORDS[name]} ({VOCABULARIES[name]})"
        for name in PROTOCOLS
        if name in read and name in binding
    ]


def crawlers(facts: PublishedFacts) -> list[dict[str, Any]]:
    """The robots that asked for published pages, as the rows name them, with documents."""
    agents = facts.counts.of(groups.AGENT)
    return [
        {"name": name, "documents": count.documents}
        for name, count in agents.items()
        if name != groups.NO_VALUE
    ]


def source_rows(facts: PublishedFacts) -> list[dict[str, Any]]:
    """Per source: how it was obtained, what of it was published, when it was captured."""
    split = facts.counts.by(groups.SPLIT, "source")
    captured = facts.counts.by(groups.CAPTURED, "source", "value")
    rows = []
    for source in facts.sources:
        days = [day for name, day in captured if name == source["name"] and day]
        count = split.get((source["name"],), groups.Count())
        rows.append(
            {
                "name": source["name"],
                "connector": source["connector"],
                "category": category_of(source),
                "about": source.get("about"),
                "homepage": source.get("homepage"),
                "license": source["license"],
                "license_verified_by": source.get("license_verified_by"),
                "consent": source.get("consent"),
                "restrictions": source.get("restrictions"),
                "documents": count.documents,
                "text_bytes": count.text_bytes,
                "captured": [min(days), max(days)] if days else None,
            }
        )
    return rows


def top_domains(facts: PublishedFacts) -> tuple[list[dict[str, Any]], int]:
    """The largest tenth of the domains by bytes of text, rounded up; and how many there are."""
    table = facts.counts.domains()
    rows: list[dict[str, Any]] = table.slice(0, -(-table.num_rows // 10)).to_pylist()
    return rows, table.num_rows
