"""Evidence toward the ASEAN Guide on AI Governance and Ethics (2024) and its expanded guide on
generative AI (2025), from what a build knows.

The guides are voluntary and speak of AI systems. A corpus can give evidence toward their
principles; whether a system follows them is for its makers and regulators to say.
"""

from __future__ import annotations

from typing import Any, Final

from corpuskit.about import DISTRIBUTION
from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.collection import protocols, top_domains
from corpuskit.publish.pages.evidence import EvidenceArea, EvidenceItem, about_key, about_list
from corpuskit.publish.pages.facts import PublishedFacts
from corpuskit.recipe.models import OperatorTable


def principles(facts: PublishedFacts) -> list[EvidenceArea]:
    """The seven principles of the guide of 2024, in its order."""
    return [
        _transparency(facts),
        _fairness(facts),
        _security(facts),
        _robustness(facts),
        _human_centricity(facts),
        _privacy(facts),
        _accountability(facts),
    ]


def generative_areas(facts: PublishedFacts) -> list[EvidenceArea]:
    """The nine areas of the guide on generative AI of 2025, in its order."""
    return [
        EvidenceArea("Accountability", [*_roles(facts), *_digests(facts)]),
        EvidenceArea("Data", [*_rights(facts), _languages(facts), _personal_data(facts)]),
        EvidenceArea(
            "Trusted development and deployment",
            [_purpose(facts), _intended_use(facts), _unsuitable_use(facts), _risks(facts)],
        ),
        EvidenceArea("Incident reporting", [_incidents(facts), removal_evidence(facts)]),
        _testing(facts),
        EvidenceArea("Security", _security(facts).evidence, _security(facts).gaps),
        _provenance(facts),
        EvidenceArea(
            "Safety and alignment research and development",
            [
                EvidenceItem(
                    "research_access",
                    "How researchers of safety get the corpus",
                    facts.about.get("research_access"),
                    about_key("research_access", "NAME AND ADDRESS, ON WHICH TERMS"),
                )
            ],
            ["A build measures nothing about the alignment of models."],
        ),
        EvidenceArea("AI for public good", [_public_good(facts), _community(facts)]),
    ]


def _transparency(facts: PublishedFacts) -> EvidenceArea:
    rejected = sum(facts.ledger.reasons.values())
    return EvidenceArea(
        "Transparency and explainability",
        [
            _purpose(facts),
            _intended_use(facts),
            EvidenceItem(
                "documents", "Documents, each with its source and record", facts.documents
            ),
            EvidenceItem(
                "rejected_records",
                "Rejected records, each in rejects/ with every rule that it broke",
                {"records": rejected, "reasons": dict(facts.ledger.reasons.most_common())},
            ),
            EvidenceItem(
                "edits",
                "Edits to published texts, booked per document",
                {code: count.count for code, count in facts.ledger.edits.items()}
                or "no text was edited",
            ),
            _rules(facts),
        ],
        ["Topics and registers of the texts are not measured."],
    )


def _fairness(facts: PublishedFacts) -> EvidenceArea:
    largest, number = top_domains(facts)
    size = sum(row["text_bytes"] for row in largest)
    return EvidenceArea(
        "Fairness and equity",
        [
            _languages(facts),
            EvidenceItem(
                "rejection_by_language",
                "Records per recognized language, and the share that was rejected",
                rejection_rates(facts),
            ),
            EvidenceItem(
                "domain_concentration",
                "Share of text from the largest tenth of the domains",
                _share(size, facts.text_bytes) if number else "no document has a domain",
            ),
            EvidenceItem(
                "biases",
                "Known biases of the texts",
                list(facts.about.get("biases", ())),
                about_list("biases", "SUCH AS: MOSTLY NEWS, MOSTLY FORMAL LANGUAGE"),
            ),
        ],
        [
            "Registers, topics, dialects and speakers of the texts are not measured.",
            "The share of religious text is not measured and has no limit of its own.",
        ],
    )


