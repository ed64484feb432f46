"""What each language's filter rules rest on: a calibration, another language, the defaults.

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
    found = {
        key: one for key, one in all_thresholds(profile).items() if RULES[key].stage == "quality"
    }
    own = [one for one, code in found.values() if code == profile.code]
    sample = next((match for one in own if (match := _SAMPLE.search(one.origin))), None)
    return {
        "language": profile.code,
        "rules from": "own text" if own else profile.inherits if found else "defaults",
        "documents": int(sample[1]) if sample else None,
        "collections": int(sample[2]) if sample else None,
        "stop words": len(profile.stop_words.values) if profile.stop_words else 0,
        **{key: float(found[key][0].value) if key in found else None for key in SHOWN},
    }


_SAMPLE = re.compile(r"on (\d+) documents of (\d+) collections?")


def run(_data: Path) -> list[dict[str, Any]]:
    """A row per language of the catalogue."""
    return [row(one) for one in languages()]


if __name__ == "__main__":
    print(table(run(Path())))
