"""A build by language and by source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from corpuskit.publish import Build


@dataclass
class LanguageCounts:
    """What became of the records of a language."""

    documents: int = 0
    text_bytes: int = 0
    validation: int = 0
    """Of the documents, those set apart for validation."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Its rejected records by reason."""

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**vars(self), "reasons": dict(self.reasons.most_common())}


@dataclass
class SourceCounts:
    """What became of the records of a source."""

    read: int
    published: int
    reasons: Counter[str]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {**vars(self), "reasons": dict(self.reasons.most_common())}


NO_LANGUAGE: Final = ""
"""Of records that were lost before their language was identified."""


def by_language(build: Build) -> dict[str, LanguageCounts]:
    """Counts of the languages that are wanted, then of others by number of records; NO_LANGUAGE
    last."""
    published: Mapping[str, Mapping[str, int]] = build.manifest["languages"]
    wanted = [*build.manifest["recipe"].get("languages", ()), *published]
    counts = {code: LanguageCounts() for code in dict.fromkeys(wanted)}
    for code, total in published.items():
        counts[code] = LanguageCounts(
            total["documents"], total["text_bytes"], total.get("validation", 0)
        )
    rejected: dict[str, Counter[str]] = {}
    for lang, reason, number in _rejects(build):
        rejected.setdefault(lang, Counter())[reason] += number
    others = sorted(rejected.keys() - counts.keys() - {NO_LANGUAGE},
                    key=lambda code: (-rejected[code].total(), code))  # fmt: skip
    for code in [*counts, *others, NO_LANGUAGE]:
        if code in counts or code in rejected:
            counts.setdefault(code, LanguageCounts()).reasons = rejected.get(code, Counter())
    return counts


def by_source(build: Build) -> dict[str, SourceCounts]:
    """Counts of each source, in the order of the recipe."""
    counts = {}
    for name, stages in build.ledger.sources.items():
        reasons: Counter[str] = Counter()
        for stage in stages.values():
            reasons.update(stage.reasons)
        listed = list(stages.values())
        read, published = (listed[0].read, listed[-1].passed) if listed else (0, 0)
        counts[name] = SourceCounts(read, published, reasons)
    return counts


def _rejects(build: Build) -> list[tuple[str, str, int]]:
    """Language, reason and number of the rejects."""
    totals: Counter[tuple[str, str]] = Counter()
    for batch in build.rejects(columns=["lang", "reason"]):
        table = pa.table({
            "lang": pc.fill_null(batch["lang"], NO_LANGUAGE), "reason": batch["reason"],
        })  # fmt: skip
        counted = table.group_by(["lang", "reason"]).aggregate([([], "count_all")])
        for row in counted.to_pylist():
            totals[row["lang"], row["reason"]] += row["count_all"]
    return [(lang, reason, number) for (lang, reason), number in sorted(totals.items())]
