"""Takedowns: documents that a tombstone names are rejected before any other rule over facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from corpuskit.policy.fact_rules import Broken, FactRule
from corpuskit.tombstones import Tombstones

TAKEN_DOWN: Final = "takedown/tombstone"
STAGE: Final = "takedown"
RULE: Final = "tombstone"

REASONS: Final = {
    TAKEN_DOWN: "The document was taken down: a tombstone names its id, record, address, text, "
    "domain or source. Its row in the rejects says no more than its source.",
}


@dataclass(frozen=True)
class TakedownRule(FactRule):
    """Every tombstone that holds for a build."""

    tombstones: Tombstones

    reasons: ClassVar[Mapping[str, str]] = REASONS
    reads: ClassVar[tuple[str, ...]] = ("id", "text_sha256", "url", "source_ref")

    def as_json(self) -> Any:
        """The digest of the takedowns: they may name very many documents."""
        return self.tombstones.key

    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        """The documents that a tombstone names."""
        rows = zip(*(facts[name] for name in self.reads), strict=True)
        for row, values in enumerate(rows):
            named = dict(zip(self.reads, values, strict=True))
            if self.tombstones.of_document(source, **named):
                yield row, Broken(RULE, reason=TAKEN_DOWN)