def _security(facts: PublishedFacts) -> EvidenceArea:
    exclusions = facts.manifest["exclusions"]
    return EvidenceArea(
        "Security and safety",
        [
            EvidenceItem(
                "input_digests",
                "Inputs whose SHA-256 is in the manifest",
                len(facts.manifest["inputs"]),
            ),
            EvidenceItem(
                "model_digest",
                "Identification model, by digest",
                facts.manifest["identification_model"],
            ),
            EvidenceItem(
                "exclusions", "Domains and addresses that must not be used, per source", exclusions
            ),
            EvidenceItem(
                "illegal_content",
                "Measures against illegal content",
                facts.about.get("illegal_content"),
                about_key("illegal_content", "WHAT WAS DONE, BY WHOM"),
            ),
            _risks(facts),
        ],
        ["Texts are not searched for attacks on models, such as poisoning or injected prompts."],
    )


def _robustness(facts: PublishedFacts) -> EvidenceArea:
    return EvidenceArea(
        "Robustness and reliability",
        [
            EvidenceItem(
                "reproducible",
                "The same recipe, inputs and software give the same bytes: identity of this build",
                {
                    "build_id": facts.manifest["build_id"],
                    "recipe_sha256": facts.manifest["recipe_sha256"],
                    "software": facts.manifest["versions"],
                },
            ),
            EvidenceItem(
                "ledger",
                "The ledger balances at every stage: records read, published, rejected",
                {
                    "read": next((c.read for c in facts.ledger.stages.values()), 0),
                    "published": facts.documents,
                    "rejected": sum(facts.ledger.reasons.values()),
                },
            ),
            EvidenceItem(
                "duplicates",
                "All candidates for near-duplicates were compared",
                "yes" if facts.manifest["all_duplicate_candidates_compared"] else "no: see the log",
            ),
        ],
        ["No scores on labelled documents are made in a build."],
    )


def _human_centricity(facts: PublishedFacts) -> EvidenceArea:
    return EvidenceArea(
        "Human-centricity",
        [
            _audit(facts),
            _community(facts),
            EvidenceItem(
                "ethics_review",
                "Review by an ethics board",
                facts.about.get("ethics_review"),
                about_key("ethics_review", "WHICH BOARD, WHEN, ITS DECISION"),
            ),
        ],
    )


def _privacy(facts: PublishedFacts) -> EvidenceArea:
    return EvidenceArea(
        "Privacy and data governance",
        [
            *_rights(facts),
            _personal_data(facts),
            removal_evidence(facts),
            *_takedowns(facts),
        ],
        ["Names of persons and personal stories stay in the texts."],
    )


def _accountability(facts: PublishedFacts) -> EvidenceArea:
    return EvidenceArea("Accountability and integrity", [*_roles(facts), *_digests(facts)])


def _testing(facts: PublishedFacts) -> EvidenceArea:
    return EvidenceArea(
        "Testing and assurance",
        [_rules(facts), _audit(facts), *_evaluation_items(facts), *_robustness(facts).evidence],
        [
            "No model was trained on the corpus to test it.",
            *(
                []
                if _evaluation_items(facts)
                else ["Texts were not searched for evaluation items."]
            ),
        ],
    )


def _evaluation_items(facts: PublishedFacts) -> list[EvidenceItem]:
    """Benchmarks whose items were searched for; nothing where none were."""
    contamination = facts.manifest.get("contamination")
    if not contamination:
        return []
    return [
        EvidenceItem("evaluation_items", "Evaluation items that were searched for", contamination)
    ]


def _takedowns(facts: PublishedFacts) -> list[EvidenceItem]:
    """Takedowns that the corpus obeys; nothing where it knows none."""
    tombstones = facts.manifest.get("tombstones")
    return (
        [EvidenceItem("takedowns", "Takedowns that were obeyed", tombstones)] if tombstones else []
    )


