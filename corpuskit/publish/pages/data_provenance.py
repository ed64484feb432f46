"""The fields of the Data & Trust Alliance's Data Provenance Standards (1.0.0, 2024).

Its 22 fields are in three groups: source, provenance and use.
"""

from __future__ import annotations

from typing import Any, Final

from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.collection import methods_of, source_rows
from corpuskit.publish.pages.evidence import EvidenceArea, EvidenceItem, about_key, about_list
from corpuskit.publish.pages.facts import PublishedFacts
from corpuskit.recipe.about import FIRST_VERSION

VERSION: Final = "1.0.0"
_COUNTRIES: Final = "COUNTRY, AS KH"


def groups_of_fields(facts: PublishedFacts) -> list[EvidenceArea]:
    """The three groups of the standard, in its order."""
    return [
        EvidenceArea("Source", _source(facts)),
        EvidenceArea("Provenance", _provenance(facts)),
        EvidenceArea("Use", _use(facts)),
    ]


def identifier(facts: PublishedFacts) -> str:
    """A URN that names a build and the version of its corpus."""
    return f"urn:corpuskit:{facts.manifest['build_id']}:{facts.manifest['version']}"


def _source(facts: PublishedFacts) -> list[EvidenceItem]:
    return [
        EvidenceItem("standards_version", "Standards version used", VERSION),
        EvidenceItem("title", "Dataset title", facts.manifest["name"]),
        EvidenceItem("identifier", "Unique metadata identifier", identifier(facts)),
        EvidenceItem(
            "location",
            "Metadata location",
            facts.about.get("homepage"),
            about_key("homepage", "https://..."),
        ),
        EvidenceItem("issuer", "Dataset issuer", facts.operator["name"]),
        EvidenceItem("description", "Description of the dataset", facts.description),
    ]


def _provenance(facts: PublishedFacts) -> list[EvidenceItem]:
    rows = source_rows(facts)
    methods = dict.fromkeys(methods_of(source)[1] for source in facts.sources)
    return [
        EvidenceItem("source_metadata", "Source metadata for dataset", "prov.json, manifest.json"),
        EvidenceItem(
            "sources",
            "Sources",
            [{"name": row["name"], "homepage": row["homepage"]} for row in rows],
        ),
        EvidenceItem(
            "origin_geography",
            "Data origin geography",
            list(facts.about.get("origin_geography", ())),
            about_list("origin_geography", _COUNTRIES),
        ),
        EvidenceItem(
            "issue_date",
            "Dataset issue date",
            facts.about.get("published"),
            "write in the recipe: `[about] published = 2026-11-30`",
        ),
        EvidenceItem(
            "previous_issue_date",
            "Date of the previous version",
            facts.about.get("previous_published")
            or ("this is the first version" if _is_first(facts) else None),
            "write in the recipe: `[about] previous_published = 2026-05-31`",
        ),
        EvidenceItem(
            "generation_period",
            "Range of dates for data generation",
            list(facts.captured) if facts.captured else None,
            "no source recorded when its texts were captured",
        ),
        EvidenceItem("method", "Method", list(methods)),
        EvidenceItem("format", "Data format", "application/vnd.apache.parquet"),
    ]


def _is_first(facts: PublishedFacts) -> bool:
    return bool(facts.manifest["version"] == FIRST_VERSION)


def _use(facts: PublishedFacts) -> list[EvidenceItem]:
    kinds = facts.counts.of(groups.PERSONAL_DATA)
    searched = facts.searched_documents
    consents = [f"{s['name']}: {s['consent']}" for s in facts.sources if s.get("consent")]
    return [
        EvidenceItem(
            "confidentiality",
            "Confidentiality classification",
            _classification(searched, sum(count.items for count in kinds.values())),
        ),
        EvidenceItem("consent", "Consent documentation", consents or "no source asked for consent"),
        EvidenceItem(
            "privacy_enhancing",
            "Privacy-enhancing technologies",
            {"data masking or counting": {kind: count.items for kind, count in kinds.items()}}
            if searched
            else "none",
        ),
        EvidenceItem(
            "processing_geography",
            "Data processing geography",
            list(facts.about.get("processing_geography", ())),
            about_list("processing_geography", _COUNTRIES),
        ),
        EvidenceItem(
            "storage_geography",
            "Data storage geography",
            list(facts.about.get("storage_geography", ())),
            about_list("storage_geography", _COUNTRIES),
        ),
        EvidenceItem("license", "License to use", sorted(facts.licenses) or "no document"),
        EvidenceItem(
            "intended_use",
            "Intended data use",
            list(facts.about.get("intended_use", ())),
            about_list("intended_use", "SUCH AS: PRE-TRAINING OF LANGUAGE MODELS"),
        ),
        EvidenceItem(
            "proprietary",
            "Proprietary data presence",
            "texts are under copyright unless their license says otherwise; per row in `license`",
        ),
    ]


def _classification(searched: int, findings: int) -> dict[str, Any]:
    kinds = "true" if findings else "unknown"
    return {
        "personally identifiable information": kinds if searched else "unknown",
        "payment card industry": "unknown",
        "personal financial information": "unknown",
        "personal health information": "unknown",
        "sensitive personal information": "unknown",
    }
