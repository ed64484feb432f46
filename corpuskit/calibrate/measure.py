"""Signals of a sample's texts, and the texts that rules remove."""

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
class SampleSignals:
    """The signals of a sample's texts, each of which belongs to one collection."""

    code: str
    collections: tuple[str, ...]
    """Names, in order."""
    owners: npt.NDArray[np.int64]
    """The collection of each text, by index."""
    signals: Mapping[str, Values]
    """NaN if a signal could not be measured."""

    def __len__(self) -> int:
        return len(self.owners)

    def of(self, rows: Flags) -> SampleSignals:
        """Some of the texts."""
        kept = {name: values[rows] for name, values in self.signals.items()}
        return SampleSignals(self.code, self.collections, self.owners[rows], kept)

    def breaks(self, key: str, threshold: float) -> Flags:
        """Which texts a rule rejects, compared in float32, as by a policy."""
        values = self.signals[RULES[key].signal].astype(np.float32)
        limit = np.float32(threshold)
        return values < limit if RULES[key].bound == "min" else values > limit

    def rejected(self, policy: Mapping[str, float]) -> Flags:
        """Which texts any rule of a policy rejects; rules on identification are left out."""
        flags = np.zeros(len(self), dtype=np.bool_)
        for key, threshold in policy.items():
            if RULES[key].stage == "quality":
                flags |= self.breaks(key, threshold)
        return flags

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
) -> SampleSignals:
    """Signals of the texts of each collection, assumed to be in the profile's language."""
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
    return SampleSignals(code, tuple(groups), owners, signals)
