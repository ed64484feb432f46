"""Rules over facts of any kind: a license, an opt-out, counts of personal data, a takedown.

They hold for every document, whatever its language, and decide before the rules of its language.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a document broke."""

    rule: str
    value: float | None = None
    """As measured, in the shortest decimal that is the same float32; None where the rule compares
    no number."""
    threshold: float | None = None
    reason: str = field(default="", compare=False)
    """The reason code of the rule."""
    detail: str = field(default="", compare=False)
    """What was seen, in words."""

    def as_row(self) -> dict[str, Any]:
        """As the column `broken` holds it."""
        return {"rule": self.rule, "value": self.value, "threshold": self.threshold}

    def __str__(self) -> str:
        return self.detail


class FactRule(ABC):
    """A rule that reads columns of a document; make it a frozen dataclass of its options.

    Rules travel to workers and are part of the keys of decisions, so equal options must give equal
    `as_json()`.
    """

    reasons: ClassVar[Mapping[str, str]]
    """Every reason code that the rule gives (`policy/license`), with its meaning in one sentence.
    What stands before the slash is a stage of the ledger."""
    reads: ClassVar[tuple[str, ...]]
    """Columns that it reads: of the schema, or added by a stage of the recipe."""

    @abstractmethod
    def as_json(self) -> Any:
        """Its options, in a fixed order, as keys and the manifest see them."""

    @abstractmethod
    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        """Row numbers and how the documents there broke the rule.

        `facts` has the columns of `reads` as Python values, one per document of a source; null is
        None.
        """

    def meanings(self) -> Mapping[str, str]:
        """Its reason codes with their meaning, where they depend on its options."""
        return self.reasons

    def of_source(self, source: str) -> FactRule:
        """The rule as it decides over one source, where its options differ by source."""
        return self
