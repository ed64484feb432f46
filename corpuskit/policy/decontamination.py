"""The rule that rejects documents which hold evaluation items (`[decontamination]`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from corpuskit.policy.fact_rules import Broken, FactRule

EVALUATION_ITEM: Final = "decontamination/evaluation_item"

REASONS: Final[dict[str, str]] = {
    EVALUATION_ITEM: "The text holds an item of a benchmark that the recipe keeps out "
    "(`[decontamination]`)."
}
"""Code -> its meaning in one sentence."""

_NAMED: Final = 3
"""Items that the detail names; the column `contamination` has all."""


@dataclass(frozen=True)
class ContaminationRule(FactRule):
    """Rejects a document if an item in it has a score of `min_score` or more."""

    min_score: float = 0.0
    reasons: ClassVar[Mapping[str, str]] = REASONS
    reads: ClassVar[tuple[str, ...]] = ("contamination",)

    def as_json(self) -> Any:
        """The least score that is rejected."""
        return {"contamination": self.min_score}

    def broken(
        self, facts: Mapping[str, Sequence[Any]], source: str
    ) -> Iterator[tuple[int, Broken]]:
        """The rows with items, the highest score as value and the items as detail."""
        for row, items in enumerate(facts["contamination"]):
            # Scores have four digits; Arrow gives them back as the nearest float32.
            reached = [item for item in items or () if round(item["score"], 4) >= self.min_score]
            if reached:
                yield (
                    row,
                    Broken(
                        "evaluation_item",
                        round(max(item["score"] for item in reached), 4),
                        self.min_score,
                        EVALUATION_ITEM,
                        _named(reached),
                    ),
                )


def _named(items: Sequence[Mapping[str, Any]]) -> str:
    names = ", ".join(
        f"{item['benchmark']} {item['item']} ({item['score']:.2f})" for item in items[:_NAMED]
    )
    rest = len(items) - _NAMED
    return f"{names} and {rest} more" if rest > 0 else names