def _provenance(facts: PublishedFacts) -> EvidenceArea:
    return EvidenceArea(
        "Content provenance",
        [
            EvidenceItem(
                "provenance_per_document",
                "Documents that name their source, record, license and its evidence",
                facts.documents,
            ),
            EvidenceItem(
                "provenance_files",
                "Provenance in standard formats",
                ["prov.json (W3C PROV-JSON)", "croissant.json (Croissant 1.1 with RAI)"],
            ),
        ],
        ["Texts that machines wrote or translated are not told from others."],
    )


def operator_evidence(facts: PublishedFacts) -> EvidenceItem:
    """Who builds the corpus; missing while the contact is an example's."""
    return EvidenceItem(
        "operator",
        "Who builds the corpus, with contact",
        dict(facts.operator) if _is_reachable(facts) else None,
        _READ_ADDRESS,
    )


def removal_evidence(facts: PublishedFacts) -> EvidenceItem:
    """Whom to ask for a removal; missing while that is the address of an example."""
    is_answered = "removal_contact" in facts.about or _is_reachable(facts)
    return EvidenceItem(
        "removal_contact",
        "Whom to ask for a removal",
        facts.removal_contact if is_answered else None,
        _READ_ADDRESS,
    )


_READ_ADDRESS: Final = 'write in the recipe an address that is read: `[operator] contact = "..."`'


def _is_reachable(facts: PublishedFacts) -> bool:
    operator = OperatorTable(name=facts.operator["name"], contact=facts.operator["contact"])
    return operator.unreachable() is None


def _roles(facts: PublishedFacts) -> list[EvidenceItem]:
    unverified = [
        source["name"] for source in facts.sources if not source.get("license_verified_by")
    ]
    return [
        operator_evidence(facts),
        EvidenceItem(
            "maintainer",
            "Who answers for the corpus after its publication",
            facts.about.get("maintainer"),
            about_key("maintainer", "NAME OR ROLE, AND ADDRESS"),
        ),
        EvidenceItem(
            "verifier",
            "Who verified licenses and rights",
            facts.about.get("verifier"),
            about_key("verifier", "NAME OR ROLE, WHEN, HOW"),
        ),
        EvidenceItem(
            "licenses_verified",
            "The license of every source was verified",
            None
            if unverified
            else [f"{s['name']}: {s['license_verified_by']}" for s in facts.sources],
            "verify the license, then write `license_verified_by` in `[[source]]` of "
            + ", ".join(unverified),
        ),
    ]


def _digests(facts: PublishedFacts) -> list[EvidenceItem]:
    return [
        EvidenceItem(
            "integrity",
            "Digests of recipe, inputs, software and files are in manifest.json",
            {
                "version": facts.manifest["version"],
                "build_id": facts.manifest["build_id"],
                "recipe_sha256": facts.manifest["recipe_sha256"],
                "corpuskit": facts.manifest["versions"].get(DISTRIBUTION, ""),
            },
        )
    ]


def _rights(facts: PublishedFacts) -> list[EvidenceItem]:
    robots, tdm = facts.counts.of(groups.ROBOTS), facts.counts.of(groups.TDM)
    known = facts.documents - facts.licenses.get(NOASSERTION, groups.Count()).documents
    return [
        EvidenceItem("licenses", "Documents by license", documents_of(facts.licenses)),
        EvidenceItem(
            "license_known", "Share of documents with a license", _share(known, facts.documents)
        ),
        EvidenceItem("robots", "Documents by verdict of robots.txt", documents_of(robots)),
        EvidenceItem("opt_outs", "Documents by verdict on text and data mining", documents_of(tdm)),
        EvidenceItem(
            "opt_out_protocols",
            "Opt-out protocols that were honored",
            protocols(facts) or "no source was crawled or archived from the web",
        ),
    ]


def _personal_data(facts: PublishedFacts) -> EvidenceItem:
    kinds = facts.counts.of(groups.PERSONAL_DATA)
    value = (
        {
            "searched_documents": facts.searched_documents,
            "findings": {kind: count.items for kind, count in kinds.items()},
        }
        if facts.searched_documents
        else None
    )
    return EvidenceItem(
        "personal_data",
        "Personal data that was searched for, findings by kind",
        value,
        "have it searched for: docs/personal-data.md of corpuskit says how",
    )


