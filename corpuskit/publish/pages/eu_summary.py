"""What a corpus can say for the EU's public summary of training content.

The template is the European Commission's (C(2025) 8311, after Article 53(1)(d) of the AI Act; first
published on 2025-07-24). Its sections and fields are kept in their order. It is about a model; what
only its provider knows is listed as out of scope, so that nobody takes this for the summary itself.
"""

from __future__ import annotations

from typing import Any, Final

from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.asean import documents_of, operator_evidence, removal_evidence
from corpuskit.publish.pages.collection import (
    CATEGORIES,
    category_of,
    crawlers,
    protocols,
    source_rows,
    top_domains,
)
from corpuskit.publish.pages.evidence import EvidenceArea, EvidenceItem, about_key, about_list
from corpuskit.publish.pages.facts import PublishedFacts

_BYTES_PER_TOKEN: Final = (
    "tokens depend on the tokenizer of the model; text is counted in UTF-8 bytes"
)
_BILLION: Final = 1_000_000_000
_FEWEST: Final = "less than 1 billion tokens (no token has less than a byte)"
"""The first of the template's ranges for text."""
_LARGE: Final = 0.03
"""Share of the size of all public datasets from which the template has one listed."""


def sections(facts: PublishedFacts) -> list[EvidenceArea]:
    """The template's sections, in its order and with its numbers."""
    return [
        EvidenceArea("1.1 Provider identification", _provider(facts)),
        EvidenceArea("1.2 Model identification", _MODEL),
        EvidenceArea("1.3 Modalities, overall size and other characteristics", _size(facts)),
        EvidenceArea("2 List of data sources", [_categories(facts)]),
        EvidenceArea("2.1 Publicly available datasets", _public(facts)),
        EvidenceArea("2.2 Private datasets obtained from third parties", _private(facts)),
        EvidenceArea("2.3 Data crawled and scraped from online sources", _crawled(facts)),
        EvidenceArea("2.4 User data", [_of_category(facts, "users", "User data")]),
        EvidenceArea("2.5 Synthetic data", [_of_category(facts, "synthetic", "Synthetic data")]),
        EvidenceArea("2.6 Other sources of data", [_of_category(facts, "other", "Other data")]),
        EvidenceArea("3.1 Respect of reservation of rights", _reservations(facts)),
        EvidenceArea(
            "3.2 Removal of illegal content",
            [
                EvidenceItem(
                    "illegal_content",
                    "Measures to avoid or remove illegal content",
                    facts.about.get("illegal_content"),
                    about_key("illegal_content", "WHAT WAS DONE, BY WHOM"),
                )
            ],
        ),
    ]


_MODEL: Final = (
    EvidenceItem("model", "Versioned name of the model", model_only=True),
    EvidenceItem("model_dependencies", "Models that it was made from", model_only=True),
    EvidenceItem("placed_on_market", "Date of placement on the Union market", model_only=True),
)


def _provider(facts: PublishedFacts) -> list[EvidenceItem]:
    return [
        operator_evidence(facts),
        EvidenceItem(
            "authorised_representative",
            "Authorised representative of the model's provider",
            model_only=True,
        ),
    ]


def _size(facts: PublishedFacts) -> list[EvidenceItem]:
    latest = facts.captured[1] if facts.captured else None
    return [
        EvidenceItem("modality", "Modality", "text"),
        EvidenceItem(
            "size",
            "Size of the data",
            {
                "documents": facts.documents,
                "text_bytes": facts.text_bytes,
                "range": _FEWEST if facts.text_bytes < _BILLION else None,
                "note": _BYTES_PER_TOKEN,
            },
        ),
        EvidenceItem(
            "content_types",
            "Types of content",
            list(facts.about.get("content_types") or ()),
            about_list("content_types", "press publications"),
        ),
        EvidenceItem(
            "latest_collection",
            "Latest date on which data was collected",
            latest,
            "no source recorded when its texts were captured: write `captured` in `[[source]]`, "
            "where its connector has that key",
        ),
        EvidenceItem(
            "languages",
            "Languages, with documents",
            {code: total["documents"] for code, total in facts.manifest["languages"].items()}
            or "no document was published",
        ),
        EvidenceItem(
            "origin_geography",
            "Other characteristics: countries that the texts come from",
            list(facts.about.get("origin_geography") or ()) or "not stated",
        ),
    ]


def _categories(facts: PublishedFacts) -> EvidenceItem:
    unknown = [source["name"] for source in facts.sources if category_of(source) is None]
    kinds = '" or "'.join(CATEGORIES)
    return EvidenceItem(
        "categories",
        "Every source, by category of the template",
        None if unknown else [_listed(row) for row in source_rows(facts)],
        f'write in `[[source]]` of {", ".join(unknown)}: `obtained = "{kinds}"`',
    )


