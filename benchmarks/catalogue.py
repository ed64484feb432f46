"""The basis of each language's filter rules: a calibration, another language, the defaults.

python benchmarks/catalogue.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.report import table
from corpuskit.languages import Language, all_thresholds, languages
from corpuskit.thresholds import RULES

SHOWN = (
    "min_clusters", "min_mean_word_clusters", "max_mean_word_clusters",
    "min_alphabetic_word_share", "min_stop_words", "min_stop_word_share",
)  # fmt: skip


def row(profile: Language) -> dict[str, Any]:
    thresholds = {
        key: threshold
        for key, threshold in all_thresholds(profile).items()
        if RULES[key].stage == "quality"
    }
    from_profile = [threshold for threshold, code in thresholds.values() if code == profile.code]
    sample = next(
        (match for threshold in from_profile if (match := _SAMPLE.search(threshold.origin))), None
    )
    return {
        "language": profile.code,
        "rules from": "own text"
        if from_profile
        else profile.inherits
        if thresholds
        else "defaults",
        "documents": int(sample[1]) if sample else None,
        "collections": int(sample[2]) if sample else None,
        "stop words": len(profile.stop_words.values) if profile.stop_words else 0,
        **{key: float(thresholds[key][0].value) if key in thresholds else None for key in SHOWN},
    }


_SAMPLE = re.compile(r"on (\d+) documents of (\d+) collections?")


def run(_data: Path) -> list[dict[str, Any]]:
    """A row per language of the catalogue."""
    return [row(profile) for profile in languages()]


if __name__ == "__main__":
    print(table(run(Path())))