def _languages(facts: PublishedFacts) -> EvidenceItem:
    totals = facts.manifest["languages"]
    return EvidenceItem(
        "languages",
        "Documents and share of text per language",
        {
            code: {
                "documents": total["documents"],
                "share_of_text": _share(total["text_bytes"], facts.text_bytes),
            }
            for code, total in totals.items()
        }
        or "no document was published",
    )


def _rules(facts: PublishedFacts) -> EvidenceItem:
    policies = facts.manifest["policies"]
    number = {code: len(rules) for code, rules in policies.items()}
    return EvidenceItem("rules", "Rules in force per language, listed in README.md", number)


def _audit(facts: PublishedFacts) -> EvidenceItem:
    return EvidenceItem(
        "audit",
        "Audit by native speakers",
        facts.about.get("audit"),
        about_key("audit", "WHO READ HOW MANY DOCUMENTS OF WHICH LANGUAGE, WHEN, THE RESULT"),
    )


def _community(facts: PublishedFacts) -> EvidenceItem:
    return EvidenceItem(
        "community_contact",
        "Contact for the communities whose languages these are",
        facts.about.get("community_contact"),
        about_key("community_contact", "NAME AND ADDRESS, IN WHICH LANGUAGES"),
    )


def _purpose(facts: PublishedFacts) -> EvidenceItem:
    return EvidenceItem(
        "purpose",
        "Why the corpus is made",
        facts.about.get("purpose"),
        about_key("purpose", "WHAT FOR, FOR WHOM"),
    )


def _intended_use(facts: PublishedFacts) -> EvidenceItem:
    return EvidenceItem(
        "intended_use",
        "Uses that it is made for",
        list(facts.about.get("intended_use", ())),
        about_list("intended_use", "SUCH AS: PRE-TRAINING OF LANGUAGE MODELS"),
    )


def _unsuitable_use(facts: PublishedFacts) -> EvidenceItem:
    return EvidenceItem(
        "unsuitable_use",
        "Uses that it is not fit or not meant for",
        list(facts.about.get("unsuitable_use", ())),
        about_list("unsuitable_use", "SUCH AS: FACTS ABOUT PERSONS"),
    )


def _risks(facts: PublishedFacts) -> EvidenceItem:
    return EvidenceItem(
        "risk_assessment",
        "Assessment of risks",
        facts.about.get("risk_assessment"),
        about_key("risk_assessment", "WHICH RISKS, BY WHOM, THE RESULT"),
    )


def _incidents(facts: PublishedFacts) -> EvidenceItem:
    return EvidenceItem(
        "incident_contact",
        "Where errors and harm are reported",
        facts.about.get("incident_contact"),
        about_key("incident_contact", "ADDRESS, AND WHAT HAPPENS WITH A REPORT"),
    )


def _public_good(facts: PublishedFacts) -> EvidenceItem:
    return EvidenceItem(
        "public_good",
        "Who benefits, who may use it",
        facts.about.get("public_good"),
        about_key("public_good", "WHO BENEFITS, WHO MAY USE IT"),
    )


def rejection_rates(facts: PublishedFacts) -> dict[str, dict[str, Any]]:
    """Per recognized language: records that were published and rejected, and the rate."""
    kept = facts.counts.by(groups.SPLIT, "lang")
    rejected = facts.counts.by(groups.REJECTED, "lang")
    rates = {}
    for code in sorted({*(key[0] for key in kept), *(key[0] for key in rejected)}):
        published = kept.get((code,), groups.Count()).documents
        lost = rejected.get((code,), groups.Count()).documents
        rates[code or "not identified"] = {
            "published": published,
            "rejected": lost,
            "rejected_share": _share(lost, published + lost),
        }
    return rates


def documents_of(counts: dict[str, groups.Count]) -> dict[str, int]:
    """Documents by value; rows without a value are `none stated`."""
    return {value or "none stated": count.documents for value, count in counts.items()}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