def _public(facts: PublishedFacts) -> list[EvidenceItem]:
    rows = [row for row in source_rows(facts) if row["category"] == "public"]
    least = _LARGE * sum(row["text_bytes"] for row in rows)
    large = [_listed(row) for row in rows if row["text_bytes"] > least]
    others = [_listed(row) for row in rows if row["text_bytes"] <= least]
    return [
        EvidenceItem(
            "public_datasets",
            "Large publicly available datasets: over 3 % of the size of all of them",
            *_none_or(facts, "public", large),
        ),
        EvidenceItem(
            "other_public_datasets", "Other publicly available datasets", others or "none"
        ),
    ]


def _private(facts: PublishedFacts) -> list[EvidenceItem]:
    unnamed = [
        source["name"]
        for source in facts.sources
        if category_of(source) == "licensed" and not source.get("consent")
    ]
    return [
        _of_category(facts, "licensed", "2.2.1 Datasets licensed by rightsholders"),
        EvidenceItem(
            "licensed",
            "Licensed sources name the agreement",
            None if unnamed else "every one, or there is none",
            f'write in [[source]] of {", ".join(unnamed)}: consent = "WHO AGREED, WHEN, HOW"',
        ),
        _of_category(facts, "private", "2.2.2 Private datasets of other third parties"),
    ]


def _of_category(facts: PublishedFacts, category: str, title: str) -> EvidenceItem:
    """The sources of a category, or that there are none."""
    rows = [_listed(row) for row in source_rows(facts) if row["category"] == category]
    return EvidenceItem(f"sources_{category}", title, *_none_or(facts, category, rows))


def _none_or(
    facts: PublishedFacts, category: str, rows: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]] | str | None, str]:
    """Sources of a category; that there are none where every source says how it was obtained."""
    is_known = all(category_of(source) for source in facts.sources)
    return rows or (f"no source is {CATEGORIES[category]}" if is_known else None), _SAY_KIND


_SAY_KIND: Final = "say first how every source was obtained (section 2)"


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "category", "about", "homepage", "license", "documents", "text_bytes",
             "captured")  # fmt: skip
    return {name: row[name] for name in names if row[name] is not None}


def _crawled(facts: PublishedFacts) -> list[EvidenceItem]:
    crawled = [source for source in facts.sources if category_of(source) == "crawled"]
    names = [source["name"] for source in crawled]
    is_known = all(category_of(source) for source in facts.sources)
    none = "no source was crawled by the operator" if is_known and not names else None
    agents, days = crawlers(facts), _days(facts, names)
    largest, number = top_domains(facts)
    return [
        EvidenceItem(
            "crawlers",
            "Names of the crawlers",
            none or agents,
            "the rows of crawled sources name no crawler: fetch them with the connector `web`"
            if is_known
            else _SAY_HOW,
        ),
        EvidenceItem(
            "crawler_purpose",
            "Purposes of the crawlers",
            none or facts.about.get("purpose"),
            about_key("purpose", "WHAT FOR, FOR WHOM"),
        ),
        EvidenceItem(
            "crawler_behavior",
            "How the crawlers behave",
            none or (_BEHAVIOR if agents else None),
            _SAY_HOW,
        ),
        EvidenceItem(
            "period",
            "Period of collection",
            none or days,
            "the rows of crawled sources have no date of capture" if is_known else _SAY_HOW,
        ),
        EvidenceItem(
            "crawled_content",
            "Types of content and of online sources that were crawled",
            none or [source["about"] for source in crawled if source.get("about")],
            f'write in [[source]] of {", ".join(names)}: about = "WHAT KIND OF SITES AND TEXTS"'
            if is_known
            else _SAY_HOW,
        ),
        EvidenceItem(
            "domains",
            "Most relevant domains: the largest tenth by size of the text (providers that are "
            "SMEs: the largest twentieth, or 1,000)",
            {"domains": number, "largest": largest} if number else "no document has a domain",
        ),
    ]


_SAY_HOW: Final = "say first how every source was obtained (section 2), and by which crawler"
_BEHAVIOR: Final = (
    "One request at a time to a host, with pauses; robots.txt and opt-outs are asked for first and "
    "obeyed; no login, paywall or captcha is passed (docs/connector-web.md)."
)


def _days(facts: PublishedFacts, names: list[str]) -> list[str] | None:
    captured = facts.counts.by(groups.CAPTURED, "source", "value")
    days = sorted(day for name, day in captured if name in names and day)
    return [days[0], days[-1]] if days else None


def _reservations(facts: PublishedFacts) -> list[EvidenceItem]:
    lost = {
        reason: count
        for reason, count in facts.ledger.reasons.items()
        if reason.partition("/")[2] in ("opt_out", "robots")
    }
    return [
        EvidenceItem(
            "opt_out_protocols",
            "Measures to respect reservations: opt-out protocols that were honored",
            protocols(facts) or "no source was crawled or archived from the web",
        ),
        EvidenceItem("opt_outs", "Documents by verdict", documents_of(facts.counts.of(groups.TDM))),
        EvidenceItem(
            "opt_outs_obeyed", "Records left out for an opt-out, by reason", lost or "none"
        ),
        EvidenceItem(
            "code_of_practice",
            "Whether the model's provider signed the code of practice with its commitments on "
            "reservations of rights",
            model_only=True,
        ),
        removal_evidence(facts),
    ]
