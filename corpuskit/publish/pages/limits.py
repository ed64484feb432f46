"""What a corpus is not fit for, as its build knows: limits, confusions and personal data."""

from __future__ import annotations

from corpuskit.licenses.identifiers import NOASSERTION
from corpuskit.publish.pages import counts as groups
from corpuskit.publish.pages.facts import PublishedFacts

_OTHER_LANGUAGE = "language/other"


def limits(facts: PublishedFacts) -> list[str]:
    """Known limits, one sentence each: those of the languages, of this build, of the method."""
    lines = [
        "Language, quality and duplicates are judged by programs, not by readers.",
        "Topics, registers, dialects and truth of the texts are not judged.",
    ]
    for code, profile in facts.profiles.items():
        lines += [f"{code}: {caveat}" for caveat in (*profile["caveats"], *profile["lacks"])]
    unknown = facts.licenses.get(NOASSERTION, groups.Count()).documents
    if unknown:
        lines.append(
            f"{unknown:,} of {facts.documents:,} documents have no known license ({NOASSERTION})."
        )
    if not facts.manifest["all_duplicate_candidates_compared"]:
        lines.append("Not all candidates for near-duplicates were compared.")
    lines += [f"Not meant for: {use}" for use in facts.about.get("unsuitable_use", ())]
    return lines


def personal_data(facts: PublishedFacts) -> str:
    """Whether personal data was searched for, and what was met, in a sentence."""
    if not facts.documents:
        return "The corpus has no document in which personal data could be searched for."
    if not facts.searched_documents:
        return "Personal data has not been searched for."
    kinds = facts.counts.of(groups.PERSONAL_DATA)
    listed = ", ".join(f"{kind} {count.items:,}" for kind, count in kinds.items())
    return (
        f"Personal data was searched for in {facts.searched_documents:,} of {facts.documents:,} "
        f"documents; counted by kind: {listed or 'none'}. The column `pii` has the counts."
    )


def confusions(facts: PublishedFacts) -> list[tuple[str, str, int, int]]:
    """Per published language and neighbor: how many of its documents the model nearly gave to the
    neighbor, and how many records were rejected as the neighbor's.

    Neighbors are the catalogue's confusable languages and every second label of a document.
    """
    second = facts.counts.by(groups.SECOND_LANGUAGE, "lang", "value")
    rejected = facts.counts.by(groups.REJECTED, "lang", "value")
    rows = []
    for code in facts.manifest["languages"]:
        listed = tuple(facts.profiles.get(code, {}).get("confusable", ()))
        labels = [value for lang, value in second if lang == code and value not in ("", code)]
        for neighbor in dict.fromkeys((*listed, *labels)):
            close = second.get((code, neighbor), groups.Count()).documents
            lost = rejected.get((neighbor, _OTHER_LANGUAGE), groups.Count()).documents
            if close or lost or neighbor in listed:
                rows.append((code, neighbor, close, lost))
    return rows
