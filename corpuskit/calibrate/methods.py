"""Which rules are calibrated, and how their thresholds follow from clean text.

`MEASURED` rules depend on how a language forms words and have no default. Their bound is the
tolerance limit of clean paragraphs (corpuskit.calibrate.limits), moved outward by a margin,
because the web is more varied than a sample. `WIDENED` rules have a default that may be too
strict for a language's words and lines; it is kept unless it removes clean text. All others
(markup, addresses, undecoded characters ...) mean the same in every language: if they remove
clean text, the problem is in the sample, not in the rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from corpuskit.thresholds import RULES, SIGNALS


@dataclass(frozen=True, slots=True)
class Method:
    """How to derive a rule's threshold from the limit of clean text."""

    key: str
    margin: float
    """Factor on the limit; below 1 for a lower bound."""
    known: float | None = None
    """A bound from the literature, used if the limit allows it."""
    origin: str = ""
    decimals: int = 3

    def threshold(self, limit: float) -> float:
        """The bound, rounded outward."""
        least = RULES[self.key].bound == "min"
        value = limit * self.margin
        if self.known is not None:
            value = min(value, self.known) if least else max(value, self.known)
        scale = float(10**self.decimals)
        return (math.floor(value * scale) if least else math.ceil(value * scale)) / scale


# Margins: of 66 collections in 21 languages, each left out in turn, rules set on the others
# remove .15 %; without margins 5.5 % (benchmarks/left_out.py).
MEASURED: Final = (
    Method("min_mean_word_clusters", 0.8, decimals=1),
    Method("max_mean_word_clusters", 1.4, decimals=1),
    Method("min_alphabetic_word_share", 0.9, 0.8, "Gopher: .8", decimals=2),
    Method("min_stop_words", 1, 2, "Gopher: 2", decimals=0),
    Method("min_stop_word_share", 0.5),
)

WIDENED: Final = tuple(
    Method(key, 1.1 if rule.bound == "max" else 0.9, decimals=2)
    for key, rule in RULES.items()
    if rule.default is not None
    and rule.signal
    in {
        "identifier_share",
        "unique_word_share",
        "fragment_share",
        "bullet_line_fraction",
        "ellipsis_line_fraction",
        *(name for name in SIGNALS if "gram_char_fraction" in name),
    }
)

SHORTEST_WORDS: Final = 25
"""Words of the shortest document, whose length is `min_clusters`. Article 1 of the UDHR has 25 in
Indonesian, 30 in English."""


def is_inert(key: str, value: float) -> bool:
    """Whether no document can break a rule with this threshold."""
    rule = RULES[key]
    return value <= 0 if rule.bound == "min" else value >= SIGNALS[rule.signal].highest
