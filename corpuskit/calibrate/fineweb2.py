"""FineWeb-2's thresholds for comparison: as published, and by its method on this sample.

Its thresholds were fitted to different words (by its tokenizers, with lengths in code points;
ours are ICU's, in clusters) and to Wikipedia, so the comparison only shows what they would remove
of this sample with our signals. Of its methods, the ten percent tail is computed here: the
threshold beyond which 10 % of the sample lie (Penedo et al. 2025, section 3.4).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from corpuskit.calibrate.measure import SampleSignals
from corpuskit.calibrate.stop_words import debris
from corpuskit.thresholds import RULES

_FILE: Final = Path(__file__).parent / "data" / "fineweb2.toml"

TAIL: Final = 0.1


@dataclass(frozen=True)
class PublishedConfig:
    """One language's configuration."""

    commit: str
    thresholds: dict[str, float]
    """By our rule on the same signal."""
    stop_words: tuple[str, ...]

    def debris(self, script: str) -> dict[str, str]:
        """Its stop words that are not stop words, with the reason."""
        reasons = {word: debris(word, script) for word in self.stop_words}
        return {word: reason for word, reason in reasons.items() if reason}


@cache
def _all() -> dict[str, dict[str, object]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def published(code: str) -> PublishedConfig | None:
    """FineWeb-2's configuration of a language; None if it is not in our copy."""
    table = _all().get(code)
    if table is None:
        return None
    thresholds = {key: float(str(value)) for key, value in table.items() if key in RULES}
    words = table["stop_words"]
    assert isinstance(words, list)
    return PublishedConfig(str(table["commit"]), thresholds, tuple(words))


def ten_percent_tail(units: SampleSignals, key: str) -> float | None:
    """The threshold that removes the outer 10 % of a sample; None if nothing is measured."""
    rule = RULES[key]
    values = units.signals[rule.signal]
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    return float(np.quantile(known, TAIL if rule.bound == "min" else 1 - TAIL))
