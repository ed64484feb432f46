"""governance.json and GOVERNANCE.md: evidence toward principles and rules, with honest gaps.

They say what is there and what is missing. They never say that anything complies: that is not for
software to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from corpuskit.progress import counted
from corpuskit.publish.pages import asean, data_provenance, eu_summary
from corpuskit.publish.pages.collection import (
    CATEGORIES,
    crawlers,
    protocols,
    source_rows,
    top_domains,
)
from corpuskit.publish.pages.evidence import MISSING, OUT_OF_SCOPE, PRESENT
from corpuskit.publish.pages.facts import PublishedFacts
from corpuskit.publish.pages.markdown import code_span, paragraph, percent, plain, prose, table

FORMAT: Final = 1

GUIDES: Final[dict[str, str]] = {
    "asean_guide": "ASEAN Guide on AI Governance and Ethics (2024): seven principles",
    "asean_generative_ai_guide": "Expanded ASEAN guide on generative AI (2025): nine areas",
    "eu_summary": "EU public summary of training content (C(2025) 8311): what a corpus can say",
    "data_provenance_standards": "Data & Trust Alliance, Data Provenance Standards 1.0.0",
}
"""Keys of governance.json with evidence, each with its title."""

_NOTE: Final = (
    "Evidence toward the guides below, from this build and from what its recipe states. It is no "
    "assessment and no legal advice: whether a rule is met is for the operator and the regulator "
    "to say."
)
_SHOWN_DOMAINS: Final = 20
_LONGEST_VALUE: Final = 400
"""Characters of a value that GOVERNANCE.md shows; governance.json has all of it."""


def governance(facts: PublishedFacts) -> dict[str, Any]:
    """The content of governance.json."""
    largest, number = top_domains(facts)
    makers = {
        "asean_guide": asean.principles,
        "asean_generative_ai_guide": asean.generative_areas,
        "eu_summary": eu_summary.sections,
        "data_provenance_standards": data_provenance.groups_of_fields,
    }
    return {
        "format": FORMAT,
        "note": _NOTE,
        "name": facts.manifest["name"],
        "version": facts.manifest["version"],
        "build_id": facts.manifest["build_id"],
        "collection": {
            "captured": list(facts.captured) if facts.captured else None,
            "crawlers": crawlers(facts),
            "opt_out_protocols": protocols(facts),
            "sources": source_rows(facts),
        },
        "domains": {
            "domains": number,
            "documents": sum(facts.counts.domains()["documents"].to_pylist()),
            "largest_tenth": largest,
            "all": "domains.parquet",
        },
        **{key: [area.to_json() for area in make(facts)] for key, make in makers.items()},
    }


def governance_page(content: Mapping[str, Any]) -> str:
    """GOVERNANCE.md, from the content of governance.json."""
    lines = [
        f"# Governance of {plain(content['name'])}\n",
        f"Version {plain(content['version'])}, build {code_span(content['build_id'])}. {_NOTE}\n",
        "`governance.json` has the same for machines, complete; `corpuskit check` lists what is "
        "missing\nand what to write where.\n",
        *_overview(content),
        *_collection(content["collection"]),
        *_domains(content["domains"]),
    ]
    for key, title in GUIDES.items():
        lines += [f"## {title}\n"]
        for area in content[key]:
            lines += [f"### {area['area']}\n", *_area(area)]
    return "\n".join(lines).rstrip() + "\n"


def _overview(content: Mapping[str, Any]) -> list[str]:
    rows = []
    for key, title in GUIDES.items():
        statuses = [item["status"] for area in content[key] for item in area["evidence"]]
        gaps = sum(len(area["gaps"]) for area in content[key])
        numbers = (statuses.count(PRESENT), statuses.count(MISSING), gaps)
        rows.append((plain(title), *map(str, numbers)))
    heads = ("guide", "evidence", "missing", "known gaps")
    return [*table(heads, rows, numbers=3), ""]


def _collection(collection: Mapping[str, Any]) -> list[str]:
    captured = collection["captured"]
    rows = [
        (
            plain(source["name"]),
            CATEGORIES.get(str(source["category"]), "not stated"),
            plain(source["license"]),
            " to ".join(source["captured"] or ["not recorded"]),
            f"{source['documents']:,}",
            f"{source['text_bytes']:,}",
        )
        for source in collection["sources"]
    ]
    heads = ("source", "obtained", "license", "captured", "documents", "text, bytes")
    names = ", ".join(code_span(agent["name"]) for agent in collection["crawlers"])
    kept = collection["opt_out_protocols"]
    return [
        "## Collection\n",
        *table(heads, rows, numbers=2),
        "",
        f"Collected: {' to '.join(captured) if captured else 'dates were not recorded'}.",
        f"Crawlers named in the rows: {names or 'none'}.\n",
        "Opt-out protocols honored:"
        if kept
        else "Opt-out protocols honored: no source is read from the web.",
        *(f"- {plain(line)}" for line in kept),
        "",
    ]


def _domains(domains: Mapping[str, Any]) -> list[str]:
    largest, shown = domains["largest_tenth"], domains["largest_tenth"][:_SHOWN_DOMAINS]
    rows = [
        (plain(row["domain"]), f"{row['documents']:,}", f"{row['text_bytes']:,}") for row in shown
    ]
    more = len(largest) - len(shown)
    return [
        "## Domains\n",
        f"{counted(domains['domains'], 'domain')} in `domains.parquet`; the largest tenth by "
        "text:\n",
        *(table(("domain", "documents", "text, bytes"), rows, numbers=2) if rows else ["None."]),
        *([f"\n{more:,} more are in `governance.json`."] if more > 0 else []),
        "",
    ]


def _area(area: Mapping[str, Any]) -> list[str]:
    rows = [(plain(item["title"]), _answer(item)) for item in area["evidence"]]
    lines = [*table(("evidence", "this build"), rows), ""]
    lines += [f"Gap: {paragraph(gap)}\n" for gap in area["gaps"]]
    return lines


def _answer(item: Mapping[str, Any]) -> str:
    if item["status"] == OUT_OF_SCOPE:
        return "a fact about a model, not about its corpus"
    if item["status"] == MISSING:
        return f"**missing**: {prose(item['remedy'])}"
    text = in_words(item["value"])
    return plain(text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…")


def in_words(value: Any) -> str:
    """A JSON value as a line of text."""
    if value in ({}, [], ()):
        return "none"
    if isinstance(value, Mapping):
        return "; ".join(
            f"{key}: {text}" for key, text in zip(value, _in_list(value.values()), strict=True)
        )
    if isinstance(value, list | tuple):
        return ", ".join(_in_list(value))
    if isinstance(value, float):
        return percent(value, 1.0)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return value if isinstance(value, str) else json.dumps(value)


def _in_list(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        text = in_words(value)
        yield f"({text})" if value and isinstance(value, Mapping) else text
