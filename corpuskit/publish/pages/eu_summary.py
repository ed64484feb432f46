"""What a corpus can say for the EU's public summary of training content.

The template is the European Commission's (C(2025) 8311, after Article 53(1)(d) of the AI Act). It
is about a model; what only its provider knows is listed as out of scope, so that nobody takes this
for the summary itself.
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
from corpuskit.publish.pages.evidence import EvidenceArea, EvidenceItem, about_key
from corpuskit.publish.pages.facts import PublishedFacts

_BYTES_PER_TOKEN: Final = (
    "tokens depend on the tokenizer of the model; text is counted in UTF-8 bytes"
)


def sections(facts: PublishedFacts) -> list[EvidenceArea]:
    """The template's sections, in its order."""
    return [
        EvidenceArea("1.1 Provider", _provider(facts)),
        EvidenceArea(
            "1.2 Model", [EvidenceItem("model", "Name and version of the model", model_only=True)]
        ),
        EvidenceArea("1.3 Modalities and size", _size(facts)),
        EvidenceArea("2 Data sources", _sources(facts)),
        EvidenceArea("2.3 Data crawled and scraped from online sources", _crawled(facts)),
        EvidenceArea("3.1 Reservations of rights", _reservations(facts)),
        EvidenceArea(
            "3.2 Illegal content",
            [
                EvidenceItem(
                    "illegal_content",
                    "Measures to keep illegal content out",
                    facts.about.get("illegal_content"),
                    about_key("illegal_content", "WHAT WAS DONE, BY WHOM"),
                )
            ],
        ),
    ]


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
                "note": _BYTES_PER_TOKEN,
            },
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
            "purpose",
            "Why the corpus is made",
            facts.about.get("purpose"),
            about_key("purpose", "WHAT FOR, FOR WHOM"),
        ),
    ]


def _sources(facts: PublishedFacts) -> list[EvidenceItem]:
    unknown = [source["name"] for source in facts.sources if category_of(source) is None]
    unnamed = [
        source["name"]
        for source in facts.sources
        if category_of(source) == "licensed" and not source.get("consent")
    ]
    kinds = '" or "'.join(CATEGORIES)
    return [
        EvidenceItem(
            "categories",
            "Every source, by category of the template",
            None if unknown else [_listed(row) for row in source_rows(facts)],
            f'write in `[[source]]` of {", ".join(unknown)}: `obtained = "{kinds}"`',
        ),
        EvidenceItem(
            "licensed",
            "Licensed sources name the agreement",
            None if unnamed else "every one, or there is none",
            f'write in [[source]] of {", ".join(unnamed)}: consent = "WHO AGREED, WHEN, HOW"',
        ),
    ]


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "category", "about", "homepage", "license", "documents", "text_bytes",
             "captured")  # fmt: skip
    return {name: row[name] for name in names if row[name] is not None}


def _crawled(facts: PublishedFacts) -> list[EvidenceItem]:
    names = [source["name"] for source in facts.sources if category_of(source) == "crawled"]
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
            "domains",
            "Most relevant domains: the largest tenth by size of the text",
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
            "Opt-out protocols that were honored",
            protocols(facts) or "no source was crawled or archived from the web",
        ),
        EvidenceItem("opt_outs", "Documents by verdict", documents_of(facts.counts.of(groups.TDM))),
        EvidenceItem(
            "opt_outs_obeyed", "Records left out for an opt-out, by reason", lost or "none"
        ),
        EvidenceItem(
            "code_of_practice",
            "Whether the model's provider signed the code of practice",
            model_only=True,
        ),
        removal_evidence(facts),
    ]
