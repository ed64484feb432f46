"""Signals of a sample's texts, and what rules remove of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from corpuskit.languages import Language
from corpuskit.quality import Signals
from corpuskit.stage import Batch
from corpuskit.thresholds import QUALITY_SIGNALS, RULES

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_BATCH: Final = 500


@dataclass(frozen=True)
class Measured:
    """Texts of a sample, each of one collection, with their signals."""

    code: str
    collections: tuple[str, ...]
    """Names, in order."""
    owners: npt.NDArray[np.int64]
    """Which collection each text is of."""
    signals: Mapping[str, Values]
    """NaN where a signal could not be measured."""

    def __len__(self) -> int:
        return len(self.owners)

    def of(self, rows: Flags) -> Measured:
        """Some of the texts."""
        kept = {name: values[rows] for name, values in self.signals.items()}
        return Measured(self.code, self.collections, self.owners[rows], kept)

    def breaks(self, key: str, threshold: float) -> Flags:
        """Which texts a rule rejects, compared as a policy does: in float32."""
        values = self.signals[RULES[key].signal].astype(np.float32)
        limit = np.float32(threshold)
        return values < limit if RULES[key].bound == "min" else values > limit

    def rejected(self, policy: Mapping[str, float]) -> Flags:
        """Which texts any rule of a policy rejects; rules on identification are left out."""
        found = np.zeros(len(self), dtype=np.bool_)
        for key, threshold in policy.items():
            if RULES[key].stage == "quality":
                found |= self.breaks(key, threshold)
        return found

    def shares(self, flags: Flags) -> dict[str, float]:
        """Share of the flagged texts per collection."""
        counts = np.bincount(self.owners, minlength=len(self.collections))
        hits = np.bincount(self.owners[flags], minlength=len(self.collections))
        return {
            name: float(hit / count)
            for name, hit, count in zip(self.collections, hits, counts, strict=True)
            if count
        }


def measure(
    profile: Language, groups: Mapping[str, Sequence[str]], stop_words: Sequence[str]
) -> Measured:
    """Signals of the texts of each collection, taken to be in the language of the profile."""
    code = profile.code
    syllabic = [code] if profile.segmentation == "syllables" else []
    stage = Signals(stop_words={code: list(stop_words)}, syllabic=syllabic)
    texts = [text for group in groups.values() for text in group]
    rows: list[dict[str, float | None]] = []
    for start in range(0, len(texts), _BATCH):
        part = texts[start : start + _BATCH]
        rows += stage.process(Batch.of_texts(part, lang=[code] * len(part)))["quality"]
    signals = {
        name: np.array([row[name] for row in rows], dtype=np.float64) for name in QUALITY_SIGNALS
    }
    owners = np.repeat(np.arange(len(groups)), [len(group) for group in groups.values()])
    return Measured(code, tuple(groups), owners, signals)
