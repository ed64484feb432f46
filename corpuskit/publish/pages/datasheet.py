"""DATASHEET.md: the questions of Datasheets for Datasets, answered from the build.

The questions follow Gebru et al., "Datasheets for Datasets" (Communications of the ACM 64(12),
2021), shortened. What only people know comes from `[about]`; where they have said nothing, the
sheet says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from corpuskit.about import DISTRIBUTION
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.asean import documents_of
from corpuskit.publish.pages.collection import CATEGORIES, category_of, protocols
from corpuskit.publish.pages.facts import PublishedFacts
from corpuskit.publish.pages.governance import in_words
from corpuskit.publish.pages.limits import limits, personal_data
from corpuskit.publish.pages.markdown import code_span, paragraph, plain, prose

_Answer = tuple[str, str]

NOT_STATED: Final = "The operator has not said; `[about] {key}` in the recipe can."


def datasheet(facts: PublishedFacts) -> str:
    """The datasheet as Markdown."""
    sections = {
        "Motivation": _motivation(facts),
        "Composition": _composition(facts),
        "Collection process": _collection(facts),
        "Preprocessing, cleaning, labeling": _preprocessing(facts),
        "Uses": _uses(facts),
        "Distribution": _distribution(facts),
        "Maintenance": _maintenance(facts),
    }
    lines = [
        f"# Datasheet of {plain(facts.manifest['name'])}\n",
        f"Version {facts.manifest['version']}, build {code_span(facts.manifest['build_id'])}. The "
        "questions are those of\nGebru et al., Datasheets for Datasets (2021), shortened.\n",
    ]
    for heading, answers in sections.items():
        lines += [f"## {heading}\n", *(f"**{ask}**\n\n{answer}\n" for ask, answer in answers)]
    return "\n".join(lines)


def _stated(facts: PublishedFacts, key: str) -> str:
    """What `[about]` says, in a paragraph or as a list; or that it says nothing."""
    value = facts.about.get(key)
    if not value:
        return NOT_STATED.format(key=key)
    if isinstance(value, str):
        return paragraph(value)
    return "\n".join(f"- {paragraph(entry)}" for entry in value)


def _motivation(facts: PublishedFacts) -> Iterator[_Answer]:
    yield "For what purpose was the corpus made?", _stated(facts, "purpose")
    operator = facts.operator
    yield "Who made it?", f"{paragraph(operator['name'])} ({plain(operator['contact'])})."
    yield "Who funded it?", _stated(facts, "funding")


def _composition(facts: PublishedFacts) -> Iterator[_Answer]:
    yield (
        "What is an instance?",
        "A document: a text with its provenance, columns in docs/schema.md.",
    )
    totals = facts.manifest["languages"].items()
    languages = plain(in_words({code: total["documents"] for code, total in totals})) or "none"
    yield (
        "How many are there?",
        f"{facts.documents:,} documents with {facts.text_bytes:,} bytes of text: {languages}.",
    )
    lost = sum(facts.ledger.reasons.values())
    yield (
        "Is it a sample of a larger set?",
        (
            f"Yes: {lost:,} further records were read and rejected, each in `rejects/` with every "
            "rule that it broke."
        ),
    )
    yield "Are there labels?", "The language, by a program; every quality signal."
    splits = documents_of(facts.counts.of(groups.SPLIT))
    yield (
        "Are there recommended splits?",
        (
            f"{paragraph(in_words(splits)) or 'None'}. No cluster of near-duplicates crosses the "
            "split."
        ),
    )
    yield (
        "Are there errors, noise or redundancies?",
        "\n".join(f"- {prose(line)}" for line in limits(facts)),
    )
    yield "Is it self-contained?", "Yes: the texts are in the files; URLs are given as provenance."
    yield "Does it hold personal or confidential data?", prose(personal_data(facts))
    yield "Which biases are known?", _stated(facts, "biases")


def _collection(facts: PublishedFacts) -> Iterator[_Answer]:
    yield (
        "How was each source obtained?",
        "\n".join(
            f"- {plain(source['name'])} ({plain(source['connector'])}): "
            f"{CATEGORIES.get(str(category_of(source)), 'not stated')}"
            f"{'; ' + plain(source['about']) if source.get('about') else ''}"
            for source in facts.sources
        ),
    )
    days = facts.captured
    yield "Over what time?", f"{days[0]} to {days[1]}." if days else "No source recorded it."
    yield (
        "Did people consent?",
        "\n".join(
            f"- {plain(source['name'])}: {plain(source['consent'])}"
            for source in facts.sources
            if source.get("consent")
        )
        or "No source of this corpus states consent; licenses and opt-outs are in every row.",
    )
    yield (
        "Which opt-outs were honored?",
        "\n".join(f"- {plain(line)}" for line in protocols(facts))
        or "None: no source is read from the web.",
    )
    yield "Was there an ethical review?", _stated(facts, "ethics_review")


def _preprocessing(facts: PublishedFacts) -> Iterator[_Answer]:
    stages = ", ".join(code_span(name) for name, _ in facts.stages)
    yield (
        "What was done to the data?",
        (
            f"Steps and stages of corpuskit {facts.manifest['versions'].get(DISTRIBUTION, '')}: "
            f"{stages}. Versions and options are in `manifest.json`."
        ),
    )
    edits = facts.ledger.edits
    yield (
        "How were texts changed?",
        "\n".join(f"- {code_span(code)}: {plain(count)}" for code, count in edits.items())
        or "No text was edited.",
    )
    yield (
        "Is the raw data kept?",
        (
            "What was fetched is in the operator's build folder (`.work/raw`), other inputs are "
            "where\nthe operator keeps them; neither is published."
        ),
    )


def _uses(facts: PublishedFacts) -> Iterator[_Answer]:
    yield "What is it meant for?", _stated(facts, "intended_use")
    yield "What should it not be used for?", _stated(facts, "unsuitable_use")
    yield "Did native speakers read it?", _stated(facts, "audit")


def _distribution(facts: PublishedFacts) -> Iterator[_Answer]:
    yield (
        "Where is it published, and when?",
        (
            f"{paragraph(facts.about.get('homepage', 'no page is stated'))}; "
            f"{plain(facts.about.get('published', 'no day is stated'))}."
        ),
    )
    yield (
        "Under which licenses?",
        paragraph(in_words(documents_of(facts.licenses))) or "No document.",
    )


def _maintenance(facts: PublishedFacts) -> Iterator[_Answer]:
    yield "Who maintains it?", _stated(facts, "maintainer")
    yield "Will it be updated?", _stated(facts, "maintenance")
    yield "How is a removal asked for?", f"{paragraph(facts.removal_contact)}."
    yield "Whom can the communities turn to?", _stated(facts, "community_contact")
