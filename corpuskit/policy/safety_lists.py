"""The rules over safety lists: documents that a list names, or that have too many of its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from corpuskit.policy.fact_rules import Broken, FactRule


@dataclass(frozen=True)
class ListRule(FactRule):
    """Bounds on one list (`[lists.NAME] max_count = 0`)."""

    name: str
    max_count: int | None = None
    """Most occurrences that are kept; an address that is listed counts 1."""
    max_share: float | None = None
    """Most of the text's letters in words of the list, 0 to 1."""

    reasons: ClassVar[Mapping[str, str]] = {}
    reads: ClassVar[tuple[str, ...]] = ("lists",)

    @property
    def reason(self) -> str:
        """The reason code in the ledger."""
        return f"lists/{self.name}"

    def meanings(self) -> Mapping[str, str]:
        """The code of this list."""
        return {self.reason: f"The page, or its words, are on the recipe's list `{self.name}`."}

    def as_json(self) -> Any:
        """The list's name and its bounds."""
        return [self.name, self.max_count, self.max_share]

    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        """A broken rule for each bound that a document exceeds."""
        for row, entries in enumerate(facts["lists"]):
            for entry in entries or ():
                if entry["list"] == self.name:
                    yield from ((row, rule) for rule in self._beyond(entry))

    def _beyond(self, entry: Mapping[str, Any]) -> Iterator[Broken]:
        for measure, bound in (("count", self.max_count), ("share", self.max_share)):
            value = entry[measure]
            if bound is not None and value is not None and np.float32(value) > np.float32(bound):
                shown = float(str(np.float32(value)))
                detail = f"{self.name} {measure} {shown:.6g} > {bound:.6g}"
                yield Broken(f"max_{self.name}_{measure}", shown, bound, self.reason, detail)
