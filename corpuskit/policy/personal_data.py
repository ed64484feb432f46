"""The rule over personal data: documents that have some of a kind that the recipe rejects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from corpuskit.policy.fact_rules import Broken, FactRule
from corpuskit.privacy.kinds import KINDS


@dataclass(frozen=True)
class PersonalDataRule(FactRule):
    """Rejects documents with personal data of these kinds (`[privacy] card = "reject"`)."""

    kinds: tuple[str, ...]

    reasons: ClassVar[Mapping[str, str]] = {
        f"privacy/{name}": f"The text or title holds {kind.description}, which the recipe rejects."
        for name, kind in KINDS.items()
    }
    reads: ClassVar[tuple[str, ...]] = ("pii",)

    def as_json(self) -> Any:
        """The kinds."""
        return list(self.kinds)

    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        """A broken rule for each of the kinds that a document has."""
        for row, counts in enumerate(facts["pii"]):
            for entry in counts or ():
                kind, count = entry["kind"], entry["count"]
                if kind in self.kinds:
                    detail = f"{kind} {count} > 0"
                    yield row, Broken(f"max_{kind}", count, 0, f"privacy/{kind}", detail)
